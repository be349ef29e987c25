"""Tops, tips and questions at a moment of a take, threads, and what became of a tip."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from support import factories
from support.browser import Browser, Page
from support.factories import ago
from support.site import Site
from werkzeug.test import TestResponse

from courses.models import CommentReply, Take, TimedComment, TipFollowUp
from courses.terms import AuthorRole, CommentKind, FollowUpRole, FollowUpVerdict, Relation
from lms.audit import Act

BSN = "111222333"
"""Passes the eleven-test and belongs to nobody: the test number of the Dutch government."""


def say(
    browser: Browser,
    take: UUID,
    kind: str,
    text: str,
    at_ms: int | str = 1_000,
    key: UUID | None = None,
) -> TestResponse:
    return browser.send(
        f"/takes/{take}/comments/{key or uuid4()}",
        {"kind": kind, "body": text, "at_ms": str(at_ms)},
    )


def remarks(site: Site, text: str) -> list[TimedComment]:
    found = select(TimedComment).where(TimedComment.text == text)
    return site.all(found)


def refusal(answer: TestResponse) -> Page:
    """The page of a form that was refused, for what stands on it."""
    assert answer.status_code == 422
    return Page(answer)


def test_a_top_comes_before_a_tip(site: Site) -> None:
    browser, take = site.browser("jeroen"), site.world.takes["samira-second"].public_id
    page = refusal(say(browser, take, "tip", "Vraag meer door."))
    assert "Geef eerst een top" in page.text
    assert page.field("body") == "Vraag meer door."
    assert say(browser, take, "top", "Rustig begin.").status_code == 302
    assert say(browser, take, "tip", "Vraag meer door.").status_code == 302


def test_a_top_on_another_take_does_not_open_the_door(site: Site) -> None:
    """Jeroen gave a top on the first take; the second asks for its own."""
    browser = site.browser("jeroen")
    second = site.world.takes["samira-second"].public_id
    assert say(browser, second, "tip", "Vraag door.").status_code == 422
    assert (
        say(browser, site.world.takes["samira-first"].public_id, "tip", "Vraag.").status_code == 302
    )


def test_a_question_may_come_first(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    assert say(site.browser("carla"), take, "question", "Waarom?").status_code == 302


@pytest.mark.parametrize(
    ("person", "role"),
    [("samira", AuthorRole.SELF), ("jeroen", AuthorRole.PEER), ("carla", AuthorRole.COACH)],
)
def test_a_remark_keeps_in_which_role_it_was_said(
    person: str, role: AuthorRole, site: Site
) -> None:
    take = site.world.takes["samira-second"]
    say(site.browser(person), take.public_id, "top", "Dit ging goed.", 1_234)
    (remark,) = remarks(site, "Dit ging goed.")
    assert (remark.author_role, remark.at_ms, remark.kind) == (role, 1_234, CommentKind.TOP)
    assert remark.author_id == site.world.people[person].id


@pytest.mark.parametrize(("at_ms", "stored"), [(0, 0), (9_733, 9_733), (9_800, 9_733)])
def test_s4_a_remark_lies_inside_the_clip(at_ms: int, stored: int, site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    assert say(site.browser("carla"), take, "top", "Hier.", at_ms).status_code == 302
    assert remarks(site, "Hier.")[0].at_ms == stored


@pytest.mark.parametrize("at_ms", [10_300, 60_000, 999_999_999])
def test_s4_a_remark_beyond_the_end_is_refused_and_kept_on_the_page(at_ms: int, site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    page = refusal(say(site.browser("carla"), take, "top", "Na het einde.", at_ms))
    assert "Het filmpje duurt 9 seconden" in page.text
    assert page.field("body") == "Na het einde."
    assert remarks(site, "Na het einde.") == []


@pytest.mark.parametrize("at_ms", ["-1", "", "1.5", "1e3", "٣", "9" * 10, "0x10", " 5"])
def test_s2_a_moment_that_is_no_number_is_refused(at_ms: str, site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    answer = say(site.browser("carla"), take, "top", "Op geen moment.", at_ms)
    assert answer.status_code == 400
    assert "Op geen moment." in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["", "praise", "TOP", "self"])
def test_s2_a_kind_we_do_not_know_is_refused(kind: str, site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    answer = say(site.browser("carla"), take, kind, "Van geen soort.")
    assert answer.status_code == 400
    assert "Van geen soort." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Schrijf eerst iets"),
        ("   \n ", "Schrijf eerst iets"),
        ("a" * 2_001, "Dit is te lang (2.001 tekens)"),
        (f"Mijn nummer is {BSN}.", "burgerservicenummer"),
        (f"Bel {BSN[:3]}.{BSN[3:6]}.{BSN[6:]} maar", "burgerservicenummer"),
    ],
)
def test_i79_a_text_that_may_not_stand_is_refused_and_kept_on_the_page(
    text: str, told: str, site: Site
) -> None:
    take = site.world.takes["samira-second"].public_id
    page = refusal(say(site.browser("carla"), take, "top", text))
    assert told in page.text
    assert page.field("body").strip() == text.strip()


def test_s1_what_people_type_is_text_everywhere(site: Site) -> None:
    """A polyglot in every field that somebody else reads: the page still parses and checks."""
    evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}${7*7}<!--'`"
    samira, jeroen = site.browser("samira"), site.browser("jeroen")
    carla = site.browser("carla")
    take = site.world.takes["samira-second"].public_id
    assert say(jeroen, take, "top", evil).status_code == 302
    (remark,) = remarks(site, evil)
    samira.send(f"/takes/{take}/comments/{remark.public_id}/replies", {"text": evil})
    samira.send(f"/takes/{take}/text", {"text-1": evil})
    assert say(jeroen, take, "tip", evil).status_code == 302
    for browser in (samira, jeroen, carla):
        for path in (f"/takes/{take}", f"/takes/{take}/compare", "/feedback", "/", "/inbox"):
            html = browser.get(path).get_data(as_text=True)
            assert "<script>alert" not in html
            assert "<img src=x" not in html
    captions = carla.get(f"/clips/{site.world.takes['samira-second'].clip}/captions.vtt")
    assert "<script>" not in captions.get_data(as_text=True)
    assert "&lt;script&gt;" in captions.get_data(as_text=True)


def test_the_same_form_sent_twice_leaves_one_remark(site: Site) -> None:
    browser, take = site.browser("carla"), site.world.takes["samira-second"].public_id
    key = uuid4()
    answers = [say(browser, take, "top", "Eén keer.", key=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302] * 3
    assert len(remarks(site, "Eén keer.")) == 1


def test_every_page_brings_a_new_key(site: Site) -> None:
    browser, take = site.browser("carla"), site.world.takes["samira-second"].public_id
    keys = {browser.page(f"/takes/{take}").remark_form.action for _ in range(3)}
    assert len(keys) == 3


def test_two_people_may_use_the_same_key(site: Site) -> None:
    take, key = site.world.takes["samira-second"].public_id, uuid4()
    for person in ("jeroen", "carla"):
        assert say(site.browser(person), take, "top", "Zelfde.", key=key).status_code == 302
    assert len(remarks(site, "Zelfde.")) == 2


def test_peers_do_not_speak_on_what_is_decided(site: Site) -> None:
    take = site.world.takes["samira-accepted"].public_id
    assert say(site.browser("jeroen"), take, "top", "Mooi.").status_code == 404
    assert say(site.browser("carla"), take, "top", "Mooi.").status_code == 302


# --- threads ----------------------------------------------------------------------------------


def reply(browser: Browser, take: UUID, comment: UUID, text: str) -> TestResponse:
    return browser.send(f"/takes/{take}/comments/{comment}/replies", {"text": text})


def test_an_answer_stands_under_its_remark(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    question = site.world.comments["jeroen-question"].public_id
    answer = reply(site.browser("samira"), take, question, "Ik zocht de goede map.")
    assert answer.headers["Location"] == f"/takes/{take}#comment-{question}"
    thread = site.browser("jeroen").page(f"/takes/{take}").find(f"comment-{question}")
    assert "Ik zocht de goede map." in "".join(thread.itertext())


@pytest.mark.parametrize("text", ["", f"Mijn nummer: {BSN}", "a" * 2_001])
def test_an_answer_that_may_not_stand_is_kept_on_the_page(text: str, site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    question = site.world.comments["jeroen-question"].public_id
    page = refusal(reply(site.browser("samira"), take, question, text))
    assert (page.find(f"reply-{question}").text or "").strip() == text
    details = list(page.tree.above(page.find(f"reply-{question}")))
    assert any(one.tag == "details" and "open" in one.attrib for one in details)
    assert site.all(select(CommentReply)) == []


def test_solved_is_said_and_taken_back_by_maker_or_author(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    question = site.world.comments["jeroen-question"]
    address, before = f"/takes/{take}/comments/{question.public_id}/resolve", site.last_event()

    def solved() -> bool:
        rows = site.all(select(TimedComment).where(TimedComment.id == question.id))
        return rows[0].resolved_at is not None

    for person, said, expected in (
        ("samira", "yes", True),
        ("samira", "yes", True),  # said twice is said once
        ("jeroen", "no", False),
        ("jeroen", "yes", True),
    ):
        assert site.browser(person).send(address, {"resolved": said}).status_code == 302
        assert solved() is expected
    assert site.browser("carla").send(address, {"resolved": "no"}).status_code == 404
    assert site.browser("mo").send(address, {"resolved": "no"}).status_code == 404
    assert solved()
    details = [e.detail for e in site.trail(before) if e.act == Act.COMMENT_RESOLVED]
    assert details == [{"resolved": True}, {"resolved": False}, {"resolved": True}]


def test_a_peer_does_not_mark_an_own_tip_solved(site: Site, tip_of_a_peer: str) -> None:
    """Whether a tip did its work is for whose take it is to say."""
    first = f"/takes/{site.world.takes['samira-first'].public_id}"
    jeroen, address = site.browser("jeroen"), f"{first}/comments/{tip_of_a_peer}/resolve"
    assert not jeroen.page(first).forms("/resolve")
    assert jeroen.send(address, {"resolved": "yes"}).status_code == 404
    samira = site.browser("samira")
    assert samira.submit(samira.page(first).form(f"{tip_of_a_peer}/resolve")).status_code == 302


# --- what became of a tip -----------------------------------------------------------------------


def follow(browser: Browser, site: Site, verdict: str, tip: str = "carla-tip") -> TestResponse:
    take = site.world.takes["samira-second"].public_id
    comment = site.world.comments[tip].public_id
    return browser.send(f"/takes/{take}/follow-ups/{comment}", {"verdict": verdict})


def said_about_tips(site: Site) -> dict[FollowUpRole, tuple[FollowUpVerdict, str]]:
    names = {human.id: name for name, human in site.world.people.items()}
    rows = site.all(select(TipFollowUp))
    return {row.role: (row.verdict, names[row.person_id]) for row in rows}


def test_the_trainee_speaks_first_about_a_tip_and_then_a_coach(site: Site) -> None:
    samira, carla, erik = (site.browser(who) for who in ("samira", "carla", "erik"))
    assert follow(carla, site, "taken_up").status_code == 422
    assert follow(samira, site, "partly").status_code == 302
    assert follow(carla, site, "taken_up").status_code == 302
    assert follow(samira, site, "not_yet").status_code == 302
    assert said_about_tips(site) == {
        FollowUpRole.TRAINEE: (FollowUpVerdict.NOT_YET, "samira"),
        FollowUpRole.COACH: (FollowUpVerdict.TAKEN_UP, "carla"),
    }
    assert follow(erik, site, "partly").status_code == 302  # of two coaches the latest counts
    assert said_about_tips(site)[FollowUpRole.COACH] == (FollowUpVerdict.PARTLY, "erik")


@pytest.fixture
def tip_of_a_peer(site: Site) -> str:
    """Jeroen's own tip on the first take, named in the world of this test."""
    with site.acting() as session:
        first = session.get_one(Take, site.world.takes["samira-first"].id)
        tip = factories.remark(
            site.shop,
            session,
            first,
            site.world.people["jeroen"],
            Relation.PEER,
            kind=CommentKind.TIP,
            text="Vat even samen.",
            at_ms=2_000,
            at=ago(days=9),
        )
        return str(tip.public_id)


