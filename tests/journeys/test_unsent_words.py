"""What a coach typed and did not send is never lost: to a key, a rule, a reload or a decision."""

from __future__ import annotations

import re

from live.browser import DESK, PHONE, Arrive
from live.keyboard import Keyboard
from live.site import Site
from pages.entrance import Tour
from pages.inbox import Inbox
from playwright.sync_api import expect

TOP, QUESTION = "Je begint heel rustig.", "Hoe vond je het zelf?"
TIPS = ["Je praat te snel.", "Noem ook je naam."]
AFTERTHOUGHT = "En je lacht aan het eind."


def test_nothing_typed_is_lost(arrive: Arrive, fresh_site: Site) -> None:
    coach = arrive(site=fresh_site, size=DESK)
    Tour.open(coach).become_coach("Carla Blom")
    inbox = Inbox.open(coach)  # with the take that waits longest; the coach said nothing yet
    expect(inbox.letters_work).to_be_visible()
    keys = Keyboard(inbox.tab)
    begin_with_tips(keys, inbox)
    ask_in_between(inbox)
    coach.resize(PHONE)
    hold_the_decision(keys, inbox)
    send_what_was_kept(keys, inbox)
    decide_without_an_afterthought(inbox)


def begin_with_tips(keys: Keyboard, inbox: Inbox) -> None:
    """The letter opens the box; each tip without a top is kept, and said to be."""
    for nth, tip in enumerate(TIPS, start=1):
        inbox.tab.locator(".gg-inbox__head h2").focus()
        keys.press("i")
        expect(inbox.parts.field).to_be_focused()
        keys.type(tip)
        with inbox.visitor.expecting(422):
            keys.press("Control+Enter")
            expect(inbox.parts.kept_tip).to_have_count(nth)
        expect(inbox.parts.field).to_have_value("")
        keys.kept()
    assert inbox.parts.main_kind == "top"


def ask_in_between(inbox: Inbox) -> None:
    """Another remark and another page leave what was kept where it was."""
    inbox.parts.field.fill(QUESTION)
    inbox.parts.send("question", QUESTION)
    expect(inbox.parts.kept_tip).to_have_text(TIPS)
    inbox.tab.reload()
    expect(inbox.parts.kept_tip.first).to_be_visible()
    expect(inbox.parts.kept_tip).to_have_text(TIPS)


def hold_the_decision(keys: Keyboard, inbox: Inbox) -> None:
    """With something unsent the decision waits; whoever goes back stands in the box."""
    opened = inbox.opened.inner_text()
    inbox.button("Keur goed").click()
    dialog = inbox.tab.locator("dialog[open]")
    expect(dialog).to_contain_text("Je reactie is nog niet verstuurd.")
    inbox.check("held")
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(inbox.parts.field).to_be_focused()
    assert inbox.opened.inner_text() == opened


def send_what_was_kept(keys: Keyboard, inbox: Inbox) -> None:
    """After the top the tips come back one by one, with the right button and a word about it."""
    keys.type(TOP)
    inbox.parts.send("top", TOP, then=TIPS[0])
    for nth, tip in enumerate(TIPS):
        expect(inbox.parts.offered).to_have_text("Hier is je tip. Verstuur hem.")
        expect(inbox.parts.offered).to_be_visible()
        expect(inbox.parts.field).to_have_value(tip)
        expect(inbox.parts.field).to_be_focused()
        assert inbox.parts.main_kind == "tip"
        expect(inbox.parts.kept_tip).to_have_text(TIPS[nth + 1 :])
        inbox.tab.reload()  # the words about it stay until it is sent
        expect(inbox.parts.offered).to_be_visible()
        assert inbox.parts.main_kind == "tip"
        inbox.parts.field.focus()
        keys.press("Control+Enter")
        expect(inbox.parts.comment(tip)).to_contain_text("Tip")
    expect(inbox.parts.offered).to_be_hidden()
    expect(inbox.parts.field).to_have_value("")


def decide_without_an_afterthought(inbox: Inbox) -> None:
    """Who decides without it finds the words again where the decision is taken back."""
    name = inbox.opened.inner_text().split(":")[0]
    inbox.parts.field.fill(AFTERTHOUGHT)
    inbox.button("Vraag nog een poging").click()
    inbox.button("Beslis zonder reactie").click()
    inbox.said("krijgt bericht.")
    expect(inbox.opened).not_to_contain_text(name)
    line = inbox.tab.locator(".gg-undo")
    expect(line).to_contain_text(re.compile(r"^\s*Ongedaan maken kan tot \d+:\d\d\."))
    inbox.button("Maak ongedaan").click()
    expect(inbox.opened).to_contain_text(name)
    expect(inbox.parts.field).to_have_value(AFTERTHOUGHT)
    inbox.check("undone")
