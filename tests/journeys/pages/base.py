"""What every screen has: a heading, a navigation, a footer, and the watch over it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from live.browser import Visitor
from playwright.sync_api import Locator, expect

PICTURES = os.environ.get("LMS_TEST_PICTURES", "")
"""A folder in which every screen of every journey leaves a picture, to look at."""


class Screen:
    """One screen. Making one waits until it is there and checks it."""

    title: re.Pattern[str] = re.compile(".")
    """What its main heading says."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.tab = visitor.page
        expect(self.heading).to_have_text(self.title)
        self.check()

    @property
    def heading(self) -> Locator:
        return self.tab.get_by_role("heading", level=1)

    @property
    def name(self) -> str:
        return self.heading.inner_text()

    def check(self, moment: str = "") -> None:
        """Nothing went wrong so far, and this screen fits; called again after it changed."""
        self.visitor.watch.check_page(self.tab)
        if PICTURES:
            self._picture(moment)

    def _picture(self, moment: str) -> None:
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        width = (self.tab.viewport_size or {"width": 0})["width"]
        number = len(list(folder.glob("*.png")))
        name = f"{number:03}-{width}-{type(self).__name__}{moment and '-' + moment}.png"
        self.tab.screenshot(path=folder / name, full_page=True)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.tab.get_by_role("button", name=name, exact=isinstance(name, str))

    def link(self, name: str | re.Pattern[str]) -> Locator:
        return self.tab.get_by_role("link", name=name, exact=isinstance(name, str))

    def said(self, text: str) -> None:
        """The message of the last action is on the page."""
        expect(self.tab.locator(".gg-flashes")).to_contain_text(text)

    # --- around the page ----------------------------------------------------------------

    def go(self, place: str) -> None:
        """Follow the navigation; a phone has it at the bottom."""
        bar = self.tab.get_by_role("navigation", name=re.compile("Hoofdmenu|Snelmenu"))
        bar.get_by_role("link", name=re.compile(f"^{place}")).click()

    @property
    def unread(self) -> int:
        """The figure beside Feedback."""
        bar = self.tab.get_by_role("navigation", name=re.compile("Hoofdmenu|Snelmenu"))
        item = bar.get_by_role("link", name=re.compile("^Feedback"))
        found = re.search(r"\d+", item.inner_text())
        return int(found.group()) if found else 0

    def switch_language(self, name: str) -> None:
        self.tab.locator(".gg-langs").get_by_role("button", name=name).click()


class ErrorScreen(Screen):
    """Something that cannot be, said kindly, with a way on."""

    title = re.compile("Deze pagina bestaat niet|Dat ging niet goed|Dat lukte niet|Log opnieuw in")

    @property
    def text(self) -> str:
        return self.tab.get_by_role("main").inner_text()

    @classmethod
    def at(cls, visitor: Visitor, path: str) -> ErrorScreen:
        """Open an address of which this person may not know anything."""
        with visitor.expecting(404):
            answer = visitor.page.goto(path)
            assert answer is not None
            assert answer.status == 404, f"{path} answered {answer.status}"
            return cls(visitor)
