"""What people may take back: an own remark while nobody did anything with it, a fresh decision."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support.browser import Browser, Page
from support.factories import NOW
from support.site import Site

from courses.models import TimedComment
from courses.terms import CommentKind, TakeState
from lms import clock
from lms.audit import Act
from lms.learning.views.base import SECTIONS
from lms.notices.models import Notice, NoticeKind
from media import actions as media_actions
from media.models import Clip

FIRST_WORDS, BETTER = "Je bent kalm.", "Je blijft rustig. Dat helpt."


def second(site: Site) -> str:
    return f"/takes/{site.world.takes['samira-second'].public_id}"


def say(site: Site, person: str, kind: str, text: str) -> UUID:
    """Leave a remark on the second take; its public id."""
    body = {"kind": kind, "body": text, "at_ms": "1000"}
    answer = site.browser(person).send(f"{second(site)}/comments/{uuid4()}", body)
    assert answer.status_code == 302
    return UUID(answer.headers["Location"].rsplit("#comment-", 1)[1])


def edit(browser: Browser, site: Site, remark: UUID, text: str) -> int:
    return browser.send(f"{second(site)}/comments/{remark}/edit", {"text": text}).status_code


def delete(browser: Browser, site: Site, remark: UUID) -> int:
    return browser.send(f"{second(site)}/comments/{remark}/delete").status_code


def texts(site: Site) -> list[str]:
    return site.all(select(TimedComment.text))


def words_at(page: Page, remark: UUID) -> str:
    return " ".join("".join(page.find(f"comment-{remark}").itertext()).split())


# --- own remarks ------------------------------------------------------------------------------


def test_an_own_remark_is_changed_and_its_reader_sees_that(site: Site) -> None:
    jeroen, remark, before = site.browser("jeroen"), None, site.last_event()
    remark = say(site, "jeroen", "top", FIRST_WORDS)
    samira = site.browser("samira")
    assert "aangepast" not in words_at(samira.page(second(site)), remark)
    form = jeroen.page(second(site)).form(f"{remark}/edit")
    assert form.values["text"] == FIRST_WORDS
    assert jeroen.submit(form, text=BETTER).status_code == 302
    words = words_at(samira.page(second(site)), remark)
    assert BETTER in words
    assert "aangepast" in words
    assert FIRST_WORDS not in words
    assert "aangepast" in samira.page("/feedback").text
    (event,) = [e for e in site.trail(before) if e.act == Act.COMMENT_EDITED]
    assert (event.subject, event.detail) == (str(remark), {})


def test_the_same_words_again_change_nothing(site: Site) -> None:
    remark, before = say(site, "jeroen", "top", FIRST_WORDS), site.last_event()
    assert edit(site.browser("jeroen"), site, remark, f" {FIRST_WORDS}\n") == 302
    assert [e for e in site.trail(before) if e.act == Act.COMMENT_EDITED] == []


@pytest.mark.parametrize("text", ["", "Nummer 111222333 is van mij.", "a" * 2_001])
def test_words_that_may_not_stand_are_kept_on_the_page(text: str, site: Site) -> None:
    remark = say(site, "jeroen", "top", FIRST_WORDS)
    address = f"{second(site)}/comments/{remark}/edit"
    answer = site.browser("jeroen").send(address, {"text": text})
    assert answer.status_code == 422
    assert (Page(answer).find(f"edit-{remark}").text or "").strip() == text
    assert FIRST_WORDS in texts(site)


def test_an_own_remark_is_taken_away(site: Site) -> None:
    remark, before = say(site, "jeroen", "top", FIRST_WORDS), site.last_event()
    jeroen = site.browser("jeroen")
    jeroen.submit(jeroen.page(second(site)).form(f"{remark}/delete"))
    assert FIRST_WORDS not in texts(site)
    assert Act.COMMENT_DELETED in [e.act for e in site.trail(before)]
    assert delete(jeroen, site, remark) == 404


def test_what_was_taken_away_is_no_news_any_more(site: Site) -> None:
    samira = site.browser("samira")
    samira.send(f"{second(site)}/seen")
    first, _other = say(site, "jeroen", "top", FIRST_WORDS), say(site, "carla", "top", BETTER)
    assert delete(site.browser("jeroen"), site, first) == 302
    unread = select(Notice.kind).where(
        Notice.person_id == site.world.people["samira"].id,
        Notice.take == site.world.takes["samira-second"].public_id,
        Notice.read_at.is_(None),
    )
    assert site.all(unread) == [NoticeKind.FEEDBACK_RECEIVED]


def test_nobody_touches_words_of_somebody_else(site: Site) -> None:
    remark = say(site, "jeroen", "top", FIRST_WORDS)
    for person in ("samira", "carla", "mo", "daan"):
        browser = site.browser(person)
        assert edit(browser, site, remark, BETTER) == 404, person
        assert delete(browser, site, remark) == 404, person
        if person in {"samira", "carla"}:
            assert not browser.page(second(site)).forms(f"{remark}/edit")
    assert FIRST_WORDS in texts(site)


@pytest.mark.parametrize(
    ("person", "verb", "body"),
    [
        ("samira", "comments/{remark}/replies", {"text": "Dank je."}),
        ("samira", "comments/{remark}/resolve", {"resolved": "yes"}),
        ("mo", "comments/{remark}/report", {}),
        ("carla", "accept", {}),
    ],
    ids=["answered", "solved", "reported", "accepted"],
)
def test_words_stand_once_somebody_did_something_with_them(
    person: str, verb: str, body: dict[str, str], site: Site
) -> None:
    """Whoever accepts closes the take to peers: it is the coach's own remark that stands then."""
    author = "carla" if verb == "accept" else "jeroen"
    remark = say(site, author, "question", "Waarom is dat?")
    address = f"{second(site)}/{verb.format(remark=remark)}"
    assert site.browser(person).send(address, body).status_code == 302
    browser = site.browser(author)
    assert not browser.page(second(site)).forms(f"{remark}/edit")
    assert edit(browser, site, remark, BETTER) == 422
    assert delete(browser, site, remark) == 422
    assert "Waarom is dat?" in texts(site)


