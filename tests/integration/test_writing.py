"""An answer in writing: only where a coach allowed it, and worth as much as a recording (I86)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from support.browser import Browser, Page
from support.markup import text_of
from support.site import Site

from courses.models import Take, TimedComment, WritingGrant
from courses.rules.texts import split_sentences
from courses.terms import TakeState
from lms.audit import Act

ANSWER = "Goedemorgen, welkom.\nWaarmee kan ik u helpen?"


def learner(site: Site, name: str) -> str:
    return f"/learners/{site.world.people[name].public_id}/writing"


def lesson(site: Site) -> str:
    return f"/lessons/{site.world.lessons['greeting'].public_id}"


def allow(site: Site, name: str = "lotte", *, allowed: str = "yes") -> None:
    answer = site.browser("carla").send(learner(site, name), {"allow": allowed})
    assert answer.status_code == 302


def written(site: Site, browser: Browser, text: str = ANSWER) -> Take:
    form = browser.page(f"{lesson(site)}/write").form("/write")
    answer = browser.submit(form, text=text)
    assert answer.status_code == 302
    public_id = answer.headers["Location"].rsplit("/", 1)[1]
    return next(take for take in site.all(select(Take)) if str(take.public_id) == public_id)


def share(browser: Browser, take: Take) -> None:
    form = browser.page(f"/takes/{take.public_id}").form("/share")
    browser.submit(form, top="Ik groet eerst.", tip="Ik noem mijn naam nog niet.")


def test_i86_without_a_coachs_yes_nothing_tells_that_one_could_write(site: Site) -> None:
    lotte = site.browser("lotte")
    assert lotte.page(lesson(site)).links("/write") == []
    assert lotte.page(f"{lesson(site)}/record").links("/write") == []
    assert lotte.get(f"{lesson(site)}/write").status_code == 404
    before = len(site.all(select(Take)))
    answer = lotte.send(f"{lesson(site)}/write", {"key": str(uuid4()), "text": ""})
    assert answer.status_code == 404
    assert len(site.all(select(Take))) == before


def test_i86_a_written_answer_goes_the_whole_way_to_done(site: Site) -> None:
    allow(site)
    lotte, carla = site.browser("lotte"), site.browser("carla")
    assert lotte.page(lesson(site)).links("/write")
    take = written(site, lotte)
    assert (take.state, take.written, take.clip_id) == (TakeState.KEPT, ANSWER, None)
    assert carla.get(f"/takes/{take.public_id}").status_code == 404
    share(lotte, take)
    page = carla.page(f"/inbox/{take.public_id}")
    assert "Wat Lotte schreef" in page.text
    assert "Waarmee kan ik u helpen?" in page.text
    carla.send(
        page.remark_form.action, {"kind": "top", "body": "Wat een warm welkom.", "at_ms": "0"}
    )
    carla.send(f"/takes/{take.public_id}/accept")
    accepted = next(one for one in site.all(select(Take)) if one.id == take.id)
    assert accepted.state is TakeState.ACCEPTED
    said = site.all(select(TimedComment).where(TimedComment.take_id == take.id))
    assert [one.at_ms for one in said] == [0, 0, 0]
    progress = site.browser("ingrid").page("/reports/cohort")
    assert "klaar" in progress.text


def test_a_moment_in_a_text_means_nothing(site: Site) -> None:
    allow(site)
    lotte = site.browser("lotte")
    take = written(site, lotte)
    share(lotte, take)
    address = f"/takes/{take.public_id}/comments/{uuid4()}"
    site.browser("carla").send(address, {"kind": "top", "body": "Goed.", "at_ms": "99000"})
    moments = site.all(select(TimedComment.at_ms).where(TimedComment.take_id == take.id))
    assert set(moments) == {0}


def test_two_written_takes_stand_side_by_side(site: Site) -> None:
    allow(site)
    lotte = site.browser("lotte")
    share(lotte, written(site, lotte))
    second = written(site, lotte, "Goedemorgen, welkom.\nIk ben Lotte. Waarmee kan ik u helpen?")
    page = lotte.page(f"/takes/{second.public_id}/compare")
    assert "Zin voor zin" in page.text
    assert "Ik ben Lotte. nieuw" in page.text


@pytest.mark.parametrize("text", ["", "   ", "x" * 6_001, "Mijn nummer is 111222333."])
def test_a_refused_text_stays_in_the_field(text: str, site: Site) -> None:
    allow(site)
    lotte = site.browser("lotte")
    form = lotte.page(f"{lesson(site)}/write").form("/write")
    answer = lotte.submit(form, text=text)
    page = Page(answer)
    assert page.status == 422
    assert page.field("text").strip() == text.strip()
    assert page.form("/write").values["key"] == form.values["key"]


def test_a_form_sent_twice_is_one_answer(site: Site) -> None:
    allow(site)
    lotte = site.browser("lotte")
    form = lotte.page(f"{lesson(site)}/write").form("/write")
    first, second = (lotte.submit(form, text=ANSWER) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(site.all(select(Take.id).where(Take.written == ANSWER))) == 1


def test_the_key_of_somebody_elses_take_opens_nothing(site: Site) -> None:
    allow(site)
    key = str(site.world.takes["samira-second"].public_id)
    answer = site.browser("lotte").send(f"{lesson(site)}/write", {"key": key, "text": ANSWER})
    assert answer.status_code == 422
    assert site.take("samira-second").written is None


def test_when_a_coach_ends_it_the_text_is_not_lost(site: Site) -> None:
    allow(site)
    lotte = site.browser("lotte")
    kept = written(site, lotte)
    form = lotte.page(f"{lesson(site)}/write").form("/write")
    allow(site, allowed="no")
    answer = lotte.submit(form, text="Mijn tweede antwoord.")
    page = Page(answer)
    assert page.status == 422
    assert page.field("text").strip() == "Mijn tweede antwoord."
    assert ANSWER.split("\n", maxsplit=1)[0] in lotte.page(f"/takes/{kept.public_id}").text


@pytest.mark.parametrize("who", ["samira", "peter", "ingrid", "wim", "esther", "daan", "karel"])
def test_only_a_coach_of_the_group_allows_it(who: str, site: Site) -> None:
    assert site.browser(who).send(learner(site, "lotte"), {"allow": "yes"}).status_code == 404
    lotte = site.world.people["lotte"].id
    assert site.all(select(WritingGrant).where(WritingGrant.person_id == lotte)) == []


def test_i87_only_coaches_of_the_group_see_who_may_write(site: Site) -> None:
    allow(site)
    page = site.browser("carla").page("/reports/cohort")
    assert "Schriftelijk antwoorden" in page.text
    for who in ("ingrid", "wim"):
        assert "Schriftelijk" not in site.browser(who).page("/reports/cohort").text


def test_granting_and_ending_are_in_the_trail_once(site: Site) -> None:
    before = site.last_event()
    for allowed in ("yes", "yes", "no", "no"):
        allow(site, allowed=allowed)
    acts = [event.act for event in site.trail(before)]
    assert acts == [Act.WRITING_GRANTED, Act.WRITING_ENDED]


def test_a_written_answer_can_be_thrown_away(site: Site) -> None:
    allow(site)
    lotte = site.browser("lotte")
    take = written(site, lotte)
    assert lotte.send(f"/takes/{take.public_id}/delete").status_code == 302
    assert site.all(select(Take).where(Take.written.is_not(None))) == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dag. Hoe gaat het?", ["Dag.", "Hoe gaat het?"]),
        ("Dag\nHoe gaat het", ["Dag", "Hoe gaat het"]),
        ("  Een zin…  Nog een!\n\n", ["Een zin…", "Nog een!"]),
        ("3.5 kilo", ["3.5 kilo"]),
        ("", []),
    ],
)
def test_sentences_of_a_text(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_the_board_says_beside_the_list_what_was_changed(site: Site) -> None:
    """Not above the whole page, out of sight; and the list to go on with stands open."""
    carla = site.browser("carla")
    board = carla.page("/reports/cohort")
    assert board.tree.find_id("writing-said") is None
    answer = carla.submit(board.form(learner(site, "lotte")))
    assert answer.headers["Location"].endswith("#writing-said")
    page = carla.page(answer.headers["Location"].split("#")[0])
    said = page.tree.find_id("writing-said")
    assert said is not None
    assert text_of(said) == "Lotte kan nu ook schriftelijk antwoorden."
    assert said.get("tabindex") == "-1"  # so that the address brings the focus there
    assert page.text.count("kan nu ook schriftelijk") == 1
    writing = page.tree.find_id("writing")
    assert [one.get("open") for one in writing.iter() if one.tag == "details"] == [""]


def test_after_an_answer_in_writing_the_home_speaks_of_reading_and_writing(site: Site) -> None:
    allow(site)
    lotte = site.browser("lotte")
    written(site, lotte)
    home = lotte.page("/")
    assert "Lees je antwoord terug" in home.text
    assert "Lees wat je schreef" in home.text
    assert "Neem opnieuw op" not in home.text
    assert home.links(f"{lesson(site)}/write")
    allow(site, allowed="no")
    assert lotte.page("/").links("/write") == []
