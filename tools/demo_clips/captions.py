"""Write the captions of a clip: one WebVTT cue a sentence, in lines that fit a small player."""

from __future__ import annotations

from collections.abc import Sequence

from demo_clips.speech import Sentence

LINE_CHARACTERS = 42
LINES = 2
COMMA_GAIN = 8  # a pause in speech is worth that many characters of unevenness


def to_vtt(sentences: Sequence[Sentence]) -> str:
    """Return a WebVTT file with cue ids 1..n and hours in every time."""
    blocks = ["WEBVTT"]
    for number, sentence in enumerate(sentences, start=1):
        times = f"{_timestamp(sentence.start_ms)} --> {_timestamp(sentence.end_ms)}"
        blocks.append("\n".join([str(number), times, *_wrap(sentence.text)]))
    return "\n\n".join(blocks) + "\n"


def _wrap(text: str) -> list[str]:
    """Break `text` into lines that are about equal, after a comma where that fits."""
    if len(text) <= LINE_CHARACTERS:
        return [text]
    words = text.split()
    breaks = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    best = min(breaks, key=_unevenness)
    if max(map(len, best)) > LINE_CHARACTERS:
        raise ValueError(f"does not fit {LINES} lines of {LINE_CHARACTERS}: {text!r}")
    return list(best)


def _unevenness(pair: tuple[str, str]) -> int:
    longest = max(map(len, pair))
    fits_at_comma = pair[0].endswith(",") and longest <= LINE_CHARACTERS
    return longest - (COMMA_GAIN if fits_at_comma else 0)


def _timestamp(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{thousandths:03}"
