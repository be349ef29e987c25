"""Compares rows with bytes: blobs that are gone or garbled, and bytes that no row knows.

Only what is older than a day counts as left over, so that a live upload or job is never taken
for one. Nothing is changed here; `lms.cli.mending` does that, when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from lms import clock
from lms.config import Settings
from lms.db import Database
from lms.learning.job_rows import FILE_LOST
from media.models import Clip, Rendition, Upload, UploadState
from media.storage.port import Blob, BlobStore, Unfinished

OLD = timedelta(hours=24)
MANY = 20
"""Below this many, no share of them says that database and store do not belong together."""


@dataclass(frozen=True)
class Promise:
    """What a row says of the bytes under its key."""

    sha256: str
    bytes: int
    given_up: bool = False
    """Of a clip whose maker was told that the recording is lost."""


@dataclass
class Report:
    """Keys of blobs, but for `parts`, which are files of uploads.

    `given_up`: missing, and its maker knows. `back`: given up, but there again.
    """

    clips: int = 0
    files: int = 0
    blobs: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)

    @property
    def hurt(self) -> list[str]:
        return [*self.missing, *self.damaged]

    @property
    def left_over(self) -> list[str]:
        """Everything that belongs to nothing, as it is shown."""
        halves = [unfinished.key for unfinished in self.unfinished]
        return [*self.orphans, *halves, *map(str, self.parts)]

    @property
    def looks_foreign(self) -> bool:
        """Whether most of it does not fit: more likely the wrong store or the wrong database."""
        lost = len(self.hurt) > max(MANY, self.files // 2)
        return lost or len(self.orphans) > max(MANY, self.blobs // 2)


def inspect(settings: Settings, database: Database, store: BlobStore, *, checksums: bool) -> Report:
    """Look at every clip, rendition and open upload. Reading all bytes only for `checksums`."""
    expected = list_promises(database)
    present = {blob.key: blob for blob in store.list_blobs()}
    report = Report(clips=len(list_owners(expected)), files=len(expected), blobs=len(present))
    for key, promise in expected.items():
        blob = present.get(key)
        if blob is None:
            (report.given_up if promise.given_up else report.missing).append(key)
        elif _differs(store, blob, promise, checksums=checksums or promise.given_up):
            (report.given_up if promise.given_up else report.damaged).append(key)
        elif promise.given_up:
            report.back.append(key)
    _look_again(report, store, expected, list_promises(database))
    known = expected.keys() | list_promises(database).keys()
    report.orphans = [
        blob.key for blob in present.values() if blob.key not in known and is_old(blob.modified_at)
    ]
    report.unfinished = [one for one in store.list_unfinished() if is_old(one.begun_at)]
    report.parts = list(_left_parts(settings.uploads, _open_uploads(database)))
    return report


def _differs(store: BlobStore, blob: Blob, promise: Promise, *, checksums: bool) -> bool:
    if blob.bytes != promise.bytes:
        return True
    return checksums and _hash(store, blob.key) not in (promise.sha256, None)


def _hash(store: BlobStore, key: str) -> str | None:
    """None for a blob that was erased while we looked."""
    try:
        return store.sha256(key)
    except FileNotFoundError:
        return None


def _look_again(
    report: Report, store: BlobStore, before: dict[str, Promise], now: dict[str, Promise]
) -> None:
    """Keep only what is still wrong: clips come, change and go while we look."""
    report.missing = [key for key in report.missing if key in now and store.find(key) is None]
    report.damaged = [key for key in report.damaged if now.get(key) == before[key]]


def list_promises(database: Database) -> dict[str, Promise]:
    """Every key that a row promises."""
    with database.reading() as session:
        promises = {
            clip.original_key: Promise(
                clip.original_sha256, clip.original_bytes, clip.failure_code == FILE_LOST
            )
            for clip in session.scalars(select(Clip))
        }
        rows = session.execute(
            select(Rendition.key, Rendition.sha256, Rendition.bytes, Clip.failure_code).join(
                Rendition.clip
            )
        )
        return promises | {
            key: Promise(sha256, size, failure == FILE_LOST) for key, sha256, size, failure in rows
        }


def list_owners(keys: dict[str, Promise]) -> set[str]:
    return {key.partition("/")[0] for key in keys}


def _open_uploads(database: Database) -> set[str]:
    with database.reading() as session:
        rows = select(Upload.public_id).where(Upload.state == UploadState.OPEN)
        return {str(public_id) for public_id in session.scalars(rows)}


def _left_parts(uploads: Path, still_open: set[str]) -> Iterator[Path]:
    for path in sorted(uploads.iterdir()):
        try:
            changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue  # being finished right now
        if path.name.partition(".")[0] not in still_open and is_old(changed_at):
            yield path


def is_old(moment: datetime) -> bool:
    return clock.now() - moment > OLD
