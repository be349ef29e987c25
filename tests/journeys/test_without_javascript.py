"""Everything but recording works without JavaScript: look, share, remark, decide."""

from __future__ import annotations

import pytest
from live.browser import PHONE, Arrive, Visitor
from live.records import Records
from live.site import Site
from pages.catalogue import CLOSING
from pages.home import TraineeHome
from pages.inbox import Inbox
from pages.lesson import Lesson
from pages.recorder import Recorder
from pages.review import Review
from playwright.sync_api import expect

NAME = "Ewa Nowak"
TOP, TIP = "Ik noem de dag waarop de brief komt.", "Ik wil langzamer praten."
COACH_TOP, COACH_TIP = "Je zegt precies wat je doet.", "Vraag of alles duidelijk is."


@pytest.fixture
def take(arrive: Arrive, site: Site) -> str:
    """A take that only its maker sees, recorded with JavaScript; its address."""
    visitor = arrive()
    visitor.become(NAME)
    Recorder.open(visitor, Records(site).lesson(CLOSING)).take_example().use()
    return Review(visitor).wait_until_playable().path


def test_without_javascript(arrive: Arrive, take: str) -> None:
    share(arrive(size=PHONE, java_script_enabled=False), take)
    decide(arrive(size=PHONE, java_script_enabled=False))
    find_it_accepted(arrive(java_script_enabled=False), take)


def share(visitor: Visitor, take: str) -> None:
    visitor.become(NAME)
    TraineeHome(visitor).lesson(CLOSING)
    lesson = Lesson(visitor)
    expect(lesson.player.media).to_have_attribute("controls", "")
    expect(lesson.turn).to_contain_text("Sluit het gesprek af.")
    lesson.link("Neem je antwoord op").click()
    assert "Zet JavaScript aan" in without_script_it_says(visitor)
    expect(visitor.page.locator("[data-recorder]")).to_be_hidden()
    Recorder(visitor)
    review = Review.open(visitor, take)
    expect(review.player.media).to_have_attribute("controls", "")
    with visitor.expecting(422):
        review.tab.get_by_label("Jouw top").fill(TOP)
        review.tab.get_by_label("Jouw tip").fill(" ")
        review.button("Deel met groep en coach").click()
        expect(review.tab.locator("#share .gg-field__error")).to_be_visible()
    expect(review.tab.get_by_label("Jouw top")).to_have_value(TOP)
    assert review.share(top=TOP, tip=TIP).badges == ["Gedeeld", "Voorbeeldopname"]
    remark(review, "question", "Is dit snel genoeg?")


def without_script_it_says(visitor: Visitor) -> str:
    """What stands in <noscript>, if it is shown; Playwright's own text search leaves it out."""
    told = visitor.page.locator("main noscript")
    room = told.bounding_box()
    assert room is not None
    assert room["height"] > 0
    return str(told.evaluate("(told) => told.textContent"))


def remark(review: Review, kind: str, text: str) -> None:
    review.parts.field.fill(text)
    review.tab.locator(f"#reactions [data-kind={kind}]").click()
    expect(Review(review.visitor).parts.comment(text)).to_be_visible()


def decide(visitor: Visitor) -> None:
    visitor.become("Carla Blom")
    inbox = Inbox.open(visitor).take_of(NAME)
    with visitor.expecting(422):
        inbox.parts.field.fill(COACH_TIP)
        inbox.tab.locator("#reactions [data-kind=tip]").click()
        expect(inbox.tab.locator("#reactions .gg-field__error")).to_contain_text(
            "Geef eerst een top"
        )
    review = Review(visitor)
    expect(review.parts.field).to_have_value(COACH_TIP)
    remark(review, "top", COACH_TOP)
    remark(Review(visitor), "tip", COACH_TIP)
    inbox = Inbox.open(visitor).take_of(NAME).accept()
    assert NAME not in inbox.waiting


def find_it_accepted(visitor: Visitor, take: str) -> None:
    visitor.become(NAME)
    review = Review.open(visitor, take)
    assert review.badges == ["Goedgekeurd", "Voorbeeldopname"]
    for text in (COACH_TOP, COACH_TIP):
        expect(review.parts.comment(text)).to_be_visible()
    expect(review.throw_away).to_have_count(0)
