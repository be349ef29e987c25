"""Blobs as files on one file system with the uploads, so that a rename moves them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[a-z0-9][a-z0-9.\-]{0,79}")


def fsync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DiskStore:
    """The default store: `<root>/<clip public_id>/<name>`, mode 0600 in folders of 0700."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError("not a key of ours")
        return self.root / key

    def put(self, key: str, source: Path) -> None:
        place = self._place(key)
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fsync_folder(self.root)
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        source.chmod(0o600)
        source.replace(place)
        fsync_folder(place.parent)

    def path(self, key: str) -> Path:
        place = self._place(key)
        if not place.is_file():
            raise FileNotFoundError(key)
        return place

    def erase(self, owner: UUID) -> int:
        folder = self.root / str(owner)
        if not folder.is_dir():
            return 0
        count = sum(1 for _ in folder.iterdir())
        shutil.rmtree(folder)
        fsync_folder(self.root)
        return count

    def owners(self) -> Iterator[UUID]:
        for folder in sorted(self.root.iterdir()):
            yield UUID(folder.name)
