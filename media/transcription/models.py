"""Where models are, and the one function that downloads.

`<models>/<engine>/<name>` (a directory) for faster-whisper, `<models>/<engine>/<name>.pt` for
openai-whisper; or any local path. Loading never downloads: only `fetch_model` does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from media.transcription.checkpoint import DEMO_MODEL
from media.transcription.port import DownloadFailed, ModelMissing, ModelUnknown

Engine = Literal["faster", "openai"]
OnDownload = Callable[[int, int], None]

# Without one of these faster-whisper fails, or worse, starts to download.
NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")

# Published CTranslate2 conversions, by the name an operator gives.
REPOSITORIES = {
    "tiny": "Systran/faster-whisper-tiny",
    "base": "Systran/faster-whisper-base",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}


def model_path(engine: Engine, model: str | Path, models_dir: Path) -> Path:
    """Where the model is or would be: a path as it stands, a name inside `models_dir`."""
    text = str(model)
    if isinstance(model, Path) or "/" in text or "\\" in text:
        return Path(model)
    return models_dir / engine / (text if engine == "faster" else f"{text}.pt")


def is_complete(engine: Engine, path: Path) -> bool:
    """Whether what stands at `path` can be loaded without a download."""
    if engine == "faster":
        return all((path / name).is_file() for name in NEEDED_FILES)
    return path.is_file()


def require_model(engine: Engine, model: str | Path, models_dir: Path) -> Path:
    """The path of a complete model. Raises ModelMissing."""
    path = model_path(engine, model, models_dir)
    if not is_complete(engine, path):
        raise ModelMissing(str(model), path)
    return path


def known_models(engine: Engine) -> tuple[str, ...]:
    """Names that `fetch_model` can get; the demo model is not one of them."""
    if engine == "faster":
        return tuple(REPOSITORIES)
    from media.transcription.engines.openai import model_addresses  # noqa: PLC0415  # lazy: heavy

    return tuple(model_addresses())


def fetch_model(
    name: str, engine: Engine, models_dir: Path, on_progress: OnDownload | None = None
) -> Path:
    """Download a model by name, unless it is there; returns where it is.

    `on_progress` gets (bytes there, bytes in all; 0 when unknown). What is half downloaded
    stays in a hidden place that is never taken for a model, and is gone on with next time.
    Raises ModelUnknown, EngineMissing, DownloadFailed.
    """
    if name == DEMO_MODEL or name not in known_models(engine):
        raise ModelUnknown(name, known_models(engine))
    place = model_path(engine, name, models_dir)
    if is_complete(engine, place):
        return place
    from media.transcription import download  # noqa: PLC0415  # the network only when asked for

    half = place.parent / f".{place.name}.partial"
    half.parent.mkdir(parents=True, exist_ok=True)
    report = on_progress or (lambda _there, _all: None)
    if engine == "faster":
        download.fetch_repository(REPOSITORIES[name], half, name=name, on_progress=report)
    else:
        from media.transcription.engines.openai import model_addresses  # noqa: PLC0415  # lazy

        download.fetch_file(model_addresses()[name], half, name=name, on_progress=report)
    if not is_complete(engine, half):
        raise DownloadFailed(name, "files are missing from the download")
    half.replace(place)
    return place
