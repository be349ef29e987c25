"""What the sweeper looks at now and then: what came back, and uploads and sessions that ended.

Everything here is safe to run twice and at the same time by two workers.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from courses.models import Take
from courses.terms import TakeState
from lms import clock
from lms.accounts.models import UserSession
from lms.audit import seal
from lms.config import Settings
from lms.db import Database
from lms.events import EventBus
from lms.jobs.models import Job, JobState
from lms.jobs.rows import release_waiting
from lms.learning.job_rows import MODEL, SCANNER, SCANNER_LIMIT, STORAGE
from lms.learning.jobs import can_scan, can_transcribe
from lms.learning.receiving import ARRIVING, Reception, StoreAwayError
from lms.learning.renditions import take_back
from lms.storage import require_answer, store_of
from media.models import Clip, Upload, UploadState
from media.storage.port import StoreUnavailableError
from media.uploads import UploadError
from media.video.strays import end_strays

log = structlog.get_logger(__name__)

LIMIT_PAUSE = timedelta(minutes=10)
"""How often a file is sent again to a scanner that is set to look at less than that."""

ABANDONED_AFTER = timedelta(hours=48)
SETTLED_AFTER = timedelta(hours=1)
"""A file younger than this may belong to a request that is just finishing."""


def sweep(settings: Settings, database: Database, bus: EventBus) -> None:
    """One round: seal the audit chain, wake what waits for something, clear what is over.

    What a dead worker's programs still hold is ended first, so that its folders can go.
    """
    _end_strays()
    _seal(database)
    _wake(database, MODEL, lambda: can_transcribe(settings))
    _wake(database, SCANNER, lambda: can_scan(settings))
    _wake(database, SCANNER_LIMIT, lambda: can_scan(settings), every=LIMIT_PAUSE)
    _wake(database, STORAGE, lambda: _store_answers(settings))
    _finish_whole_uploads(settings, database, bus)
    _clear_uploads(settings, database)
    _clear_left_files(settings, database)
    _clear_empty_takes(database)
    _clear_work(settings, database)
    _clear_arrived(settings, database)
    _clear_sessions(settings, database)
    database.forget_erased()


def _end_strays() -> None:
    count = end_strays()
    if count:
        log.warning("strays_ended", count=count)


def _store_answers(settings: Settings) -> bool:
    try:
        require_answer(settings)
    except StoreUnavailableError:
        return False
    return True


def _wake(
    database: Database, reason: str, is_there: Callable[[], bool], *, every: timedelta | None = None
) -> None:
    """Queue what waits for something that came back. `every`: no job more often than that."""
    waiting = [Job.state == JobState.WAITING, Job.reason == reason]
    if every is not None:
        waiting.append(Job.started_at < clock.now() - every)
    with database.reading() as session:
        waits = session.scalar(select(Job.id).where(*waiting).limit(1))
    if waits is not None and is_there():
        with database.transaction() as session:
            log.info("waiting_released", reason=reason, count=release_waiting(session, reason))


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


def _finish_whole_uploads(settings: Settings, database: Database, bus: EventBus) -> None:
    """Finish uploads whose last byte came, but whose process died before the take was kept."""
    with database.reading() as session:
        complete = select(Upload.owner_id, Upload.public_id, Upload.length).where(
            Upload.state == UploadState.OPEN, Upload.length.is_not(None)
        )
        rows = session.execute(complete).all()
    reception = Reception(settings, database, bus)
    for owner_id, public_id, length in rows:
        part = settings.uploads / f"{public_id}.part"
        if not part.is_file() or part.stat().st_size != length:
            continue
        ticket = reception.find(owner_id=owner_id, public_id=public_id)
        if ticket is None:
            continue
        try:
            reception.finish(ticket, now=clock.now())
            log.info("upload_finished_late", upload=str(public_id))
        except StoreAwayError:
            return  # the others would wait just as long for the same answer
        except UploadError as error:  # its client was first, or its take is gone
            log.info("upload_left_alone", upload=str(public_id), code=error.code)


def _clear_left_files(settings: Settings, database: Database) -> None:
    """Remove files of uploads that are finished or forgotten (a kill just after a commit)."""
    for file in settings.uploads.iterdir():
        name = file.name.partition(".")[0]
        try:
            public_id = UUID(name)
            age = clock.now().timestamp() - file.stat().st_mtime
        except (ValueError, FileNotFoundError):
            continue
        if age < SETTLED_AFTER.total_seconds():
            continue
        with database.reading() as session:
            state = session.scalar(select(Upload.state).where(Upload.public_id == public_id))
        if state is not UploadState.OPEN:
            file.unlink(missing_ok=True)


def _clear_empty_takes(database: Database) -> None:
    """Remove takes that were begun and never got a byte: the answer to their start was lost."""
    waiting = exists().where(Upload.target == Take.public_id, Upload.state == UploadState.OPEN)
    empty = (
        Take.state == TakeState.RECORDING,
        Take.created_at < clock.now() - ABANDONED_AFTER,
        ~waiting,
    )
    with database.reading() as session:
        found = session.scalar(select(Take.id).where(*empty).limit(1))
    if found is not None:
        with database.transaction() as session:
            session.execute(delete(Take).where(*empty))


def _clear_arrived(settings: Settings, database: Database) -> None:
    """Remove the bytes that came for a clip whose row never did: a kill before the commit.

    Only what was noted when it came. Bytes without a row that nobody noted may be newer than a
    database that was put back: `lms media fsck` lists those, and a person decides.
    """
    for mark in settings.work.glob(f"*{ARRIVING}"):
        try:
            clip, age = UUID(mark.stem), clock.now().timestamp() - mark.stat().st_mtime
        except (ValueError, FileNotFoundError):
            continue
        if age < SETTLED_AFTER.total_seconds():
            continue
        with database.reading() as session:
            kept = session.scalar(select(Clip.id).where(Clip.public_id == clip))
        if kept is None:
            try:
                files = store_of(settings).erase(clip)
            except StoreUnavailableError:
                continue
            log.info("unkept_bytes_erased", clip=str(clip), files=files)
        mark.unlink(missing_ok=True)


def _clear_work(settings: Settings, database: Database) -> None:
    """Remove work folders whose job is not running under that fence any more.

    And before them what such an attempt put in the store, which no row names.
    """
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
            try:
                take_back(settings, database, job=int(job_id), fence=int(fence))
            except StoreUnavailableError:
                continue
            shutil.rmtree(folder, ignore_errors=True)


def _clear_sessions(settings: Settings, database: Database) -> None:
    """Remove sessions that ended by themselves: whose time is over, or who were silent too long."""
    now = clock.now()
    ended = or_(
        UserSession.expires_at <= now,
        UserSession.seen_at < now - timedelta(minutes=settings.session_idle_minutes),
    )
    with database.reading() as session:
        found = session.scalar(select(UserSession.id).where(ended).limit(1))
    if found is not None:
        with database.transaction() as session:
            session.execute(delete(UserSession).where(ended))
