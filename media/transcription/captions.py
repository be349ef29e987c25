"""WebVTT captions from a transcript (https://www.w3.org/TR/webvtt1/).

Whisper's own writer leaves `<` and `&` as they are, so a spoken tag would become markup; this
one escapes them. Lines hold at most 42 characters and cues two lines, as Dutch broadcasters do.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from media.transcription.port import Segment, Word

LINE_LENGTH = 42
LINES = 2
SHORTEST_CUE_SECONDS = 0.04


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption on the screen. `identifier` names the segment it came from."""

    identifier: str
    start: float
    end: float
    lines: tuple[str, ...]


def write_vtt(segments: Iterable[tuple[str, Segment]]) -> str:
    """A WebVTT file of (id, segment); what was filtered is left out.

    A segment that needs several cues gives the first its own id, the others `id-2`, `id-3`.
    """
    blocks = ["WEBVTT"]
    for identifier, segment in segments:
        if not segment.filtered:
            blocks += [_block(cue) for cue in cues(identifier, segment)]
    return "\n\n".join(blocks) + "\n"


def cues(identifier: str, segment: Segment) -> Iterator[Cue]:
    """The segment as cues of at most two lines, split where its words are spoken."""
    words = segment.words if _same_text(segment) else _evenly_timed(segment)
    groups = _cue_groups(words)
    for number, lines in enumerate(groups, 1):
        start = segment.start if number == 1 else lines[0][0].start
        end = segment.end if number == len(groups) else lines[-1][-1].end
        yield Cue(
            identifier if number == 1 else f"{identifier}-{number}",
            start,
            max(end, start + SHORTEST_CUE_SECONDS),
            tuple(" ".join(word.text for word in line) for line in lines),
        )


def format_time(seconds: float) -> str:
    """`hh:mm:ss.ttt`, hours always written."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def _block(cue: Cue) -> str:
    times = f"{format_time(cue.start)} --> {format_time(cue.end)}"
    text = "\n".join(html.escape(line, quote=False) for line in cue.lines)
    return f"{_safe_identifier(cue.identifier)}\n{times}\n{text}"


def _safe_identifier(identifier: str) -> str:
    """An id is one line without an arrow, or the parser would take it for times."""
    return " ".join(identifier.split()).replace("-->", "->")


def _same_text(segment: Segment) -> bool:
    """Whether the words still say what the text says (a correction changes only the text)."""
    return " ".join(word.text for word in segment.words) == " ".join(segment.text.split())


def _evenly_timed(segment: Segment) -> tuple[Word, ...]:
    """Words of a corrected text, with time in proportion to their letters."""
    texts = segment.text.split()
    letters = sum(len(text) + 1 for text in texts)
    words, at = [], segment.start
    for text in texts:
        end = at + (segment.end - segment.start) * (len(text) + 1) / letters
        words.append(Word(text, at, end, 1.0))
        at = end
    return tuple(words)


def _cue_groups(words: Sequence[Word]) -> list[list[list[Word]]]:
    """Cues of lines of words; a word longer than a line is cut into pieces."""
    lines: list[list[Word]] = []
    for word in (piece for whole in words for piece in _pieces(whole)):
        used = sum(len(w.text) + 1 for w in lines[-1]) if lines else LINE_LENGTH
        if lines and used + len(word.text) <= LINE_LENGTH:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [lines[i : i + LINES] for i in range(0, len(lines), LINES)]


def _pieces(word: Word) -> Iterator[Word]:
    if len(word.text) <= LINE_LENGTH:
        yield word
        return
    for at in range(0, len(word.text), LINE_LENGTH):
        yield Word(word.text[at : at + LINE_LENGTH], word.start, word.end, word.probability)
