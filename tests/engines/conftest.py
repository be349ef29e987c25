"""Real engines on the demo model, and a studio that speaks clips for them.

Speech is made by espeak-ng when a test runs, by voices the model never met, and goes through
the Opus that browsers record. An engine that is not installed is skipped, by name.
"""

from __future__ import annotations

import ast
import random
import re
import subprocess
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from media.transcription.checkpoint import DEMO_MODEL
from media.transcription.factory import PACKAGES, load_transcriber
from media.transcription.port import SAMPLE_RATE, Samples, Transcriber

ROOT = Path(__file__).resolve().parents[2]
INSTALLED_AS = {"faster": "faster-whisper", "openai": "openai-whisper"}


@dataclass(frozen=True)
class Clip:
    """A recording and what is said in it, with the second each sentence starts."""

    audio: Samples
    sentences: tuple[str, ...]
    starts: tuple[float, ...]
    ends: tuple[float, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


class Studio:
    """Makes clips out of sentences."""

    def __init__(self) -> None:
        clips = tomllib.loads((ROOT / "lms/demo/clips.toml").read_text())["clip"]
        others = tomllib.loads((ROOT / "tools/test_model_sentences.toml").read_text())
        self.demo_clips = clips
        spoken = [text for clip in clips for text in clip["sentences"]]
        self.dutch = tuple(dict.fromkeys(spoken + others["nl"]))
        self.english = tuple(others["en"])
        self.unseen_voices = _unseen_voices()

    def say(self, text: str, voice: str, *, speed: int = 155) -> Samples:
        """One sentence without the silence espeak-ng puts around it."""
        speech = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text]
        spoken = subprocess.run(speech, capture_output=True, check=True, timeout=60).stdout
        audio = _ffmpeg(spoken, "-ar", str(SAMPLE_RATE), "-ac", "1", "-f", "f32le", "-")
        samples = np.frombuffer(audio, "<f4")
        heard = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
        return samples[heard[0] : heard[-1] + 1].copy()

    def clip(
        self,
        sentences: tuple[str, ...],
        voice: str,
        *,
        lead: float = 0.4,
        seed: int = 0,
        kilobits: int = 32,
    ) -> Clip:
        """Sentences with a speaker's pauses, recorded as a browser does it."""
        rng = random.Random(seed)  # noqa: S311  # pauses, not secrets
        parts, starts, ends = [_silence(lead)], [], []
        for text in sentences:
            said = self.say(text, voice, speed=rng.randint(140, 175))
            starts.append(sum(map(len, parts)) / SAMPLE_RATE)
            parts.append(said)
            ends.append(sum(map(len, parts)) / SAMPLE_RATE)
            parts.append(_silence(rng.uniform(0.35, 0.9)))
        audio = through_opus(np.concatenate(parts), kilobits)
        return Clip(audio, sentences, tuple(starts), tuple(ends))


def through_opus(audio: Samples, kilobits: int) -> Samples:
    """A round trip through 48 kHz Opus in WebM."""
    raw = ("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "1")
    opus = ("-ar", "48000", "-c:a", "libopus", "-b:a", f"{kilobits}k", "-f", "webm", "-")
    recorded = _ffmpeg(audio.astype("<f4").tobytes(), *opus, before=raw)
    return np.frombuffer(_ffmpeg(recorded, *raw, "-"), "<f4").copy()


def decoded(path: Path) -> Samples:
    """The sound of a file as the product hands it to an engine."""
    return np.frombuffer(
        _ffmpeg(path.read_bytes(), "-ar", str(SAMPLE_RATE), "-ac", "1", "-f", "f32le", "-"), "<f4"
    ).copy()


def _ffmpeg(data: bytes, *after: str, before: tuple[str, ...] = ()) -> bytes:
    command = ["ffmpeg", "-v", "error", *before, "-i", "pipe:0", *after]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=120).stdout


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def _unseen_voices() -> tuple[str, ...]:
    """The voices the training script holds out, read from its source: it needs torch to run."""
    source = (ROOT / "tools/test_model/corpus.py").read_text()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HELD_OUT":
            return tuple(ast.literal_eval(node.value))
    raise LookupError("corpus.py names no held-out voices")


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """(words wrong, missing or too many; words said), by edit distance."""
    a, b = words_of(said), words_of(heard)
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
            diagonal, row[j] = row[j], cost
    return row[-1], len(a)


@pytest.fixture(scope="session")
def studio() -> Studio:
    return Studio()


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def need(engine: str) -> None:
    """Skip, by name, when the engine is not installed."""
    if find_spec(PACKAGES[engine]) is None:  # type: ignore[index]  # the two names
        pytest.skip(f"not run: {INSTALLED_AS[engine]} is not installed")


@pytest.fixture(scope="session", params=["faster", "openai"])
def transcriber(request: pytest.FixtureRequest, models_dir: Path) -> Transcriber:
    """The demo model in each engine that is installed."""
    need(request.param)
    return load_transcriber(request.param, DEMO_MODEL, models_dir=models_dir, threads=1)


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab()


class Lab:
    """What tests need besides clips; handed out by a fixture, for folders here are no packages."""

    need = staticmethod(need)
    decoded = staticmethod(decoded)
    through_opus = staticmethod(through_opus)
    words_of = staticmethod(words_of)
    word_errors = staticmethod(word_errors)
    root = ROOT
