"""The recorder: camera on, record, keep it; or a file, or the demo's example."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from live.browser import Visitor
from live.speech import LEAD_SECONDS, TAIL_SECONDS, Speech
from playwright.sync_api import Locator, expect

from pages.base import Screen

# When the microphone opened and when recording began: only the page knows, and only their
# difference says at which second of the take a sentence must be found.
NOTE_TIMES = """
(() => {
  if (!navigator.mediaDevices) return;
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wishes) => {
    const stream = await open(wishes);
    window.journeyOpened = performance.now();
    return stream;
  };
  const start = MediaRecorder.prototype.start;
  MediaRecorder.prototype.start = function (...given) {
    window.journeyStarted = performance.now();
    return start.apply(this, given);
  };
})();
"""
LONG_SINCE_OPENED = "(seconds) => performance.now() - window.journeyOpened > seconds * 1000"
CLEARANCE_SECONDS = 0.3


@dataclass(frozen=True)
class Recorded:
    """What was said in a take: seconds of the take, sentence by sentence."""

    sentences: tuple[str, ...]
    starts: tuple[float, ...]


class Recorder(Screen):
    @classmethod
    def open(cls, visitor: Visitor, lesson_path: str) -> Recorder:
        visitor.page.goto(f"{lesson_path}/record")
        return cls(visitor)

    @staticmethod
    def note_times(visitor: Visitor) -> None:
        """Before any page: let the pages of this visitor tell when they record."""
        visitor.context.add_init_script(NOTE_TIMES)

    @property
    def step(self) -> Locator:
        """What the recorder says it is doing."""
        return self.tab.locator("[data-part=title]")

    @property
    def problem(self) -> Locator:
        return self.tab.locator("[data-part=problem]")

    @property
    def last_tip(self) -> Locator:
        return self.tab.locator(".gg-stage__tip")

    def switch_on(self) -> Recorder:
        self.button("Zet camera aan").click()
        expect(self.step).to_have_text("Klaar? Druk op de rode knop")
        self.check("ready")
        return self

    def record(self, speech: Speech) -> Recorded:
        """Record until `speech`, which the microphone plays, is over."""
        self.button("Opnemen").click()
        expect(self.step).to_have_text("We nemen je op")
        began = float(self.tab.evaluate("(journeyStarted - journeyOpened) / 1000"))
        assert began < LEAD_SECONDS - CLEARANCE_SECONDS, "this machine began after the speech did"
        self.check("recording")
        self.tab.wait_for_function(LONG_SINCE_OPENED, arg=speech.seconds + TAIL_SECONDS)
        self.button("Stop").click()
        expect(self.step).to_have_text("Kijk je opname terug")
        starts = tuple(start - began for start in speech.starts)
        return Recorded(speech.sentences, starts)

    def wait_until_safe(self) -> Recorder:
        """The server has all of it, and the page says so in words and as a percentage."""
        expect(self.tab.locator("[data-part=note]")).to_have_text(
            "Je opname is veilig bewaard. Alleen jij kunt hem zien."
        )
        expect(self.tab.locator("[data-part=sent-text]")).to_have_text("100%")
        self.check("review")
        return self

    def take_example(self) -> Recorder:
        self.button("Gebruik voorbeeldopname").click()
        expect(self.step).to_have_text("Kijk je bestand terug")
        return self

    def choose(self, file: Path) -> Recorder:
        """Choose a file of this device, right or wrong."""
        self.tab.locator(".gg-booth__ways input[type=file]").set_input_files(file)
        return self

    def chosen(self, file: Path) -> Recorder:
        """Choose a file that the recorder takes."""
        self.choose(file)
        expect(self.step).to_have_text("Kijk je bestand terug")
        return self

    def use(self) -> None:
        """Keep it. The review page comes by itself once it is safe."""
        self.button("Gebruik deze opname").click()
        self.tab.wait_for_url(re.compile(r"/takes/[0-9a-f-]{36}$"))
