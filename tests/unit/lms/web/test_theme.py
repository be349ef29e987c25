"""The house style generator: readable for every brand, deterministic, and closed to raw CSS."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.theme import (
    BORDER_CONTRAST,
    TEXT_CONTRAST,
    Font,
    Theme,
    ThemeChoice,
    ThemeError,
    contrast_ratio,
    generate_theme,
)

HOUSE = Path(__file__).resolve().parents[4] / "lms" / "static" / "css" / "house.css"

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def token(theme: Theme, name: str) -> str:
    found = re.search(rf"{name}:([^;}}]+)", theme.css)
    assert found is not None, name
    return found[1]


def refused(choice: ThemeChoice) -> ThemeError:
    with pytest.raises(ThemeError) as caught:
        generate_theme(choice)
    return caught.value


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ffffff", "#ffffff", 1.0)],
)
def test_contrast_is_the_one_wcag_defines(first: str, second: str, ratio: float) -> None:
    assert contrast_ratio(first, second) == pytest.approx(ratio, abs=0.01)


@given(brand=colours, neutral=colours)
@settings(max_examples=150, deadline=None)
def test_every_brand_gives_readable_pairs(brand: str, neutral: str) -> None:
    theme = generate_theme(ThemeChoice(brand=brand, neutral=neutral))
    for pair, ratio in theme.contrasts.items():
        limit = BORDER_CONTRAST if pair.startswith("border") else TEXT_CONTRAST
        assert ratio >= limit, pair


@given(brand=colours)
@settings(max_examples=50, deadline=None)
def test_the_fill_is_the_brand_itself(brand: str) -> None:
    assert token(generate_theme(ThemeChoice(brand=brand)), "--gg-fill") == brand


def test_a_brand_that_reads_as_text_stays_exactly_that_colour() -> None:
    theme = generate_theme(ThemeChoice(brand="#006B54"))
    assert token(theme, "--voorbeeld-kleuren-violet-500") == "#006b54"
    assert token(theme, "--gg-on-fill") == "#ffffff"


def test_amber_keeps_its_fill_with_dark_text_and_gets_a_darker_link() -> None:
    theme = generate_theme(ThemeChoice(brand="#f59e0b"))
    assert token(theme, "--gg-fill") == "#f59e0b"
    assert contrast_ratio(token(theme, "--gg-on-fill"), "#f59e0b") >= TEXT_CONTRAST
    assert token(theme, "--gg-on-fill") != "#ffffff"
    assert contrast_ratio(token(theme, "--voorbeeld-kleuren-violet-500"), "#ffffff") >= 4.5


def test_an_own_link_colour_below_four_and_a_half_is_refused_with_its_ratio() -> None:
    error = refused(ThemeChoice(link="#f59e0b"))
    assert error.code == "text_contrast"
    assert error.ratio is not None
    assert error.ratio < TEXT_CONTRAST


def test_an_own_border_below_three_is_refused() -> None:
    error = refused(ThemeChoice(border="#cccccc"))
    assert error.code == "border_contrast"
    assert error.ratio == pytest.approx(1.61, abs=0.01)


@pytest.mark.parametrize(
    "value",
    ["green", "#12345", "#1234567", "", "#12345g", "#006b54;}body{display:none", "url(//x)"],
)
@pytest.mark.parametrize("name", ["brand", "neutral", "link", "border"])
def test_a_colour_is_six_hex_digits_and_nothing_else(name: str, value: str) -> None:
    assert refused(ThemeChoice(**{name: value})).code == "colour"  # type: ignore[arg-type]  # names are colour fields


@pytest.mark.parametrize("name", ["heading_font", "text_font"])
def test_a_font_is_a_key_of_the_list(name: str) -> None:
    raw = "Comic Sans; } * { color: red"
    assert refused(ThemeChoice(**{name: raw})).code == "font"  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("radius", [-1, 29])
def test_a_radius_has_limits(radius: int) -> None:
    assert refused(ThemeChoice(radius=radius)).code == "radius"


def test_fonts_are_references_to_families_of_our_own_stylesheet() -> None:
    theme = generate_theme(ThemeChoice(heading_font=Font.SYSTEM, text_font=Font.FIGTREE))
    assert token(theme, "--basis-heading-font-family") == "var(--gg-font-system)"
    assert token(theme, "--basis-text-font-family-default") == "var(--gg-font-figtree)"
    families = (HOUSE.parent / "app.css").read_text(encoding="utf-8")
    assert all(f"--gg-font-{font.value}:" in families for font in Font)


def test_the_same_choice_gives_the_same_bytes_and_another_choice_another_hash() -> None:
    first, again = generate_theme(ThemeChoice()), generate_theme(ThemeChoice())
    assert (first.css, first.hash) == (again.css, again.hash)
    assert generate_theme(ThemeChoice(radius=11)).hash != first.hash


@given(brand=colours, neutral=colours)
@settings(max_examples=25, deadline=None)
def test_a_theme_is_below_a_kilobyte_and_stays_in_its_layer(brand: str, neutral: str) -> None:
    choice = ThemeChoice(brand=brand, neutral=neutral, link="#123456", border="#123456", radius=28)
    css = generate_theme(choice).css
    assert len(css.encode()) < 1000
    assert re.fullmatch(r"@layer org\{:root\{(--[\w-]+:[#\w()-]+;?)+\}\}\n", css)


def test_the_committed_default_is_the_default_choice() -> None:
    assert HOUSE.read_text(encoding="utf-8") == generate_theme(ThemeChoice()).css
