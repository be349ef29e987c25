"""Who sees which take, clip and remark (domain 5b, S54, S57), and that a refusal tells nothing.

Whatever somebody may not see answers exactly as a thing that does not exist, by every route.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from support.browser import Browser, same_each_time
from support.factories import Human
from support.site import Site, at
from support.world import World
from werkzeug.test import TestResponse

from courses.models import Lesson
from lms.audit import Act

SEEN_BY = {
    "samira-first": "samira jeroen mo carla erik",
    "samira-second": "samira jeroen mo carla erik",
    "samira-accepted": "samira carla erik",  # closed for peers once it is good
    "samira-kept": "samira",
    "samira-processing": "samira",
    "jeroen-shared": "jeroen samira mo carla erik",  # lotte shared none of her own
    "jeroen-kept": "jeroen",
    "jeroen-failed": "jeroen",
    "lotte-kept": "lotte",
    "mo-hidden": "mo carla erik",  # reported by jeroen
    "tom-shared": "tom daan",
    "berta-shared": "berta karel",
}
TRAINEES = ("samira", "jeroen", "lotte", "mo", "tom", "berta")
COACHES = ("carla", "erik", "daan", "karel")
NO_LEARNERS = ("peter", "nadia", "ingrid", "wim", "esther", "olaf", "thea", "zora")
NEVER = {"Date", "Content-Security-Policy", "Set-Cookie"}


def everybody(world: World) -> list[str]:
    people = [*TRAINEES, *COACHES, *NO_LEARNERS]
    assert set(people) == set(world.people)
    return people


@pytest.mark.parametrize("name", SEEN_BY)
def test_s54_a_take_is_seen_by_whom_the_domain_says(name: str, site: Site) -> None:
    take = site.world.takes[name]
    seen = [
        person
        for person in everybody(site.world)
        if site.browser(person).get(f"/takes/{take.public_id}").status_code == 200
    ]
    assert seen == [one for one in everybody(site.world) if one in SEEN_BY[name].split()]


@pytest.mark.parametrize("name", SEEN_BY)
def test_s54_a_clip_is_watched_by_whom_sees_its_take(name: str, site: Site) -> None:
    clip = site.world.takes[name].clip
    ready = name not in {"samira-processing", "jeroen-failed"}
    for file in ("video", "poster", "peaks", "captions.vtt"):
        watched = [
            person
            for person in everybody(site.world)
            if site.browser(person).get(f"/clips/{clip}/{file}").status_code == 200
        ]
        expected = SEEN_BY[name].split() if ready else []
        assert watched == [one for one in everybody(site.world) if one in expected], file


def test_the_raw_file_is_for_its_maker_alone(site: Site) -> None:
    clip = site.world.takes["samira-second"].clip
    mine = [
        person
        for person in everybody(site.world)
        if site.browser(person).get(f"/clips/{clip}/raw").status_code == 200
    ]
    assert mine == ["samira"]


def refusals(browser: Browser, take: UUID, clip: UUID, comment: UUID) -> dict[str, TestResponse]:
    """Every way to ask for a take, its clip and a remark on it."""
    get = [
        f"/takes/{take}",
        f"/takes/{take}/compare",
        f"/takes/{take}/status",
        f"/inbox/{take}",
        *[f"/clips/{clip}/{file}" for file in ("video", "audio", "poster", "peaks", "raw")],
        f"/clips/{clip}/captions.vtt",
    ]
    post = [
        *[f"/takes/{take}/{verb}" for verb in ("seen", "share", "looked-back", "delete")],
        *[f"/takes/{take}/{verb}" for verb in ("accept", "ask-retake", "undo", "report")],
        f"/takes/{take}/text",
        f"/takes/{take}/reports/decide",
        f"/takes/{take}/comments/{uuid4()}",
        *[f"/takes/{take}/comments/{comment}/{verb}" for verb in ("replies", "resolve", "report")],
        *[f"/takes/{take}/comments/{comment}/{verb}" for verb in ("edit", "delete")],
        f"/takes/{take}/follow-ups/{comment}",
    ]
    body = {
        "kind": "top",
        "body": "Goed zo.",
        "text": "Goed zo.",
        "text-1": "Goed zo.",
        "at_ms": "1",
        "verdict": "partly",
    }
    answers = {f"GET {path}": browser.get(path) for path in get}
    return answers | {f"POST {path}": browser.send(path, body) for path in post}


@pytest.mark.parametrize(
    ("person", "name", "remark"),
    [
        ("lotte", "jeroen-shared", "jeroen-top"),
        ("samira", "jeroen-kept", "jeroen-top"),
        ("samira", "mo-hidden", "jeroen-top"),
        ("jeroen", "samira-accepted", "carla-tip-accepted"),
        ("carla", "samira-kept", "jeroen-top"),
        ("carla", "tom-shared", "daan-top"),
        ("samira", "tom-shared", "daan-top"),
        ("samira", "berta-shared", "karel-top"),
        ("carla", "berta-shared", "karel-top"),
        ("thea", "samira-second", "jeroen-question"),
        ("ingrid", "samira-second", "jeroen-question"),
    ],
)
def test_s54_what_may_not_be_seen_answers_as_what_does_not_exist(
    person: str, name: str, remark: str, site: Site
) -> None:
    take, comment = site.world.takes[name], site.world.comments[remark]
    assert take.clip is not None
    browser = site.browser(person)
    hidden = refusals(browser, take.public_id, take.clip, comment.public_id)
    missing = refusals(browser, uuid4(), uuid4(), uuid4())
    for (asked, found), other in zip(hidden.items(), missing.values(), strict=True):
        assert found.status_code == 404, asked
        assert plain(found) == plain(other), asked
        assert headers(found) == headers(other), asked


def plain(answer: TestResponse) -> str:
    nonce = answer.headers["Content-Security-Policy"].split("nonce-")[1].split("'")[0]
    return same_each_time(answer.get_data(as_text=True), nonce)


def headers(answer: TestResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in NEVER}


def test_a_refusal_is_written_down_whether_the_thing_exists_or_not(site: Site) -> None:
    browser, before = site.browser("lotte"), site.last_event()
    there, nowhere = site.world.takes["jeroen-shared"].public_id, uuid4()
    for take in (there, nowhere):
        browser.get(f"/takes/{take}")
    trail = site.trail(before)
    assert [event.act for event in trail] == [Act.ACCESS_REFUSED] * 2
    assert [event.subject for event in trail] == [str(there), str(nowhere)]
    assert {event.actor_id for event in trail} == {site.world.people["lotte"].id}


def test_peers_see_a_take_only_after_sharing_their_own(site: Site) -> None:
    """The same take, before and after lotte shares hers for that lesson."""
    theirs = f"/takes/{site.world.takes['jeroen-shared'].public_id}"
    lotte, own = site.browser("lotte"), site.world.takes["lotte-kept"].public_id
    assert lotte.get(theirs).status_code == 404
    assert "Jeroen" not in lotte.page("/feedback").text
    lotte.submit(lotte.page(f"/takes/{own}").form("/share"), top="Rustig.", tip="Meer vragen.")
    assert lotte.get(theirs).status_code == 200
    assert "Jeroen" in lotte.page("/feedback").text


def test_peers_see_a_take_only_while_the_assignment_is_open(site: Site) -> None:
    theirs = f"/takes/{site.world.takes['jeroen-shared'].public_id}"
    own = f"/takes/{site.world.takes['samira-second'].public_id}"
    last_day = datetime(2027, 6, 30, 12, 0, tzinfo=UTC)
    with at(last_day):
        assert site.browser("samira").get(theirs).status_code == 200
    with at(last_day.replace(month=7, day=1)):
        samira = site.browser("samira")
        assert samira.get(theirs).status_code == 404
        assert samira.get(own).status_code == 200
        assert site.browser("carla").get(theirs).status_code == 200


def test_peers_see_nothing_of_a_lesson_that_was_withdrawn(site: Site) -> None:
    with site.acting() as session:
        session.execute(
            update(Lesson)
            .where(Lesson.id == site.world.lessons["waiting"].id)
            .values(published_at=None)
        )
    theirs = site.world.takes["jeroen-shared"].public_id
    assert site.browser("samira").get(f"/takes/{theirs}").status_code == 404


@pytest.mark.parametrize("verb", ["replies", "resolve", "report"])
def test_a_remark_is_found_only_on_its_own_take(verb: str, site: Site) -> None:
    """The question stands on the second take; naming it under the first finds nothing."""
    first = site.world.takes["samira-first"].public_id
    question = site.world.comments["jeroen-question"].public_id
    answer = site.browser("samira").send(
        f"/takes/{first}/comments/{question}/{verb}", {"text": "Dank je."}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("person", ["berta", "karel", "zora"])
def test_s57_no_page_of_another_organisation_shows_anything_of_ours(
    person: str, site: Site
) -> None:
    browser, world = site.browser(person), site.world
    pages = ["/", "/lessons", "/feedback", "/progress", "/record", "/inbox", "/reports/cohort"]
    pages += ["/privacy/log", "/purpose", "/about"]
    theirs = {"berta", "karel", "zora"}
    ours = [human.name for name, human in world.people.items() if name not in theirs]
    ours += [str(one.public_id) for name, one in world.takes.items() if name != "berta-shared"]
    ours += [str(one.public_id)[:8] for name, one in world.takes.items() if name != "berta-shared"]
    ours += [str(one.public_id) for key, one in world.lessons.items() if "zandstad" not in key]
    ours += ["Vogelwijk", "vogelwijk"]
    for path in pages:
        answer = browser.get(path)
        if answer.status_code == 200:
            html = answer.get_data(as_text=True)
            assert [word for word in ours if word in html] == [], path


def test_s57_a_cohort_of_another_organisation_is_not_found(site: Site) -> None:
    other = site.world.cohorts["zandstad"]
    for person in ("ingrid", "wim", "carla"):
        assert site.browser(person).get(f"/reports/cohort?cohort={other}").status_code == 404


def test_s58_addresses_name_things_by_ids_nobody_can_guess(site: Site) -> None:
    """No link on a page carries a name, an address or a counting number of a row."""
    browser = site.browser("carla")
    people: list[Human] = list(site.world.people.values())
    for path in ("/", "/inbox", "/lessons", "/reports/cohort"):
        for link in browser.page(path).links():
            for person in people:
                assert person.name.split()[0].lower() not in link.lower(), link
                assert person.email not in link, link
