"""Real browsers for the journeys: Debian's Chromium, with an invented camera and microphone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from support import chromium

from live.watch import Watch

FLAGS = (
    "--use-fake-ui-for-media-stream",
    # Ten frames a second are enough to see; two cores have more to do.
    "--use-fake-device-for-media-stream=fps=10",
)
WAIT_MS = 30_000
PHONE, DESK = (390, 844), (1280, 900)


def launch(playwright: Playwright, *, microphone: Path | None = None) -> Browser:
    """A Chromium with a new profile; `microphone` is the wav its fake microphone plays once."""
    voice = [f"--use-file-for-fake-audio-capture={microphone}%noloop"] if microphone else []
    return chromium.launch(playwright, *FLAGS, *voice)


@dataclass
class Visitor:
    """Somebody with a browser of their own: one context, one tab, and a watch over both."""

    address: str
    context: BrowserContext
    page: Page
    watch: Watch

    @classmethod
    def arrive(
        cls,
        browser: Browser,
        address: str,
        *,
        size: tuple[int, int] = DESK,
        language: str = "nl",
        **more: Any,
    ) -> Visitor:
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            permissions=["camera", "microphone"],
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(WAIT_MS)
        watch = Watch()
        watch.follow(context)
        return cls(address, context, context.new_page(), watch)

    def expecting(self, *statuses: int) -> AbstractContextManager[None]:
        """Refusals that the journey itself asks for; see `Watch.expecting`."""
        return self.watch.expecting(*statuses)

    def become(self, name: str) -> None:
        """Be somebody of the demo; an empty name stays a stranger."""
        if name:
            self.page.goto("/demo")
            self.page.get_by_role("button", name=name, exact=True).click()
            self.page.wait_for_url("**/")

    def speak(self, language: str) -> None:
        """Choose the language of the site, as the foot of every page offers it."""
        if self.page.locator("html").get_attribute("lang") != language:
            self.page.goto("/about")
            self.page.locator(f".gg-langs button[value={language}]").click()
            expect(self.page.locator("html")).to_have_attribute("lang", language)

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def leave(self) -> None:
        self.context.close()


Arrive = Callable[..., Visitor]
"""The fixture `arrive`: `Visitor.arrive` with browser and site filled in."""
