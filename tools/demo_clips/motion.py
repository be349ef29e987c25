"""Turn the sound of a clip into movement: mouth, blinks, brows and a head that is never still.

Everything is a number a frame; what the numbers look like is left to the drawing.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np

from demo_clips.speech import RATE, Samples, Track

LOUD_QUANTILE = 90  # the level that opens the mouth fully; peaks beyond it look like shouting
ROUND_BAND = (250.0, 800.0)  # Hz, strong in oo and oe
WIDE_BAND = (1_600.0, 3_200.0)  # Hz, strong in ie and e
BLINK = (0.55, 1.0, 0.4)  # how far the lids come down in three frames


@dataclass(frozen=True)
class Pose:
    """One frame. Openings and lids 0..1, width -1 (round)..1 (wide), shifts in pixels."""

    mouth_open: float
    mouth_width: float
    lids: float
    brows: float
    gaze: tuple[float, float]
    head: tuple[float, float]
    tilt: float  # degrees
    breath: float


def make_poses(track: Track, *, fps: int, rng: random.Random) -> list[Pose]:
    """Return one pose a frame for the whole track."""
    step = RATE // fps
    count = len(track.samples) // step
    opens, widths = _mouth(track.samples, step, count)
    lids = _blinks(count, fps, rng)
    gaze = _glances(track, count, fps, rng)
    sway = [rng.uniform(0, math.tau) for _ in range(4)]
    energy = _smooth(opens, 0.22)
    poses: list[Pose] = []
    for index in range(count):
        time = index / fps
        nod = 2.6 * energy[index]
        poses.append(
            Pose(
                mouth_open=opens[index],
                mouth_width=widths[index],
                lids=lids[index],
                brows=0.5 * energy[index] + _question(track, time),
                gaze=gaze[index],
                head=(
                    2.6 * math.sin(0.9 * time + sway[0]) + 1.1 * math.sin(2.1 * time + sway[1]),
                    nod + 1.0 * math.sin(1.3 * time + sway[2]),
                ),
                tilt=1.5 * math.sin(0.75 * time + sway[3]) + 0.9 * energy[index],
                breath=math.sin(1.5 * time + sway[0]),
            )
        )
    return poses


def _mouth(samples: Samples, step: int, count: int) -> tuple[list[float], list[float]]:
    frames = samples[: step * count].reshape(count, step)
    level = np.sqrt((frames**2).mean(axis=1))
    full = float(np.percentile(level[level > 0.01], LOUD_QUANTILE))
    opens = np.clip(level / full, 0, 1) ** 0.75
    power = np.abs(np.fft.rfft(frames * np.hanning(step), axis=1)) ** 2
    hertz = np.fft.rfftfreq(step, 1 / RATE)
    round_part = power[:, (hertz > ROUND_BAND[0]) & (hertz < ROUND_BAND[1])].sum(axis=1)
    wide_part = power[:, (hertz > WIDE_BAND[0]) & (hertz < WIDE_BAND[1])].sum(axis=1)
    ratio = np.log10((wide_part + 1e-6) / (round_part + 1e-6))
    voiced = level > 0.02
    middle = float(np.median(ratio[voiced]))
    widths = np.where(voiced, np.clip((ratio - middle) / 0.9, -1, 1), 0.0)
    # Lips have weight: a mouth that jumps from shut to open in a frame flickers.
    return _smooth(opens.tolist(), 0.7), _smooth(widths.tolist(), 0.5)


def _smooth(values: list[float], share: float) -> list[float]:
    result: list[float] = []
    last = 0.0
    for value in values:
        last += share * (value - last)
        result.append(last)
    return result


def _blinks(count: int, fps: int, rng: random.Random) -> list[float]:
    lids = [0.0] * count
    at = round(rng.uniform(0.9, 1.8) * fps)
    while at + len(BLINK) < count:
        for offset, closed in enumerate(BLINK):
            lids[at + offset] = closed
        at += round(rng.uniform(2.0, 4.2) * fps)
    return lids


def _glances(track: Track, count: int, fps: int, rng: random.Random) -> list[tuple[float, float]]:
    """Look away for a moment between some sentences, the way people who think do."""
    targets = [(0.0, 0.0)] * count
    for sentence in track.sentences[:-1]:
        away = (rng.choice((-2.4, 2.4)), rng.uniform(-1.2, 0.6))
        first = round(sentence.end_ms / 1000 * fps)
        for index in range(first, min(count, first + round(0.5 * fps))):
            targets[index] = away
    across = _smooth([target[0] for target in targets], 0.55)
    down = _smooth([target[1] for target in targets], 0.55)
    return list(zip(across, down, strict=True))


def _question(track: Track, time: float) -> float:
    """Raise the brows in the last part of a question, and let them sink after it."""
    for sentence in track.sentences:
        if not sentence.text.endswith("?"):
            continue
        start, end = sentence.start_ms / 1000, sentence.end_ms / 1000
        middle = start + 0.55 * (end - start)
        if middle <= time <= end + 0.4:
            return min(1.0, (time - middle) / 0.25, (end + 0.4 - time) / 0.2)
    return 0.0
