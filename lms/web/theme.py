"""An organisation's house style as one small stylesheet: colours, fonts and corner radius.

A person picks a brand colour, a neutral, two fonts from a list and a radius; this module turns
that into the palette tokens the other stylesheets are built on, computed in OKLCH so that every
step has an even lightness, and proves the WCAG 2.2 contrast of each pair before anything is saved.
Text typed by a person never reaches the stylesheet: colours are parsed, fonts are keys.

Storing the choice and serving the file under its hash is left to the views.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from enum import StrEnum

TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
BORDER_CONTRAST = 3.0  # WCAG 2.2, 1.4.11
MAX_RADIUS = 28
NEUTRAL_CHROMA = 0.045  # more and grey surfaces start to look coloured
MARGIN = 0.05  # hexes are rounded to 8 bits after the search

STEPS = (50, 100, 200, 300, 400, 500, 600, 700)
WHITE = "#ffffff"
# Grounds of alerts and badges (the theme's own palette, steps 100): links stand on these too.
NOTICE_GROUNDS = ("#e3f3fd", "#ddf7e4", "#ffeee1", "#feeded", "#fff3cd")
_HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")


class Font(StrEnum):
    """The fonts we ship, plus the device's own; `app.css` holds the families."""

    SOURCE_SANS = "source-sans"
    FIGTREE = "figtree"
    SYSTEM = "system"


class ThemeError(ValueError):
    """A house style we refuse; `code` is stable and translated by the form, `ratio` is 1 to 21."""

    def __init__(self, code: str, *, ratio: float | None = None) -> None:
        super().__init__(code if ratio is None else f"{code} ({ratio:.2f}:1)")
        self.code = code
        self.ratio = ratio


@dataclass(frozen=True)
class ThemeChoice:
    """What an organisation chooses.

    Colours are `#rrggbb`. `link` and `border` are optional own colours for links and for the edge
    of form fields; without them they are derived and always pass. `radius` is in CSS pixels.
    """

    brand: str = "#006b54"
    neutral: str = "#5b7490"
    heading_font: Font = Font.FIGTREE
    text_font: Font = Font.SOURCE_SANS
    radius: int = 10
    link: str | None = None
    border: str | None = None


@dataclass(frozen=True)
class Theme:
    """A generated stylesheet, the hash for its URL, and the contrast of each pair (1 to 21)."""

    css: str
    hash: str
    contrasts: dict[str, float]


def generate_theme(choice: ThemeChoice) -> Theme:
    """Return the stylesheet for a choice; the same choice always gives the same bytes.

    Raises ThemeError with code `colour`, `font`, `radius`, `text_contrast` or `border_contrast`.
    """
    tokens = _tokens(choice)
    contrasts = _contrasts(tokens)
    for pair, ratio in contrasts.items():
        is_border = pair.startswith("border")
        if ratio < (BORDER_CONTRAST if is_border else TEXT_CONTRAST):
            raise ThemeError("border_contrast" if is_border else "text_contrast", ratio=ratio)
    body = ";".join(f"{name}:{value}" for name, value in tokens.items())
    css = f"@layer org{{:root{{{body}}}}}\n"
    return Theme(css, hashlib.sha256(css.encode()).hexdigest()[:12], contrasts)


