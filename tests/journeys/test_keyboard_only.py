"""The core paths of a trainee and a coach without a mouse, the focus in sight at every step."""

from __future__ import annotations

import re

from live.browser import DESK, PHONE, Arrive, Visitor
from live.keyboard import Keyboard
from live.site import Site
from pages.entrance import SignIn, Tour
from pages.home import CoachHome, TraineeHome
from pages.inbox import Inbox
from pages.lesson import Lesson
from pages.recorder import Recorder
from pages.review import Review
from playwright.sync_api import expect

NAME = "Priya Nair"
LESSON = "Welkom aan de balie"
TOP, TIP = "Ik groet vriendelijk en rustig.", "Ik noem de volgende keer ook mijn naam."
COACH_TOP, COACH_TIP = "Wat een warm welkom.", "Noem ook je naam."


def test_keyboard_only(arrive: Arrive, site: Site) -> None:
    trainee = arrive(size=PHONE)
    share_a_take(trainee, site)
    answer_from_the_inbox(arrive(size=DESK))


def come_in(visitor: Visitor, name: str) -> Keyboard:
    """From the sign-in page through the tour to one's own first page."""
    keys = Keyboard(visitor.page)
    keys.choose(SignIn.open(visitor).link("Start de rondleiding"))
    keys.choose(Tour(visitor).button(name))
    return keys


def share_a_take(visitor: Visitor, site: Site) -> None:
    keys = come_in(visitor, NAME)
    keys.choose(TraineeHome(visitor).link(LESSON))
    keys.choose(Lesson(visitor).link("Neem je antwoord op"))
    recorder = Recorder(visitor)
    keys.choose(recorder.button("Gebruik voorbeeldopname"))
    expect(recorder.step).to_have_text("Kijk je bestand terug")
    keys.kept()
    keys.check()
    with site.worker_at_rest():
        keys.choose(recorder.button("Gebruik deze opname"))
        visitor.page.wait_for_url(re.compile("/takes/"))
        review = Review(visitor)
        keys.reach(review.raw_player.box.get_by_role("button", name="Speel af"))
    review.wait_until_playable()
    keys.kept()
    review.wait_for_text()
    read_back(keys, review)
    keys.fill(review.tab.get_by_label("Jouw top"), TOP)
    keys.fill(review.tab.get_by_label("Jouw tip"), TIP)
    keys.choose(review.button("Deel met groep en coach"))
    review.said("Gedeeld. Je coach en je groep kunnen nu reageren.")
    assert Review(visitor).badges == ["Gedeeld", "Voorbeeldopname"]


def read_back(keys: Keyboard, review: Review) -> None:
    """A sentence is a stop of its own: Enter jumps there, arrows on the bar go on from it."""
    second = review.sentences[1]
    keys.choose(review.tab.locator(".gg-segment").nth(1))
    assert abs(review.player.seconds - second.at) < 0.1
    keys.check()


def answer_from_the_inbox(visitor: Visitor) -> None:
    keys = come_in(visitor, "Carla Blom")
    keys.choose(CoachHome(visitor).link("Open je postvak"))
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Postvak")
    inbox = Inbox(visitor)
    expect(inbox.letters_work).to_be_visible()
    walk_with_letters(keys, inbox)
    keys.press("i")
    expect(inbox.parts.field).to_be_focused()
    keys.press("Escape")
    remark(keys, inbox, "t", COACH_TOP)
    remark(keys, inbox, "i", COACH_TIP)
    play_with_space(keys, inbox)
    keys.choose(inbox.button("Keur goed"))
    inbox.said("Goedgekeurd.")
    expect(inbox.opened).to_be_focused()
    keys.kept()
    keys.check()
    assert NAME not in inbox.waiting


def walk_with_letters(keys: Keyboard, inbox: Inbox) -> None:
    """J goes to who waits next and K back, without loading another page."""
    waiting = inbox.waiting
    inbox.tab.evaluate("() => { window.journeySamePage = true; }")
    there = waiting.index(NAME)
    forth = [("j", name) for name in waiting[1 : there + 1]]
    for letter, name in [*forth, ("k", waiting[there - 1]), ("j", NAME)]:
        keys.press(letter)
        expect(inbox.opened).to_contain_text(name)
        keys.kept()
        keys.check()
    assert inbox.tab.evaluate("() => window.journeySamePage === true")
    inbox.tab.go_back()  # the letters stand in the browser's history, and work after it
    expect(inbox.opened).to_contain_text(waiting[there - 1])
    keys.press("j")
    expect(inbox.opened).to_contain_text(NAME)
    keys.kept()


def remark(keys: Keyboard, inbox: Inbox, letter: str, text: str) -> None:
    """A letter begins a remark, Ctrl and Enter send it, Escape goes back to the clip."""
    keys.press(letter)
    expect(inbox.parts.field).to_be_focused()
    keys.type(text)
    keys.press("Control+Enter")
    expect(inbox.parts.comment(text)).to_be_visible()
    keys.kept()
    keys.check()
    keys.press("Escape")


def play_with_space(keys: Keyboard, inbox: Inbox) -> None:
    keys.check()
    before = inbox.player.seconds
    keys.press(" ")
    inbox.tab.wait_for_function(
        "(before) => document.querySelector('#player video').currentTime > before + 0.4", arg=before
    )
    keys.press(" ")
    assert inbox.player.is_paused
