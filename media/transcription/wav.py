"""Reads the wav that our own sandboxed conversion writes, and refuses anything else."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from media.transcription.port import SAMPLE_RATE, AudioUnreadable, Samples

SAMPLE_BYTES = 2
FULL_SCALE = 32_768


def read_wav(path: Path) -> Samples:
    """16 kHz mono 16-bit PCM as float32 in -1..1. Raises AudioUnreadable for any other file."""
    try:
        with wave.open(str(path), "rb") as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            raw = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise AudioUnreadable(path, str(error) or type(error).__name__) from error
    if shape != (SAMPLE_RATE, 1, SAMPLE_BYTES):
        rate, channels, width = shape
        raise AudioUnreadable(path, f"{rate} Hz, {channels} channels, {8 * width} bits")
    if len(raw) % SAMPLE_BYTES:
        raise AudioUnreadable(path, "half a sample at the end")
    return (np.frombuffer(raw, "<i2") / np.float32(FULL_SCALE)).astype(np.float32)
