"""What the fake microphone hears: sentences by voices the demo model was never trained on.

Chromium plays the file from its beginning each time a page opens the microphone, so silence
comes first: long enough for a countdown on a busy machine.
"""

from __future__ import annotations

import ast
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[3]
RATE = 48_000
LEAD_SECONDS = 9.0
PAUSE_SECONDS = 1.0
TAIL_SECONDS = 1.2
LOUD = 0.5

Sound = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Speech:
    """A wav file for the fake microphone; `starts` are seconds of the file."""

    path: Path
    sentences: tuple[str, ...]
    starts: tuple[float, ...]
    seconds: float


def held_out_voices() -> tuple[str, ...]:
    """The voices the training script keeps apart, read from its source: it needs torch to run."""
    source = (ROOT / "tools/test_model/corpus.py").read_text()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HELD_OUT":
            return tuple(ast.literal_eval(node.value))
    raise LookupError("corpus.py names no held-out voices")


def demo_sentences() -> frozenset[str]:
    """Everything said in the demo's own clips: the only words its model knows."""
    clips = tomllib.loads((ROOT / "lms/demo/clips.toml").read_text())["clip"]
    return frozenset(sentence for clip in clips for sentence in clip["sentences"])


def speak(path: Path, voice: str, *sentences: str) -> Speech:
    """Write `sentences` to a wav for the fake microphone, with a speaker's pauses."""
    assert voice in held_out_voices(), f"the demo model was trained on {voice}"
    unknown = set(sentences) - demo_sentences()
    assert not unknown, f"not in lms/demo/clips.toml: {unknown}"
    parts, starts, length = [_silence(LEAD_SECONDS)], [], round(LEAD_SECONDS * RATE)
    for sentence in sentences:
        said = _say(sentence, voice)
        starts.append(length / RATE)
        parts += [said, _silence(PAUSE_SECONDS)]
        length += len(said) + round(PAUSE_SECONDS * RATE)
    _write(path, np.concatenate(parts))
    return Speech(path, sentences, tuple(starts), length / RATE)


def _say(sentence: str, voice: str) -> Sound:
    """One sentence without the silence espeak-ng puts around it."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", "155", "--stdout", sentence],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    raw = ["-ar", str(RATE), "-ac", "1", "-f", "f32le", "-"]
    sound = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "pipe:0", *raw],
        input=spoken,
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    samples = np.frombuffer(sound, np.float32)
    heard = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    said: Sound = samples[heard[0] : heard[-1] + 1]
    return said * np.float32(LOUD / np.abs(said).max())


def _silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def _write(path: Path, samples: Sound) -> None:
    """16-bit wav, put in place whole: a browser may open it at any moment."""
    half = path.with_suffix(".half")
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *raw, "-c:a", "pcm_s16le", "-f", "wav", str(half)],
        input=samples.tobytes(),
        check=True,
        timeout=60,
    )
    half.replace(path)
