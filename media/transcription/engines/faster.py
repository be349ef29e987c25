"""faster-whisper (CTranslate2, int8): the default. Five times less CPU than the reference."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from media.transcription.pipeline import SHARED_OPTIONS, make_segment, make_word
from media.transcription.port import EngineMissing, Option, Samples, Segment


class FasterListener:
    """A CTranslate2 model directory, loaded. Raises EngineMissing."""

    engine = "faster"

    def __init__(self, path: Path, *, model: str, threads: int) -> None:
        try:
            from faster_whisper import WhisperModel  # noqa: PLC0415  # lazy: only workers have it
        except ModuleNotFoundError as error:
            raise EngineMissing(self.engine) from error
        # A path and `local_files_only`: this never reaches for the network.
        self._model: Any = WhisperModel(
            str(path), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        self.model = model
        self.engine_version = version("faster-whisper")
        self.options: dict[str, Option] = {
            **SHARED_OPTIONS,
            "compute_type": "int8",
            "log_prob_threshold": -1.0,
        }

    def listen(
        self, audio: Samples, *, language: str | None, hotwords: str
    ) -> tuple[str, list[Segment]]:
        """One window. The engine's generator runs here, so its errors surface here too."""
        found, info = self._model.transcribe(
            audio,
            language=language,
            **SHARED_OPTIONS,
            log_prob_threshold=-1.0,
            hotwords=hotwords or None,
        )
        return str(info.language), [_segment(segment) for segment in found]


def _segment(found: Any) -> Segment:  # noqa: ANN401  # the engine ships no types
    words = [make_word(w.word, w.start, w.end, w.probability) for w in found.words or ()]
    return make_segment(found.start, found.end, words, found.text)
