"""What both engines share: find speech, listen to it window by window, put times right.

An engine only has to turn one window of audio into segments. Everything that Whisper is known
to get wrong around that (text in silence, first words at 0.00, subtitle credits) is handled here
once, so that a host may change engines without changing what its trainees see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Protocol

from media.transcription.credits import mark_credits
from media.transcription.glossary import hotwords
from media.transcription.port import (
    SAMPLE_RATE,
    OnProgress,
    Option,
    Samples,
    Segment,
    TranscriptResult,
    Word,
)
from media.transcription.speech import (
    MIN_SILENCE_MS,
    Region,
    Window,
    find_speech,
    fit_to_speech,
    windows,
)

UNKNOWN_LANGUAGE = "und"  # ISO 639-3: undetermined, when nobody spoke and none was given
BEAM_SIZE = 5
SHARED_OPTIONS: dict[str, Option] = {
    "task": "transcribe",
    "beam_size": BEAM_SIZE,
    "condition_on_previous_text": False,  # a wrong window must not spoil the next
    "word_timestamps": True,
    "compression_ratio_threshold": 2.4,
    "no_speech_threshold": 0.6,
}


class Listener(Protocol):
    """One engine with one model: turns a window into segments timed from the window's start."""

    engine: str
    model: str
    engine_version: str
    options: dict[str, Option]

    def listen(
        self, audio: Samples, *, language: str | None, hotwords: str
    ) -> tuple[str, list[Segment]]:
        """(language, segments) of at most about half a minute of audio."""
        ...


@dataclass
class WindowedTranscriber:
    """A `Transcriber` made of a `Listener`, and of something that finds speech."""

    listener: Listener
    detect: Callable[[Samples], tuple[str, list[Region]]] = find_speech

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None,
        glossary: Sequence[str] = (),
        on_progress: OnProgress | None = None,
    ) -> TranscriptResult:
        """See `Transcriber.transcribe`."""
        report = on_progress or (lambda _share: None)
        report(0.0)
        detector, speech = self.detect(audio)
        duration = len(audio) / SAMPLE_RATE
        segments: list[Segment] = []
        words = hotwords(glossary)
        for window in windows(speech, duration):
            heard, found = self.listener.listen(
                window.cut(audio), language=language, hotwords=words
            )
            language = language or heard  # one clip, one language: the first window decides
            segments += _in_clip(found, window)
            report(min(1.0, window.end / duration))
        report(1.0)
        return TranscriptResult(
            language=language or UNKNOWN_LANGUAGE,
            speech=bool(segments),
            segments=tuple(_in_order(segments)),
            engine=self.listener.engine,
            model=self.listener.model,
            engine_version=self.listener.engine_version,
            options=MappingProxyType(
                self.listener.options
                | {"vad": detector, "min_silence_ms": MIN_SILENCE_MS, "hotwords": words}
            ),
        )


def make_segment(start: float, end: float, words: Sequence[Word], text: str) -> Segment:
    """A segment as plain Python numbers: engines hand out numpy's."""
    return Segment(float(start), float(end), " ".join(text.split()), tuple(words))


def make_word(text: str, start: float, end: float, probability: float) -> Word:
    """The same for a word."""
    return Word(text.strip(), float(start), float(end), float(probability))


def _in_clip(found: list[Segment], window: Window) -> list[Segment]:
    """Times of the clip instead of the window, out of the silence; credits marked."""
    moved = [_retime(s, partial(_later, by=window.start)) for s in found if s.text]
    return [mark_credits(fit_to_speech(segment, window.speech)) for segment in moved]


def _in_order(segments: list[Segment]) -> list[Segment]:
    """Segments in the order of the clip, none starting before the one before it ends."""
    result: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (s.start, s.end)):
        earliest = result[-1].end if result else 0.0
        result.append(_retime(segment, partial(_not_before, earliest=earliest)))
    return result


def _later(seconds: float, *, by: float) -> float:
    return seconds + by


def _not_before(seconds: float, *, earliest: float) -> float:
    return round(max(seconds, earliest), 3)


def _retime(segment: Segment, change: Callable[[float], float]) -> Segment:
    words = tuple(replace(w, start=change(w.start), end=change(w.end)) for w in segment.words)
    return replace(segment, start=change(segment.start), end=change(segment.end), words=words)
