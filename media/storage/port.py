"""What media needs of a place for bytes. Keys are made by us: `<clip public_id>/<name>`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from uuid import UUID


class BlobStore(Protocol):
    """Bytes under server-made keys. What `put` returned for survives a power cut."""

    def put(self, key: str, source: Path) -> None:
        """Move `source` to `key`, durable before it returns. Replaces what was there."""

    def path(self, key: str) -> Path:
        """A local file with the bytes of `key`. FileNotFoundError when there is none."""

    def erase(self, owner: UUID) -> int:
        """Remove every blob of one clip; how many there were. Erasing twice is fine."""

    def owners(self) -> Iterator[UUID]:
        """Clips that have bytes here, for the check that finds orphans."""