def say_of(site: Site, person: str, tip: object, verdict: str) -> int:
    take = site.world.takes["samira-second"].public_id
    address = f"/takes/{take}/follow-ups/{tip}"
    return site.browser(person).send(address, {"verdict": verdict}).status_code


def test_a_peer_does_not_touch_a_coachs_word(site: Site) -> None:
    tip = site.world.comments["carla-tip"].public_id
    assert say_of(site, "samira", tip, "taken_up") == 302
    assert say_of(site, "carla", tip, "taken_up") == 302
    for peer in ("jeroen", "mo"):
        assert say_of(site, peer, tip, "not_yet") == 422
    assert said_about_tips(site) == {
        FollowUpRole.TRAINEE: (FollowUpVerdict.TAKEN_UP, "samira"),
        FollowUpRole.COACH: (FollowUpVerdict.TAKEN_UP, "carla"),
    }


def test_a_peer_speaks_about_an_own_tip_beside_the_coach(site: Site, tip_of_a_peer: str) -> None:
    assert say_of(site, "jeroen", tip_of_a_peer, "partly") == 422  # the trainee speaks first
    for person, verdict in (("samira", "taken_up"), ("carla", "partly"), ("jeroen", "not_yet")):
        assert say_of(site, person, tip_of_a_peer, verdict) == 302, person
    assert say_of(site, "mo", tip_of_a_peer, "taken_up") == 422
    assert said_about_tips(site) == {
        FollowUpRole.TRAINEE: (FollowUpVerdict.TAKEN_UP, "samira"),
        FollowUpRole.COACH: (FollowUpVerdict.PARTLY, "carla"),
        FollowUpRole.PEER: (FollowUpVerdict.NOT_YET, "jeroen"),
    }
    take = site.world.takes["samira-second"].public_id
    page = site.browser("samira").page(f"/takes/{take}/compare")
    words = "".join(page.find(f"tip-{tip_of_a_peer}").itertext())
    assert "Coach: Een beetje" in words
    assert "Jeroen: Nog niet" in words


