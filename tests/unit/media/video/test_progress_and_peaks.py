"""The fraction a waiting person sees, and the waveform under the player."""

from __future__ import annotations

import json
import math
import wave
from array import array
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from media.video.peaks import read_peaks, write_peaks
from media.video.progress import Progress


def test_progress_is_a_fraction_of_the_length_and_of_the_share() -> None:
    told: list[float] = []
    take = Progress(told.append).reader(10.0, 0.5)
    for line in ("frame=1", "out_time_us=N/A", "out_time_us=5000000", "out_time_us=10000000"):
        take(line)
    assert told == [0.25, 0.5]


def test_a_second_run_goes_on_where_the_first_one_ended() -> None:
    told: list[float] = []
    progress = Progress(told.append)
    progress.reader(10.0, 0.3)("out_time_us=10000000")
    later = progress.reader(10.0, 0.6, after=0.3)
    for line in ("out_time_us=0", "out_time_us=5000000", "out_time_us=10000000"):
        later(line)
    assert told == [0.3, 0.6, 0.9]


@given(st.lists(st.integers(-(10**8), 10**8)), st.floats(0, 100))
def test_progress_never_falls_and_stays_between_zero_and_one(
    times: list[int], duration: float
) -> None:
    told: list[float] = []
    progress = Progress(told.append)
    take = progress.reader(duration, 0.95)
    for at in times:
        take(f"out_time_us={at}")
    progress.tell(1.0)
    assert told == sorted(set(told))
    assert all(0 <= fraction <= 1 for fraction in told)
    assert told[-1] == 1.0


def write_wav(path: Path, samples: list[int]) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(array("h", samples).tobytes())
    return path


def test_speech_stands_where_it_is_and_the_loudest_is_one(tmp_path: Path) -> None:
    quiet, loud = [0] * 16000, [int(8000 * math.sin(n / 3)) for n in range(16000)]
    wav = write_wav(tmp_path / "a.wav", quiet + loud)
    write_peaks(wav, tmp_path / "peaks.json")
    peaks = json.loads((tmp_path / "peaks.json").read_text(encoding="ascii"))
    assert len(peaks) == 400
    assert max(peaks) == 1
    assert max(peaks[:200]) == 0
    assert min(peaks[200:]) > 0.9
    assert all(peak == round(peak, 3) for peak in peaks)


def test_silence_with_a_little_noise_stays_flat(tmp_path: Path) -> None:
    wav = write_wav(tmp_path / "a.wav", [(-1) ** n * 3 for n in range(16000)])
    write_peaks(wav, tmp_path / "peaks.json")
    peaks = json.loads((tmp_path / "peaks.json").read_text(encoding="ascii"))
    assert max(peaks) < 0.01


def test_the_lowest_sample_is_a_full_peak(tmp_path: Path) -> None:
    assert max(read_peaks(write_wav(tmp_path / "a.wav", [-32768] * 800))) == 1


def test_a_sound_shorter_than_the_number_of_peaks_still_has_them_all(tmp_path: Path) -> None:
    assert read_peaks(write_wav(tmp_path / "a.wav", [16384] * 7)) == [0.5] * 400
    assert read_peaks(write_wav(tmp_path / "b.wav", [])) == [0.0] * 400
