"""Sharing, deciding, and forms that keep what was typed whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session
from support.browser import Page
from support.factories import NOW
from support.site import Site
from support.together import at_once

from courses.models import CommentReply, Take, TimedComment
from courses.terms import AuthorRole, CommentKind, TakeState
from lms.audit import Act
from lms.notices.models import Notice, NoticeKind

OWN = {"top": "Ik groet eerst.", "tip": "Ik praat te snel."}


def own_remarks(site: Site, name: str) -> list[tuple[CommentKind, str, int]]:
    take = site.world.takes[name].id
    rows = site.all(
        select(TimedComment)
        .where(TimedComment.take_id == take, TimedComment.author_role == AuthorRole.SELF)
        .order_by(TimedComment.id)
    )
    return [(row.kind, row.text, row.at_ms) for row in rows]


def test_sharing_keeps_the_own_top_and_tip_at_their_moments(site: Site) -> None:
    browser, take = site.browser("samira"), site.world.takes["samira-kept"].public_id
    before = site.last_event()
    form = browser.page(f"/takes/{take}").form("/share")
    answer = browser.submit(form, **OWN, top_at_ms="1500", tip_at_ms="4000")
    assert answer.headers["Location"] == f"/takes/{take}"
    assert own_remarks(site, "samira-kept") == [
        (CommentKind.TOP, OWN["top"], 1_500),
        (CommentKind.TIP, OWN["tip"], 4_000),
    ]
    row = site.take("samira-kept")
    assert (row.state, row.shared_at, row.looked_back_at) == (TakeState.SHARED, NOW, NOW)
    assert "Gedeeld." in browser.page(f"/takes/{take}").text
    acts = [e.act for e in site.trail(before)]
    assert acts == [Act.COMMENT_ADDED] * 2 + [Act.TAKE_LOOKED_BACK, Act.TAKE_SHARED]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"top": "Ik groet eerst.", "tip": ""}, "Schrijf eerst"),
        ({"top": "", "tip": "Ik praat te snel."}, "Schrijf eerst"),
        ({"top": "", "tip": ""}, "Schrijf eerst je eigen top"),
        ({"top": "Nummer 111222333", "tip": "Ik praat te snel."}, "burgerservicenummer"),
        ({"top": "Ik groet eerst.", "tip": "b" * 2_001}, "te lang"),
    ],
)
def test_s5_nothing_is_shared_without_both_and_nothing_typed_is_lost(
    typed: dict[str, str], told: str, site: Site
) -> None:
    take = site.world.takes["samira-kept"].public_id
    answer = site.browser("samira").send(f"/takes/{take}/share", typed)
    assert answer.status_code == 422
    page = Page(answer)
    assert told in page.text
    assert {name: page.field(name).strip() for name in typed} == typed
    assert own_remarks(site, "samira-kept") == []
    assert site.take("samira-kept").state is TakeState.KEPT


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"top": " ", "tip": "Rustiger."}, "own-top"),
        ({"top": "Rustig.", "tip": " "}, "own-tip"),
        ({**OWN, "tip_at_ms": "60000"}, "own-tip"),
    ],
)
def test_what_is_wrong_stands_at_its_field(typed: dict[str, str], wrong: str, site: Site) -> None:
    take = site.world.takes["samira-kept"].public_id
    page = Page(site.browser("samira").send(f"/takes/{take}/share", typed))
    invalid = [one.get("id") for one in page.tree.all("textarea") if one.get("aria-invalid")]
    assert invalid == [wrong]
    assert f"{wrong}-error" in page.find(wrong).get("aria-describedby", "")


def test_s4_an_own_tip_beyond_the_end_is_refused(site: Site) -> None:
    take = site.world.takes["samira-kept"].public_id
    answer = site.browser("samira").send(f"/takes/{take}/share", {**OWN, "tip_at_ms": "60000"})
    assert answer.status_code == 422
    assert Page(answer).field("tip") == OWN["tip"]
    assert own_remarks(site, "samira-kept") == []


@pytest.mark.parametrize(
    ("name", "person", "told"),
    [
        ("samira-processing", "samira", "nog klaargemaakt"),
        ("jeroen-failed", "jeroen", "nieuwe poging"),
    ],
)
def test_what_does_not_play_cannot_be_shared(name: str, person: str, told: str, site: Site) -> None:
    take = site.world.takes[name].public_id
    answer = site.browser(person).send(f"/takes/{take}/share", OWN)
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert site.take(name).state is TakeState.KEPT


def test_a_failed_clip_says_why_and_what_to_do(site: Site) -> None:
    page = site.browser("jeroen").page(f"/takes/{site.world.takes['jeroen-failed'].public_id}")
    assert "maar we horen niets" in page.text
    assert "Zet je microfoon aan en neem opnieuw op." in page.text
    assert page.links("/record")


def test_sharing_again_leaves_everything_as_it_was_answered(site: Site) -> None:
    """A second press, or a page left open: remarks of others hang on the own top and tip."""
    samira, carla = site.browser("samira"), site.browser("carla")
    take = site.world.takes["samira-second"]
    own = site.all(
        select(TimedComment.public_id).where(
            TimedComment.take_id == take.id, TimedComment.author_role == AuthorRole.SELF
        )
    )
    carla.send(f"/takes/{take.public_id}/comments/{own[0]}/replies", {"text": "Dat zag ik ook."})
    before = own_remarks(site, "samira-second")
    assert samira.send(f"/takes/{take.public_id}/share", OWN).status_code == 302
    assert own_remarks(site, "samira-second") == before
    assert site.all(select(CommentReply.text)) == ["Dat zag ik ook."]
    assert site.take("samira-second").shared_at == site.take("samira-second").shared_at


# --- decisions ------------------------------------------------------------------------------


def test_a_coach_accepts_and_the_maker_is_told(site: Site) -> None:
    carla, take = site.browser("carla"), site.world.takes["samira-second"]
    answer = carla.submit(carla.page(f"/takes/{take.public_id}").form("/accept"))
    assert answer.headers["Location"] == f"/takes/{take.public_id}"
    row = site.take("samira-second")
    assert (row.state, row.accepted_by_id) == (
        TakeState.ACCEPTED,
        site.world.people["carla"].id,
    )
    told = site.all(
        select(Notice.kind).where(
            Notice.take == take.public_id, Notice.person_id == site.world.people["samira"].id
        )
    )
    assert NoticeKind.TAKE_ACCEPTED in told


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example/", "/\\evil.example"])
@pytest.mark.parametrize("verb", ["accept", "ask-retake", "report", "seen-not"])
def test_s20_a_decision_leads_nowhere_else(verb: str, goal: str, site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    if verb == "seen-not":
        return_to = site.browser("carla").send(
            f"/takes/{take}/comments/{uuid4()}",
            {"kind": "top", "body": "Goed.", "at_ms": "1", "next": goal},
        )
    else:
        return_to = site.browser("carla").send(f"/takes/{take}/{verb}", {"next": goal})
    assert return_to.headers["Location"].startswith(f"/takes/{take}")


@pytest.mark.parametrize(
    ("name", "accept", "ask"),
    [
        ("samira-first", 302, 302),  # another take was asked for already
        ("samira-second", 302, 302),
        ("samira-accepted", 302, 422),  # by the same coach: a form that was sent twice
    ],
)
def test_what_can_be_decided_depends_on_the_state(
    name: str, accept: int, ask: int, site: Site
) -> None:
    address = f"/takes/{site.world.takes[name].public_id}"
    carla = site.browser("carla")
    site.give_tip("carla", name)
    assert carla.send(f"{address}/ask-retake").status_code == ask
    if ask == 302:
        assert site.take(name).state is TakeState.RETAKE_ASKED
    assert carla.send(f"{address}/accept").status_code == accept


def test_the_inbox_shows_the_longest_waiting_first(site: Site) -> None:
    waiting = site.browser("carla").page("/inbox").links("/inbox/")
    names = {str(thing.public_id): name for name, thing in site.world.takes.items()}
    order = [names[link.removeprefix("/inbox/")] for link in waiting]
    assert list(dict.fromkeys(order)) == ["mo-hidden", "jeroen-shared", "samira-second"]


# --- two people at once -----------------------------------------------------------------------


@contextmanager
def outrun(site: Site, name: str) -> Iterator[None]:
    """Somebody else changes the take between the reading and the writing of a request."""
    take, done = {"take": site.world.takes[name].id}, False

    def change(session: Session, *_: object) -> None:
        nonlocal done
        if not done:
            done = True
            session.connection().execute(
                text("UPDATE take SET version = version + 1 WHERE id = :take"), take
            )

    event.listen(Session, "before_flush", change)
    try:
        yield
    finally:
        event.remove(Session, "before_flush", change)


def test_who_was_outrun_gets_409_and_keeps_what_was_typed(site: Site) -> None:
    browser, take = site.browser("samira"), site.world.takes["samira-kept"].public_id
    form = browser.page(f"/takes/{take}").form("/share")
    with outrun(site, "samira-kept"):
        answer = browser.submit(form, **OWN)
    assert answer.status_code == 409
    page = Page(answer)
    assert page.h1 == "Iemand was je voor"
    assert OWN["top"] in page.text
    assert OWN["tip"] in page.text
    assert own_remarks(site, "samira-kept") == []
    assert site.take("samira-kept").state is TakeState.KEPT


def test_a_coach_who_was_outrun_gets_409(site: Site) -> None:
    browser, take = site.browser("carla"), site.world.takes["samira-second"].public_id
    form = browser.page(f"/takes/{take}").form("/accept")
    with outrun(site, "samira-second"):
        assert browser.submit(form).status_code == 409
    assert site.take("samira-second").state is TakeState.SHARED


def test_a_script_that_was_outrun_is_told_in_json(site: Site) -> None:
    browser, take = site.browser("carla"), site.world.takes["samira-second"].public_id
    token = browser.token
    with outrun(site, "samira-second"):
        answer = browser.post(
            f"/takes/{take}/accept",
            data={"csrf_token": token},
            headers={"Accept": "application/json"},
        )
    assert (answer.status_code, answer.get_json()["error"]) == (409, "stale")


def test_a_remark_sent_twice_at_the_same_time_stands_once(site: Site) -> None:
    take, key = site.world.takes["samira-second"].public_id, uuid4()
    one, two = site.browser("carla"), site.browser("carla")
    body = {"kind": "top", "body": "Twee tegelijk.", "at_ms": "10"}
    for browser in (one, two):
        assert browser.token
    address = f"/takes/{take}/comments/{key}"
    statuses = at_once(lambda: one.send(address, body), lambda: two.send(address, body))
    assert statuses == [302, 302]
    found = select(func.count(TimedComment.id)).where(TimedComment.text == "Twee tegelijk.")
    assert site.all(found) == [1]


def test_two_coaches_who_decide_at_the_same_time_leave_one_decision(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    carla, erik = site.browser("carla"), site.browser("erik")
    site.give_tip("erik", "samira-second")
    for browser in (carla, erik):
        assert browser.token
    before = site.last_event()
    statuses = at_once(
        lambda: carla.send(f"/takes/{take}/accept"), lambda: erik.send(f"/takes/{take}/ask-retake")
    )
    state = site.take("samira-second").state
    decided = [e.act for e in site.trail(before) if e.act.startswith("take.")]
    if state is TakeState.ACCEPTED:
        assert decided in ([Act.TAKE_ACCEPTED], [Act.TAKE_RETAKE_ASKED, Act.TAKE_ACCEPTED])
    else:
        assert (state, decided) == (TakeState.RETAKE_ASKED, [Act.TAKE_RETAKE_ASKED])
    assert 302 in statuses
    assert set(statuses) <= {302, 409, 422}
    assert site.all(select(Take.version).where(Take.public_id == take))[0] > 1
