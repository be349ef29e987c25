"""Blobs as files on one file system with the uploads, so that a rename moves them."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from media.storage.port import KEY, Blob, Unfinished, checked


def fsync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DiskStore:
    """The default store: `<root>/<clip public_id>/<name>`, mode 0600 in folders of 0700.

    With `group_reads` 0640 in 0750: a web server in the group of this user hands them out.
    """

    def __init__(self, root: Path, *, group_reads: bool = False) -> None:
        self.root = root
        self._file_mode, self._folder_mode = (0o640, 0o750) if group_reads else (0o600, 0o700)

    def _place(self, key: str) -> Path:
        return self.root / checked(key)

    def put(self, key: str, source: Path) -> None:
        place = self._place(key)
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.parent.chmod(self._folder_mode)  # whatever the umask takes away
            fsync_folder(self.root)
        source.chmod(self._file_mode)
        os.utime(source)  # its age here counts from now: the upload may have lain for days
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        source.replace(place)
        fsync_folder(place.parent)

    def path(self, key: str) -> Path:
        """Where the bytes of `key` lie. FileNotFoundError when there are none."""
        place = self._place(key)
        if not place.is_file():
            raise FileNotFoundError(key)
        return place

    def local_copy(self, key: str, folder: Path) -> Path:  # noqa: ARG002 -- nothing is copied here
        return self.path(key)

    def open(self, key: str) -> BinaryIO:
        return self.path(key).open("rb")

    def link(self, key: str, media_type: str) -> str | None:  # noqa: ARG002 -- a folder has no address
        return None

    def find(self, key: str) -> Blob | None:
        return _blob(key, self._place(key))

    def sha256(self, key: str) -> str:
        with self.path(key).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def remove(self, key: str) -> None:
        place = self._place(key)
        place.unlink(missing_ok=True)
        if place.parent.is_dir():
            fsync_folder(place.parent)
            _remove_empty(place.parent)

    def erase(self, owner: UUID) -> int:
        folder = self.root / str(owner)
        if not folder.is_dir():
            return 0
        count = sum(1 for _ in folder.iterdir())
        shutil.rmtree(folder)
        fsync_folder(self.root)
        return count

    def list_blobs(self) -> Iterator[Blob]:
        for folder in self._folders():
            for path in sorted(_entries(folder)):
                key = f"{folder.name}/{path.name}"
                blob = _blob(key, path) if KEY.fullmatch(key) else None
                if blob is not None:
                    yield blob

    def list_unfinished(self) -> Iterator[Unfinished]:
        """Folders without a file: a `put` was killed between making one and the rename."""
        for folder in self._folders():
            try:
                changed_at = _instant(folder.stat().st_mtime)
            except FileNotFoundError:
                continue  # erased at this moment
            if not _entries(folder):
                yield Unfinished(folder.name, changed_at)

    def abandon(self, unfinished: Unfinished) -> None:
        _remove_empty(self.root / str(UUID(unfinished.key)))

    def weaknesses(self, key: str) -> list[str]:  # noqa: ARG002 -- `put` makes every file private
        return []

    def _folders(self) -> list[Path]:
        """The folders that are named as a clip is; others may have put other things here."""
        return sorted(path for path in self.root.iterdir() if KEY.fullmatch(f"{path.name}/a"))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _blob(key: str, path: Path) -> Blob | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return Blob(key, status.st_size, _instant(status.st_mtime)) if path.is_file() else None


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        return
    fsync_folder(folder.parent)
