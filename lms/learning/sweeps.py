"""What the sweeper looks at now and then: a model that arrived, uploads nobody finished.

Everything here is safe to run twice and at the same time by two workers.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courses.models import Take
from courses.terms import TakeState
from lms import clock
from lms.audit import seal
from lms.config import Settings
from lms.db import Database
from lms.jobs.models import Job, JobState
from lms.jobs.rows import release_waiting
from lms.learning.jobs import MODEL, can_transcribe
from media.models import Upload, UploadState

log = structlog.get_logger(__name__)

ABANDONED_AFTER = timedelta(hours=48)


def sweep(settings: Settings, database: Database) -> None:
    """One round: seal the audit chain, wake texts that wait for a model, clear what was left."""
    _seal(database)
    if can_transcribe(settings):
        with database.reading() as session:
            waits = session.scalar(
                select(Job.id).where(Job.state == JobState.WAITING, Job.reason == MODEL).limit(1)
            )
        if waits is not None:
            with database.transaction() as session:
                log.info("model_arrived", released=release_waiting(session, MODEL))
    _clear_uploads(settings, database)
    _clear_work(settings, database)


def _seal(database: Database) -> None:
    with database.transaction() as session:
        seal(session)


def _clear_uploads(settings: Settings, database: Database) -> None:
    now = clock.now()
    with database.reading() as session:
        overdue = select(Upload.public_id).where(
            Upload.state == UploadState.OPEN, Upload.expires_at < now
        )
        expired = list(session.scalars(overdue))
    if not expired:
        return
    with database.transaction() as session:
        for public_id in expired:
            _forget_upload(session, public_id)
    for public_id in expired:
        for leftover in settings.uploads.glob(f"{public_id}.*"):
            leftover.unlink(missing_ok=True)
    log.info("uploads_expired", count=len(expired))


def _forget_upload(session: Session, public_id: UUID) -> None:
    target = session.scalar(select(Upload.target).where(Upload.public_id == public_id))
    session.execute(
        delete(Upload).where(Upload.public_id == public_id, Upload.state == UploadState.OPEN)
    )
    session.execute(delete(Take).where(Take.public_id == target, Take.state == TakeState.RECORDING))


def _clear_work(settings: Settings, database: Database) -> None:
    """Remove work folders whose job is not running under that fence any more."""
    for folder in settings.work.iterdir():
        job_id, _, fence = folder.name.partition("-")
        if not (job_id.isdigit() and fence.isdigit()):
            continue
        with database.reading() as session:
            running = session.scalar(
                select(Job.id).where(
                    Job.id == int(job_id),
                    Job.fence == int(fence),
                    Job.state == JobState.RUNNING,
                )
            )
        if running is None:
            shutil.rmtree(folder, ignore_errors=True)