def test_a_tip_that_was_followed_up_stands(site: Site) -> None:
    tip = site.world.comments["carla-tip"].public_id
    first = f"/takes/{site.world.takes['samira-first'].public_id}"
    carla = site.browser("carla")
    assert carla.page(first).forms(f"{tip}/edit")
    site.browser("samira").send(f"{second(site)}/follow-ups/{tip}", {"verdict": "partly"})
    assert carla.send(f"{first}/comments/{tip}/edit", {"text": BETTER}).status_code == 422


def test_a_top_stays_as_long_as_the_tip_that_leans_on_it(site: Site) -> None:
    top, tip = say(site, "jeroen", "top", FIRST_WORDS), say(site, "jeroen", "tip", "Vraag door.")
    jeroen = site.browser("jeroen")
    answer = jeroen.send(f"{second(site)}/comments/{top}/delete")
    assert answer.status_code == 422
    assert "Haal eerst je tip weg." in Page(answer).text
    assert delete(jeroen, site, tip) == 302
    assert delete(jeroen, site, top) == 302


def test_what_a_take_was_shared_with_changes_and_stays(site: Site) -> None:
    samira, take = site.browser("samira"), site.world.takes["samira-second"]
    own = site.all(
        select(TimedComment).where(
            TimedComment.take_id == take.id,
            TimedComment.author_id == site.world.people["samira"].id,
        )
    )
    assert {one.kind for one in own} == {CommentKind.TOP, CommentKind.TIP}
    for one in own:
        assert edit(samira, site, one.public_id, f"Beter: {one.text}") == 302
        assert delete(samira, site, one.public_id) == 422


# --- decisions ----------------------------------------------------------------------------------


