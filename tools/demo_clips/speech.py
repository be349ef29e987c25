"""Speak the sentences of a clip with espeak-ng and know exactly where each one stands.

The captions need no alignment: every sentence is synthesised on its own, trimmed to what is
heard, and laid on a track with silences of known length. Drawing is left to the others.
"""

from __future__ import annotations

import io
import random
import subprocess
import wave
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 22_050  # what espeak-ng gives; ffmpeg makes it 48 kHz
LEAD_SECONDS = 0.4
TAIL_SECONDS = 0.5
GAP_SECONDS = (0.45, 0.7)
PEAK = 0.7  # -3 dBFS: no voice is louder than another and AAC cannot clip
HEARD = 0.01  # of full scale; below this espeak-ng only pads


@dataclass(frozen=True)
class Sentence:
    """One spoken sentence and its place in the track, in milliseconds."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Track:
    """The whole sound of a clip: mono float samples at RATE and its sentences in order."""

    samples: Samples
    sentences: tuple[Sentence, ...]

    @property
    def duration_ms(self) -> int:
        return round(len(self.samples) * 1000 / RATE)


def speak_track(
    texts: list[str], *, voice: str, pitch: int, speed: int, rng: random.Random, fps: int
) -> Track:
    """Speak `texts` one after the other; the track lasts a whole number of frames at `fps`."""
    parts: list[Samples] = [_silence(LEAD_SECONDS)]
    sentences: list[Sentence] = []
    position = len(parts[0])
    for number, text in enumerate(texts):
        if number:
            gap = _silence(rng.uniform(*GAP_SECONDS))
            parts.append(gap)
            position += len(gap)
        spoken = _speak(text, voice=voice, pitch=pitch, speed=speed)
        parts.append(spoken)
        end = position + len(spoken)
        sentences.append(Sentence(text, _milliseconds(position), _milliseconds(end)))
        position = end
    frame = RATE // fps
    tail = round(TAIL_SECONDS * RATE)
    tail += -(position + tail) % frame
    parts.append(np.zeros(tail, dtype=np.float32))
    samples = np.concatenate(parts)
    return Track(samples * (PEAK / float(np.abs(samples).max())), tuple(sentences))


def to_wav(track: Track) -> bytes:
    """Return the track as a 16-bit mono WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((track.samples * 32_767).astype("<i2").tobytes())
    return buffer.getvalue()


def _speak(text: str, *, voice: str, pitch: int, speed: int) -> Samples:
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]
    sound = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(sound)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError(f"espeak-ng gave another sound format than {RATE} Hz mono 16 bit")
        # A stream on stdout carries no length, so read what is there rather than what it claims.
        raw = file.readframes(len(sound))
    samples: Samples = np.frombuffer(raw, dtype="<i2").astype(np.float32)
    samples /= 32_768
    heard = np.flatnonzero(np.abs(samples) > HEARD)
    if heard.size == 0:
        raise ValueError(f"espeak-ng said nothing for {text!r}")
    return samples[heard[0] : heard[-1] + 1]


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def _milliseconds(position: int) -> int:
    return round(position * 1000 / RATE)
