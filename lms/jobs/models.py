"""The job row: inserted in the same transaction as what it is about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from media.db import text_enum


class JobState(StrEnum):
    QUEUED = "queued"
    WAITING = "waiting"
    """For something outside (a model): uses up no attempt. `reason` says what."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Lane(StrEnum):
    """A worker runs one job per lane at a time, so a long text never delays a clip."""

    MEDIA = "media"
    TRANSCRIPTION = "transcription"
    QUICK = "quick"


class Job(Base):
    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("kind", "subject_type", "subject_id", "input_hash"),
        Index("ix_job_claim", "lane", "state", "run_after", "id"),
        Index("ix_job_subject", "subject_type", "subject_id"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    lane: Mapped[Lane] = mapped_column(text_enum(Lane))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(60))
    input_hash: Mapped[str] = mapped_column(String(64))
    """Of what goes in, settings included; for a recurring job of its period."""
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(text_enum(JobState), default=JobState.QUEUED)
    reason: Mapped[str | None] = mapped_column(String(60))
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=3)
    last_error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """`{"code": …, "params": {…}}`: never a sentence (4b)."""
    progress: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
