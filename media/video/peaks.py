"""The waveform under the player: peaks of the speech file as a short list of figures.

It is decoration (the transcript is the real table of contents), so it shows where there is speech
and not how loud it was: the loudest peak of a clip is 1. Silence stays flat.
"""

from __future__ import annotations

import json
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np

PEAKS = 400
FULL_SCALE = 32768
# -40 dB. Below this the loudest sound is noise, and is not blown up to look like speech.
QUIET = 0.01


def write_peaks(wav: Path, target: Path, count: int = PEAKS) -> None:
    """Write a JSON list of `count` peaks from 0 to 1, three decimals, of a 16-bit mono wav."""
    peaks = read_peaks(wav, count)
    loudest = max(*peaks, QUIET)
    scaled = [round(peak / loudest, 3) for peak in peaks]
    target.write_text(json.dumps(scaled, separators=(",", ":")), encoding="ascii")


def read_peak(wav: Path) -> float:
    """Return the highest absolute sample (0..1) of a 16-bit mono wav."""
    return max(read_peaks(wav, PEAKS))


def read_peaks(wav: Path, count: int = PEAKS) -> list[float]:
    """Return the highest absolute sample (0..1) of `count` equal parts; parts may share samples."""
    with wave.open(str(wav), "rb") as sound:
        total = sound.getnframes()
        edges = [total * part // count for part in range(count + 1)]
        peaks = []
        for start, end in pairwise(edges):
            sound.setpos(min(start, max(total - 1, 0)))
            samples = np.frombuffer(sound.readframes(max(1, end - start)), dtype="<i2")
            loudest = int(np.abs(samples.astype(np.int32)).max()) if samples.size else 0
            peaks.append(loudest / FULL_SCALE)
    return peaks
