"""Another language keeps the page, and no page runs off sideways between 320 and 1280 px."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from live.browser import Arrive, Visitor
from live.records import Records
from live.site import Site
from pages.catalogue import SAMIRA, STRANGER, VIEWS, View

WIDTHS = [(1280, 900), (768, 1024), (390, 844), (320, 700)]


@pytest.fixture
def records(site: Site) -> Records:
    return Records(site)


def plain(person: str) -> list[View]:
    """Views that are nothing but an address: switching language loads it again."""
    return [view for view in VIEWS[person] if view.prepare is None and view.status == 200]


@pytest.mark.parametrize("person", [STRANGER, SAMIRA, "Daan Mulder", "Olaf Brandt"])
def test_the_page_stays_in_another_language(arrive: Arrive, records: Records, person: str) -> None:
    """There and back again on every page: the same address, other words."""
    visitor = arrive()
    visitor.become(person)
    try:
        for view in plain(person):
            view.open(visitor, records)
            switched(visitor)
    finally:
        visitor.speak("nl")


def switched(visitor: Visitor) -> None:
    tab = visitor.page
    before, title = address(visitor), tab.title()
    for language, name in (("en", "English"), ("nl", "Nederlands")):
        tab.locator(".gg-langs").get_by_role("button", name=name).click()
        tab.wait_for_load_state()
        assert tab.locator("html").get_attribute("lang") == language
        assert address(visitor) == before
        navigation = tab.get_by_role("contentinfo").inner_text()
        assert ("Accessibility" in navigation) == (language == "en")
        visitor.watch.check_page(tab)
    assert tab.title() == title


def address(visitor: Visitor) -> tuple[str, str]:
    parts = urlsplit(visitor.page.url)
    return parts.path, parts.query


@pytest.fixture
def long_words(records: Records) -> Iterator[None]:
    """What Samira says and is told is one long word: people paste addresses, and hold keys down."""
    with records.worded(SAMIRA, "Aaaargh" * 60):
        yield


@pytest.mark.usefixtures("long_words")
@pytest.mark.parametrize("person", VIEWS, ids=lambda name: name or "a stranger")
def test_every_width_fits(arrive: Arrive, records: Records, person: str) -> None:
    """Every page as each kind of person; the wide one narrows to a phone under one's eyes."""
    visitor = arrive()
    visitor.become(person)
    for view in VIEWS[person]:
        visitor.resize(WIDTHS[0])
        tab = view.open(visitor, records)
        for size in WIDTHS:
            visitor.resize(size)
            visitor.watch.check_page(tab)
