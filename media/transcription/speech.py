"""Where somebody speaks, decided before any engine listens.

Whisper invents text in silence and reports the first word of a window at 0.00, so speech is
looked for first: engines only hear windows that hold speech, and times are moved to where it
starts. Silero (it comes with faster-whisper) decides; without it, loudness does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np

from media.transcription.port import SAMPLE_RATE, Samples, Segment, Word

MIN_SILENCE_MS = 500
QUIETEST_SPEECH_DBFS = -55.0  # below this even Silero's "speech" is a far-off murmur
LEAD_SECONDS, TAIL_SECONDS = 0.2, 0.3
LONGEST_WINDOW_SECONDS = 28.0  # Whisper hears 30 at a time; the rest is lead and tail
LONGEST_PAUSE_SECONDS = 2.0  # longer silences are not given to the engine at all

# The loudness detector: 20 ms frames, speech stands 10 dB above the floor and comes and goes.
FRAME = SAMPLE_RATE // 50
ABOVE_FLOOR_DB = 10.0
SHORTEST_SPEECH_FRAMES = 8
QUIET_FLOOR_DBFS = -70.0


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the clip in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Window:
    """What an engine hears at once: a region around one or more stretches of speech."""

    start: float
    end: float
    speech: tuple[Region, ...]

    def cut(self, audio: Samples) -> Samples:
        return audio[round(self.start * SAMPLE_RATE) : round(self.end * SAMPLE_RATE)]


def find_speech(audio: Samples) -> tuple[str, list[Region]]:
    """(detector, stretches of speech in order). No stretches: nobody speaks."""
    detector = "silero" if find_spec("faster_whisper") else "loudness"
    found = by_silero(audio) if detector == "silero" else by_loudness(audio)
    return detector, [r for r in found if _level_dbfs(audio, r) >= QUIETEST_SPEECH_DBFS]


def windows(speech: list[Region], duration: float) -> list[Window]:
    """Neighbouring stretches together, as long as they fit in one window; cuts fall in pauses."""
    groups: list[list[Region]] = []
    for region in speech:
        fits = (
            groups
            and region.start - groups[-1][-1].end <= LONGEST_PAUSE_SECONDS
            and region.end - groups[-1][0].start <= LONGEST_WINDOW_SECONDS
        )
        if fits:
            groups[-1].append(region)
        else:
            groups.append([region])
    return list(_padded(groups, duration))


def _padded(groups: list[list[Region]], duration: float) -> Iterator[Window]:
    """Lead and tail, but never into a neighbour's half of the pause."""
    for i, group in enumerate(groups):
        before = groups[i - 1][-1].end if i else -duration
        after = groups[i + 1][0].start if i + 1 < len(groups) else 3 * duration
        start = max(0.0, group[0].start - LEAD_SECONDS, (before + group[0].start) / 2)
        end = min(duration, group[-1].end + TAIL_SECONDS, (group[-1].end + after) / 2)
        yield Window(start, end, tuple(group))


def fit_to_speech(segment: Segment, speech: tuple[Region, ...]) -> Segment:
    """The segment with its edges, and its words' edges, moved out of the silence around them."""
    start, end = _fit(segment.start, segment.end, speech)
    words: list[Word] = []
    for word in segment.words:
        first, last = _fit(word.start, word.end, speech)
        first, last = min(max(first, start), end), min(max(last, start), end)
        words.append(replace(word, start=first, end=max(first, last)))
    return replace(segment, start=start, end=end, words=tuple(words))


def _fit(start: float, end: float, speech: tuple[Region, ...]) -> tuple[float, float]:
    touched = [r for r in speech if r.end > start and r.start < end]
    if not touched:
        return start, end
    return max(start, touched[0].start), min(end, touched[-1].end)


def _level_dbfs(audio: Samples, region: Region) -> float:
    part = audio[round(region.start * SAMPLE_RATE) : round(region.end * SAMPLE_RATE)]
    power = float(np.mean(np.square(part, dtype=np.float64))) if len(part) else 0.0
    return 10 * float(np.log10(max(power, 1e-12)))


def by_silero(audio: Samples) -> list[Region]:
    """Stretches that a small network, which ships with faster-whisper, takes for speech."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415  # lazy: heavy

    options = VadOptions(
        min_silence_duration_ms=MIN_SILENCE_MS,
        max_speech_duration_s=LONGEST_WINDOW_SECONDS,
        min_speech_duration_ms=100,
        speech_pad_ms=0,
    )
    # A stretch ends only when silence follows; without some at the end the last one would end
    # with the clip instead of with the speaker.
    padded = np.pad(audio, (0, SAMPLE_RATE * (MIN_SILENCE_MS + 100) // 1000))
    found = get_speech_timestamps(padded, options, sampling_rate=SAMPLE_RATE)
    duration = len(audio) / SAMPLE_RATE
    return [Region(f["start"] / SAMPLE_RATE, min(f["end"] / SAMPLE_RATE, duration)) for f in found]


def by_loudness(audio: Samples) -> list[Region]:
    """Stretches that stand out above the clip's own floor.

    Speech comes and goes, so a steady sound, however loud, has no stretches. It cannot tell
    speech from a door or a dog: that is why Silero comes first.
    """
    if len(audio) < FRAME:
        return []
    frames = audio[: len(audio) // FRAME * FRAME].reshape(-1, FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    level = 10 * np.log10(np.maximum(power, 1e-12))
    floor = max(float(np.percentile(level, 10)), QUIET_FLOOR_DBFS)
    loud = np.flatnonzero(level > floor + ABOVE_FLOOR_DB)
    if not len(loud):
        return []
    gap = MIN_SILENCE_MS / 1000 * SAMPLE_RATE / FRAME
    runs = np.split(loud, np.flatnonzero(np.diff(loud) > gap) + 1)
    seconds = FRAME / SAMPLE_RATE
    return [
        Region(float(run[0] * seconds), float((run[-1] + 1) * seconds))
        for run in runs
        if len(run) >= SHORTEST_SPEECH_FRAMES
    ]
