"""The byte side of an upload: what is kept, what is refused, and what survives a kill."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from media import uploads
from media.uploads import (
    BodyBrokenError,
    Checksum,
    ChecksumMismatchError,
    StorageFullError,
    TooLargeError,
    UnknownAlgorithmError,
    UploadFiles,
    UploadGoneError,
    UploadLockedError,
    WrongOffsetError,
)

BLOCK = 64 * 1024
MEGABYTE = 1024 * 1024


@pytest.fixture
def files(tmp_path: Path) -> UploadFiles:
    root = tmp_path / "uploads"
    root.mkdir()
    return UploadFiles(root)


@pytest.fixture
def upload(files: UploadFiles) -> UUID:
    upload = uuid4()
    files.create(upload)
    return upload


def body(data: bytes, size: int = BLOCK) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


class Line:
    """A body that hands out blocks until its line breaks."""

    def __init__(self, *blocks: bytes, error: Exception) -> None:
        self.blocks, self.error = blocks, error

    def __iter__(self) -> Iterator[bytes]:
        yield from self.blocks
        raise self.error


# --- growing ------------------------------------------------------------------------------


def test_a_new_upload_stands_at_zero_and_is_private(files: UploadFiles, upload: UUID) -> None:
    assert files.offset(upload) == 0
    assert files.path(upload).stat().st_mode & 0o777 == 0o600


def test_an_upload_is_begun_once(files: UploadFiles, upload: UUID) -> None:
    with pytest.raises(FileExistsError):
        files.create(upload)


def test_pieces_become_one_exact_file(files: UploadFiles, upload: UUID) -> None:
    data = os.urandom(300_001)
    offset = 0
    for size in (1, 100_000, 0, 200_000):
        piece = data[offset : offset + size]
        offset = files.append(upload, offset=offset, body=body(piece), limit=len(data))
    assert offset == files.offset(upload) == len(data)
    assert files.path(upload).read_bytes() == data
    assert files.sha256(upload) == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("told", [0, 4, 6, 1_000])
def test_a_wrong_offset_changes_nothing_and_tells_the_right_one(
    files: UploadFiles, upload: UUID, told: int
) -> None:
    files.append(upload, offset=0, body=[b"first"], limit=100)
    with pytest.raises(WrongOffsetError) as refused:
        files.append(upload, offset=told, body=[b"again"], limit=2_000)
    assert refused.value.actual == 5
    assert files.path(upload).read_bytes() == b"first"


def test_an_unknown_upload_is_gone_for_every_verb(files: UploadFiles) -> None:
    nobody = uuid4()
    with pytest.raises(UploadGoneError):
        files.offset(nobody)
    with pytest.raises(UploadGoneError):
        files.append(nobody, offset=0, body=[b"x"], limit=10)
    with pytest.raises(UploadGoneError):
        files.sha256(nobody)
    with pytest.raises(UploadGoneError), files.sealed(nobody):
        pytest.fail("there is nothing to seal")
    files.discard(nobody)
    assert list(files.root.iterdir()) == []


# --- limits (S25) -------------------------------------------------------------------------


def test_an_announced_body_past_the_limit_is_refused_unread(
    files: UploadFiles, upload: UUID
) -> None:
    never = Line(error=AssertionError("the body was read"))
    with pytest.raises(TooLargeError):
        files.append(upload, offset=0, body=never, limit=10, expected=11)


def test_a_body_that_grows_past_the_limit_leaves_what_was_there(
    files: UploadFiles, upload: UUID
) -> None:
    files.append(upload, offset=0, body=[b"safe"], limit=10)
    with pytest.raises(TooLargeError) as refused:
        files.append(upload, offset=4, body=[b"1234", b"567"], limit=10)
    assert refused.value.limit == 10
    assert files.path(upload).read_bytes() == b"safe"
    assert files.append(upload, offset=4, body=[b"123456"], limit=10) == 10


def test_s25_memory_stays_flat_while_streaming(files: UploadFiles, upload: UUID) -> None:
    endless = (b"\0" * BLOCK for _ in range(10_000))
    tracemalloc.start()
    with pytest.raises(TooLargeError):
        files.append(upload, offset=0, body=endless, limit=32 * MEGABYTE)
    files.append(upload, offset=0, body=body(b"\1" * BLOCK), limit=BLOCK)
    files.sha256(upload)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEGABYTE


# --- broken lines -------------------------------------------------------------------------


def test_a_short_body_keeps_what_arrived(files: UploadFiles, upload: UUID) -> None:
    with pytest.raises(BodyBrokenError) as broken:
        files.append(upload, offset=0, body=[b"half"], limit=100, expected=8)
    assert broken.value.offset == files.offset(upload) == 4
    assert files.append(upload, offset=4, body=[b"rest"], limit=100, expected=4) == 8
    assert files.path(upload).read_bytes() == b"halfrest"


def test_a_line_that_breaks_keeps_what_arrived(files: UploadFiles, upload: UUID) -> None:
    line = Line(b"one", b"two", error=TimeoutError())
    with pytest.raises(TimeoutError):
        files.append(upload, offset=0, body=line, limit=100, expected=50)
    assert files.offset(upload) == 6
    assert files.append(upload, offset=6, body=[b"three"], limit=100) == 11


@pytest.mark.parametrize("algorithm", uploads.CHECKSUM_ALGORITHMS)
def test_a_right_checksum_is_kept(files: UploadFiles, upload: UUID, algorithm: str) -> None:
    data = os.urandom(200_000)
    checksum = Checksum(algorithm, hashlib.new(algorithm, data).digest())
    assert files.append(upload, offset=0, body=body(data), limit=MEGABYTE, checksum=checksum)
    assert files.path(upload).read_bytes() == data


@pytest.mark.parametrize("algorithm", uploads.CHECKSUM_ALGORITHMS)
def test_a_wrong_checksum_leaves_what_was_there(
    files: UploadFiles, upload: UUID, algorithm: str
) -> None:
    files.append(upload, offset=0, body=[b"safe"], limit=100)
    checksum = Checksum(algorithm, hashlib.new(algorithm, b"meant").digest())
    with pytest.raises(ChecksumMismatchError):
        files.append(upload, offset=4, body=[b"garbled"], limit=100, checksum=checksum)
    assert files.path(upload).read_bytes() == b"safe"


def test_an_unknown_algorithm_is_refused_unread(files: UploadFiles, upload: UUID) -> None:
    never = Line(error=AssertionError("the body was read"))
    with pytest.raises(UnknownAlgorithmError):
        files.append(upload, offset=0, body=never, limit=9, checksum=Checksum("crc32", b"1234"))


def test_what_cannot_be_checked_is_not_kept(files: UploadFiles, upload: UUID) -> None:
    checksum = Checksum("sha256", hashlib.sha256(b"all of it").digest())
    line = Line(b"all of", error=ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        files.append(upload, offset=0, body=line, limit=100, checksum=checksum)
    assert files.offset(upload) == 0
    with pytest.raises(ChecksumMismatchError):
        files.append(upload, offset=0, body=[b"all"], limit=9, expected=9, checksum=checksum)
    assert files.offset(upload) == 0


def test_a_full_disk_says_so_and_keeps_what_was_there(
    files: UploadFiles, upload: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.append(upload, offset=0, body=[b"safe"], limit=100)

    def no_room(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as full:
        full.setattr("media.uploads.os.write", no_room)
        with pytest.raises(StorageFullError):
            files.append(upload, offset=4, body=[b"more"], limit=100)
    assert files.append(upload, offset=4, body=[b"more"], limit=100) == 8


# --- together -----------------------------------------------------------------------------


def test_three_at_one_offset_leave_one_winner_and_an_exact_file(
    files: UploadFiles, upload: UUID
) -> None:
    head, bodies = os.urandom(5_000), [os.urandom(BLOCK) * 8 for _ in range(3)]
    files.append(upload, offset=0, body=[head], limit=MEGABYTE)
    together = threading.Barrier(3)
    ends: list[tuple[int, int | str]] = []

    def send(which: int) -> None:
        together.wait()
        try:
            pieces = body(bodies[which], 4_096)
            end = files.append(upload, offset=len(head), body=pieces, limit=MEGABYTE)
        except (UploadLockedError, WrongOffsetError) as refused:
            ends.append((which, refused.code))
        else:
            ends.append((which, end))

    threads = [threading.Thread(target=send, args=(which,)) for which in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [which for which, end in ends if isinstance(end, int)]
    assert len(winners) == 1
    assert {end for _, end in ends if isinstance(end, str)} <= {"upload_locked", "wrong_offset"}
    assert files.path(upload).read_bytes() == head + bodies[winners[0]]


def test_a_lock_of_another_opener_is_seen_and_freed(files: UploadFiles, upload: UUID) -> None:
    with files.path(upload).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UploadLockedError):
            files.append(upload, offset=0, body=[b"x"], limit=10)
        with pytest.raises(UploadLockedError), files.sealed(upload):
            pytest.fail("somebody still writes")
        assert files.offset(upload) == 0
    assert files.append(upload, offset=0, body=[b"x"], limit=10) == 1


def test_discarding_under_a_writer_wins(files: UploadFiles, upload: UUID) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"first"
        files.discard(upload)
        yield b"second"

    with pytest.raises(UploadGoneError):
        files.append(upload, offset=0, body=blocks(), limit=100)
    assert list(files.root.iterdir()) == []


WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from uuid import UUID
from media.uploads import UploadFiles

def blocks():
    for number in range(1_000_000):
        if number == 20:
            print("writing", flush=True)
        yield number.to_bytes(4, "big") * 1_024

UploadFiles(Path(sys.argv[1])).append(UUID(sys.argv[2]), offset=0, body=blocks(), limit=1 << 40)
"""


