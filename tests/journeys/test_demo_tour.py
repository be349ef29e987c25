"""A newcomer walks the tour: every station by one press, something to do at each, no dead end."""

from __future__ import annotations

import pytest
from live.browser import DESK, PHONE, Arrive
from live.site import Site
from pages.entrance import SignIn
from pages.stations import Newcomer

MOST_CLICKS = 25


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
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