def decided(site: Site, verb: str, person: str = "carla") -> str:
    site.give_tip(person, "samira-second")
    assert site.browser(person).send(f"{second(site)}/{verb}").status_code == 302
    return f"{second(site)}/undo"


@pytest.mark.parametrize("verb", ["accept", "ask-retake"])
def test_a_fresh_decision_is_taken_back(verb: str, site: Site) -> None:
    undo, before = decided(site, verb), site.last_event()
    carla = site.browser("carla")
    inbox = carla.page("/inbox")
    assert [form.action for form in inbox.forms("/undo")] == [undo]
    answer = carla.submit(inbox.form("/undo"))
    assert answer.headers["Location"] == undo.replace("/takes/", "/inbox/").removesuffix("/undo")
    take = site.take("samira-second")
    assert take.state is TakeState.SHARED
    assert (take.accepted_at, take.accepted_by_id, take.retake_asked_at) == (None, None, None)
    (event,) = site.trail(before)
    assert event.act == Act.TAKE_DECISION_UNDONE
    assert event.detail["from_state"] in {"accepted", "retake_asked"}
    news = select(Notice.id).where(
        Notice.kind.in_((NoticeKind.TAKE_ACCEPTED, NoticeKind.RETAKE_ASKED)),
        Notice.take == site.world.takes["samira-second"].public_id,
        Notice.read_at.is_(None),
    )
    assert site.all(news) == []
    assert carla.send(undo).status_code == 302  # said twice is said once
    assert not carla.page("/inbox").forms("/undo")


@pytest.mark.parametrize(
    ("verb", "told", "later"),
    [
        ("accept", "Goedgekeurd. Samira krijgt bericht.", "Je keurde de poging van"),
        (
            "ask-retake",
            "Je vroeg Samira om nog een poging. Samira krijgt bericht.",
            "Je vroeg Samira",
        ),
    ],
)
def test_a_decision_is_said_once_with_how_long_it_can_be_undone(
    verb: str, told: str, later: str, site: Site
) -> None:
    site.give_tip("carla", "samira-second")
    carla, until = site.browser("carla"), at_clock(NOW + timedelta(minutes=5))
    assert carla.send(f"{second(site)}/{verb}").status_code == 302
    at_once, afterwards = (carla.page("/inbox") for _ in range(2))
    assert told in at_once.text
    assert undo_line(at_once) == f"Ongedaan maken kan tot {until}."
    assert told not in afterwards.text
    line = undo_line(afterwards)
    assert line.startswith(later)
    assert line.endswith(f". Ongedaan maken kan tot {until}.")


def undo_line(page: Page) -> str:
    (box,) = [one for one in page.tree.all("div") if "gg-undo" in one.get("class", "")]
    return " ".join("".join(box[0].itertext()).split())


def at_clock(instant: datetime) -> str:
    local = instant.astimezone(ZoneInfo("Europe/Amsterdam"))
    return f"{local.hour}:{local.minute:02}"


def test_an_acceptance_goes_back_to_what_was_asked_before(site: Site) -> None:
    decided(site, "ask-retake")
    carla = site.browser("carla")
    carla.send(f"{second(site)}/accept")
    carla.submit(carla.page(second(site)).form("/undo"))
    assert site.take("samira-second").state is TakeState.RETAKE_ASKED


def test_after_five_minutes_a_decision_stands(site: Site) -> None:
    undo = decided(site, "accept")
    with clock.frozen_at(NOW + timedelta(minutes=5, seconds=1)):
        carla = site.browser("carla")
        assert not carla.page("/inbox").forms("/undo")
        assert not carla.page(second(site)).forms("/undo")
        answer = carla.send(undo)
    assert answer.status_code == 422
    assert "langer dan 5 minuten geleden" in answer.get_data(as_text=True)
    assert site.take("samira-second").state is TakeState.ACCEPTED


