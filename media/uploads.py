"""The byte side of a resumable upload: one part file that only grows, and whose size is the offset.

The rules are those of tus 1.0 (https://tus.io/protocols/resumable-upload, core, checksum and
termination). What an upload is for, who owns it and how long it will be stands in its row
(media.models.Upload); HTTP is spoken above. Nothing here reads a whole body into memory, and
no offset is told before the bytes below it are on the disk.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, NamedTuple
from uuid import UUID

from media.failpoints import reach

CHECKSUM_ALGORITHMS = ("sha256", "sha1", "md5")
"""sha1 is what tus demands of every server, md5 what older clients send; neither is a safeguard
against malice here, only against a line that garbles."""


SEAL_SECONDS = 0.5
"""Who sent the last byte waits so long for a lock that others hold to see that they are late."""


class Checksum(NamedTuple):
    """What the client says the bytes of one request hash to."""

    algorithm: str
    digest: bytes


class UploadError(Exception):
    """Why bytes were not taken. `code` is stable: it chooses the status and the text above."""

    code: ClassVar[str] = "upload_failed"


class UploadGoneError(UploadError):
    """There is no part file: never begun, thrown away, or already sealed."""

    code = "upload_gone"


class UploadLockedError(UploadError):
    """Another request is writing to this upload at this moment."""

    code = "upload_locked"


class WrongOffsetError(UploadError):
    """The request starts elsewhere than where the file ends."""

    code = "wrong_offset"

    def __init__(self, actual: int) -> None:
        super().__init__(f"the upload stands at {actual}")
        self.actual = actual


class TooLargeError(UploadError):
    """The body goes past what this upload may become. None of it was kept."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"the upload may not pass {limit} bytes")
        self.limit = limit


class ChecksumMismatchError(UploadError):
    """The bytes are not those the client meant. None of them were kept."""

    code = "checksum_mismatch"


class UnknownAlgorithmError(UploadError):
    """A checksum of a kind this server does not compute."""

    code = "unknown_algorithm"


class BodyBrokenError(UploadError):
    """The body stopped short of what was announced; `offset` is what is safe all the same."""

    code = "body_broken"

    def __init__(self, offset: int) -> None:
        super().__init__(f"the body broke off, the upload stands at {offset}")
        self.offset = offset


class StorageFullError(UploadError):
    """No room on the disk. What was safe before this request still is."""

    code = "storage_full"


