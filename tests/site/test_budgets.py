"""How often a page may ask the database: the same for three learners and for sixty (design 4).

The design allows 7 for a learner and 12 for a coach or HR; a page that needs more says so here.
A page that asks one time more for every row is found by the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from support.browser import Browser
from support.crowd import Crowd, build_crowd
from support.databases import Backend, Snapshot
from support.factories import NOW
from support.footage import Footage
from support.site import Site, counted, lent
from support.world import World

from lms import clock

FEW, MANY = 3, 60
LEARNER, STAFF = 7, 12
BUDGETS = {
    # address, who, and how many statements
    ("learner", "/"): LEARNER,
    ("learner", "/lessons"): LEARNER,
    ("learner", "/lessons/{lesson}"): LEARNER,
    ("learner", "/lessons/{lesson}/record"): 8,  # whether one may also write is asked here
    ("learner", "/lessons/{lesson}/write"): 8,
    ("learner", "/record"): LEARNER,
    ("learner", "/takes/{first}"): LEARNER,
    ("learner", "/takes/{of_a_peer}"): LEARNER,
    ("learner", "/takes/{second}/status"): LEARNER,
    ("learner", "/takes/{processing}"): LEARNER,
    ("learner", "/takes/{processing}/status"): LEARNER,
    ("learner", "/feedback"): LEARNER,
    ("learner", "/progress"): LEARNER,
    ("learner", "/takes/{second}/compare"): 9,  # two takes with their texts
    ("coach", "/"): STAFF,
    ("coach", "/inbox"): STAFF,
    ("coach", "/inbox/{second}"): STAFF,
    ("coach", "/takes/{first}"): STAFF,
    ("coach", "/takes/{second}/compare"): STAFF,
    ("coach", "/lessons"): STAFF,
    ("coach", "/reports/cohort"): STAFF,
    ("hr", "/"): STAFF,
    ("hr", "/reports/cohort"): STAFF,
    ("officer", "/"): STAFF,
    ("officer", "/privacy/log"): STAFF,
}


@pytest.fixture(scope="module")
def crowds(
    backend: Backend, footage: Footage, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, Snapshot[Crowd]]:
    with clock.frozen_at(NOW):
        return {
            size: backend.snapshot(
                tmp_path_factory.mktemp(f"crowd-{size}"),
                lambda store, size=size: build_crowd(store, footage, size),
            )
            for size in (FEW, MANY)
        }


@pytest.fixture(scope="module")
def sites(
    app: Flask,
    backend: Backend,
    crowds: dict[int, Snapshot[Crowd]],
    footage: Footage,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[int, Site]]:
    """One site for each size; the tests only read."""
    stores = {
        size: backend.copied(crowd, tmp_path_factory.mktemp(f"site-{size}"))
        for size, crowd in crowds.items()
    }
    with stores[FEW] as few, stores[MANY] as many:
        yield {
            size: Site(app, store, World(), footage) for size, store in ((FEW, few), (MANY, many))
        }


def statements(site: Site, crowd: Crowd, who: str, address: str) -> list[str]:
    """What one request asks the database, of somebody who has been here a moment ago."""
    path = address.format(
        lesson=crowd.lesson,
        first=crowd.first,
        second=crowd.second,
        of_a_peer=crowd.of_a_peer,
        processing=crowd.processing,
    )
    with clock.frozen_at(NOW), lent(site.app, site.store, site.world, site.footage):
        browser: Browser = site.browser(getattr(crowd, who))
        browser.get(path)
        with counted(site.database) as asked:
            assert browser.get(path).status_code in {200, 302}, path
    return asked


@pytest.mark.parametrize(("who", "address"), BUDGETS, ids=lambda part: part)
def test_a_page_asks_no_more_than_its_budget(
    who: str, address: str, sites: dict[int, Site], crowds: dict[int, Snapshot[Crowd]]
) -> None:
    few, many = (
        statements(sites[size], crowds[size].content, who, address) for size in (FEW, MANY)
    )
    assert len(many) <= BUDGETS[(who, address)], "\n".join(many)
    assert len(few) == len(many), "\n".join(many)


def test_every_page_has_a_budget(app: Flask) -> None:
    """Pages of signed-in people; clips, files and texts that ask nothing have none."""
    without = {"clips", "assets", "theme", "demo", "accounts", "uploads"}
    texts = {"privacy.about", "privacy.purpose", "privacy.accessibility"}
    adapter = app.url_map.bind("localhost")
    some = "00000000-0000-4000-8000-000000000000"
    names = dict.fromkeys(("lesson", "first", "second", "of_a_peer", "processing"), some)
    budgeted = {adapter.match(address.format(**names))[0] for _who, address in BUDGETS}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and rule.endpoint.split(".")[0] not in without
        and rule.endpoint not in texts
    }
    assert budgeted == pages
