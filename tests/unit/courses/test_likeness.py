"""How alike two sentences are: the right number, and not more work for a crafted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import alignment
from courses.rules.alignment import MOST_WORDS, Sentence, align, likeness

WORDS = st.lists(st.sampled_from(["u", "wacht", "even", "ik"]), max_size=12)


def by_the_book(left: list[str], right: list[str]) -> float:
    """Twice the longest common subsequence over both lengths, by the table of the textbook."""
    if not left or not right:
        return 0.0
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for row, one in enumerate(left, start=1):
        for column, other in enumerate(right, start=1):
            table[row][column] = (
                table[row - 1][column - 1] + 1
                if one == other
                else max(table[row - 1][column], table[row][column - 1])
            )
    return 2 * table[-1][-1] / (len(left) + len(right))


@given(WORDS, WORDS)
def test_likeness_is_the_longest_common_subsequence(left: list[str], right: list[str]) -> None:
    assert likeness(" ".join(left), " ".join(right)) == by_the_book(left, right)


def test_capitals_and_commas_do_not_count() -> None:
    assert likeness("Ik kijk, met u mee.", "ik kijk met U mee!") == 1.0
    assert likeness("", "ik kijk") == 0.0


def test_only_the_first_words_of_an_endless_sentence_are_compared() -> None:
    same = " ".join(["ja"] * MOST_WORDS)
    assert likeness(same + " nee" * 400, same + " jawel" * 400) == 1.0


def test_two_sentences_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was done twice, and took seconds for a sentence corrected into `a a b a a b …`."""
    asked: list[int] = []
    honest = alignment._likeness  # noqa: SLF001 -- what is counted here

    def counted(left: list[str], right: list[str]) -> float:
        asked.append(max(len(left), len(right)))
        return honest(left, right)

    monkeypatch.setattr(alignment, "_likeness", counted)
    left = [Sentence(i, i + 1, "a a b " * 166) for i in range(6)]
    right = [Sentence(i, i + 1, "a b b " * 166) for i in range(5)]
    align(left, right)
    assert len(asked) == 6 * 5
    assert max(asked) <= MOST_WORDS
