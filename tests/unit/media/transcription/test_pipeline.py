"""What both engines share, with a listener that hears what it is told to hear."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from media.transcription.pipeline import WindowedTranscriber, make_segment, make_word
from media.transcription.port import SAMPLE_RATE, Option, Samples, Segment, Word
from media.transcription.speech import Region


@dataclass
class Parrot:
    """Says the next of its lines for every window; keeps what it was given."""

    lines: list[list[Segment]]
    engine: str = "parrot"
    model: str = "none"
    engine_version: str = "0"
    options: dict[str, Option] = field(default_factory=dict)
    heard: list[tuple[float, str | None, str]] = field(default_factory=list)

    def listen(
        self, audio: Samples, *, language: str | None, hotwords: str
    ) -> tuple[str, list[Segment]]:
        self.heard.append((len(audio) / SAMPLE_RATE, language, hotwords))
        return language or "nl", self.lines.pop(0)


def transcriber(parrot: Parrot, *speech: tuple[float, float]) -> WindowedTranscriber:
    return WindowedTranscriber(parrot, lambda _: ("told", [Region(*edges) for edges in speech]))


def clip(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def test_without_speech_no_engine_listens() -> None:
    parrot = Parrot([])
    progress: list[float] = []
    result = transcriber(parrot).transcribe(clip(5), language="nl", on_progress=progress.append)
    assert (result.speech, result.segments, result.language) == (False, (), "nl")
    assert parrot.heard == []
    assert progress == [0.0, 1.0]


def test_speech_without_words_is_no_speech() -> None:
    result = transcriber(Parrot([[Segment(0, 1, "")]]), (1, 2)).transcribe(clip(3), language=None)
    assert (result.speech, result.segments) == (False, ())


def test_times_are_the_clips_and_start_where_speech_starts() -> None:
    said = [make_segment(0.0, 1.9, [make_word(" Dag.", 0.0, 1.9, 0.9)], " Dag.")]
    parrot = Parrot([said, said])
    result = transcriber(parrot, (1.0, 2.0), (10.0, 11.0)).transcribe(clip(12), language="nl")
    assert [(s.start, s.end, s.text) for s in result.segments] == [
        (1.0, 2.0, "Dag."),
        (10.0, 11.0, "Dag."),
    ]
    assert result.segments[1].words == (Word("Dag.", 10.0, 11.0, 0.9),)
    assert [seconds for seconds, _, _ in parrot.heard] == pytest.approx([1.5, 1.5])


def test_progress_rises_to_one() -> None:
    lines = [[Segment(0, 1, "Ja.")] for _ in range(3)]
    progress: list[float] = []
    transcriber(Parrot(lines), (1, 2), (10, 11), (20, 21)).transcribe(
        clip(30), language="nl", on_progress=progress.append
    )
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert len(progress) == 5


def test_the_first_window_decides_the_language() -> None:
    parrot = Parrot([[Segment(0, 1, "Ja.")], [Segment(0, 1, "Nee.")]])
    result = transcriber(parrot, (1, 2), (10, 11)).transcribe(clip(12), language=None)
    assert [language for _, language, _ in parrot.heard] == [None, "nl"]
    assert result.language == "nl"


def test_the_glossary_goes_into_every_window_and_into_the_options() -> None:
    parrot = Parrot([[Segment(0, 1, "Ja.")], [Segment(0, 1, "Nee.")]])
    result = transcriber(parrot, (1, 2), (10, 11)).transcribe(
        clip(12), language="nl", glossary=["DigiD", "wandelbila"]
    )
    assert [words for _, _, words in parrot.heard] == ["DigiD, wandelbila"] * 2
    assert result.options["hotwords"] == "DigiD, wandelbila"
    assert result.options["vad"] == "told"


def test_a_credit_is_marked_and_left_out_of_the_text() -> None:
    lines = [[Segment(0, 1, "Goedemorgen."), Segment(1, 2, "Ondertiteling TV Gemist")]]
    result = transcriber(Parrot(lines), (0, 3)).transcribe(clip(3), language="nl")
    assert [s.filtered for s in result.segments] == [False, True]
    assert result.speech
    assert result.text == "Goedemorgen."


def test_segments_never_overlap() -> None:
    lines = [[Segment(0, 1.5, "Een."), Segment(1.2, 2, "Twee.", (Word("Twee.", 1.2, 2, 1.0),))]]
    result = transcriber(Parrot(lines), (0, 3)).transcribe(clip(3), language="nl")
    assert result.segments[1].start == result.segments[0].end == 1.5
    assert result.segments[1].words[0].start == 1.5


def test_numbers_are_plain_python() -> None:
    word = make_word(" ja", np.float64(0.1), np.float64(0.2), np.float64(0.5))
    assert {type(word.start), type(word.end), type(word.probability)} == {float}
