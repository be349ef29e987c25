"""The speech the test model learns from: every known sentence, spoken by espeak-ng.

Each recording goes through one of the paths a real recording takes (a browser's Opus, our
own AAC with loudness normalisation, or neither), because a codec changes what a model hears.
Mixing with noise, pauses and neighbours happens later, in `windows.py`.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
import tomllib
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

SAMPLE_RATE = 16_000
CODEC_RATE = 48_000
HELD_OUT = ("nl+m6", "nl+m8", "nl+f5", "nl+edward", "nl+linda", "nl+pablo")
VARIANTS = (
    *("f1", "f2", "f3", "f4", "m1", "m2", "m3", "m4", "m5", "m7"),
    *("adam", "Alex", "Andrea", "anika", "benjamin", "boris", "david", "Denis", "Gene", "Lee"),
    *("Marco", "max", "Michael", "miguel", "paul", "robert", "steph2", "victor"),
)
ENGLISH = ("en-us", "en-gb")
SILENCE_BETWEEN_SECONDS = 0.4
TAKES_PER_PATH = 12

LOUDNORM = "loudnorm=I=-16:TP=-1.5:LRA=11"
# Steps of (suffix, encoder arguments); an empty path is "resampled only".
PATHS: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...] = (
    (),
    ((".webm", ("-c:a", "libopus", "-b:a", "24k")),),
    ((".webm", ("-c:a", "libopus", "-b:a", "32k")),),
    ((".webm", ("-c:a", "libopus", "-b:a", "48k")),),
    ((".webm", ("-c:a", "libopus", "-b:a", "64k")),),
    ((".m4a", ("-c:a", "aac", "-b:a", "96k")),),
    ((".m4a", ("-af", LOUDNORM, "-ar", "48000", "-c:a", "aac", "-b:a", "96k")),),
    (
        (".webm", ("-c:a", "libopus", "-b:a", "32k")),
        (".m4a", ("-af", LOUDNORM, "-ar", "48000", "-c:a", "aac", "-b:a", "96k")),
    ),
)

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Sentence:
    text: str
    language: str


@dataclass(frozen=True)
class Take:
    """One sentence by one voice, 16 kHz mono."""

    sentence: Sentence
    voice: str
    audio: Samples


def read_sentences(clips: Path, others: Path) -> list[Sentence]:
    """Every sentence of the demo clips, then the others; each once, in a fixed order."""
    dutch = [
        text for clip in tomllib.loads(clips.read_text())["clip"] for text in clip["sentences"]
    ]
    more = tomllib.loads(others.read_text())
    dutch += more["nl"]
    return [Sentence(text, "nl") for text in dict.fromkeys(dutch)] + [
        Sentence(text, "en") for text in dict.fromkeys(more["en"])
    ]


def train_voices(clips: Path) -> dict[str, tuple[str, ...]]:
    """Voices by language; the demo clips' own voices are always among them."""
    demo = {clip["voice"] for clip in tomllib.loads(clips.read_text())["clip"]}
    dutch = dict.fromkeys(("nl", *sorted(demo), *(f"nl+{variant}" for variant in VARIANTS)))
    english = tuple(f"{ENGLISH[i % 2]}+{variant}" for i, variant in enumerate(VARIANTS))
    return {"nl": tuple(voice for voice in dutch if voice not in HELD_OUT), "en": english}


def speak(text: str, voice: str, *, speed: int = 160, pitch: int = 50) -> Samples:
    """What espeak-ng says, at 16 kHz. `speed` in words a minute, `pitch` 0-99."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    with wave.open(io.BytesIO(done.stdout)) as file:
        rate = file.getframerate()
        raw = done.stdout[44:]  # espeak-ng streams: the header's length field is not true
    audio = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32) / 32768
    common = np.gcd(rate, SAMPLE_RATE)
    return resample_poly(audio, SAMPLE_RATE // common, rate // common).astype(np.float32)


def record_takes(
    sentences: list[Sentence], voices: dict[str, tuple[str, ...]], *, takes: int, seed: int
) -> list[Take]:
    """`takes` recordings of every sentence by every voice; two voices at a time."""
    jobs = [(language, voice) for language, names in voices.items() for voice in names]

    def one_voice(number: int) -> list[Take]:
        language, voice = jobs[number]
        mine = [s for s in sentences if s.language == language for _ in range(takes)]
        return _record_voice(mine, voice, np.random.default_rng((seed, number)))

    with ThreadPoolExecutor(2) as pool:
        return [take for group in pool.map(one_voice, range(len(jobs))) for take in group]


def _record_voice(sentences: list[Sentence], voice: str, rng: np.random.Generator) -> list[Take]:
    order = rng.permutation(len(sentences))
    result: list[Take] = []
    for start in range(0, len(order), TAKES_PER_PATH):
        group = [sentences[i] for i in order[start : start + TAKES_PER_PATH]]
        clean = [
            speak(s.text, voice, speed=int(rng.integers(125, 196)), pitch=int(rng.integers(25, 76)))
            for s in group
        ]
        heard = through(clean, PATHS[int(rng.integers(len(PATHS)))])
        result += [Take(s, voice, audio) for s, audio in zip(group, heard, strict=True)]
    return result


def through(clips: list[Samples], steps: tuple[tuple[str, tuple[str, ...]], ...]) -> list[Samples]:
    """The clips after the codecs of `steps`; joined with silence, so that one call does many."""
    if not steps:
        return clips
    gap = np.zeros(int(SILENCE_BETWEEN_SECONDS * SAMPLE_RATE), np.float32)
    joined = np.concatenate([part for clip in clips for part in (gap, clip)] + [gap])
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "0.wav")
        _write_wav(source, joined)
        for number, (suffix, arguments) in enumerate(steps, 1):
            target = Path(folder, f"{number}{suffix}")
            _ffmpeg(source, "-ar", str(CODEC_RATE), *arguments, target)
            source = target
        heard = np.frombuffer(
            _ffmpeg(source, "-ar", str(SAMPLE_RATE), "-ac", "1", "-f", "s16le", "-"), "<i2"
        ).astype(np.float32)
    heard = np.pad(heard / 32768, (0, max(0, len(joined) - len(heard))))
    result, at = [], 0
    for clip in clips:
        at += len(gap)
        result.append(heard[at : at + len(clip)])
        at += len(clip)
    return result


def _ffmpeg(source: Path, *arguments: str | Path) -> bytes:
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True, timeout=300).stdout


def _write_wav(path: Path, audio: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes())
