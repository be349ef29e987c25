"""Which events become work: job rows in the transaction of the event."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courses.events import ClipErased, ClipReady, Event, TakeKept
from lms.events import EventBus
from lms.jobs.models import Lane
from lms.jobs.rows import JobSpec, enqueue

NORMALISE = "media.normalise"
TRANSCRIBE = "media.transcribe"
ERASE = "media.erase_blobs"

PIPELINE_VERSION = 1
"""Raised when the pipeline makes something else of the same clip: old work is then redone."""


def process_clip(session: Session, *, organisation_id: int, clip: UUID, now: datetime) -> None:
    """Make the clip playable; its transcription follows by itself."""
    spec = JobSpec(
        kind=NORMALISE,
        lane=Lane.MEDIA,
        organisation_id=organisation_id,
        subject_type="clip",
        subject_id=str(clip),
        params={"version": PIPELINE_VERSION},
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


def connect(bus: EventBus) -> None:
    bus.on(TakeKept, _kept)
    bus.on(ClipReady, _ready)
    bus.on(ClipErased, _erased)
