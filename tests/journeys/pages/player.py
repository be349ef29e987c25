"""The player of a clip, wherever it stands."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

PLAYED = "(media) => !media.error && media.currentTime > 0.8 && media.videoWidth !== 0"
READY = "(media) => media.readyState >= 1"


class Player:
    def __init__(self, tab: Page, name: str = "player") -> None:
        self.tab = tab
        self.name = name
        self.box: Locator = tab.locator(f"#{name}")

    @property
    def media(self) -> Locator:
        return self.box.locator("video, audio")

    @property
    def seconds(self) -> float:
        return float(self.media.evaluate("(media) => media.currentTime"))

    @property
    def is_paused(self) -> bool:
        return bool(self.media.evaluate("(media) => media.paused"))

    @property
    def length(self) -> float:
        """Seconds, as the bar says."""
        return int(self.box.get_attribute("data-duration") or 0) / 1000

    def play(self) -> None:
        """Press play and see that picture and time really move."""
        self._until(READY)
        self.box.get_by_role("button", name="Speel af").click()
        self._until(PLAYED)

    def pause(self) -> None:
        self.box.get_by_role("button", name="Pauze").click()
        expect(self.box.get_by_role("button", name="Speel af")).to_be_visible()

    def seek(self, seconds: float) -> None:
        """Press on the bar at a moment."""
        self._until(READY)
        bar = self.box.locator("[data-player-slider]")
        room = bar.bounding_box()
        assert room is not None
        bar.click(position={"x": room["width"] * seconds / self.length, "y": room["height"] / 2})

    def _until(self, condition: str) -> None:
        self.tab.wait_for_function(
            f"(name) => ({condition})(document.querySelector(`#${{name}} :is(video, audio)`))",
            arg=self.name,
        )
