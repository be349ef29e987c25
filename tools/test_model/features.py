"""From a recording to what the network learns on: mel power, and which word is spoken when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from whisper.audio import HOP_LENGTH, N_FFT, mel_filters

from .corpus import Take

Floats = NDArray[np.float32]
FRAME_SECONDS = 0.01
QUIET = 1e-10
# A recording's own silence before and after the words, cut off: pauses are made elsewhere.
SPEECH_BELOW_PEAK = 1e-4


@dataclass(frozen=True)
class Spoken:
    """One take as log10 mel power (80, frames at 10 ms), and where its tokens are spoken.

    `tokens` are the network's own token numbers; `middles` the time of each in seconds.
    """

    sentence: int
    voice: int
    language: str
    power: NDArray[np.float16]
    tokens: tuple[int, ...]
    starts: Floats
    ends: Floats

    @property
    def seconds(self) -> float:
        return self.power.shape[1] * FRAME_SECONDS


def mel_power(audio: Floats) -> Floats:
    """Mel power (80, frames), as Whisper computes it but before its logarithm."""
    wave = torch.from_numpy(audio)
    stft = torch.stft(wave, N_FFT, HOP_LENGTH, window=torch.hann_window(N_FFT), return_complex=True)
    return np.asarray(mel_filters("cpu", 80) @ (stft[..., :-1].abs() ** 2), np.float32)


def trim(power: Floats) -> Floats:
    """Without the silence at both ends."""
    loudness = power.sum(axis=0)
    heard = np.flatnonzero(loudness > loudness.max() * SPEECH_BELOW_PEAK)
    return power[:, heard[0] : heard[-1] + 1]


def spoken(
    take: Take, *, sentence: int, voice: int, tokens: list[int], letters: list[int]
) -> Spoken:
    """Tokens get time in proportion to their letters: crude, and enough to guide attention."""
    power = trim(mel_power(take.audio))
    edges = np.concatenate([[0.0], np.cumsum(letters)]) / max(1, sum(letters))
    edges = (edges * power.shape[1] * FRAME_SECONDS).astype(np.float32)
    return Spoken(
        sentence=sentence,
        voice=voice,
        language=take.sentence.language,
        power=np.log10(np.maximum(power, QUIET)).astype(np.float16),
        tokens=tuple(tokens),
        starts=edges[:-1],
        ends=edges[1:],
    )
