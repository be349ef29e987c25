"""The coach's inbox: who waits, and the take that is open beside the list."""

from __future__ import annotations

import re

from live.browser import Visitor
from playwright.sync_api import Locator, expect

from pages.base import Screen
from pages.player import Player
from pages.review import TakeParts


class Inbox(Screen):
    title = re.compile("^Postvak$")

    @classmethod
    def open(cls, visitor: Visitor) -> Inbox:
        visitor.page.goto("/inbox")
        return cls(visitor)

    @property
    def waiting(self) -> list[str]:
        """Who waits, longest first."""
        return self.tab.locator(".gg-inbox__list [data-row-link]").all_inner_texts()

    @property
    def letters_work(self) -> Locator:
        """The switch for the letters, which is there once the page listens to them."""
        return self.tab.get_by_role("checkbox", name="aan", exact=True)

    @property
    def opened(self) -> Locator:
        """Heading of the take that is open: name, lesson, attempt."""
        return self.tab.locator(".gg-inbox__head h2")

    @property
    def player(self) -> Player:
        return Player(self.tab)

    @property
    def parts(self) -> TakeParts:
        return TakeParts(self)

    def take_of(self, name: str) -> Inbox:
        """Open the take of `name`, without loading another page."""
        self.tab.locator(".gg-inbox__list").get_by_role("link", name=name).click()
        expect(self.opened).to_contain_text(name)
        self.check("opened")
        return self

    def accept(self) -> Inbox:
        self.button("Keur goed").click()
        self.said("Goedgekeurd.")
        return Inbox(self.visitor)

    def ask_for_another(self) -> Inbox:
        self.button("Vraag nog een poging").click()
        self.said("om nog een poging.")
        return Inbox(self.visitor)
