"""The page of one take: play it, read back what was said, remark, share, decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from live.browser import Visitor
from playwright.sync_api import Locator, expect

from pages.base import Screen
from pages.player import Player

if TYPE_CHECKING:  # the compare page leads back here
    from pages.compare import Compare

PROCESSING_MS = 120_000


@dataclass(frozen=True)
class Sentence:
    """A sentence of the transcript and the second it stands at."""

    at: float
    text: str


class TakeParts:
    """What the review page and the coach's inbox share: a take with its remarks."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.tab = screen.tab

    @property
    def comments(self) -> Locator:
        return self.tab.locator("#reactions .gg-comment")

    def comment(self, text: str) -> Locator:
        return self.comments.filter(has_text=text)

    @property
    def field(self) -> Locator:
        return self.tab.locator("#player-comment")

    @property
    def moment(self) -> Locator:
        """The second of the clip that the form says it is about."""
        return self.tab.locator("#reactions [data-comment-form] output")

    @property
    def kept_tip(self) -> Locator:
        """The tip that waits until a top was given."""
        return self.tab.locator("#reactions [data-kept-text]")

    @property
    def offered(self) -> Locator:
        """What the form says when a kept tip stands in its box again."""
        return self.tab.locator("#reactions [data-offered-words]")

    @property
    def main_kind(self) -> str:
        """The kind whose button stands out."""
        main = self.tab.locator("#reactions [data-kind].gg-button--primary")
        return main.get_attribute("data-kind") or ""

    def remark(self, kind: str, text: str, *, at: float | None = None, then: str = "") -> None:
        """Leave a top or a tip at a second of the clip, and see it appear there."""
        self.field.fill("")  # while something stands there, its moment stays what it was
        if at is not None:
            Player(self.tab).seek(at)
        self.field.fill(text)
        self.send(kind, text, then=then)

    def send(self, kind: str, text: str, *, then: str = "") -> None:
        """Send what stands in the field, and see it among the remarks; `then` comes after it."""
        self._kind(kind).click()
        expect(self.comment(text)).to_be_visible()
        expect(self.field).to_have_value(then)
        self.screen.check("remarked")

    def refused_remark(self, kind: str, text: str) -> str:
        """Leave a remark that a rule refuses; what the page says about it."""
        self.field.fill(text)
        with self.screen.visitor.expecting(422):
            self._kind(kind).click()
            error = self.tab.locator("#reactions .gg-field__error")
            expect(error).to_be_visible()
        self.screen.check("refused")
        return error.inner_text()

    def _kind(self, kind: str) -> Locator:
        return self.tab.locator(f"#reactions [data-kind={kind}]")


class Review(Screen):
    """A take, for whoever may see it."""

    title = re.compile("poging [0-9]+$")

    @classmethod
    def open(cls, visitor: Visitor, path: str) -> Review:
        visitor.page.goto(path)
        return cls(visitor)

    @property
    def path(self) -> str:
        return urlsplit(self.tab.url).path

    @property
    def player(self) -> Player:
        return Player(self.tab)

    @property
    def parts(self) -> TakeParts:
        return TakeParts(self)

    @property
    def badges(self) -> list[str]:
        return self.tab.locator(".gg-title .gg-badge").all_inner_texts()

    # --- while the computer works ---------------------------------------------------------

    @property
    def progress(self) -> Locator:
        """Words beside the bar: a percentage, or the place in the queue."""
        return self.tab.locator("[data-live-progress-text]")

    @property
    def raw_player(self) -> Player:
        return Player(self.tab, "raw")

    def wait_until_playable(self) -> Review:
        expect(self.player.box).to_be_visible(timeout=PROCESSING_MS)
        return self

    def wait_for_text(self) -> Review:
        """Until what was said stands on the page, without anybody reloading it."""
        expect(self.tab.locator(".gg-segment").first).to_be_visible(timeout=PROCESSING_MS)
        self.check("text")
        return self

    # --- what was said --------------------------------------------------------------------

    @property
    def sentences(self) -> list[Sentence]:
        found = self.tab.locator(".gg-segment").all()
        return [
            Sentence(
                at=int(one.get_attribute("data-seek") or 0) / 1000,
                text=" ".join(one.locator("span").nth(1).inner_text().split()),
            )
            for one in found
        ]

    def jump_to(self, sentence: str) -> float:
        """Press a sentence; the second the clip jumps to."""
        self.tab.locator(".gg-segment").filter(has_text=sentence).click()
        return self.player.seconds

    def correct(self, number: int, text: str) -> Review:
        """Write what was really said in sentence `number`, counted from zero."""
        details = self.tab.locator("#correct")
        details.locator("summary").click()
        row = details.locator("li").nth(number)
        row.get_by_role("textbox").fill(text)
        details.get_by_role("button", name="Bewaar de tekst").click()
        self.said("Je tekst is bewaard.")
        expect(self.tab.locator(".gg-segment").nth(number)).to_contain_text(text)
        return Review(self.visitor)

    @property
    def heard(self) -> str:
        """What the computer heard where it was corrected."""
        self.tab.locator("#correct summary").click()
        return self.tab.locator("#correct").get_by_text("De computer hoorde:").inner_text()

    # --- the take as a whole --------------------------------------------------------------

    def share(self, *, top: str, tip: str) -> Review:
        self.tab.get_by_label("Jouw top").fill(top)
        self.tab.get_by_label("Jouw tip").fill(tip)
        self.button("Deel met groep en coach").click()
        self.said("Gedeeld. Je coach en je groep kunnen nu reageren.")
        return Review(self.visitor)

    def say_looked_back(self) -> Review:
        self.button("Ik heb dit gelezen: laat de tekst zien").click()
        return Review(self.visitor)

    def compare(self) -> Compare:
        from pages.compare import Compare  # noqa: PLC0415 -- each leads to the other

        self.link(re.compile("^Vergelijk met poging")).click()
        return Compare(self.visitor)

    @property
    def throw_away(self) -> Locator:
        return self.tab.get_by_role("button", name="Gooi deze poging weg", include_hidden=True)
