"""Which sentences of two takes say the same thing, so that they can be put side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME_ENOUGH = 0.6
"""Share of matching words from which two sentences count as the same thing said again."""


@dataclass(frozen=True)
class Sentence:
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Pair:
    """A sentence of the first take, of the second, or of both when they say the same."""

    left: int | None
    right: int | None


def likeness(left: str, right: str) -> float:
    """How much two sentences share, word by word, from 0 to 1."""
    words_left, words_right = _words(left), _words(right)
    if not words_left or not words_right:
        return 0.0
    return SequenceMatcher(None, words_left, words_right, autojunk=False).ratio()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def align(left: Sequence[Sentence], right: Sequence[Sentence]) -> list[Pair]:
    """All sentences of both takes in speaking order, paired where they say the same thing.

    The pairing keeps the order of both takes and has the highest total likeness (a longest
    common subsequence with weights), so a sentence said in another place stays unpaired.
    """
    best = _scores(left, right)
    pairs: list[Pair] = []
    row, column = 0, 0
    while row < len(left) or column < len(right):
        if row == len(left):
            pairs.append(Pair(None, column))
            column += 1
        elif column == len(right):
            pairs.append(Pair(row, None))
            row += 1
        else:
            same = likeness(left[row].text, right[column].text)
            if same >= SAME_ENOUGH and best[row][column] == same + best[row + 1][column + 1]:
                pairs.append(Pair(row, column))
                row, column = row + 1, column + 1
            elif best[row][column] == best[row + 1][column]:
                pairs.append(Pair(row, None))
                row += 1
            else:
                pairs.append(Pair(None, column))
                column += 1
    return pairs


def _scores(left: Sequence[Sentence], right: Sequence[Sentence]) -> list[list[float]]:
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for row in range(len(left) - 1, -1, -1):
        for column in range(len(right) - 1, -1, -1):
            same = likeness(left[row].text, right[column].text)
            paired = same + best[row + 1][column + 1] if same >= SAME_ENOUGH else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    return best
