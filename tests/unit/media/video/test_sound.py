"""One gain for a clip: which, when it is corrected, and what ffmpeg's lines say about it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.video.sound import (
    ALIGN,
    MAX_GAIN_DB,
    TARGET_LUFS,
    Loudness,
    corrected_gain,
    delivered,
    gain_for,
    is_limited,
)


def heard(*lines: str) -> float | None:
    loudness = Loudness()
    for line in lines:
        loudness.take(line)
    return loudness.lufs


def test_the_last_line_is_the_loudness_of_the_whole_clip() -> None:
    lines = ("frame:0 pts:0", "lavfi.r128.I=-70.000", "out_time_us=100000", "lavfi.r128.I=-21.026")
    assert heard(*lines, "progress=end") == -21.026


@pytest.mark.parametrize("value", ["-70.000", "-inf", "nan", "inf", "", "loud", "-120.691"])
def test_what_is_no_loudness_is_silence(value: str) -> None:
    assert heard(f"lavfi.r128.I={value}") is None
    assert gain_for(None) == 0.0


@given(st.text())
def test_no_line_breaks_the_measuring(line: str) -> None:
    found = heard(line, f"lavfi.r128.I={line}")
    assert found is None or (math.isfinite(found) and found > -70)


@pytest.mark.parametrize(
    ("lufs", "gain_db"),
    [(-16.0, 0.0), (-25.0, 9.0), (-45.0, 29.0), (-46.0, 30.0), (-69.9, 30.0), (-8.0, -8.0)],
)
def test_a_gain_goes_to_the_target_up_or_down_and_never_beyond_thirty(
    lufs: float, gain_db: float
) -> None:
    assert gain_for(lufs) == pytest.approx(gain_db)


@pytest.mark.parametrize(
    ("gain_db", "peak", "limited"),
    [
        (0.0, 0.0, False),
        (20.0, 0.0, False),
        (0.0, 0.8, False),
        (0.9, 0.8, False),  # at most 1 dB sticks out, so at most 1 dB can be lost
        (6.0, 0.8, True),
        (-8.0, 0.99, False),
        (-8.0, 32767 / 32768, True),  # cut off in the wav: it may have been anything
        (-8.0, 1.0, True),
    ],
)
def test_only_high_peaks_are_worth_a_second_hearing(
    gain_db: float, peak: float, *, limited: bool
) -> None:
    assert is_limited(gain_db, peak) is limited


@pytest.mark.parametrize(
    ("gain_db", "limited_lufs", "corrected"),
    [
        (5.0, -17.0, 6.0),
        (5.0, -16.0, 5.0),
        (5.0, -15.5, 5.0),  # a limiter makes nothing louder: never less gain than measured
        (5.0, -30.0, 8.0),
        (29.0, -18.0, 30.0),
        (5.0, None, 5.0),
    ],
)
def test_what_the_limiter_took_is_given_back_within_bounds(
    gain_db: float, limited_lufs: float | None, corrected: float
) -> None:
    assert corrected_gain(gain_db, limited_lufs) == pytest.approx(corrected)


@given(st.floats(-70, 20), st.floats(-70, 20))
def test_no_gain_ever_exceeds_the_ceiling(lufs: float, limited_lufs: float) -> None:
    gain_db = corrected_gain(gain_for(lufs), limited_lufs)
    assert gain_for(lufs) <= gain_db <= MAX_GAIN_DB
    assert lufs + gain_for(lufs) <= TARGET_LUFS + 1e-9


def test_sound_is_put_in_step_then_raised_then_limited() -> None:
    chain = delivered(-3.256)
    assert chain.startswith(ALIGN)
    assert chain.index("volume=-3.26dB") < chain.index("alimiter=limit=0.7943")
    # By default the limiter raises what it limited to full scale.
    assert "level=false" in chain
