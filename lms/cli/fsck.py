"""Compares rows with bytes: blobs that are gone, and bytes that no row knows.

Only what is older than a day counts as an orphan, so that a live upload or job is never taken
for one. Nothing is removed unless it is asked for.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from lms.config import Settings
from lms.db import Database
from media.models import Clip, Rendition, Upload, UploadState

OLD_SECONDS = 24 * 3600


@dataclass
class Report:
    """`missing` and `damaged` are keys of blobs; `orphans` are files and folders on disk."""

    clips: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    orphans: list[Path] = field(default_factory=list)


def inspect(settings: Settings, database: Database, *, checksums: bool) -> Report:
    """Look at every clip, rendition and open upload. Reading all bytes only for `checksums`."""
    expected = _expected(database)
    report = Report(clips=len({key.split("/")[0] for key in expected}), files=len(expected))
    for key, sha256 in expected.items():
        place = settings.blobs / key
        if not place.is_file():
            report.missing.append(key)
        elif checksums and _sha256(place) != sha256:
            report.damaged.append(key)
    if report.missing:
        # A clip that was erased while we looked is not missed.
        report.missing = [key for key in report.missing if key in _expected(database)]
    report.orphans += _blob_orphans(settings.blobs, set(expected))
    report.orphans += _upload_orphans(settings.uploads, _open_uploads(database))
    return report


def _expected(database: Database) -> dict[str, str]:
    """Every key that a row promises, with the checksum of its bytes."""
    with database.reading() as session:
        expected = {
            clip.original_key: clip.original_sha256 for clip in session.scalars(select(Clip))
        }
        renditions = session.execute(select(Rendition.key, Rendition.sha256))
        return expected | {key: sha256 for key, sha256 in renditions}  # noqa: C416 -- Row objects, not tuples


def _open_uploads(database: Database) -> set[str]:
    with database.reading() as session:
        rows = select(Upload.public_id).where(Upload.state == UploadState.OPEN)
        return {str(public_id) for public_id in session.scalars(rows)}


def _blob_orphans(blobs: Path, expected: set[str]) -> Iterator[Path]:
    """Folders of no clip as a whole; in a clip's folder the files of no row."""
    owners = {key.split("/")[0] for key in expected}
    for folder in sorted(blobs.iterdir()):
        if folder.name not in owners:
            if _is_old(folder):
                yield folder
            continue
        for path in sorted(folder.iterdir()):
            if f"{folder.name}/{path.name}" not in expected and _is_old(path):
                yield path


def _upload_orphans(uploads: Path, still_open: set[str]) -> Iterator[Path]:
    for path in sorted(uploads.iterdir()):
        if path.name.split(".")[0] not in still_open and _is_old(path):
            yield path


def _is_old(path: Path) -> bool:
    """Whether nothing in it changed for a day."""
    try:
        newest = max(item.stat().st_mtime for item in (path, *path.rglob("*")))
    except FileNotFoundError:
        return False  # being erased or renamed right now
    return time.time() - newest > OLD_SECONDS


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_orphans(report: Report) -> Iterator[Path]:
    """Remove what no row knows; tells each path after it is gone."""
    for path in report.orphans:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        yield path
