"""The demo model: one committed file, written out in the form either engine loads.

A real Whisper network of 8 million numbers that knows the demo's own sentences and nothing
else (tools/make_test_model.py). It lets the demo and the tests run the real engines without
a download. It is labelled "demomodel" wherever it is used and never offered as a model.
"""

from __future__ import annotations

import hashlib
import math
import os
import shutil
import tempfile
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from media.transcription.ctranslate import Arrays, Dimensions, write_directory
from media.transcription.port import EngineMissing
from media.transcription.vocabulary import read_packed

DEMO_MODEL = "demomodel"
WEIGHTS = "demo_model.npz.xz"
TOKEN_TABLE = "decoder.token_embedding.weight"  # noqa: S105  # not a secret: a weight's name


def ensure_demo_model(models_dir: Path, engine: str) -> Path:
    """The demo model as `engine` loads it; written on first use. Raises EngineMissing.

    Whole or not at all: it is written beside its place and renamed, so two workers that start
    together both end with a good model. A newer committed file gets a new place.
    """
    suffix = {"faster": "", "openai": ".pt"}[engine]
    place = models_dir / engine / f"{DEMO_MODEL}-{_fingerprint()}{suffix}"
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f".{DEMO_MODEL}-", dir=place.parent))
    try:
        made = half / "made"
        try:
            _write_faster(made) if engine == "faster" else _write_openai(made)
        except ModuleNotFoundError as error:
            raise EngineMissing(engine) from error
        _put(made, place)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return place


def _put(made: Path, place: Path) -> None:
    """Into its place; when another worker was first, its equal result stays."""
    try:
        made.replace(place)
    except OSError:
        if not place.exists():
            raise


@cache
def _fingerprint() -> str:
    data = files("media.transcription").joinpath("data", WEIGHTS).read_bytes()
    return hashlib.sha256(data).hexdigest()[:8]


def read_weights() -> tuple[Arrays, Dimensions]:
    """All weights as float32 under openai-whisper's names, the token table at full size."""
    packed = read_packed(WEIGHTS)
    sizes = Dimensions(*(int(size) for size in packed.pop("dims")))
    table = np.zeros((sizes.n_vocab, sizes.n_text_state), np.float32)
    table[packed.pop("token_numbers")] = packed.pop("token_rows")
    weights = {name: array.astype(np.float32) for name, array in packed.items()}
    weights[TOKEN_TABLE] = table
    weights["encoder.positional_embedding"] = _sinusoids(sizes.n_audio_ctx, sizes.n_audio_state)
    return weights, sizes


def _sinusoids(length: int, channels: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Whisper's fixed encoder positions: sines, then cosines, wavelengths 2 pi to 20,000 pi."""
    steps = np.arange(channels // 2) * (math.log(10_000) / (channels // 2 - 1))
    angles = np.arange(length)[:, None] * np.exp(-steps)[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def _write_faster(made: Path) -> None:
    made.mkdir()
    write_directory(*read_weights(), made)


def _write_openai(made: Path) -> None:
    import torch  # noqa: PLC0415  # lazy: only workers with this engine have it

    weights, sizes = read_weights()
    state = {name: torch.from_numpy(array).half() for name, array in weights.items()}
    with made.open("wb") as file:
        torch.save({"dims": asdict(sizes), "model_state_dict": state}, file)
        file.flush()
        os.fsync(file.fileno())
