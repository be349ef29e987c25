"""Which sentences of two takes say the same thing, so that they can be put side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

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


MOST_WORDS = 100
"""Words of a sentence that are compared; nobody says more in one breath."""


def likeness(left: str, right: str) -> float:
    """How much two sentences share, word by word and in their order, from 0 to 1.

    The work is bounded whatever the words are: a text can be corrected into anything.
    """
    return _likeness(_words(left), _words(right))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())[:MOST_WORDS]


def _likeness(left: list[str], right: list[str]) -> float:
    """Twice the longest common subsequence over both lengths; one number holds all of `left`.

    H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004): a bit of `free` falls for
    every word of `left` that the subsequence took.
    """
    if not left or not right:
        return 0.0
    places: dict[str, int] = {}
    for place, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << place
    everything = (1 << len(left)) - 1
    free = everything
    for word in right:
        hits = free & places.get(word, 0)
        free = ((free + hits) | (free - hits)) & everything
    return 2 * (len(left) - free.bit_count()) / (len(left) + len(right))


def align(left: Sequence[Sentence], right: Sequence[Sentence]) -> list[Pair]:
    """All sentences of both takes in speaking order, paired where they say the same thing.

    The pairing keeps the order of both takes and has the highest total likeness (a longest
    common subsequence with weights), so a sentence said in another place stays unpaired.
    """
    same = _all_likenesses(left, right)
    best = _scores(same, len(left), len(right))
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
            alike = same[row][column]
            if alike >= SAME_ENOUGH and best[row][column] == alike + best[row + 1][column + 1]:
                pairs.append(Pair(row, column))
                row, column = row + 1, column + 1
            elif best[row][column] == best[row + 1][column]:
                pairs.append(Pair(row, None))
                row += 1
            else:
                pairs.append(Pair(None, column))
                column += 1
    return pairs


def _all_likenesses(left: Sequence[Sentence], right: Sequence[Sentence]) -> list[list[float]]:
    """The likeness of every sentence of the one take to every sentence of the other."""
    ours = [_words(sentence.text) for sentence in left]
    theirs = [_words(sentence.text) for sentence in right]
    return [[_likeness(one, other) for other in theirs] for one in ours]


def _scores(same: list[list[float]], rows: int, columns: int) -> list[list[float]]:
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            alike = same[row][column]
            paired = alike + best[row + 1][column + 1] if alike >= SAME_ENOUGH else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    return best
