"""A newcomer walks the tour: every station by one press, something to do at each, no dead end."""

from __future__ import annotations

import pytest
from live.browser import DESK, PHONE, Arrive
from live.records import Records
from live.site import Site
from pages.catalogue import SAMIRA, WAITING
from pages.entrance import SignIn
from pages.review import Review
from pages.stations import Newcomer
from playwright.sync_api import expect

MOST_CLICKS = 25


@pytest.mark.parametrize(
    "size",
    [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk", marks=pytest.mark.matrix)],
)
def test_a_newcomer_walks_the_tour(arrive: Arrive, fresh_site: Site, size: tuple[int, int]) -> None:
    visitor = arrive(site=fresh_site, size=size)
    newcomer = Newcomer(visitor)
    SignIn.open(visitor).start_tour()
    newcomer.look_around()
    todo = [
        newcomer.see_the_day,
        newcomer.record,
        newcomer.read_back,
        newcomer.react,
        newcomer.work_the_inbox,
        newcomer.compare,
        newcomer.see_figures,
    ]
    stations = newcomer.stations
    for station, do in zip(stations, todo, strict=True):
        newcomer.press(station)
        do()
        newcomer.back()
    assert newcomer.stations == stations
    assert newcomer.clicks <= MOST_CLICKS, f"{newcomer.clicks} clicks"


REBUILD_MS = 240_000


def test_what_a_visitor_threw_away_is_put_back_by_the_worker(
    arrive: Arrive, fresh_site: Site
) -> None:
    """The stop says what happened, and the demo that the running site builds is the same one."""
    visitor = arrive(site=fresh_site, language="en")
    visitor.become(SAMIRA)
    visitor.speak("nl")
    Review.open(visitor, Records(fresh_site).take(SAMIRA, WAITING, 2))
    visitor.page.locator("summary", has_text="Deze poging weggooien").click()
    review = Review(visitor)
    review.throw_away.click()
    visitor.page.get_by_role("button", name="Gooi weg", exact=True).click()
    visitor.page.wait_for_url("**/lessons/*")
    visitor.page.goto("/demo")
    main = visitor.page.get_by_role("main")
    expect(main).to_contain_text("Een deel van de demo is weg")
    visitor.watch.check_page(visitor.page)
    main.get_by_role("button", name="Zet de demo terug").click()
    expect(main).to_contain_text("De demo wordt teruggezet")
    expect(main).not_to_contain_text("De demo wordt teruggezet", timeout=REBUILD_MS)
    newcomer = Newcomer(visitor)
    newcomer.press("Jeroen geeft een top en een tip")
    assert Review(visitor).sentences, "its maker read back what was said before she shared it"
    assert visitor.page.locator("html").get_attribute("lang") == "nl"
