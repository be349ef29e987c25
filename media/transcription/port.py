"""What a transcription is, whichever engine made it.

The output is segments and words with times and the engine's own probability, and nothing else
(I76): no tone, no mood, no judgement of whoever speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
Samples = NDArray[np.float32]
Option = str | int | float | bool
OnProgress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as heard, punctuation included. Times in seconds of the original clip.

    `probability` (0-1) is the engine's confidence in its own guess: a help to whoever corrects
    the text, never a judgement of the speaker (I76).
    """

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Segment:
    """About a sentence. `filtered`: a known invented credit, left out but kept to be seen."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class TranscriptResult:
    """What was heard. Without speech `speech` is False and there are no segments."""

    language: str
    speech: bool
    segments: tuple[Segment, ...]
    engine: str
    model: str
    engine_version: str
    options: Mapping[str, Option] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def text(self) -> str:
        """All that was said, without what was filtered."""
        return " ".join(s.text for s in self.segments if not s.filtered)


class Transcriber(Protocol):
    """An engine with a model loaded. Not safe for two threads at once."""

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None,
        glossary: Sequence[str] = (),
        on_progress: OnProgress | None = None,
    ) -> TranscriptResult:
        """Turn 16 kHz mono samples (-1..1) into segments.

        `language` is a code such as "nl"; None lets the model guess. `glossary` holds names and
        terms to listen for. `on_progress` gets the share that is done, 0-1, never falling.
        """
        ...


class TranscriptionError(Exception):
    """Base of the errors below: a code and parameters; the sentence is made where it is shown."""

    code = "transcription_failed"

    def __init__(self, **params: str) -> None:
        super().__init__(self.code, params)
        self.params = params


class ModelMissing(TranscriptionError):  # noqa: N818  # a state that has a page, named as such
    """No such model on this host, or an incomplete one; loading never downloads."""

    code = "model_missing"

    def __init__(self, name: str, where: Path) -> None:
        super().__init__(name=name, where=str(where))


class EngineMissing(TranscriptionError):  # noqa: N818  # the same
    """The engine's package is not installed on this host."""

    code = "engine_missing"

    def __init__(self, engine: str) -> None:
        super().__init__(engine=engine)


class ModelUnknown(TranscriptionError):  # noqa: N818  # the same
    """A name that this engine has no download for."""

    code = "model_unknown"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name=name, known=", ".join(known))


class DownloadFailed(TranscriptionError):  # noqa: N818  # the same
    """The model could not be fetched; nothing that looks like a model was left behind."""

    code = "download_failed"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name=name, reason=reason)


class AudioUnreadable(TranscriptionError):  # noqa: N818  # the same
    """Not the 16 kHz mono 16-bit wav that our own conversion writes."""

    code = "audio_unreadable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path=str(path), reason=reason)
