"""Two takes side by side, and what became of each tip."""

from __future__ import annotations

import re

from live.browser import Visitor
from playwright.sync_api import Locator, expect

from pages.base import Screen
from pages.player import Player


class Compare(Screen):
    title = re.compile("vergelijk$")

    @classmethod
    def open(cls, visitor: Visitor, take_path: str) -> Compare:
        visitor.page.goto(f"{take_path}/compare")
        return cls(visitor)

    @property
    def earlier(self) -> Player:
        return Player(self.tab, "player-a")

    @property
    def later(self) -> Player:
        return Player(self.tab, "player-b")

    @property
    def same(self) -> list[tuple[str, str]]:
        """Sentences that both takes say, as they stand side by side."""
        rows = self.tab.locator(".gg-sentences__same").all()
        return [(_words(row, 0), _words(row, 1)) for row in rows]

    @property
    def new(self) -> list[str]:
        """Sentences that only the later take says."""
        rows = self.tab.locator(".gg-sentences tbody tr:not(.gg-sentences__same)").all()
        return [words for row in rows if (words := _words(row, 1))]

    def tip(self, text: str) -> Locator:
        return self.tab.locator("#tips .gg-comment").filter(has_text=text)

    def say(self, tip: str, verdict: str) -> Compare:
        """Say what became of a tip: as its receiver, or as a reviewer."""
        self.tip(tip).get_by_role("button", name=verdict).click()
        expect(self.tip(tip).get_by_role("button", name=verdict)).to_have_attribute(
            "aria-pressed", "true"
        )
        return Compare(self.visitor)

    def verdicts(self, tip: str) -> list[str]:
        return self.tip(tip).locator(".gg-badge").all_inner_texts()

    def show(self, attempt: int) -> Compare:
        """On a phone: look at the other take."""
        name = f"Poging {attempt}"
        self.tab.locator("[data-compare-switch]").get_by_role("button", name=name).click()
        return self


def _words(row: Locator, column: int) -> str:
    text = row.locator("td").nth(column).inner_text()
    return " ".join(re.sub(r"\d+:\d\d|\bnieuw\b", " ", text).split())
