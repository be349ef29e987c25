"""Reads of notices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models import Lesson, Take
from courses.queries.rows import list_as
from lms.notices.models import DECISIONS, Notice, NoticeKind

FEEDBACK = (
    NoticeKind.FEEDBACK_RECEIVED,
    NoticeKind.REPLY_RECEIVED,
    NoticeKind.TAKE_ACCEPTED,
    NoticeKind.RETAKE_ASKED,
)
IN_WORDS = (*DECISIONS, NoticeKind.OWN_REPORTED, NoticeKind.REPORT_STUCK)
"""What is told in a sentence, until its reader says that it was read."""


def count_unread(session: Session, *, person_id: int, kinds: Collection[NoticeKind]) -> int:
    """How many notices of these kinds this person has not read yet."""
    return (
        session.scalar(
            select(func.count(Notice.id)).where(
                Notice.person_id == person_id,
                Notice.read_at.is_(None),
                Notice.kind.in_(kinds),
            )
        )
        or 0
    )


@dataclass(frozen=True)
class News:
    """A notice that is told in words. The lesson is None once its take is gone."""

    public_id: UUID
    kind: NoticeKind
    params: dict[str, Any]
    take: UUID | None
    lesson: str | None
    lesson_language: str | None
    created_at: datetime


def list_news(session: Session, *, person_id: int, limit: int = 20) -> list[News]:
    """What this person was told in words and has not read yet, newest first."""
    statement = (
        select(
            Notice.public_id,
            Notice.kind,
            Notice.params,
            Notice.take,
            Lesson.title.label("lesson"),
            Lesson.language.label("lesson_language"),
            Notice.created_at,
        )
        .outerjoin(Take, Take.public_id == Notice.take)
        .outerjoin(Lesson, Lesson.id == Take.lesson_id)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None), Notice.kind.in_(IN_WORDS))
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return list_as(News, session, statement)
