"""What may stand in a free text field."""

from __future__ import annotations

import re

from courses.rules.errors import RuleBroken, Wrong

MAX_COMMENT = 2_000
MAX_ANSWER = 6_000
"""Of an answer in writing: more than anybody says in the longest recording."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\s*\n\s*")
NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){8}(?!\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def has_citizen_number(text: str) -> bool:
    """Whether a run of nine digits passes the eleven-test of the Dutch citizen number (I79)."""
    return any(_passes_eleven_test(match.group()) for match in NINE_DIGITS.finditer(text))


def _passes_eleven_test(found: str) -> bool:
    digits = [int(c) for c in found if c.isdigit()]
    return any(digits) and sum(w * d for w, d in zip(_WEIGHTS, digits, strict=True)) % 11 == 0


def clean(text: str, *, limit: int = MAX_COMMENT) -> str:
    """The text without surrounding space; refuses empty, too long, or a citizen number."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise RuleBroken(Wrong.TEXT_EMPTY)
    if len(text) > limit:
        raise RuleBroken(Wrong.TEXT_TOO_LONG, limit=limit, length=len(text))
    if has_citizen_number(text):
        raise RuleBroken(Wrong.TEXT_HAS_CITIZEN_NUMBER)
    return text


def split_sentences(text: str) -> list[str]:
    """The sentences of a written answer, for reading and comparing; a new line ends one too."""
    return [part for part in SENTENCE_END.split(text.strip()) if part]
