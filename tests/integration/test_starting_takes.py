"""The start of a take: bound before its first second, within its limits, behind the gate (I80)."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from support.browser import Browser
from support.databases import Store, make_settings
from support.factories import NOW, TODAY, add_person
from support.site import Site, at, lent, make_app
from werkzeug.test import TestResponse

from courses.models import Cohort, CohortCourse, Lesson, Organisation, Person, Take
from courses.terms import Role, TakeState
from lms.accounts.actions import grant_role
from lms.accounts.models import GoLiveGate
from lms.audit import Act

JSON = {"Accept": "application/json"}


def start(browser: Browser, lesson: UUID, **fields: str) -> TestResponse:
    """What the recorder sends before it records."""
    return browser.send(f"/lessons/{lesson}/takes", fields, headers=JSON)


def test_a_take_is_bound_to_its_maker_lesson_and_cohort(site: Site) -> None:
    lesson, before = site.world.lessons["greeting"], site.last_event()
    answer = start(site.browser("lotte"), lesson.public_id)
    assert answer.status_code == HTTPStatus.CREATED
    told = answer.get_json()
    take = site.all(select(Take).where(Take.public_id == UUID(told["take"])))[0]
    assert take.person_id == site.world.people["lotte"].id
    assert take.lesson_id == lesson.id
    assert take.cohort_id == site.world.cohorts["one"]
    assert (take.state, take.number, take.clip_id) == (TakeState.RECORDING, None, None)
    assert told["take_url"] == f"/takes/{take.public_id}"
    assert told["max_seconds"] == 90
    assert told["max_bytes"] == site.settings.max_upload_bytes
    (event,) = site.trail(before)
    assert (event.act, event.subject) == (Act.TAKE_STARTED, str(take.public_id))
    assert event.detail == {"lesson": str(lesson.public_id)}


def test_each_trainee_records_in_their_own_cohort(site: Site) -> None:
    lesson = site.world.lessons["greeting"].public_id
    take = UUID(start(site.browser("tom"), lesson).get_json()["take"])
    found = site.all(select(Take.cohort_id).where(Take.public_id == take))
    assert found == [site.world.cohorts["two"]]


@pytest.mark.parametrize("field", ["person_id", "cohort_id", "state", "organisation_id", "number"])
def test_s55_nothing_else_can_be_set_by_the_form(field: str, site: Site) -> None:
    lesson = site.world.lessons["greeting"].public_id
    answer = start(site.browser("lotte"), lesson, **{field: "1"})
    take = site.all(select(Take).where(Take.public_id == UUID(answer.get_json()["take"])))[0]
    assert (take.person_id, take.state) == (site.world.people["lotte"].id, TakeState.RECORDING)


@pytest.mark.parametrize("is_demo", [True, False])
def test_s55_only_a_demo_has_examples(*, is_demo: bool, site: Site) -> None:
    """Elsewhere nobody can pass a recording of their own off as an example."""
    with site.acting() as session:
        session.execute(update(Organisation).values(is_demo=is_demo))
    lesson = site.world.lessons["greeting"].public_id
    answer = start(site.browser("lotte"), lesson, source="example")
    take = site.all(select(Take).where(Take.public_id == UUID(answer.get_json()["take"])))[0]
    assert take.is_example is is_demo


@pytest.fixture
def strict_site(site: Site) -> Site:
    """A site where two recordings a day are enough."""
    settings = make_settings(site.settings.data, site.settings.database_url, takes_per_day=2)
    site.app.extensions["lms_settings"] = settings
    return site


def test_s6_the_limit_of_a_day_holds_and_the_next_day_begins_anew(strict_site: Site) -> None:
    browser, lesson = strict_site.browser("lotte"), strict_site.world.lessons["greeting"].public_id
    answers = [start(browser, lesson) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert answers[-1].get_json()["error"] == "day_limit"
    assert "al 2 opnames" in answers[-1].get_json()["message"]
    tomorrow = NOW + timedelta(days=1)
    with at(tomorrow.replace(hour=0, minute=30)):  # half past one at night in Amsterdam
        assert start(strict_site.browser("lotte"), lesson).status_code == 201


def test_s6_throwing_recordings_away_gives_none_back(strict_site: Site) -> None:
    browser, lesson = strict_site.browser("lotte"), strict_site.world.lessons["greeting"].public_id
    for _ in range(2):
        take = start(browser, lesson).get_json()["take"]
        assert browser.send(f"/takes/{take}/delete").status_code == HTTPStatus.FOUND
    assert start(browser, lesson).get_json()["error"] == "day_limit"


def test_one_persons_limit_is_not_anothers(strict_site: Site) -> None:
    lesson = strict_site.world.lessons["greeting"].public_id
    for _ in range(2):
        start(strict_site.browser("lotte"), lesson)
    assert start(strict_site.browser("mo"), lesson).status_code == 201


# --- open and closed lessons --------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "lesson"),
    [("lotte", "draft"), ("lotte", "zandstad-waiting"), ("berta", "waiting"), ("carla", "waiting")],
)
def test_a_lesson_that_is_not_theirs_is_not_found(person: str, lesson: str, site: Site) -> None:
    browser, thing = site.browser(person), site.world.lessons[lesson].public_id
    assert start(browser, thing).status_code == 404
    assert browser.get(f"/lessons/{thing}/record").status_code == 404


def test_a_course_that_opens_tomorrow_is_not_found_today(site: Site) -> None:
    with site.acting() as session:
        session.execute(update(CohortCourse).values(open_from=TODAY + timedelta(days=1)))
    lesson = site.world.lessons["greeting"].public_id
    assert start(site.browser("lotte"), lesson).status_code == 404
    with at(NOW + timedelta(days=1)):
        assert start(site.browser("lotte"), lesson).status_code == 201


def test_a_lesson_closes_with_its_cohort(site: Site) -> None:
    """After the last day what there is can be looked at, and nothing is recorded any more."""
    lesson = site.world.lessons["greeting"].public_id
    last = date(2027, 6, 30)
    with site.acting() as session:
        assert session.get_one(Cohort, site.world.cohorts["one"]).planned_end_on == last
    with at(NOW.replace(year=2027, month=6, day=30)):
        assert start(site.browser("lotte"), lesson).status_code == 201
    with at(NOW.replace(year=2027, month=7, day=1)):
        browser = site.browser("lotte")
        answer = start(browser, lesson)
        assert (answer.status_code, answer.get_json()["error"]) == (422, "lesson_closed")
        assert browser.get(f"/lessons/{lesson}/record").status_code == 404
        assert browser.page(f"/lessons/{lesson}").links(f"/lessons/{lesson}/record") == []


def test_a_withdrawn_lesson_is_not_found(site: Site) -> None:
    with site.acting() as session:
        session.execute(update(Lesson).values(published_at=None))
    lesson = site.world.lessons["greeting"].public_id
    assert start(site.browser("lotte"), lesson).status_code == 404


# --- the gate -----------------------------------------------------------------------------

PARTS = ("works_council_on", "dpia_on", "officer_name", "intended_purpose_on")


@pytest.mark.parametrize("missing", PARTS)
def test_i80_nothing_is_recorded_before_the_gate_is_complete(missing: str, site: Site) -> None:
    with site.acting() as session:
        session.execute(update(GoLiveGate).values({missing: None}))
    lesson = site.world.lessons["greeting"].public_id
    browser = site.browser("lotte")
    answer = start(browser, lesson)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "gate_closed")
    page = browser.page(f"/lessons/{lesson}/record")
    assert "Opnemen kan nog niet" in page.text
    assert not [one for one in page.tree.root.iter() if "data-recorder" in one.attrib]


def test_i80_an_organisation_without_a_gate_records_nothing(site: Site) -> None:
    with site.acting() as session:
        session.execute(delete(GoLiveGate))
    lesson = site.world.lessons["greeting"].public_id
    assert start(site.browser("lotte"), lesson).status_code == 403


def test_i80_the_gate_of_one_organisation_is_not_anothers(site: Site) -> None:
    other = site.world.organisations["zandstad"].id
    with site.acting() as session:
        session.execute(delete(GoLiveGate).where(GoLiveGate.organisation_id == other))
    assert start(site.browser("lotte"), site.world.lessons["greeting"].public_id).status_code == 201
    closed = start(site.browser("berta"), site.world.lessons["zandstad-waiting"].public_id)
    assert closed.status_code == 403


@pytest.mark.parametrize(("env", "status"), [("development", 201), ("production", 403)])
def test_i80_an_example_gate_lets_nobody_record_in_production(
    env: str, status: int, site: Site
) -> None:
    """The gate of the demo is marked as an example, and counts for nothing where it is real."""
    with site.acting() as session:
        session.execute(update(GoLiveGate).values(is_example=True))
    settings = make_settings(site.settings.data, site.settings.database_url, env=env)
    store = Store(settings, site.database)
    app = make_app(store)
    with lent(app, store, site.world, site.footage) as real:
        lesson = site.world.lessons["greeting"].public_id
        assert start(real.browser("lotte"), lesson).status_code == status


def test_somebody_who_is_trainee_and_coach_keeps_both_apart(site: Site) -> None:
    """A coach who also follows the course cannot accept a take of their own."""
    with site.acting() as session:
        organisation = session.get_one(Organisation, site.world.organisations["vogelwijk"].id)
        cohort = session.get_one(Cohort, site.world.cohorts["one"])
        both = add_person(session, organisation, "Bo Beiden", Role.TRAINEE, cohort=cohort)
        grant_role(
            session,
            person=session.get_one(Person, both.id),
            role=Role.COACH,
            valid_from=TODAY,
            cohort_id=cohort.id,
        )
    browser = site.browser(both)
    take = UUID(start(browser, site.world.lessons["waiting"].public_id).get_json()["take"])
    assert browser.send(f"/takes/{take}/accept").status_code == 404
    assert browser.get(f"/inbox/{take}").status_code == 404
