"""The tour: one click to be somebody invented, in the demo organisation only, never in production.

The demo's own story is built and walked in the journeys; here a small demo organisation stands
beside the world, to see that the two are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update
from support.databases import Store, make_settings
from support.factories import (
    add_cohort,
    add_course,
    add_lesson,
    add_organisation,
    add_person,
    ago,
    kept_take,
)
from support.rows import changed, dump
from support.site import Site, lent, make_app

from courses.models import Organisation, Person, Take
from courses.terms import Role, TakeState
from lms.accounts.models import UserSession
from lms.audit import Act
from lms.demo.actions import DemoRefused, build_demo, clear_demo
from lms.demo.content import clips, story
from lms.demo.rebuilding import REBUILD, ask_for_rebuild
from lms.jobs.models import Job, Lane
from media.models import Clip


@pytest.fixture
def demo_site(site: Site) -> Site:
    """The world with a small demo beside it: its people, a lesson and the takes of the stops."""
    with site.acting() as session:
        organisation = add_organisation(session, "Heuvelrijk", is_demo=True)
        cohort = add_cohort(session, organisation, "demo")
        course = add_course(session, organisation, [cohort])
        closing = next(told for told in story()["lesson"] if told["key"] == "closing")
        lesson = add_lesson(session, course, closing["title"], position=1)
        people = {
            name: add_person(session, organisation, name, Role(role), cohort=cohort)
            for role, names in story()["people"].items()
            for name in names[:2]
        }
        samira = people["Samira El Idrissi"]
        for key in ("samira-question-1", "samira-waiting-2"):
            take = kept_take(site.shop, session, samira, lesson.id, cohort.id, ago(days=1))
            assert take.clip is not None
            take.clip.original_sha256 = clips()[key].sha256
    return site


@pytest.fixture
def real_site(demo_site: Site) -> Iterator[Site]:
    """The same data where it is real."""
    settings = make_settings(
        demo_site.settings.data, demo_site.settings.database_url, env="production"
    )
    store = Store(settings, demo_site.database)
    app = make_app(store)
    with lent(app, store, demo_site.world, demo_site.footage) as real:
        yield real


def test_the_tour_offers_stations_and_people(demo_site: Site) -> None:
    page = demo_site.browser().page("/demo")
    assert len(page.forms("/demo/stations/")) == 7
    names = [words for form in page.forms("/demo/people") for _n, _v, words in form.buttons]
    assert names == [name for told in story()["people"].values() for name in told[:2]]


def test_the_sign_in_page_offers_the_tour_where_there_is_one(demo_site: Site) -> None:
    assert demo_site.browser().page("/sign-in").links("/demo")


def test_without_a_demo_there_is_no_tour(site: Site) -> None:
    browser = site.browser()
    assert browser.page("/sign-in").links("/demo") == []
    assert browser.get("/demo").status_code == 404


@pytest.mark.parametrize(
    ("name", "greeting"),
    [("Samira El Idrissi", "Hoi Samira"), ("Carla Blom", "Hoi Carla"), ("Ingrid Postma", "Ingrid")],
)
def test_one_click_makes_somebody_of_the_demo(name: str, greeting: str, demo_site: Site) -> None:
    browser, before = demo_site.browser(), demo_site.last_event()
    forms = browser.page("/demo").forms("/demo/people")
    form = next(one for one in forms if name in [words for _n, _v, words in one.buttons])
    assert browser.submit(form, name).headers["Location"] == "/"
    assert greeting in browser.page("/").h1
    (event,) = demo_site.trail(before)
    assert (event.act, event.detail) == (Act.SIGNED_IN, {"way": "demo"})


def test_a_station_opens_where_it_says(demo_site: Site) -> None:
    browser = demo_site.browser()
    wanted = {"home": "/", "inbox": "/inbox", "numbers": "/reports/cohort"}
    for key, address in wanted.items():
        answer = browser.submit(browser.page("/demo").form(f"/demo/stations/{key}"))
        assert answer.headers["Location"] == address
        assert browser.get(address).status_code == 200
    recorder = browser.submit(browser.page("/demo").form("/demo/stations/record"))
    assert recorder.headers["Location"].endswith("/record")


# --- the language of the visitor ------------------------------------------------------------------


def test_what_was_chosen_on_the_tour_comes_along(demo_site: Site) -> None:
    """And it stays with this browser: the next visitor is not greeted in it."""
    browser = demo_site.browser()
    browser.submit(browser.page("/demo").form("/language"), "English")
    browser.language = "en"
    browser.submit(browser.page("/demo").form("/demo/stations/home"))
    assert browser.page("/").tree.root.get("lang") == "en"
    browser.send("/demo/people", {"name": "Carla Blom"})
    assert browser.page("/").tree.root.get("lang") == "en"
    other = demo_site.browser()
    other.send("/demo/people", {"name": "Samira El Idrissi"})
    assert other.page("/").tree.root.get("lang") == "nl"


def test_switching_as_somebody_of_the_demo_is_no_choice_of_that_person(demo_site: Site) -> None:
    browser = demo_site.browser()
    browser.send("/demo/people", {"name": "Samira El Idrissi"})
    browser.submit(browser.page("/").form("/language"), "English")
    browser.language = "en"
    assert browser.page("/lessons").tree.root.get("lang") == "en"
    assert set(demo_site.all(select(Person.language))) == {None}


def test_an_english_browser_reads_english_all_the_way(demo_site: Site) -> None:
    """Whatever an earlier version stored for the person who is lent to this visitor."""
    with demo_site.acting() as session:
        session.execute(update(Person).values(language="nl"))
    browser, english = demo_site.browser(), {"Accept-Language": "en-GB,en;q=0.9"}
    browser.language = "en"
    browser.get("/demo", headers=english)
    browser.send("/demo/people", {"name": "Samira El Idrissi"})
    for address in ("/", "/lessons", "/feedback"):
        browser.get(address, headers=english)


# --- a stop whose take is gone --------------------------------------------------------------------


def test_a_stop_whose_take_is_reported_says_so_and_can_be_put_back(demo_site: Site) -> None:
    """It came to a page that does not exist; the others go on."""
    browser = demo_site.browser()
    take = UUID(browser.send("/demo/stations/peer").headers["Location"].split("/")[2])
    with demo_site.acting() as session:
        session.execute(update(Take).where(Take.public_id == take).values(hidden_at=ago(hours=1)))
    stale = demo_site.browser()  # whose page was opened before
    assert stale.send("/demo/stations/peer").headers["Location"] == "/demo"
    page = browser.page("/demo")
    assert "Een deel van de demo is weg" in page.text
    assert page.forms("/demo/stations/peer") == []
    assert page.forms("/demo/stations/inbox")
    for _twice in range(2):
        assert browser.submit(page.form("/demo/reset")).headers["Location"] == "/demo"
    jobs = demo_site.all(select(Job).where(Job.kind == REBUILD))
    assert [job.lane for job in jobs] == [Lane.QUICK]
    page = browser.page("/demo")
    assert "De demo wordt teruggezet" in page.text
    assert page.forms("/demo/reset") == []


def test_reading_back_goes_to_a_take_that_can_still_be_shared(demo_site: Site) -> None:
    """The stop ends in sharing: once done, another take of the same person, else the reset."""

    def stop() -> str:
        return demo_site.browser().send("/demo/stations/read-back").headers["Location"]

    def used_up() -> None:
        take = UUID(stop().split("/")[2])
        with demo_site.acting() as session:
            gone = update(Take).where(Take.public_id == take)
            session.execute(gone.values(state=TakeState.SHARED, shared_at=ago(hours=1)))

    of_story = stop()
    used_up()
    assert stop() not in {of_story, "/demo"}
    used_up()
    assert stop() == "/demo"
    page = demo_site.browser().page("/demo")
    assert page.forms("/demo/stations/read-back") == []
    assert page.forms("/demo/reset")


def test_a_demo_that_is_whole_is_not_put_back(demo_site: Site) -> None:
    """Nobody loses what they made on the tour because somebody else sends a form."""
    browser = demo_site.browser()
    assert "Een deel van de demo is weg" not in browser.page("/demo").text
    browser.send("/demo/reset")
    assert demo_site.all(select(Job).where(Job.kind == REBUILD)) == []


def test_clearing_leaves_the_job_that_does_it(demo_site: Site) -> None:
    with demo_site.acting() as session:
        demo = session.scalars(select(Organisation).where(Organisation.is_demo.is_(True))).one()
        ask_for_rebuild(session, organisation=demo, now=ago(minutes=1))
    clear_demo(demo_site.settings, demo_site.database)
    left = demo_site.all(select(Job.kind).where(Job.organisation_id == demo.id))
    assert left == [REBUILD]


def test_becoming_somebody_else_ends_the_session_before(demo_site: Site) -> None:
    browser = demo_site.browser()
    browser.send("/demo/people", {"name": "Carla Blom"})
    browser.send("/demo/people", {"name": "Ingrid Postma"})
    assert len(demo_site.all(select(UserSession))) == 1


@pytest.mark.parametrize("name", ["Lotte Smit", "Berta Zand", "", "samira el idrissi", "%"])
def test_nobody_of_another_organisation_can_be_become(name: str, demo_site: Site) -> None:
    browser = demo_site.browser()
    assert browser.send("/demo/people", {"name": name}).status_code == 404
    assert browser.get("/").status_code == 302


def test_the_demos_people_see_nothing_of_the_others(demo_site: Site) -> None:
    """The same names live in the other organisation, with things of their own."""
    browser = demo_site.browser()
    browser.send("/demo/people", {"name": "Carla Blom"})
    take = demo_site.world.takes["samira-second"].public_id
    assert browser.get(f"/takes/{take}").status_code == 404
    assert "Vogelwijk" not in browser.page("/inbox").text


def test_the_demo_says_that_it_is_one(demo_site: Site) -> None:
    browser = demo_site.browser()
    browser.send("/demo/people", {"name": "Samira El Idrissi"})
    assert "Dit is een demo." in browser.page("/").text
    assert "Dit is een demo." not in demo_site.browser("samira").page("/").text


# --- production ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/demo", {}),
        ("POST", "/demo/stations/home", {}),
        ("POST", "/demo/people", {"name": "Samira El Idrissi"}),
        ("POST", "/demo/reset", {}),
    ],
)
def test_i80_in_production_there_is_no_tour(
    method: str, path: str, body: dict[str, str], real_site: Site
) -> None:
    browser = real_site.browser()
    answer = browser.get(path) if method == "GET" else browser.send(path, body)
    assert answer.status_code == 404
    assert browser.get("/").headers["Location"] == "/sign-in"
    assert browser.page("/sign-in").links("/demo") == []


def test_in_production_a_session_of_the_demo_is_worth_nothing(
    demo_site: Site, real_site: Site
) -> None:
    with lent(demo_site.app, demo_site.store, demo_site.world, demo_site.footage):
        browser = demo_site.browser()
        browser.send("/demo/people", {"name": "Samira El Idrissi"})
        cookie = browser.cookie
    visitor = real_site.browser()
    visitor.set_cookie("__Host-gg", cookie, domain="localhost", secure=True)
    assert visitor.get("/").headers["Location"] == "/sign-in"


def test_the_people_of_the_demo_have_no_password_to_guess(demo_site: Site) -> None:
    form = {"email": "samira@heuvelrijk.example", "password": ""}
    for password in ("", "None", "demo", "nobody has this password"):
        answer = demo_site.browser().send("/sign-in", form | {"password": password})
        assert answer.status_code in {422, 429}


def test_in_production_the_demo_is_neither_built_nor_cleared(real_site: Site) -> None:
    before = dump(real_site.database)
    with pytest.raises(DemoRefused):
        build_demo(real_site.settings, real_site.database, real_site.runner)
    with pytest.raises(DemoRefused):
        clear_demo(real_site.settings, real_site.database)
    assert changed(before, dump(real_site.database)) == []


# --- clearing -----------------------------------------------------------------------------------


def blobs(site: Site) -> set[str]:
    return {path.name for path in Path(site.settings.blobs).iterdir()}


def test_clearing_the_demo_takes_its_rows_and_bytes_and_nobody_elses(demo_site: Site) -> None:
    demo = demo_site.all(select(Organisation).where(Organisation.is_demo.is_(True)))[0]
    clips = demo_site.all(select(Clip.public_id).where(Clip.organisation_id == demo.id))
    others = demo_site.all(select(Take.public_id).where(Take.organisation_id != demo.id))
    before = blobs(demo_site)
    clear_demo(demo_site.settings, demo_site.database)
    left = demo_site.all(select(Take.public_id))
    assert sorted(left) == sorted(others)
    assert demo_site.all(select(Clip).where(Clip.organisation_id == demo.id)) == []
    assert blobs(demo_site) == before - set(map(str, clips))
    assert clips
    assert [e.act for e in demo_site.trail()][-1] == Act.DEMO_RESET
    for name in ("samira-second", "berta-shared"):
        clip = demo_site.world.takes[name].clip
        assert isinstance(clip, UUID)
        person = name.split("-", maxsplit=1)[0]
        assert demo_site.browser(person).get(f"/clips/{clip}/video").status_code == 200
    assert demo_site.browser("samira").page("/").status == 200