def test_who_may_not_say_what_became_of_a_tip_sees_no_buttons(
    site: Site, tip_of_a_peer: str
) -> None:
    of_coach = str(site.world.comments["carla-tip"].public_id)
    address = f"/takes/{site.world.takes['samira-second'].public_id}/compare"

    def offered(person: str) -> set[str]:
        forms = site.browser(person).page(address).forms("/follow-ups/")
        return {form.action.rsplit("/", 1)[1] for form in forms}

    both = {of_coach, tip_of_a_peer}
    assert {who: offered(who) for who in ("samira", "carla", "jeroen", "mo")} == {
        "samira": both,
        "carla": set(),  # the trainee speaks first
        "jeroen": set(),
        "mo": set(),
    }
    for tip in both:
        assert say_of(site, "samira", tip, "partly") == 302
    assert {who: offered(who) for who in ("carla", "jeroen", "mo")} == {
        "carla": both,
        "jeroen": {tip_of_a_peer},
        "mo": set(),
    }


def test_only_a_tip_on_an_earlier_take_of_this_lesson_is_followed_up(site: Site) -> None:
    samira = site.browser("samira")
    for name in ("jeroen-top", "jeroen-question", "carla-tip-accepted", "daan-top"):
        assert follow(samira, site, "partly", name).status_code == 404, name


