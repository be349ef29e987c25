"""Glossary and replacements: certain, whole words, once."""

from __future__ import annotations

from media.transcription.glossary import (
    LONGEST_HOTWORDS,
    Replacement,
    apply_replacements,
    hotwords,
    replace_in_text,
)
from media.transcription.port import Segment, TranscriptResult, Word


def transcript(*words: tuple[str, float]) -> TranscriptResult:
    made = tuple(Word(text, i, i + 1, p) for i, (text, p) in enumerate(words))
    segment = Segment(0, len(made), " ".join(w.text for w in made), made)
    return TranscriptResult("nl", True, (segment,), "faster", "small", "1")  # noqa: FBT003  # its field


def test_hotwords_are_one_line_without_doubles() -> None:
    assert hotwords(["DigiD", " wandel\nbila ", "DigiD", ""]) == "DigiD, wandel bila"


def test_hotwords_stay_within_the_prompt() -> None:
    line = hotwords([f"term{i}" for i in range(500)])
    assert len(line) <= LONGEST_HOTWORDS
    assert line.startswith("term0, term1")


def test_whole_words_in_any_case() -> None:
    rules = [Replacement("digi d", "DigiD")]
    assert replace_in_text("Met Digi D, zei Digi Daan.", rules) == "Met DigiD, zei Digi Daan."


def test_longest_first_and_never_twice() -> None:
    rules = [Replacement("bila", "overleg"), Replacement("wandel bila", "wandelbila")]
    assert replace_in_text("De wandel bila en de bila.", rules) == "De wandelbila en de overleg."
    swap = [Replacement("a", "b"), Replacement("b", "a")]
    assert replace_in_text("a b", swap) == "b a"


def test_special_characters_are_plain_text() -> None:
    assert replace_in_text("c++ en c", [Replacement("c++", "C++"), Replacement("c", r"\1")]) == (
        r"C++ en \1"
    )


def test_words_that_become_one_share_their_time_and_lowest_probability() -> None:
    heard = transcript(("Log", 0.9), ("in", 0.9), ("met", 0.9), ("Digi", 0.8), ("D.", 0.3))
    segment = apply_replacements(heard, [Replacement("digi d", "DigiD")]).segments[0]
    assert segment.text == "Log in met DigiD."
    assert segment.words[-1] == Word("DigiD.", 3, 5, 0.3)
    assert [w.text for w in segment.words] == ["Log", "in", "met", "DigiD."]


def test_two_replacements_in_one_segment() -> None:
    heard = transcript(("(Digi", 1.0), ("D)", 1.0), ("of", 1.0), ("digi", 1.0), ("d", 1.0))
    segment = apply_replacements(heard, [Replacement("digi d", "DigiD")]).segments[0]
    assert [w.text for w in segment.words] == ["(DigiD)", "of", "DigiD"]
    assert segment.text == "(DigiD) of DigiD"


def test_nothing_to_replace_is_the_same_object() -> None:
    heard = transcript(("Goedemorgen.", 0.9))
    assert apply_replacements(heard, []) is heard
    assert apply_replacements(heard, [Replacement(" ", "x")]) is heard
    assert apply_replacements(heard, [Replacement("dag", "x")]).segments == heard.segments
