"""Both ways to find speech, against clips of which it is known when somebody speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from media.transcription.port import SAMPLE_RATE, Samples
from media.transcription.speech import Region, by_loudness, by_silero

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("find", [by_loudness, by_silero])
@pytest.mark.parametrize("voice", range(6))
def test_stretches_begin_and_end_with_speech(
    lab: Any, studio: Any, find: Callable[[Samples], list[Region]], voice: int
) -> None:
    """Silero smooths over short pauses; where a stretch begins or ends, somebody begins or ends."""
    if find is by_silero:
        lab.need("faster")
    clip = studio.clip(studio.dutch[4:9], studio.unseen_voices[voice], lead=1.0, seed=voice)
    hiss = np.random.default_rng(voice).normal(0, 0.0008, len(clip.audio))
    found = find((clip.audio + hiss).astype(np.float32))
    assert found[0].start == pytest.approx(clip.starts[0], abs=0.2)
    assert found[-1].end == pytest.approx(clip.ends[-1], abs=0.3)
    for region in found:
        assert min(abs(region.start - start) for start in clip.starts) <= 0.25
        assert min(abs(region.end - end) for end in clip.ends) <= 0.3
    heard = sum(region.end - region.start for region in found)
    spoken = sum(clip.ends) - sum(clip.starts)
    assert heard >= 0.9 * spoken
    assert heard <= len(clip.audio) / SAMPLE_RATE
