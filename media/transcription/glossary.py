"""An organisation's own words: heard better with a glossary, spelled right with replacements.

A glossary only leans the engine towards names and terms; it guarantees nothing. Replacements
are certain: the same text in always gives the same text out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from media.transcription.port import Segment, TranscriptResult, Word

# The engines take 223 tokens of prompt; Dutch names run to about three letters a token.
LONGEST_HOTWORDS = 500


@dataclass(frozen=True, slots=True)
class Replacement:
    """Write `written` wherever `heard` stands as whole words, in whatever case."""

    heard: str
    written: str


def hotwords(glossary: Sequence[str]) -> str:
    """The glossary as one line for the engine: each term once, first come first kept."""
    line = ""
    for term in dict.fromkeys(" ".join(term.split()) for term in glossary):
        longer = f"{line}, {term}" if line else term
        if term and len(longer) <= LONGEST_HOTWORDS:
            line = longer
    return line


def replace_in_text(text: str, replacements: Sequence[Replacement]) -> str:
    """The text with every replacement made once: what was written is not looked at again."""
    pattern, written = _compiled(replacements)
    if pattern is None:
        return text
    return pattern.sub(lambda found: written[found.group().casefold()], text)


def apply_replacements(
    result: TranscriptResult, replacements: Sequence[Replacement]
) -> TranscriptResult:
    """The transcript with replacements in text and words; words that become one share its time."""
    pattern, written = _compiled(replacements)
    if pattern is None:
        return result
    segments = tuple(_in_segment(s, pattern, written) for s in result.segments)
    return replace(result, segments=segments)


def _compiled(
    replacements: Sequence[Replacement],
) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    written = {
        " ".join(r.heard.split()).casefold(): r.written for r in replacements if r.heard.strip()
    }
    if not written:
        return None, {}
    # The longest first, so that "digi d balie" is not taken apart by "digi d".
    longest_first = sorted(written, key=lambda heard: (-len(heard), heard))
    either = "|".join(re.escape(heard) for heard in longest_first)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE), written


def _in_segment(segment: Segment, pattern: re.Pattern[str], written: dict[str, str]) -> Segment:
    text = pattern.sub(lambda found: written[found.group().casefold()], segment.text)
    if text == segment.text:
        return segment
    return replace(segment, text=text, words=_in_words(segment.words, pattern, written))


def _in_words(
    words: tuple[Word, ...], pattern: re.Pattern[str], written: dict[str, str]
) -> tuple[Word, ...]:
    line = " ".join(word.text for word in words)
    result: list[Word] = []
    at, number = 0, 0  # where word `number` starts in the line
    for found in pattern.finditer(line):
        while number < len(words) and at + len(words[number].text) <= found.start():
            result.append(words[number])
            at, number = at + len(words[number].text) + 1, number + 1
        first, group_start = number, at
        while number < len(words) and at < found.end():
            at, number = at + len(words[number].text) + 1, number + 1
        group = words[first:number]
        if group:
            before, after = line[group_start : found.start()], line[found.end() : at - 1]
            text = before + written[found.group().casefold()] + after
            result.append(_one_word(text, group))
    return (*result, *words[number:])


def _one_word(text: str, group: tuple[Word, ...]) -> Word:
    return Word(text, group[0].start, group[-1].end, min(word.probability for word in group))
