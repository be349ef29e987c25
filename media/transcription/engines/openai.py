"""openai-whisper (PyTorch): the reference, and the other half of the contract tests."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from media.transcription.pipeline import SHARED_OPTIONS, make_segment, make_word
from media.transcription.port import EngineMissing, Option, Samples, Segment


class OpenaiListener:
    """A `.pt` checkpoint, loaded on the CPU. Raises EngineMissing."""

    engine = "openai"

    def __init__(self, path: Path, *, model: str, threads: int) -> None:
        whisper = _whisper()
        import torch  # noqa: PLC0415  # lazy: comes with the engine

        torch.set_num_threads(threads)
        self._model: Any = whisper.load_model(str(path), device="cpu")
        # A name would set these but also check and re-download the file; a path does neither.
        heads = whisper._ALIGNMENT_HEADS.get(path.stem)  # noqa: SLF001  # published nowhere else
        if heads is not None:
            self._model.set_alignment_heads(heads)
        self.model = model
        self.engine_version = version("openai-whisper")
        self.options: dict[str, Option] = {
            **SHARED_OPTIONS,
            "fp16": False,
            "logprob_threshold": -1.0,
        }

    def listen(
        self, audio: Samples, *, language: str | None, hotwords: str
    ) -> tuple[str, list[Segment]]:
        """One window; the glossary goes in as a prompt that every part of it gets."""
        found = self._model.transcribe(
            audio,
            language=language,
            **SHARED_OPTIONS,
            logprob_threshold=-1.0,
            initial_prompt=hotwords or None,
            carry_initial_prompt=bool(hotwords),
            fp16=False,
        )
        return str(found["language"]), [_segment(segment) for segment in found["segments"]]


def model_addresses() -> dict[str, str]:
    """Where the published checkpoints are, by name. Raises EngineMissing."""
    return dict(_whisper()._MODELS)  # noqa: SLF001  # the library publishes only the names


def _whisper() -> Any:  # noqa: ANN401  # the engine ships no types
    try:
        import whisper  # noqa: PLC0415  # lazy: only workers have it
    except ModuleNotFoundError as error:
        raise EngineMissing("openai") from error
    return whisper


def _segment(found: dict[str, Any]) -> Segment:
    words = [
        make_word(w["word"], w["start"], w["end"], w["probability"]) for w in found.get("words", ())
    ]
    return make_segment(found["start"], found["end"], words, found["text"])
