"""Only the wav our own conversion writes is read."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from media.transcription.port import AudioUnreadable
from media.transcription.wav import read_wav


def write(path: Path, *, rate: int = 16_000, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(np.array([0, 16_384, -32_768, 32_767], "<i2").tobytes())
    return path


def test_samples(tmp_path: Path) -> None:
    audio = read_wav(write(tmp_path / "a.wav"))
    assert audio.dtype == np.float32
    assert audio.tolist() == pytest.approx([0.0, 0.5, -1.0, 0.99997], abs=1e-5)


@pytest.mark.parametrize(
    ("shape", "said"),
    [({"rate": 48_000}, "48000 Hz"), ({"channels": 2}, "2 channels"), ({"width": 1}, "8 bits")],
)
def test_another_shape_is_refused(tmp_path: Path, shape: dict[str, int], said: str) -> None:
    with pytest.raises(AudioUnreadable) as caught:
        read_wav(write(tmp_path / "a.wav", **shape))
    assert said in caught.value.params["reason"]


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\x1aE\xdf\xa3 webm", b"RIFF\0\0\0\0WAVE"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(AudioUnreadable):
        read_wav(path)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioUnreadable):
        read_wav(tmp_path / "nothing.wav")


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AudioUnreadable):
        read_wav(path)
