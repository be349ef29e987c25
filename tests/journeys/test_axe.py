"""axe finds nothing on any page, as any role, in any state: WCAG 2.2 AA and best practice.

Each view once, with widths and languages dealt out so that all four combinations come by; all
of them on every view in the `matrix`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from live import axe
from live.browser import DESK, PHONE, Arrive, Visitor
from live.records import Records
from live.site import Site
from pages.catalogue import STRANGER, VIEWS, View

Size = tuple[int, int]
Combination = tuple[str, Size]

LANGUAGES = ("nl", "en")
DEALT: list[Combination] = list(product(LANGUAGES, (PHONE, DESK)))
ALL: list[Combination] = list(product(LANGUAGES, ((320, 700), PHONE, (768, 1024), DESK)))


@pytest.fixture(params=VIEWS, ids=lambda name: name or "a stranger")
def person(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visitor(arrive: Arrive, person: str) -> Iterator[Visitor]:
    """That person, signed in; their language is put back afterwards."""
    visitor = arrive()
    visitor.become(person)
    yield visitor
    visitor.speak("nl")


def test_axe_finds_nothing(visitor: Visitor, person: str, site: Site) -> None:
    first = list(VIEWS).index(person)  # so that short lists do not all begin with the same
    rounds = [
        (view, DEALT[(first + number) % len(DEALT)]) for number, view in enumerate(VIEWS[person])
    ]
    assert_nothing_found(visitor, Records(site), rounds)


@pytest.mark.matrix
def test_axe_finds_nothing_anywhere(visitor: Visitor, person: str, site: Site) -> None:
    assert_nothing_found(visitor, Records(site), list(product(VIEWS[person], ALL)))


def assert_nothing_found(
    visitor: Visitor, records: Records, rounds: Sequence[tuple[View, Combination]]
) -> None:
    """Look at every view in its combination, one language after the other."""
    found = []
    for view, (language, size) in sorted(rounds, key=lambda one: one[1][0], reverse=True):
        visitor.speak(language)
        visitor.resize(size)
        tab = view.open(visitor, records)
        visitor.watch.check_page(tab)
        found += [f"{view.name} ({language}, {size[0]} px): {line}" for line in axe.violations(tab)]
    assert not found, "\n".join(found)


def test_all_combinations_come_by() -> None:
    """The deal above is pairwise: with two factors, every combination at least once."""
    dealt = {
        DEALT[(first + number) % len(DEALT)]
        for first, views in enumerate(VIEWS.values())
        for number in range(len(views))
    }
    assert dealt == set(DEALT)
    assert STRANGER in VIEWS