def contrast_ratio(first: str, second: str) -> float:
    """Return the WCAG 2.2 contrast ratio of two hex colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


# --- tokens -----------------------------------------------------------------------------


def _tokens(choice: ThemeChoice) -> dict[str, str]:
    brand = _normal_hex(choice.brand)
    ramp = _brand_ramp(brand)
    greys = _neutral_ramp(_normal_hex(choice.neutral))
    if not 0 <= choice.radius <= MAX_RADIUS:
        raise ThemeError("radius")
    if choice.link is not None:
        ramp[500] = _normal_hex(choice.link)
    on_fill = _on_fill(brand, ramp[700])
    tokens = {f"--voorbeeld-kleuren-violet-{step}": ramp[step] for step in STEPS}
    tokens |= {f"--voorbeeld-kleuren-grijs-{step}": greys[step] for step in STEPS}
    tokens |= {
        "--gg-fill": brand,
        "--gg-fill-hover": _shift(brand, -0.06 if on_fill == WHITE else 0.04),
        "--gg-on-fill": on_fill,
        "--gg-radius": f"{choice.radius}px",
        "--basis-text-font-family-default": f"var(--gg-font-{_font(choice.text_font)})",
        "--basis-heading-font-family": f"var(--gg-font-{_font(choice.heading_font)})",
    }
    if choice.border is not None:
        tokens["--gg-field-border"] = _normal_hex(choice.border)
    return tokens


def _contrasts(tokens: dict[str, str]) -> dict[str, float]:
    """Return every pair the stylesheets put together, computed from the final hexes."""
    brand = {step: tokens[f"--voorbeeld-kleuren-violet-{step}"] for step in STEPS}
    grey = {step: tokens[f"--voorbeeld-kleuren-grijs-{step}"] for step in STEPS}
    return {
        "text on page": contrast_ratio(grey[700], grey[50]),
        "quiet text on page": contrast_ratio(grey[400], grey[50]),
        "quiet text on tint": contrast_ratio(grey[500], grey[100]),
        "link on page": contrast_ratio(brand[500], grey[50]),
        "link on tint": contrast_ratio(brand[500], brand[100]),
        "link on a notice": min(contrast_ratio(brand[500], one) for one in NOTICE_GROUNDS),
        "hovered link on tint": contrast_ratio(brand[600], brand[200]),
        "text on tint": contrast_ratio(brand[700], brand[200]),
        "white on hero, light end": contrast_ratio(WHITE, brand[500]),
        "white on hero, dark end": contrast_ratio(WHITE, brand[700]),
        "text on fill": contrast_ratio(tokens["--gg-on-fill"], tokens["--gg-fill"]),
        "text on hovered fill": contrast_ratio(tokens["--gg-on-fill"], tokens["--gg-fill-hover"]),
        "border of a field": contrast_ratio(tokens.get("--gg-field-border", grey[400]), WHITE),
        "border of a button": contrast_ratio(brand[400], WHITE),
    }


def _brand_ramp(brand: str) -> dict[int, str]:
    """Eight steps around the brand; 500 is the brand itself where it is readable as text."""
    lightness, chroma, hue = _to_oklch(brand)
    ramp = {
        50: _from_oklch(0.985, min(chroma, 0.012), hue),
        100: _from_oklch(0.962, min(chroma, 0.02), hue),
        200: _from_oklch(0.915, min(chroma, 0.04), hue),
        300: _from_oklch(0.82, min(chroma, 0.1), hue),
    }
    darkest = min(ramp[100], *NOTICE_GROUNDS, key=_luminance)
    ramp[400] = _darkened(lightness, chroma, hue, against=ramp[50], ratio=BORDER_CONTRAST)
    ramp[500] = _darkened(lightness, chroma, hue, against=darkest, ratio=TEXT_CONTRAST)
    text_lightness = _to_oklch(ramp[500])[0]
    ramp[600] = _from_oklch(min(text_lightness - 0.08, 0.42), chroma, hue)
    ramp[700] = _from_oklch(min(text_lightness - 0.2, 0.25), min(chroma, 0.12), hue)
    return ramp


def _neutral_ramp(neutral: str) -> dict[int, str]:
    """Eight greys with a breath of the neutral's hue; the lightness is ours, not the person's."""
    _, chroma, hue = _to_oklch(neutral)
    tint = min(chroma, NEUTRAL_CHROMA)
    plan = {
        50: (0.985, 0.18),
        100: (0.963, 0.3),
        200: (0.922, 0.45),
        300: (0.83, 0.85),
        400: (0.505, 1.0),
        500: (0.43, 1.0),
        600: (0.345, 0.9),
        700: (0.225, 0.7),
    }
    return {step: _from_oklch(light, tint * part, hue) for step, (light, part) in plan.items()}


def _darkened(lightness: float, chroma: float, hue: float, *, against: str, ratio: float) -> str:
    """Return the colour at its own lightness or the lightest darker one that reaches the ratio."""
    original = _from_oklch(lightness, chroma, hue)
    if contrast_ratio(original, against) >= ratio:
        return original
    low, high = 0.0, lightness
    for _ in range(24):
        middle = (low + high) / 2
        passes = contrast_ratio(_from_oklch(middle, chroma, hue), against) >= ratio + MARGIN
        low, high = (middle, high) if passes else (low, middle)
    return _from_oklch(low, chroma, hue)


def _on_fill(fill: str, dark: str) -> str:
    """White where it is readable, else the brand's own darkest step, else near-black."""
    for candidate in (WHITE, dark):
        if contrast_ratio(candidate, fill) >= TEXT_CONTRAST:
            return candidate
    return "#000000"  # one of white and black always reaches 4.58:1


def _font(font: Font) -> str:
    try:
        return Font(font).value
    except ValueError as error:
        raise ThemeError("font") from error


# --- colour: sRGB and OKLCH (Ottosson 2020, the definition CSS Color 4 uses) ----------------

SRGB_KNEE = 0.04045  # IEC 61966-2-1: below it the curve is a line
LINEAR_KNEE = 0.0031308
GAMUT_SLACK = 0.0002  # a colour that came from a hex must count as inside, rounding included


def _normal_hex(value: str) -> str:
    found = _HEX.match(value.strip())
    if found is None:
        raise ThemeError("colour")
    return f"#{found[1].lower()}"


def _to_linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _expand(red), _expand(green), _expand(blue)


def _expand(channel: float) -> float:
    return channel / 12.92 if channel <= SRGB_KNEE else ((channel + 0.055) / 1.055) ** 2.4


def _compress(channel: float) -> float:
    if channel <= LINEAR_KNEE:
        return 12.92 * channel
    return float(1.055 * channel ** (1 / 2.4) - 0.055)


def _luminance(colour: str) -> float:
    red, green, blue = _to_linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(colour: str) -> tuple[float, float, float]:
    """Return lightness 0 to 1, chroma 0 to 0.4 and hue in radians."""
    red, green, blue = _to_linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _oklch_to_linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return the hex; outside sRGB the chroma gives way, lightness and hue stay."""
    low, high = 0.0, chroma
    if not _in_gamut(_oklch_to_linear(lightness, chroma, hue)):
        for _ in range(24):
            middle = (low + high) / 2
            fits = _in_gamut(_oklch_to_linear(lightness, middle, hue))
            low, high = (middle, high) if fits else (low, middle)
        chroma = low
    channels = _oklch_to_linear(lightness, chroma, hue)
    values = (round(255 * _compress(min(max(channel, 0.0), 1.0))) for channel in channels)
    return "#" + "".join(f"{value:02x}" for value in values)


def _in_gamut(channels: tuple[float, float, float]) -> bool:
    return all(-GAMUT_SLACK <= channel <= 1 + GAMUT_SLACK for channel in channels)


def _shift(colour: str, lightness_by: float) -> str:
    lightness, chroma, hue = _to_oklch(colour)
    return _from_oklch(min(max(lightness + lightness_by, 0.0), 1.0), chroma, hue)
