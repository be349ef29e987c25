"""A lesson: the customer's clip, what is asked, and the way to the recorder."""

from __future__ import annotations

import re

from live.browser import Visitor
from playwright.sync_api import Locator

from pages.base import Screen
from pages.player import Player
from pages.recorder import Recorder


class Lessons(Screen):
    title = re.compile("^Lessen$")

    @classmethod
    def open(cls, visitor: Visitor) -> Lessons:
        visitor.page.goto("/lessons")
        return cls(visitor)

    def lesson(self, name: str) -> Lesson:
        self.link(name).click()
        return Lesson(self.visitor)


class Lesson(Screen):
    @property
    def player(self) -> Player:
        return Player(self.tab)

    @property
    def turn(self) -> Locator:
        """What the trainee is asked, and what a good answer holds."""
        return self.tab.locator("#turn")

    def record(self) -> Recorder:
        self.link("Neem je antwoord op").click()
        return Recorder(self.visitor)
