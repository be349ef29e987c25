"""The trail: one event for each act, ids and codes only, sealed so that a change shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from support.browser import Browser
from support.factories import NOW
from support.markup import text_of
from support.routes import open_upload
from support.site import Site, at

from lms.audit import Act, AuditEvent, broken_link, seal
from lms.learning.sweeps import sweep
from lms.privacy.words import say_act, say_detail, say_subject

CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")


@dataclass(frozen=True)
class Deed:
    """Something somebody does on the pages, and what must be written down about it."""

    act: Act
    who: str
    verb: str
    body: dict[str, str]
    subject: str
    detail: dict[str, Any]


def ids(site: Site) -> dict[str, str]:
    world = site.world
    named = {name: str(thing.public_id) for name, thing in world.takes.items()}
    named |= {name: str(thing.public_id) for name, thing in world.comments.items()}
    named |= {f"lesson-{name}": str(thing.public_id) for name, thing in world.lessons.items()}
    return named | {"clip": str(world.takes["samira-second"].clip), "new": str(uuid4())}


SECOND = "/takes/{samira-second}"
DEEDS = [
    Deed(
        Act.COMMENT_ADDED,
        "carla",
        SECOND + "/comments/{new}",
        {"kind": "top", "body": "Geheim woord.", "at_ms": "10"},
        "",
        {"take": "{samira-second}", "kind": "top", "author_role": "coach"},
    ),
    Deed(
        Act.COMMENT_REPLIED,
        "samira",
        SECOND + "/comments/{jeroen-question}/replies",
        {"text": "Geheim woord."},
        "",
        {"take": "{samira-second}"},
    ),
    Deed(
        Act.COMMENT_RESOLVED,
        "samira",
        SECOND + "/comments/{jeroen-question}/resolve",
        {"resolved": "yes"},
        "{jeroen-question}",
        {"resolved": True},
    ),
    Deed(
        Act.TRANSCRIPT_CORRECTED,
        "samira",
        SECOND + "/text",
        {"text-2": "Geheim woord."},
        "{samira-second}",
        {"position": 2},
    ),
    Deed(
        Act.TIP_FOLLOWED_UP,
        "samira",
        SECOND + "/follow-ups/{carla-tip}",
        {"verdict": "partly"},
        "{carla-tip}",
        {"take": "{samira-second}", "role": "trainee", "verdict": "partly"},
    ),
    Deed(Act.TAKE_ACCEPTED, "carla", SECOND + "/accept", {}, "{samira-second}", {}),
    Deed(Act.TAKE_RETAKE_ASKED, "carla", SECOND + "/ask-retake", {}, "{samira-second}", {}),
    Deed(
        Act.CONTENT_REPORTED,
        "jeroen",
        SECOND + "/report",
        {"reason": "Geheim woord."},
        "{samira-second}",
        {"subject_type": "take", "take": "{samira-second}"},
    ),
    Deed(
        Act.REPORT_DECIDED,
        "carla",
        "/takes/{mo-hidden}/reports/decide",
        {"restore": "no"},
        "{mo-hidden}",
        {"state": "removed", "subject_type": "take", "take": "{mo-hidden}"},
    ),
    Deed(
        Act.TAKE_DELETED,
        "samira",
        SECOND + "/delete",
        {},
        "{samira-second}",
        {"from_state": "shared"},
    ),
    Deed(Act.CLIP_ERASED, "samira", SECOND + "/delete", {}, "{clip}", {}),
    Deed(
        Act.TAKE_STARTED,
        "lotte",
        "/lessons/{lesson-greeting}/takes",
        {},
        "",
        {"lesson": "{lesson-greeting}"},
    ),
    Deed(Act.SIGNED_OUT, "samira", "/sign-out", {}, "", {}),
]


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{([\w-]+)\}", lambda found: names[found.group(1)], value)
    return value


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.act.value)
def test_s63_every_act_is_written_down_with_who_what_and_when(deed: Deed, site: Site) -> None:
    site.give_tip("carla", "samira-second")  # without one nobody asks for another take
    names, before = ids(site), site.last_event()
    answer = site.browser(deed.who).send(filled(deed.verb, names), deed.body)
    assert answer.status_code < 400
    found = [one for one in site.trail(before) if one.act == deed.act]
    assert len(found) == 1
    who = site.world.people[deed.who]
    assert (found[0].actor_id, found[0].at) == (who.id, NOW)
    assert found[0].organisation_id == site.world.organisations["vogelwijk"].id
    assert found[0].detail == {key: filled(text, names) for key, text in deed.detail.items()}
    if deed.subject:
        assert found[0].subject == filled(deed.subject, names)


def test_the_trail_of_everything_holds_no_word_anybody_typed_or_said(site: Site) -> None:
    """All acts of the world and of the table above: details are codes, numbers and ids."""
    names = ids(site)
    for deed in DEEDS:
        site.browser(deed.who).send(filled(deed.verb, names), deed.body)
    open_upload(site)
    trail = site.trail()
    assert len(trail) > 60
    for one in trail:
        values = list(one.detail.values())
        said = [value for value in values if value is not None and not isinstance(value, int)]
        assert all(CODE.fullmatch(value) for value in said), one.detail
        text = json.dumps(one.detail) + one.subject + one.subject_type
        assert "Geheim" not in text
        for human in site.world.people.values():
            assert human.name.split()[0] not in text
            assert human.email not in text


def test_s63_watching_somebody_elses_clip_is_written_down_once_a_viewing(site: Site) -> None:
    take, before = site.world.takes["samira-second"], site.last_event()
    carla, own = site.browser("carla"), site.browser("samira")
    video = f"/clips/{take.clip}/video"
    for part in ("bytes=0-", "bytes=1000-", "bytes=50000-60000"):
        assert carla.get(video, headers={"Range": part}).status_code == 206
        assert own.get(video, headers={"Range": part}).status_code == 206
    carla.head(video)
    carla.get(f"/clips/{take.clip}/poster")
    trail = site.trail(before)
    assert [(e.act, e.subject) for e in trail] == [(Act.TAKE_WATCHED, str(take.public_id))]
    assert trail[0].actor_id == site.world.people["carla"].id


@pytest.mark.parametrize("part", ["bytes=1-", "bytes=100-200", "bytes=-500"])
def test_s63_no_way_of_asking_hides_a_viewing(part: str, site: Site) -> None:
    take, before = site.world.takes["samira-second"], site.last_event()
    site.browser("carla").get(f"/clips/{take.clip}/video", headers={"Range": part})
    assert [e.act for e in site.trail(before)] == [Act.TAKE_WATCHED]


def test_a_clip_of_a_lesson_is_nobodys_secret(site: Site) -> None:
    before = site.last_event()
    site.browser("carla").get(f"/clips/{site.world.lesson_clips['waiting']}/video")
    assert site.trail(before) == []


def test_s63_a_page_that_is_not_for_somebody_is_a_refusal(site: Site) -> None:
    before = site.last_event()
    site.browser("samira").get("/privacy/log")
    (event,) = site.trail(before)
    assert (event.act, event.subject_type, event.subject) == (
        Act.ACCESS_REFUSED,
        "page",
        "privacy.audit_log",
    )
    assert event.detail == {"method": "GET", "endpoint": "privacy.audit_log"}


def test_a_refused_change_leaves_only_the_refusal(site: Site) -> None:
    before = site.last_event()
    take = site.world.takes["samira-second"].public_id
    site.browser("daan").send(f"/takes/{take}/accept")
    assert [event.act for event in site.trail(before)] == [Act.ACCESS_REFUSED]


def test_a_remark_that_is_not_there_is_a_refusal_too(site: Site) -> None:
    """Somebody who tries ids of remarks, on a take that they may see."""
    before, nowhere = site.last_event(), uuid4()
    take = site.world.takes["samira-second"].public_id
    answer = site.browser("samira").send(
        f"/takes/{take}/comments/{nowhere}/replies", {"text": "Dank je."}
    )
    assert answer.status_code == 404
    (event,) = site.trail(before)
    assert (event.act, event.subject_type, event.subject) == (
        Act.ACCESS_REFUSED,
        "comment",
        str(nowhere),
    )


# --- the seal ---------------------------------------------------------------------------------


def sealed(site: Site) -> list[AuditEvent]:
    while True:
        with site.acting() as session:
            if not seal(session, limit=25):
                break
    return site.trail()


def link(site: Site) -> int | None:
    with site.database.reading() as session:
        return broken_link(session)


def test_sealing_numbers_every_event_and_links_it_to_the_one_before(site: Site) -> None:
    events = sealed(site)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    for before, after in pairwise(events):
        assert after.prev_hash == before.hash
    assert len({event.hash for event in events}) == len(events)
    assert link(site) is None


def test_the_worker_seals_on_its_rounds(site: Site) -> None:
    with at(NOW + timedelta(seconds=5)):
        sweep(site.settings, site.database, site.bus)
    assert {event.seq is None for event in site.trail()} == {False}
    site.browser("samira").get("/privacy/log")
    assert site.trail()[-1].seq is None
    with at(NOW + timedelta(seconds=10)):
        sweep(site.settings, site.database, site.bus)
    assert site.trail()[-1].seq == len(site.trail())
    assert link(site) is None


CHANGES: list[dict[str, Any]] = [
    {"actor_id": 1},
    {"organisation_id": None},
    {"act": "account.signed_in"},
    {"subject": str(UUID(int=0))},
    {"subject_type": "page"},
    {"detail": {"from_state": "kept"}},
    {"at": NOW + timedelta(hours=1)},
    {"hash": "0" * 64},
    {"prev_hash": "0" * 64},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_changed_event_breaks_the_chain_where_it_stands(
    change: dict[str, Any], site: Site
) -> None:
    sealed(site)
    with site.acting() as session:
        session.execute(update(AuditEvent).where(AuditEvent.seq == 7).values(change))
    assert link(site) == 7


@pytest.mark.parametrize("gone", [1, 9])
def test_an_event_that_was_taken_out_breaks_the_chain(gone: int, site: Site) -> None:
    sealed(site)
    with site.acting() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.seq == gone))
    assert link(site) == gone


def test_an_event_that_was_put_in_breaks_the_chain(site: Site) -> None:
    events = sealed(site)
    with site.acting() as session:
        session.execute(
            update(AuditEvent).where(AuditEvent.seq > 5).values(seq=AuditEvent.seq + 10_000)
        )
        session.execute(
            update(AuditEvent).where(AuditEvent.seq > 10_000).values(seq=AuditEvent.seq - 9_999)
        )
        forged = {column.name: getattr(events[4], column.name) for column in AuditEvent.__table__.c}
        del forged["id"]
        session.add(AuditEvent(**forged | {"seq": 6}))
    assert link(site) == 6


# --- the log page -----------------------------------------------------------------------------


def read(browser: Browser, page: int = 1) -> str:
    return browser.page(f"/privacy/log?page={page}").text


def test_the_log_shows_the_newest_first_page_by_page(site: Site) -> None:
    olaf = site.browser("olaf")
    total = len(site.all(select(AuditEvent).where(AuditEvent.organisation_id == 1)))
    assert f"{total} regels" in read(olaf)
    first = olaf.page("/privacy/log")
    assert len([row for row in first.tree.all("tr") if row[0].tag == "td"]) == 50
    last = olaf.page(f"/privacy/log?page={-(-total // 50)}")
    assert len([row for row in last.tree.all("tr") if row[0].tag == "td"]) == total % 50 or 50


@pytest.mark.parametrize("page", ["0", "-5", "x", "999999", "1e9", "9" * 30])
def test_s2_a_page_that_is_not_there_shows_one_that_is(page: str, site: Site) -> None:
    answer = site.browser("olaf").get(f"/privacy/log?page={page}")
    assert answer.status_code == 200
    assert "<td" in answer.get_data(as_text=True)


def test_the_log_says_which_lines_are_not_sealed_yet(
    site: Site, fresh_site: Callable[[], Site]
) -> None:
    assert "volgt" in read(site.browser("olaf"))
    again = fresh_site()
    sealed(again)
    assert "volgt" not in read(again.browser("olaf"))


def test_the_log_is_narrowed_to_one_kind_and_one_person(site: Site) -> None:
    """Words for people, the code beneath; a page of the filter stays within it."""
    olaf, samira = site.browser("olaf"), site.world.people["samira"]
    number = str(samira.public_id)[:8]
    everything = olaf.page("/privacy/log").text
    assert "Opname begonnen" in everything
    page = olaf.page(f"/privacy/log?act=take.shared&person={number}")
    rows = [row for row in page.tree.all("tr") if row.get("class") is None][1:]
    assert rows
    for row in rows:
        told = text_of(row)
        assert "Poging gedeeld" in told
        assert "take.shared" in told
        assert number in told
    whole = olaf.page(f"/privacy/log?act=take.shared&person={samira.public_id}")
    assert len(whole.tree.all("tr")) == len(page.tree.all("tr"))
    stranger = olaf.page(f"/privacy/log?person={site.world.people['berta'].public_id}")
    assert "Er is niets gevonden" in stranger.text


@pytest.mark.parametrize("query", ["act=x", "person=%25", "person=zz", "act='", "person=Samira"])
def test_a_filter_that_makes_no_sense_says_so_and_finds_nothing(query: str, site: Site) -> None:
    """All lines would look like an answer; what was typed stays, with what is wrong beside it."""
    page = site.browser("olaf").page(f"/privacy/log?{query}")
    assert "We hebben niet gezocht" in page.text
    assert page.tree.all("td") == []
    wrong = [one for one in page.tree.root.iter() if one.get("aria-invalid") == "true"]
    assert [one.get("name") for one in wrong] == [query.partition("=")[0]]
    assert page.tree.find_id(wrong[0].get("aria-describedby")) is not None
    if query == "person=Samira":
        assert wrong[0].get("value") == "Samira"
        assert "In het logboek staan geen namen" in page.text


def test_the_log_is_in_words_with_the_code_beside_them(site: Site) -> None:
    site.browser("samira").get("/privacy/log")
    told = text_of(site.browser("olaf").page("/privacy/log?act=access.refused").tree.all("tr")[1])
    assert "Toegang geweigerd" in told
    assert "wilde iets bekijken" in told
    assert "access.refused method=GET" in told
    assert "pagina privacy.audit_log" in told


def test_every_act_has_words(app: Flask) -> None:
    with app.test_request_context():
        assert all(say_act(act) != act for act in Act)
        assert say_act("of.tomorrow") == "of.tomorrow"
        assert say_subject("tomorrow") == "tomorrow"
        assert say_detail({"kind": "tip", "position": 2, "lesson": "x"}) == "tip, zin 2"