def test_a_killed_process_leaves_a_prefix_and_no_lock(files: UploadFiles, upload: UUID) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(files.root), str(upload)],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(uploads.__file__).parent.parent)},
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        writer.kill()
    kept = files.offset(upload)
    assert kept >= 20 * 4_096
    whole = b"".join(number.to_bytes(4, "big") * 1_024 for number in range(kept // 4_096 + 1))
    assert files.path(upload).read_bytes() == whole[:kept]
    assert files.append(upload, offset=kept, body=[b"on"], limit=1 << 40) == kept + 2


# --- on to their lasting place ------------------------------------------------------------


def test_sealed_bytes_can_be_moved_to_their_place(files: UploadFiles, upload: UUID) -> None:
    data = os.urandom(100_000)
    files.append(upload, offset=0, body=body(data), limit=MEGABYTE)
    place = files.root.parent / "blob"
    with files.sealed(upload) as source:
        source.replace(place)
    files.discard(upload)
    assert place.read_bytes() == data
    assert place.stat().st_mode & 0o777 == 0o600
    assert list(files.root.iterdir()) == []


def test_nobody_writes_to_sealed_bytes(files: UploadFiles, upload: UUID) -> None:
    with files.sealed(upload):
        with pytest.raises(UploadLockedError):
            files.append(upload, offset=0, body=[b"late"], limit=10)
        with pytest.raises(UploadLockedError), files.sealed(upload):
            pytest.fail("two would finish one upload")


def test_s7_what_failed_to_be_finished_is_finished_again(files: UploadFiles, upload: UUID) -> None:
    files.append(upload, offset=0, body=[b"all"], limit=3)
    with suppress(RuntimeError), files.sealed(upload) as source:
        source.replace(files.root.parent / "orphan")
        raise RuntimeError("the transaction failed")
    assert files.offset(upload) == 3
    with files.sealed(upload) as source:
        assert source.read_bytes() == b"all"
    assert [path.suffix for path in files.root.iterdir()] == [".part"]


def test_a_name_left_by_a_killed_process_is_no_obstacle(files: UploadFiles, upload: UUID) -> None:
    files.path(upload).with_suffix(".sealed").write_bytes(b"left behind")
    files.append(upload, offset=0, body=[b"all"], limit=3)
    with files.sealed(upload) as source:
        assert source.read_bytes() == b"all"
    files.path(upload).with_suffix(".sealed").write_bytes(b"left behind")
    files.discard(upload)
    assert list(files.root.iterdir()) == []


def test_bytes_are_durable_before_their_offset_is_told(
    files: UploadFiles, upload: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, int]] = []
    really_sync = os.fsync

    def sync(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        synced.append((name, os.fstat(handle).st_size))
        really_sync(handle)

    monkeypatch.setattr("media.uploads.os.fsync", sync)
    assert files.append(upload, offset=0, body=[b"da", b"ta"], limit=4) == 4
    assert synced == [(f"{upload}.part", 4)]
    assert files.offset(upload) == 4
    assert synced[1:] == [(f"{upload}.part", 4)]


def test_the_last_byte_waits_for_who_is_just_being_refused(
    files: UploadFiles, upload: UUID
) -> None:
    """A request at a wrong offset holds the lock for as long as it takes to see that."""
    files.append(upload, offset=0, body=[b"whole"], limit=10)
    with files.path(upload).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        freed = threading.Timer(0.1, fcntl.flock, (other, fcntl.LOCK_UN))
        freed.start()
        with files.sealed(upload) as sealed:
            assert sealed.read_bytes() == b"whole"
        freed.join()
