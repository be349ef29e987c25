"""Notices in the application. The words are made when the page is, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from courses.models import Organisation, Person
from lms.db import Base
from media.db import Identified, text_enum


class NoticeKind(StrEnum):
    FEEDBACK_RECEIVED = "feedback_received"
    REPLY_RECEIVED = "reply_received"
    TAKE_ACCEPTED = "take_accepted"
    RETAKE_ASKED = "retake_asked"
    TRANSCRIPT_READY = "transcript_ready"
    CLIP_FAILED = "clip_failed"
    TAKE_SHARED = "take_shared"
    REPORT_RECEIVED = "report_received"
    """Something was reported that this person decides about."""
    REPORT_STUCK = "report_stuck"
    """Something was reported and nobody is left who may decide: for the administrator."""
    REPORT_RESTORED = "report_restored"
    """What this person reported may stay; `report_removed`: it stays hidden."""
    REPORT_REMOVED = "report_removed"
    OWN_RESTORED = "own_restored"
    """What this person made was reported, and may stay; `own_removed`: it stays hidden."""
    OWN_REMOVED = "own_removed"
    OWN_REPORTED = "own_reported"
    """What this person made was reported, and is hidden until somebody decides."""


FEEDBACK = (
    NoticeKind.FEEDBACK_RECEIVED,
    NoticeKind.REPLY_RECEIVED,
    NoticeKind.TAKE_ACCEPTED,
    NoticeKind.RETAKE_ASKED,
)
"""What the page of somebody's feedback shows."""
DECISIONS = (
    NoticeKind.REPORT_RESTORED,
    NoticeKind.REPORT_REMOVED,
    NoticeKind.OWN_RESTORED,
    NoticeKind.OWN_REMOVED,
)
WAITING = (NoticeKind.REPORT_RECEIVED, NoticeKind.REPORT_STUCK, NoticeKind.OWN_REPORTED)
"""What is over once somebody decided."""
ABOUT_REPORTS = (*WAITING, *DECISIONS)


class Notice(Identified, Base):
    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person", "person_id", "read_at", "id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind))
    take: Mapped[UUID | None] = mapped_column(Uuid)
    """Public id of the take it is about. Gone takes leave a notice without a link."""
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Of a report: `about` (take or comment) and `subject`, the public id of that thing."""
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
