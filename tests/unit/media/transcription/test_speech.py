"""Where somebody speaks: loudness, windows, and times moved out of silence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transcription.port import SAMPLE_RATE, Samples, Segment, Word
from media.transcription.speech import (
    LEAD_SECONDS,
    LONGEST_WINDOW_SECONDS,
    TAIL_SECONDS,
    Region,
    by_loudness,
    fit_to_speech,
    windows,
)

RNG = np.random.default_rng(7)


def noise(seconds: float, level: float) -> Samples:
    return RNG.normal(0, level, round(seconds * SAMPLE_RATE)).astype(np.float32)


def syllables(seconds: float) -> Samples:
    """A voice-like sound: bursts five times a second."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    bursts = 0.3 * np.sin(2 * np.pi * 150 * at) * np.abs(np.sin(np.pi * 5 * at))
    return bursts.astype(np.float32)


def test_onset_and_end_by_loudness() -> None:
    audio = np.concatenate([noise(0.8, 0.001), syllables(1.5), noise(1.0, 0.001), syllables(1.0)])
    found = by_loudness(audio.astype(np.float32))
    edges = [edge for region in found for edge in (region.start, region.end)]
    assert edges == pytest.approx([0.8, 2.3, 3.3, 4.3], abs=0.06)


@pytest.mark.parametrize("level", [0.0, 1e-6, 0.003, 0.1])
def test_steady_sound_is_not_speech(level: float) -> None:
    assert by_loudness(noise(4, level)) == []


def test_clicks_and_crumbs_are_not_speech() -> None:
    audio = noise(3, 0.001)
    audio[20_000:20_400] = 0.9
    assert by_loudness(audio) == []
    assert by_loudness(audio[:100]) == []


def test_neighbours_share_a_window_and_long_pauses_do_not() -> None:
    speech = [Region(0.5, 2.0), Region(2.8, 4.0), Region(9.0, 10.0)]
    made = windows(speech, 12.0)
    assert [w.speech for w in made] == [(speech[0], speech[1]), (speech[2],)]
    assert (made[0].start, made[0].end) == pytest.approx((0.5 - LEAD_SECONDS, 4.0 + TAIL_SECONDS))


def test_a_cut_between_close_neighbours_falls_in_the_middle_of_the_pause() -> None:
    speech = [Region(0.0, 20.0), Region(20.2, 40.0)]
    made = windows(speech, 40.0)
    assert made[0].end == made[1].start == pytest.approx(20.1)
    assert made[1].end == 40.0


@given(
    st.lists(st.tuples(st.floats(0.01, 5.0), st.floats(0.1, LONGEST_WINDOW_SECONDS)), max_size=30)
)
def test_windows_hold_all_speech_and_never_overlap(pieces: list[tuple[float, float]]) -> None:
    at, speech = 0.0, []
    for pause, length in pieces:
        speech.append(Region(at + pause, at + pause + length))
        at += pause + length
    made = windows(speech, at)
    assert [r for w in made for r in w.speech] == speech
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(made))
    longest = LONGEST_WINDOW_SECONDS + LEAD_SECONDS + TAIL_SECONDS
    assert all(w.end - w.start <= longest + 1e-6 for w in made)
    assert all(w.start <= w.speech[0].start and w.speech[-1].end <= w.end + 1e-9 for w in made)


def test_first_word_moves_to_where_speech_starts() -> None:
    words = (Word("Goede", 0.0, 0.9, 1.0), Word("morgen.", 0.9, 2.6, 1.0))
    fitted = fit_to_speech(Segment(0.0, 2.6, "Goede morgen.", words), (Region(0.4, 1.8),))
    assert (fitted.start, fitted.end) == (0.4, 1.8)
    assert [(w.start, w.end) for w in fitted.words] == [(0.4, 0.9), (0.9, 1.8)]


def test_a_segment_over_a_pause_keeps_both_sides() -> None:
    speech = (Region(0.4, 1.0), Region(2.0, 3.0))
    words = (Word("Ja", 0.4, 1.4, 1.0), Word("hoor.", 1.4, 3.0, 1.0))
    fitted = fit_to_speech(Segment(0.2, 3.2, "Ja hoor.", words), speech)
    assert (fitted.start, fitted.end) == (0.4, 3.0)
    assert [(w.start, w.end) for w in fitted.words] == [(0.4, 1.0), (2.0, 3.0)]


def test_text_outside_all_speech_keeps_its_times() -> None:
    segment = Segment(5.0, 6.0, "Hm.")
    assert fit_to_speech(segment, (Region(0.0, 1.0),)) == segment
