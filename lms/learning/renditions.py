"""The files that an attempt makes of a clip: their names in the store, and what nobody will keep.

Every attempt puts its files under names of its own, before the transaction that promises them. A
worker that dies in between, or comes too late, leaves files that no row will ever name.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from lms.config import Settings
from lms.db import Database
from lms.jobs.models import Job, JobState
from lms.learning.job_rows import NORMALISE
from lms.storage import store_of
from media.models import Rendition, RenditionKind
from media.video.outputs import FileKind

KINDS = {
    FileKind.VIDEO: (RenditionKind.VIDEO, "mp4"),
    FileKind.AUDIO: (RenditionKind.AUDIO, "m4a"),
    FileKind.POSTER: (RenditionKind.POSTER, "jpg"),
    FileKind.PEAKS: (RenditionKind.PEAKS, "json"),
    FileKind.WAV: (RenditionKind.SPEECH, "wav"),
}


def key_of(clip: UUID, kind: FileKind, *, job: int, fence: int) -> str:
    """Where an attempt puts a file: no two attempts share a place."""
    name, extension = KINDS[kind]
    return f"{clip}/{name}-{job}-{fence}.{extension}"


def take_back(settings: Settings, database: Database, *, job: int, fence: int) -> bool:
    """Remove what an attempt put in the store and no row names; False while it may still commit.

    Raises StoreUnavailableError. Safe to do twice, and by two at the same time.
    """
    with database.reading() as session:
        row = session.get(Job, job)
    if row is None or row.kind != NORMALISE:
        return True
    if row.state is JobState.RUNNING and row.fence == fence:
        return False
    # Only now: an attempt that is over has committed its rows, or never will.
    keys = {key_of(UUID(row.subject_id), kind, job=job, fence=fence) for kind in KINDS}
    with database.reading() as session:
        kept = set(session.scalars(select(Rendition.key).where(Rendition.key.in_(keys))))
    store = store_of(settings)
    for key in sorted(keys - kept):
        store.remove(key)
    return True