@pytest.mark.parametrize("verdict", ["", "yes", "TAKEN_UP"])
def test_s2_a_verdict_we_do_not_know_is_refused(verdict: str, site: Site) -> None:
    assert follow(site.browser("samira"), site, verdict).status_code == 400
    assert site.all(select(func.count(TipFollowUp.id))) == [0]


def test_peers_read_no_tips_of_takes_that_are_closed_to_them(site: Site) -> None:
    """The first take is reported: what was said about it leaves the comparison of the second."""
    third_party = site.browser("mo")
    address = f"/takes/{site.world.takes['samira-second'].public_id}/compare"
    assert "Noem het wachten." in third_party.page(address).text
    first = site.world.takes["samira-first"].public_id
    site.browser("jeroen").send(f"/takes/{first}/report")
    answer = third_party.get(address)
    assert "Noem het wachten." not in answer.get_data(as_text=True)
    assert "Noem het wachten." in site.browser("carla").page(address).text


# --- who is next ------------------------------------------------------------------------------


def test_who_helped_a_colleague_finds_the_next_one(site: Site) -> None:
    jeroen, lotte, takes = site.browser("jeroen"), site.browser("lotte"), site.world.takes
    helped, waits = (f"/takes/{takes[name].public_id}" for name in ("samira-first", "lotte-kept"))
    assert ways_on(jeroen.page(helped)) == ["/feedback"]  # he spoke on all there are
    lotte.submit(lotte.page(waits).form("/share"), top="Rustig.", tip="Meer vragen.")
    page = jeroen.page(helped)
    assert "Lotte Smit wacht ook op een reactie." in page.text
    assert ways_on(page) == [waits, "/feedback"]
    assert jeroen.page(waits).tree.find_id("helped") is None
    say(jeroen, takes["lotte-kept"].public_id, "top", "Rustig begin.")
    assert "Nu wacht er geen collega meer op jou." in jeroen.page(waits).text


def ways_on(page: Page) -> list[str]:
    """Where somebody is sent who helped the colleague of this page."""
    return [
        a.get("href", "") for a in page.find("helped").iter() if "gg-button" in a.get("class", "")
    ]


def test_neither_a_coach_nor_the_maker_is_sent_on(site: Site) -> None:
    second = site.world.takes["samira-second"].public_id
    for person in ("carla", "samira"):
        assert say(site.browser(person), second, "top", "Rustig begin.").status_code == 302
        page = site.browser(person).page(f"/takes/{second}")
        assert page.tree.find_id("helped") is None, person


@pytest.mark.parametrize(
    ("has_shared", "title"),
    [
        (True, "Nog niemand anders deelde dezelfde les"),
        (False, "Er zijn nu geen filmpjes van collega's"),
    ],
)
def test_without_colleagues_the_page_says_why(has_shared: bool, title: str, site: Site) -> None:  # noqa: FBT001 -- a parameter of the test
    person = "tom" if has_shared else "lotte"
    page = site.browser(person).page("/feedback")
    assert title in page.text
    assert ("Deel eerst zelf een poging." in page.text) is not has_shared
    assert ("Deel een poging. Dan kunnen" in page.text) is not has_shared