def test_a_decision_stands_once_the_trainee_went_on(site: Site) -> None:
    undo = decided(site, "ask-retake")
    with clock.frozen_at(NOW + timedelta(minutes=1)):
        lesson = site.world.lessons["waiting"].public_id
        started = site.browser("samira").send(f"/lessons/{lesson}/takes", {"upload": "new"})
        assert started.status_code == 201
        carla = site.browser("carla")
        assert not carla.page("/inbox").forms("/undo")
        assert carla.send(undo).status_code == 422
    assert site.take("samira-second").state is TakeState.RETAKE_ASKED


def test_nobody_takes_back_what_a_colleague_decided(site: Site) -> None:
    undo = decided(site, "accept", "erik")
    carla = site.browser("carla")
    assert not carla.page("/inbox").forms("/undo")
    assert carla.send(undo).status_code == 422
    assert site.take("samira-second").state is TakeState.ACCEPTED


def test_who_asks_for_another_take_gave_a_tip_first(site: Site) -> None:
    """From the inbox and from the take: a message where one was, and nothing decided."""
    carla, take = site.browser("carla"), site.world.takes["samira-second"].public_id
    for here in (f"/inbox/{take}", f"/takes/{take}"):
        answer = carla.submit(carla.page(here).form("/ask-retake"))
        assert answer.headers["Location"] == here
        assert "Geef eerst een tip. Dan weet Samira wat er beter kan." in carla.page(here).text
    assert site.take("samira-second").state is TakeState.SHARED
    say(site, "carla", "top", FIRST_WORDS)
    say(site, "carla", "tip", "Noem je naam.")
    carla.submit(carla.page(f"/takes/{take}").form("/ask-retake"))
    assert site.take("samira-second").state is TakeState.RETAKE_ASKED


@pytest.mark.parametrize(
    ("opened", "then"),
    [
        ("mo-hidden", "jeroen-shared"),
        ("jeroen-shared", "samira-second"),
        ("samira-second", "mo-hidden"),
    ],
)
def test_after_a_decision_comes_the_next_in_the_list(opened: str, then: str, site: Site) -> None:
    takes, carla = site.world.takes, site.browser("carla")
    page = carla.page(f"/inbox/{takes[opened].public_id}")
    answer = carla.submit(page.form("/accept"))
    assert answer.headers["Location"] == f"/inbox/{takes[then].public_id}"


# --- where one is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "section"),
    [("samira", "/lessons"), ("carla", "/inbox"), ("jeroen", "/feedback")],
)
def test_the_navigation_says_where_a_take_stands(person: str, section: str, site: Site) -> None:
    """As its breadcrumbs do: a take is one's own work, work that waits, or feedback to give."""
    assert len(SECTIONS) == 3
    for path in (second(site), f"{second(site)}/compare"):
        page = site.browser(person).page(path)
        lit = {
            a.get("href")
            for a in page.tree.all("a")
            if a.get("aria-current") == "page" and "gg-nav" in a.get("class", "")
        }
        assert lit == {section}, path


# --- takes that cannot be watched ---------------------------------------------------------------


def _fail(site: Site, name: str) -> None:
    with site.acting() as session:
        clip = session.scalars(
            select(Clip).where(Clip.public_id == site.world.takes[name].clip)
        ).one()
        media_actions.mark_failed(session, clip=clip, code="no_audio", params={})


def test_a_failed_take_is_not_offered_to_compare_with(site: Site) -> None:
    samira = site.browser("samira")
    assert samira.page(second(site)).links("/compare")
    _fail(site, "samira-first")
    assert not samira.page(second(site)).links("/compare")
    page = samira.page(f"{second(site)}/compare")
    assert "Het filmpje van poging 1 kon niet worden klaargemaakt." in page.text
    assert "Nog even geduld" not in page.text


def test_a_failed_take_itself_is_not_compared(site: Site) -> None:
    _fail(site, "samira-second")
    page = site.browser("samira").page(second(site))
    assert not page.links("/compare")
    compared = site.browser("samira").page(f"{second(site)}/compare").text
    assert "Het filmpje van poging 2 kon niet worden klaargemaakt." in compared
