"""What a file of the corpus is, and what the makers of files have at hand.

A case makes its bytes from the bench alone, so that the same seed and the same base clips give the
same file, whichever other files were made before it.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from support.corpus.recipes import RECIPES

SEED = 20261122
"""Of every choice that is made at random."""

DELIVERED = "delivered"
"""What is expected of an honest file; all other expectations are refusal or failure codes."""

NOBODY_OPENS = ("playlist", "not_media", "picture")
"""Refused at its first bytes, before any program opened it."""


@dataclass(frozen=True)
class Canary:
    """Another person's files, which lie where a crafted file points."""

    folder: Path
    port: int = 9
    """Where somebody counts the callers on this machine; 9 discards."""

    TEXT = b"CANARY-3f9c1b7ae2-somebody-elses-secret"

    @property
    def text(self) -> Path:
        return self.folder / "canary.txt"

    @property
    def stream(self) -> Path:
        return self.folder / "canary.ts"

    @property
    def clip(self) -> Path:
        return self.folder / "canary.mp4"

    @property
    def picture(self) -> Path:
        return self.folder / "canary.png"

    def url(self, path: str = "canary.ts") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"


@dataclass(frozen=True)
class Bench:
    """Base clips by name, made on first use by the real ffmpeg, and the canary."""

    folder: Path
    canary: Canary
    seed: int = SEED

    def base(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    def path(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            words = [self._word(word) for word in RECIPES[name]]
            part = path.with_name(f"part-{path.name}")
            command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1", *words]
            subprocess.run([*command, "-threads", "1", part], check=True, timeout=120)
            part.rename(path)
        return path

    def _word(self, word: str) -> str:
        """A recipe names another base clip as <name>."""
        return str(self.path(word[1:-1])) if word.startswith("<") else word

    def chance(self, name: str) -> random.Random:
        """A source of chance of this file's own."""
        return random.Random(f"{self.seed}:{name}")  # noqa: S311 -- test data, not a secret


Make = Callable[[Bench], bytes]


@dataclass(frozen=True)
class Case:
    """One file: its name (with the extension it pretends), its family, and how it is made."""

    name: str
    family: str
    make: Make
    expect: tuple[str, ...] = ()
    """The only outcomes that are right; empty: any refusal of ours, or a clip that holds."""
    points_elsewhere: bool = False
    """It refers to other files or to the network: run it without the sandbox too."""


def named(cases: Iterable[Case]) -> Iterator[Case]:
    """The same cases, with proof that no two files carry one name."""
    seen: set[str] = set()
    for case in cases:
        if case.name in seen:
            raise ValueError(f"two files are called {case.name}")
        seen.add(case.name)
        yield case
