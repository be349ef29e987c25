"""Reads that join a take with the work being done on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Take
from lms.jobs.models import Job, JobState
from lms.jobs.rows import queue_place
from lms.learning.job_rows import MODEL, NORMALISE, STORAGE, TRANSCRIBE
from media.models import ClipState


class Stage(StrEnum):
    """What is happening to a take, as its maker understands it."""

    SENDING = "sending"
    QUEUED = "queued"
    WORKING = "working"
    WAITING_FOR_SCAN = "waiting_for_scan"
    WAITING_FOR_STORAGE = "waiting_for_storage"
    FAILED = "failed"
    READY = "ready"


class TextStage(StrEnum):
    NONE = "none"
    QUEUED = "queued"
    WORKING = "working"
    WAITING_FOR_MODEL = "waiting_for_model"
    FAILED = "failed"
    NO_SPEECH = "no_speech"
    READY = "ready"


@dataclass(frozen=True)
class Processing:
    """How far the clip and its text are; percentages are real, from the running job."""

    stage: Stage
    percent: int
    ahead: int
    seconds: int
    text_stage: TextStage
    text_percent: int
    text_ahead: int
    text_seconds: int

    @property
    def moving(self) -> bool:
        """Whether it is worth asking again in a moment."""
        return self.stage in (
            Stage.QUEUED,
            Stage.WORKING,
            Stage.WAITING_FOR_SCAN,
            Stage.WAITING_FOR_STORAGE,
        ) or self.text_stage in (
            TextStage.QUEUED,
            TextStage.WORKING,
        )


def get_processing(session: Session, take: Take) -> Processing:
    """Where the clip of `take` is between the last byte and the text."""
    clip = take.clip
    if take.written is not None:
        return Processing(Stage.READY, 100, 0, 0, TextStage.NONE, 0, 0, 0)
    if clip is None:
        return Processing(Stage.SENDING, 0, 0, 0, TextStage.NONE, 0, 0, 0)
    if clip.transcript is not None:
        text = TextStage.READY if clip.transcript.speech else TextStage.NO_SPEECH
        return Processing(Stage.READY, 100, 0, 0, text, 100, 0, 0)
    rows = session.scalars(
        select(Job).where(Job.subject_type == "clip", Job.subject_id == str(clip.public_id))
    )
    jobs = {job.kind: job for job in rows}
    stage, percent, ahead, seconds = _clip_part(session, clip.state, jobs.get(NORMALISE))
    text, text_percent, text_ahead, text_seconds = _text_part(session, jobs.get(TRANSCRIBE))
    return Processing(stage, percent, ahead, seconds, text, text_percent, text_ahead, text_seconds)


def _clip_part(session: Session, state: ClipState, job: Job | None) -> tuple[Stage, int, int, int]:
    if state is ClipState.READY:
        return Stage.READY, 100, 0, 0
    if state is ClipState.FAILED or job is None or job.state is JobState.FAILED:
        return Stage.FAILED, 0, 0, 0
    if job.state is JobState.WAITING:
        stage = Stage.WAITING_FOR_STORAGE if job.reason == STORAGE else Stage.WAITING_FOR_SCAN
        return stage, 0, 0, 0
    place = queue_place(session, job)
    stage = Stage.WORKING if job.state is JobState.RUNNING else Stage.QUEUED
    return stage, job.progress, place.ahead, place.seconds


def _text_part(session: Session, job: Job | None) -> tuple[TextStage, int, int, int]:
    if job is None:
        return TextStage.NONE, 0, 0, 0
    if job.state is JobState.WAITING and job.reason == MODEL:
        return TextStage.WAITING_FOR_MODEL, 0, 0, 0
    if job.state is JobState.FAILED:
        return TextStage.FAILED, 0, 0, 0
    place = queue_place(session, job)
    stage = TextStage.WORKING if job.state is JobState.RUNNING else TextStage.QUEUED
    return stage, job.progress, place.ahead, place.seconds
