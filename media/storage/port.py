"""What media needs of a place for bytes. Keys are made by us: `<clip public_id>/<name>`.

Two places keep the same promises and pass the same tests: a folder (`disk`) and a bucket (`s3`).
Who may read a blob is decided above; what a blob is stands in the rows of `media.models`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[a-z0-9][a-z0-9.\-]{0,79}")


class StoreUnavailableError(Exception):
    """The place does not answer or does not let us in: nothing was lost, ask again later.

    `code` is the place's own word for it (`NoSuchBucket`, `EndpointConnectionError` …).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BlobDamagedError(Exception):
    """The bytes that came are not the bytes that were put."""


@dataclass(frozen=True)
class Blob:
    """A blob that is there. `modified_at` is when it was put, by the clock of the place."""

    key: str
    bytes: int
    modified_at: datetime


@dataclass(frozen=True)
class Unfinished:
    """What a killed `put` left: invisible to every reader, but it takes room or a name."""

    key: str
    begun_at: datetime
    handle: str = ""


def checked(key: str) -> str:
    """`key`, if it is one that we make. ValueError for anything else."""
    if not KEY.fullmatch(key):
        raise ValueError("not a key of ours")
    return key


class BlobStore(Protocol):
    """Bytes under server-made keys. What `put` returned for survives a power cut.

    Every method may raise StoreUnavailableError; ValueError for a key that is not ours.
    """

    def put(self, key: str, source: Path) -> None:
        """Move the file `source` to `key`, durable before it returns; it replaces what was there.

        Whoever reads meanwhile sees all of the old bytes or all of the new ones. When it raises,
        or is killed, `source` is still there.
        """

    def local_copy(self, key: str, folder: Path) -> Path:
        """A local file with the bytes of `key`, to be read and never written.

        It may lie in `folder`, which the caller empties when done. FileNotFoundError when there
        is no such blob, BlobDamagedError when the bytes came garbled.
        """

    def open(self, key: str) -> BinaryIO:
        """The bytes of `key`, seekable, closed by the caller. FileNotFoundError."""

    def link(self, key: str, media_type: str) -> str | None:
        """An address that hands out `key` as `media_type` for a short time, to whoever has it.

        None where the site must send the bytes itself.
        """

    def find(self, key: str) -> Blob | None:
        """What is known of `key` without reading it; None when there is no such blob."""

    def sha256(self, key: str) -> str:
        """The hash of the bytes as they are now: 64 hex digits. Reads all. FileNotFoundError."""

    def remove(self, key: str) -> None:
        """Remove one blob. Removing twice is fine."""

    def erase(self, owner: UUID) -> int:
        """Remove every blob of one clip; how many there were. Erasing twice is fine.

        What a killed `put` left of it goes too.
        """

    def list_blobs(self) -> Iterator[Blob]:
        """Every blob, in the order of keys. What is not ours is passed over."""

    def list_unfinished(self) -> Iterator[Unfinished]:
        """What killed calls of `put` left, and what is being put at this moment."""

    def abandon(self, unfinished: Unfinished) -> None:
        """Clear what `list_unfinished` told. One that was finished meanwhile is left alone."""

    def weaknesses(self, key: str) -> list[str]:
        """Codes of what makes this place less private than it should be; `key` is any blob."""
