"""Which events become work: job rows in the transaction of the event."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courses.events import ClipErased, ClipReady, Event, TakeKept
from lms.events import EventBus
from lms.jobs.models import Lane
from lms.jobs.rows import Claim, JobSpec, enqueue

NORMALISE = "media.normalise"
TRANSCRIBE = "media.transcribe"
ERASE = "media.erase_blobs"

MODEL = "model"
"""What a transcription waits for when there is no engine or no model on this host."""
STORAGE = "storage"
"""What any job waits for while the place of the bytes does not answer."""
SCANNER = "scanner"
"""What a clip waits for while the virus scanner does not answer: nothing is opened unscanned."""
SCANNER_LIMIT = "scanner_limit"
"""What a clip waits for that is larger than the scanner is set to look at."""

FILE_LOST = "file_lost"
"""The recording itself is not in its place any more, or no longer what was received."""

PIPELINE_VERSION = 1
"""Raised when the pipeline makes something else of the same clip: old work is then redone."""


def process_clip(
    session: Session, *, organisation_id: int, clip: UUID, now: datetime, again: str = ""
) -> None:
    """Make the clip playable; its transcription follows by itself.

    What was done before is done once more only with a word of its own in `again`.
    """
    spec = JobSpec(
        kind=NORMALISE,
        lane=Lane.MEDIA,
        organisation_id=organisation_id,
        subject_type="clip",
        subject_id=str(clip),
        params={"version": PIPELINE_VERSION},
        period=again,
    )
    enqueue(session, spec, now=now)


def transcribe_clip(session: Session, *, organisation_id: int, clip: UUID, now: datetime) -> None:
    spec = JobSpec(
        kind=TRANSCRIBE,
        lane=Lane.TRANSCRIPTION,
        organisation_id=organisation_id,
        subject_type="clip",
        subject_id=str(clip),
        params={"version": PIPELINE_VERSION},
    )
    enqueue(session, spec, now=now)


def _kept(session: Session, event: Event, now: datetime) -> None:
    if isinstance(event, TakeKept):
        process_clip(session, organisation_id=event.organisation_id, clip=event.clip, now=now)


def _ready(session: Session, event: Event, now: datetime) -> None:
    transcribe_clip(session, organisation_id=event.organisation_id, clip=event.subject, now=now)


def _erased(session: Session, event: Event, now: datetime) -> None:
    spec = JobSpec(
        kind=ERASE,
        lane=Lane.QUICK,
        organisation_id=event.organisation_id,
        subject_type="clip",
        subject_id=str(event.subject),
        params={},
    )
    enqueue(session, spec, now=now)


def erase_late(session: Session, claim: Claim, *, now: datetime) -> None:
    """Have the bytes removed that a job put while its clip was being erased (I78).

    By a job, because the store may be far away and a transaction is open here.
    """
    spec = JobSpec(
        kind=ERASE,
        lane=Lane.QUICK,
        organisation_id=claim.organisation_id,
        subject_type="clip",
        subject_id=claim.subject_id,
        params={},
        period=f"after {claim.id}-{claim.fence}",
    )
    enqueue(session, spec, now=now)


def connect(bus: EventBus) -> None:
    bus.on(TakeKept, _kept)
    bus.on(ClipReady, _ready)
    bus.on(ClipErased, _erased)
