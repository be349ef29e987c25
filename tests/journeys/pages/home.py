"""First pages, one for each kind of person, and what a trainee reaches from there."""

from __future__ import annotations

import re

from live.browser import Visitor
from playwright.sync_api import Locator, expect

from pages.base import Screen
from pages.inbox import Inbox
from pages.lesson import Lesson
from pages.recorder import Recorder
from pages.review import Review


class Home(Screen):
    """Of everybody who neither learns nor coaches."""

    title = re.compile("^(Hoi|Welkom),? ")


class TraineeHome(Screen):
    title = re.compile("^Hoi .*klaar voor je volgende stap")

    @classmethod
    def open(cls, visitor: Visitor) -> TraineeHome:
        visitor.page.goto("/")
        return cls(visitor)

    @property
    def turn(self) -> Locator:
        """What to do now, in one box."""
        return self.tab.locator(".gg-hero")

    def lesson(self, name: str) -> Lesson:
        self.link(name).click()
        return Lesson(self.visitor)

    def record_again(self) -> Recorder:
        """Follow the one next step to the recorder."""
        self.turn.get_by_role("link", name="Opnemen").click()
        return Recorder(self.visitor)

    def look_at_feedback(self) -> Review:
        self.turn.get_by_role("link", name="Bekijk je feedback").click()
        return Review(self.visitor)

    def feedback(self) -> Feedback:
        self.go("Feedback")
        return Feedback(self.visitor)


class Feedback(Screen):
    """What others said about my takes, and whose takes wait for me."""

    title = re.compile("^Feedback$")

    @classmethod
    def open(cls, visitor: Visitor) -> Feedback:
        visitor.page.goto("/feedback")
        return cls(visitor)

    @property
    def received(self) -> list[str]:
        return self.tab.locator("#received .gg-comment__body").all_inner_texts()

    @property
    def peers(self) -> list[str]:
        return self.tab.locator("#peers [data-row-link]").all_inner_texts()

    def watch_peer(self, name: str) -> Review:
        self.tab.locator("#peers").get_by_role("link", name=name).first.click()
        return Review(self.visitor)


class CoachHome(Screen):
    title = re.compile("^Hoi .*dit wacht op jou")

    def inbox(self) -> Inbox:
        self.link("Open je postvak").click()
        expect(self.heading).to_have_text("Postvak")
        return Inbox(self.visitor)
