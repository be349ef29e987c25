"""What media needs of a virus scanner: a verdict on a file, or an error that says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Verdict:
    """`signature` is the name that the scanner gives to what it found; empty when clean."""

    signature: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.signature


class ScanFailed(Exception):  # noqa: N818 -- it says nothing about the file: there is no verdict
    """No verdict. `code` is stable; the text is for the log and holds no path of ours."""

    code: ClassVar[str] = "scanner_away"


class ScannerAway(ScanFailed):
    """Nobody answers, or not in time, or not in a language that we know. Trying later helps."""


class ScanLimit(ScanFailed):
    """The scanner is set to look at less than this file. Trying again helps once that is set."""

    code: ClassVar[str] = "scanner_limit"


class Scanner(Protocol):
    """A scanner that is reached anew for every question, so that it may restart at any time."""

    def scan(self, path: Path, *, cancel: Cancel | None = None) -> Verdict:
        """Look at every byte of a file. Raises ScannerAway (also when cancelled) and ScanLimit."""

    def scan_bytes(self, content: bytes) -> Verdict:
        """The same for a few bytes, to try the scanner out. Raises the same."""

    def version(self) -> str:
        """What answers there, in its own words. Raises ScannerAway."""