class UploadFiles:
    """Part files under one folder, each guarded by a lock on the file itself.

    Safe between threads and between processes on one host: a lock belongs to an open file, and
    every call opens its own.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, upload: UUID) -> Path:
        return self.root / f"{upload}.part"

    def create(self, upload: UUID) -> None:
        """Begin an empty upload. FileExistsError when it was begun before."""
        with no_room_is_its_own_error():
            os.close(os.open(self.path(upload), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            _sync_folder(self.root)

    def offset(self, upload: UUID) -> int:
        """How many bytes are on the disk. Takes no lock: a request may be adding to them.

        Raises UploadGoneError.
        """
        with self._opened(upload) as handle:
            size = os.fstat(handle).st_size
            os.fsync(handle)
        return size

    def find_size(self, upload: UUID) -> int:
        """How many bytes lie there now, on the disk or on their way to it; 0 without a file."""
        try:
            return self.path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def append(
        self,
        upload: UUID,
        *,
        offset: int,
        body: Iterable[bytes],
        limit: int,
        expected: int | None = None,
        checksum: Checksum | None = None,
    ) -> int:
        """Add `body` at `offset`; the new offset, told after fsync.

        `limit` is the size the file may reach: the upload's maximum, or its length once that is
        known. `expected` is the announced Content-Length, None for a chunked body.

        A body that breaks off keeps what arrived, unless it came with a checksum: what cannot
        be checked is not kept, and ends in ChecksumMismatchError. Raises every error of this
        module; an error of `body` itself passes through once what arrived is safe.
        """
        if checksum is not None and checksum.algorithm not in CHECKSUM_ALGORITHMS:
            raise UnknownAlgorithmError(checksum.algorithm)
        with self._locked(upload) as handle:
            actual = os.fstat(handle).st_size
            if actual != offset:
                raise WrongOffsetError(actual)
            if expected is not None and offset + expected > limit:
                raise TooLargeError(limit)
            with no_room_is_its_own_error():
                reached = _write(handle, body, offset=offset, limit=limit, checksum=checksum)
            self._must_be_there(upload)
        reach("upload.written")
        if expected is not None and reached < offset + expected:
            raise BodyBrokenError(reached)
        return reached

    def sha256(self, upload: UUID) -> str:
        """The hash of all bytes so far: 64 hex digits, read in blocks. Raises UploadGoneError."""
        with self._opened(upload) as handle, os.fdopen(handle, "rb", closefd=False) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @contextmanager
    def sealed(self, upload: UUID) -> Iterator[Path]:
        """A second name for the bytes, for a blob store to move away; nobody writes meanwhile.

        The part file itself stays until `discard`, to be called once the rows are committed: a
        process that dies in between leaves an upload that can simply be finished again.
        Waits a moment for a lock: a request at a wrong offset holds one while it is refused.
        Raises UploadGoneError, UploadLockedError and StorageFullError.
        """
        with self._locked(upload, patience_seconds=SEAL_SECONDS) as handle:
            name = self._second_name(upload)
            with no_room_is_its_own_error():
                os.fsync(handle)
                name.unlink(missing_ok=True)
                name.hardlink_to(self.path(upload))
            try:
                yield name
            finally:
                name.unlink(missing_ok=True)

    def discard(self, upload: UUID) -> None:
        """Remove the part file, if it is there. Who still writes to it gets UploadGoneError.

        Waits for no lock: a phone that lost its line may hold one for seconds.
        """
        self._second_name(upload).unlink(missing_ok=True)
        self.path(upload).unlink(missing_ok=True)
        _sync_folder(self.root)

    def _second_name(self, upload: UUID) -> Path:
        return self.root / f"{upload}.sealed"

    @contextmanager
    def _opened(self, upload: UUID) -> Iterator[int]:
        try:
            handle = os.open(self.path(upload), os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            raise UploadGoneError from None
        try:
            yield handle
        finally:
            os.close(handle)

    @contextmanager
    def _locked(self, upload: UUID, *, patience_seconds: float = 0) -> Iterator[int]:
        until = time.monotonic() + patience_seconds
        with self._opened(upload) as handle:
            while not _has_lock(handle):
                if time.monotonic() >= until:
                    raise UploadLockedError
                time.sleep(0.01)
            self._must_be_there(upload)
            yield handle

    def _must_be_there(self, upload: UUID) -> None:
        """An open file outlives its name, and discard waits for nobody."""
        if not self.path(upload).exists():
            raise UploadGoneError


def _write(
    handle: int, body: Iterable[bytes], *, offset: int, limit: int, checksum: Checksum | None
) -> int:
    """Append `body`, or nothing of it when it is refused; always durable on the way out."""
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    reached = offset
    refused = checksum is not None
    try:
        for block in body:
            if reached + len(block) > limit:
                refused = True
                raise TooLargeError(limit)
            _write_all(handle, block)
            reached += len(block)
            if digest is not None:
                digest.update(block)
            reach("upload.writing")
        if digest is not None and checksum is not None and digest.digest() != checksum.digest:
            raise ChecksumMismatchError
        refused = False
    finally:
        if refused:
            os.ftruncate(handle, offset)
        os.fsync(handle)
    return reached


def _has_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_all(handle: int, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def no_room_is_its_own_error() -> Iterator[None]:
    """What the disk cannot hold is a StorageFullError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFullError from error
        raise
