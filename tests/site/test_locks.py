"""A request never waits for a write lock that it holds itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from support.factories import NOW
from support.site import Site, at

from courses.models import Organisation
from lms.accounts.models import UserSession
from lms.demo.content import story

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def demo(site: Site) -> Site:
    """Vogelwijk is the demo for a moment: its people are entered without a password."""
    with site.acting() as session:
        session.execute(
            update(Organisation)
            .where(Organisation.id == site.world.organisations["vogelwijk"].id)
            .values(is_demo=True, slug=story()["organisation"]["slug"])
        )
    return site


@pytest.mark.parametrize("path", ["/demo/people", "/demo/stations/home", "/sign-in", "/language"])
def test_who_read_a_page_for_minutes_can_go_on(path: str, demo: Site) -> None:
    """After a minute the session is marked as seen again, in a transaction of its own.

    It waited 15 seconds for the writer of the same request, and everybody else's writes with it.
    """
    browser = demo.browser("samira")
    name = demo.world.people["carla"].name
    with at(LATER):
        answer = browser.send(path, {"name": name, "next": "/", "language": "nl"})
    assert answer.status_code in {302, 404, 422}
    seen = demo.all(select(UserSession.seen_at))
    assert path == "/demo/people" or LATER in seen
