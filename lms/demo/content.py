"""The files of the demo: its story, its clips and when each sentence is said."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CLIPS = HERE / "clips"


@dataclass(frozen=True)
class DemoSentence:
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class DemoClip:
    """A recording that ships with the product, with the times of its sentences."""

    key: str
    sha256: str
    duration_ms: int
    sentences: tuple[DemoSentence, ...]

    @property
    def path(self) -> Path:
        return CLIPS / f"{self.key}.mp4"


@cache
def clips() -> dict[str, DemoClip]:
    """Every recording of the demo by its key."""
    manifest = json.loads((CLIPS / "manifest.json").read_text())
    return {
        entry["key"]: DemoClip(
            key=entry["key"],
            sha256=entry["sha256"],
            duration_ms=entry["duration_ms"],
            sentences=tuple(DemoSentence(**sentence) for sentence in entry["sentences"]),
        )
        for entry in manifest["clips"]
    }


@cache
def _hashes() -> frozenset[str]:
    return frozenset(clip.sha256 for clip in clips().values())


def is_demo_file(sha256: str) -> bool:
    """Whether a file is one of ours: only then may the demo model write down what is said."""
    return sha256 in _hashes()


@cache
def story() -> dict[str, Any]:
    """The people, lessons and takes as they stand in story.toml."""
    return tomllib.loads((HERE / "story.toml").read_text())
