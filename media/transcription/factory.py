"""From two settings to a `Transcriber`, and cheap answers to "could this host transcribe?"."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from media.transcription.checkpoint import DEMO_MODEL, ensure_demo_model
from media.transcription.models import Engine, is_complete, model_path, require_model
from media.transcription.pipeline import Listener, WindowedTranscriber
from media.transcription.port import EngineMissing, Transcriber

PACKAGES: dict[Engine, str] = {"faster": "faster_whisper", "openai": "whisper"}


def load_transcriber(
    engine: Engine, model: str | Path, *, models_dir: Path, threads: int
) -> Transcriber:
    """Load a model from this host's disk; never downloads. Takes seconds: keep the result.

    `threads`: as many cores as the worker may use. Raises EngineMissing, ModelMissing.
    """
    if not engine_installed(engine):
        raise EngineMissing(engine)
    if model == DEMO_MODEL:
        path = ensure_demo_model(models_dir, engine)
    else:
        path = require_model(engine, model, models_dir)
    return WindowedTranscriber(_listener(engine, path, model=str(model), threads=threads))


def engine_installed(engine: Engine) -> bool:
    """Whether the engine's package is there; does not import it."""
    return find_spec(PACKAGES[engine]) is not None


def model_available(engine: Engine, model: str | Path, models_dir: Path) -> bool:
    """Whether `load_transcriber` would find the model; looks at files only."""
    return model == DEMO_MODEL or is_complete(engine, model_path(engine, model, models_dir))


def _listener(engine: Engine, path: Path, *, model: str, threads: int) -> Listener:
    if engine == "faster":
        from media.transcription.engines.faster import FasterListener  # noqa: PLC0415  # lazy

        return FasterListener(path, model=model, threads=threads)
    from media.transcription.engines.openai import OpenaiListener  # noqa: PLC0415  # lazy

    return OpenaiListener(path, model=model, threads=threads)
