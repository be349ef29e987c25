"""Captions: valid WebVTT, escaped, short lines, cues on word times."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transcription.captions import LINE_LENGTH, LINES, cues, format_time, write_vtt
from media.transcription.port import Segment, Word

LONG = (
    "Wat vervelend dat u zo lang moest wachten, ik kijk nu meteen met u mee "
    "en ik bel u vanmiddag voor vier uur terug."
)


def spoken(text: str, start: float = 0.0, per_word: float = 0.5) -> Segment:
    words = tuple(
        Word(word, start + i * per_word, start + (i + 1) * per_word, 0.9)
        for i, word in enumerate(text.split())
    )
    return Segment(words[0].start, words[-1].end, text, words)


def test_whole_file() -> None:
    segment = Segment(3661.5, 3663.25, "Goedemorgen, welkom.")
    assert write_vtt([("s1", segment)]) == (
        "WEBVTT\n\ns1\n01:01:01.500 --> 01:01:03.250\nGoedemorgen, welkom.\n"
    )


def test_markup_and_arrows_in_speech_stay_text() -> None:
    text = write_vtt([("s1", spoken("<script> & -->"))])
    assert "&lt;script&gt; &amp; --&gt;" in text
    assert text.count("-->") == 1


def test_filtered_segments_are_left_out() -> None:
    filtered = Segment(0, 1, "Ondertiteling TV Gemist", filtered=True)
    assert write_vtt([("s1", filtered)]) == "WEBVTT\n"


def test_long_segment_splits_where_its_words_are_spoken() -> None:
    segment = spoken(LONG, start=2.0)
    made = list(cues("s7", segment))
    assert [cue.identifier for cue in made] == ["s7", "s7-2"]
    first_count = sum(len(line.split()) for line in made[0].lines)
    assert made[1].start == segment.words[first_count].start
    assert made[0].end == segment.words[first_count - 1].end


def test_a_corrected_text_gets_times_by_letters() -> None:
    segment = Segment(0.0, 10.0, LONG, words=(Word("iets", 0, 1, 0.2),))
    made = list(cues("s1", segment))
    assert (made[0].start, made[-1].end) == (0.0, 10.0)
    assert 5.0 < made[1].start < 9.0
    assert " ".join(line for cue in made for line in cue.lines) == LONG


def test_identifier_cannot_forge_times() -> None:
    text = write_vtt([("1\n00:00:00.000 --> 00:00:09.000", Segment(0, 1, "Ja."))])
    assert text.count("-->") == 1


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "00:00:00.000"), (59.9996, "00:01:00.000"), (36_000.001, "10:00:00.001")],
)
def test_time(seconds: float, expected: str) -> None:
    assert format_time(seconds) == expected


@given(
    st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1), min_size=1),
    st.floats(0, 7200),
)
def test_every_cue_fits_and_nothing_is_lost(texts: list[str], start: float) -> None:
    segment = spoken(" ".join(texts), start)
    made = list(cues("s", segment))
    for cue in made:
        assert len(cue.lines) <= LINES
        assert all(0 < len(line) <= LINE_LENGTH for line in cue.lines)
        assert cue.start < cue.end
    said = "".join(line for cue in made for line in cue.lines)
    assert re.sub(r"\s", "", said) == re.sub(r"\s", "", "".join(texts))
