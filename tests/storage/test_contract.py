"""What the port promises, on a folder and on a bucket of a real S3 server."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from media.storage.disk import DiskStore
from media.storage.port import BlobStore
from media.storage.rehearsal import rehearse
from media.storage.s3 import PART_BYTES, S3Store

ROOT = Path(__file__).resolve().parents[2]
KILLED = Path(__file__).with_name("killed_put.py")
LARGE = 2 * PART_BYTES + 12_345
"""Three parts in a bucket, the last of them short."""


@pytest.fixture
def make_file(tmp_path: Path) -> Callable[[bytes], Path]:
    def make(content: bytes) -> Path:
        file = tmp_path / f"upload-{uuid4()}"
        file.write_bytes(content)
        return file

    return make


MakeFile = Callable[[bytes], Path]


def new_key(name: str = "video-1-1.mp4", clip: UUID | None = None) -> str:
    return f"{clip or uuid4()}/{name}"


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311 -- the same every time


@pytest.mark.parametrize("size", [0, 1, 70_000, LARGE])
def test_what_is_put_is_what_comes_back_in_every_way(
    store: BlobStore, make_file: MakeFile, tmp_path: Path, size: int
) -> None:
    key, content = new_key(), noise(size)
    source = make_file(content)
    store.put(key, source)
    assert not source.exists()
    assert store.local_copy(key, tmp_path).read_bytes() == content
    assert store.sha256(key) == hashlib.sha256(content).hexdigest()
    with store.open(key) as file:
        assert file.read() == content
    found = store.find(key)
    assert found is not None
    assert (found.key, found.bytes) == (key, size)


def test_any_range_can_be_read_in_any_order(store: BlobStore, make_file: MakeFile) -> None:
    key, content = new_key(), noise(LARGE)
    store.put(key, make_file(content))
    with store.open(key) as file:
        assert file.seek(0, io.SEEK_END) == LARGE
        assert file.read(10) == b""
        for start, length in [
            (0, 2),
            (LARGE - 7, 100),
            (PART_BYTES - 3, 6),
            (5, 1_000_000),
            (1_000_005, 300_000),
            (4_000_000, 5_000_000),
            (0, 65_537),
        ]:
            file.seek(start)
            assert file.read(length) == content[start : start + length], (start, length)


def test_a_second_put_replaces_the_first(
    store: BlobStore, make_file: MakeFile, tmp_path: Path
) -> None:
    key = new_key()
    store.put(key, make_file(noise(LARGE)))
    store.put(key, make_file(b"newer"))
    assert store.local_copy(key, tmp_path).read_bytes() == b"newer"
    assert [blob.bytes for blob in store.list_blobs()] == [5]


def test_its_age_counts_from_the_put(store: BlobStore, make_file: MakeFile) -> None:
    """The file of an upload may have lain for days before its clip was kept."""
    source = make_file(b"old")
    os.utime(source, (1_000_000_000, 1_000_000_000))
    key = new_key()
    store.put(key, source)
    (blob,) = store.list_blobs()
    assert abs(datetime.now(UTC) - blob.modified_at) < timedelta(hours=1)


def test_what_is_not_there_is_said_so(store: BlobStore, tmp_path: Path) -> None:
    key = new_key()
    assert store.find(key) is None
    for ask in (store.sha256, store.open, lambda k: store.local_copy(k, tmp_path)):
        with pytest.raises(FileNotFoundError):
            ask(key)
    store.remove(key)
    assert store.erase(uuid4()) == 0
    assert list(tmp_path.glob("fetched-*")) == []


SOMEBODYS = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
"""A clip; the same one each time, for the names of tests are compared between processes."""


@pytest.mark.parametrize(
    "key",
    [
        "../secret.key",
        "/etc/passwd",
        f"{SOMEBODYS}/../x",
        f"{SOMEBODYS}/a/b",
        f"{SOMEBODYS}/",
        f"{SOMEBODYS}/.hidden",
        f"{SOMEBODYS}/a\n",
        "not-a-clip/video.mp4",
        "",
    ],
)
def test_no_method_takes_a_key_that_is_not_ours(
    store: BlobStore, make_file: MakeFile, tmp_path: Path, key: str
) -> None:
    source = make_file(b"x")
    for use in (
        lambda: store.put(key, source),
        lambda: store.local_copy(key, tmp_path),
        lambda: store.open(key),
        lambda: store.find(key),
        lambda: store.sha256(key),
        lambda: store.remove(key),
    ):
        with pytest.raises(ValueError, match="not a key of ours"):
            use()
    assert source.read_bytes() == b"x"


def test_erasing_takes_all_of_one_clip_and_nothing_of_another(
    store: BlobStore, make_file: MakeFile
) -> None:
    doomed, other = uuid4(), uuid4()
    for clip in (doomed, other):
        for name in ("a" * 64, "video-3-1.mp4", "poster-3-1.jpg"):
            store.put(new_key(name, clip), make_file(b"bytes"))
    assert store.erase(doomed) == 3
    assert store.erase(doomed) == 0
    assert {blob.key.partition("/")[0] for blob in store.list_blobs()} == {str(other)}


def test_one_blob_can_be_removed(store: BlobStore, make_file: MakeFile) -> None:
    clip = uuid4()
    store.put(new_key("video-1-1.mp4", clip), make_file(b"lost its lease"))
    store.put(new_key("video-1-2.mp4", clip), make_file(b"kept"))
    store.remove(new_key("video-1-1.mp4", clip))
    assert [blob.key for blob in store.list_blobs()] == [new_key("video-1-2.mp4", clip)]
    assert list(store.list_unfinished()) == []


def test_the_list_is_ordered_and_passes_over_what_is_not_ours(
    store: BlobStore, make_file: MakeFile
) -> None:
    keys = sorted(new_key() for _ in range(4))
    for number, key in enumerate(reversed(keys)):
        store.put(key, make_file(b"x" * number))
    if isinstance(store, DiskStore):
        (store.root / "lost+found").mkdir()
        (store.root / "lost+found/video-1.mp4").write_bytes(b"x")
    else:
        assert isinstance(store, S3Store)
        store._client.put_object(Bucket=store.bucket.name, Key="lost/video-1.mp4", Body=b"x")  # noqa: SLF001 -- as somebody else would
    assert [(blob.key, blob.bytes) for blob in store.list_blobs()] == list(
        zip(keys, (3, 2, 1, 0), strict=True)
    )


def test_a_put_that_fails_leaves_no_trace_and_the_source(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store.put(new_key(), tmp_path / "never written")
    assert list(store.list_blobs()) == []


def test_a_killed_put_shows_nothing_and_can_be_cleared(
    store: BlobStore, make_file: MakeFile
) -> None:
    clip, content = uuid4(), noise(LARGE)
    key, source = new_key(clip=clip), make_file(content)
    kind, place = (
        ("disk", str(store.root))
        if isinstance(store, DiskStore)
        else ("s3", json.dumps(asdict(store.bucket)))
    )
    killed = subprocess.run(
        [sys.executable, KILLED, kind, place, key, source],
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert killed.returncode == -signal.SIGKILL
    assert store.find(key) is None
    assert list(store.list_blobs()) == []
    assert source.read_bytes() == content

    (left,) = store.list_unfinished()
    assert left.key.startswith(str(clip))
    assert abs(datetime.now(UTC) - left.begun_at) < timedelta(hours=1)
    store.abandon(left)
    store.abandon(left)
    assert list(store.list_unfinished()) == []

    store.put(key, source)
    assert store.sha256(key) == hashlib.sha256(content).hexdigest()


def test_erasing_takes_what_a_killed_put_left(store: BlobStore) -> None:
    """I78: parts of somebody's face are bytes of it too."""
    clip = uuid4()
    if isinstance(store, DiskStore):
        (store.root / str(clip)).mkdir()
    else:
        assert isinstance(store, S3Store)
        where = {"Bucket": store.bucket.name, "Key": new_key(clip=clip)}
        begun = store._client.create_multipart_upload(**where)  # noqa: SLF001 -- half a put
        store._client.upload_part(**where, UploadId=begun["UploadId"], PartNumber=1, Body=b"x")  # noqa: SLF001 -- the same
    assert len(list(store.list_unfinished())) == 1
    assert store.erase(clip) == 0
    assert list(store.list_unfinished()) == []


def test_a_rehearsal_is_content_and_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    assert rehearse(store, folder) == []
    assert list(store.list_blobs()) == []
    assert list(store.list_unfinished()) == []
