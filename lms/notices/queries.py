"""Reads of notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models import Lesson, Take
from courses.policies import Actor, visible_takes
from courses.queries.rows import list_as
from courses.queries.takes import ReceivedRemark
from lms.notices.models import DECISIONS, FEEDBACK, Notice, NoticeKind

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


@dataclass(frozen=True)
class FeedbackNotice:
    """Something new about an own take, or an answer. The lesson is None once its take is gone."""

    public_id: UUID
    kind: NoticeKind
    take: UUID | None
    number: int | None
    lesson: str | None
    lesson_language: str | None
    may_open: bool | None
    """Whether its reader may open that take now: one of a colleague may have been closed."""
    created_at: datetime


@dataclass(frozen=True)
class FeedbackNews:
    """Everything that the number behind Feedback counts, newest first."""

    notices: list[FeedbackNotice]

    @property
    def newest(self) -> UUID | None:
        """Up to and with which notice all was shown."""
        return self.notices[0].public_id if self.notices else None

    @property
    def others(self) -> list[FeedbackNotice]:
        """What no remark on an own take shows: decisions and answers."""
        return [one for one in self.notices if one.kind is not NoticeKind.FEEDBACK_RECEIVED]

    def new_among(self, remarks: Iterable[ReceivedRemark]) -> list[bool]:
        """For each remark, newest first, whether it is new. Notices name the take, no remark."""
        left = Counter(one.take for one in self.notices if one.kind is NoticeKind.FEEDBACK_RECEIVED)
        new = []
        for remark in remarks:
            new.append(left[remark.take] > 0)
            left[remark.take] -= 1
        return new


def find_feedback_news(session: Session, actor: Actor, *, today: date) -> FeedbackNews:
    """What this person was told about feedback and has not read yet."""
    statement = (
        select(
            Notice.public_id,
            Notice.kind,
            Notice.take,
            Take.number,
            Lesson.title.label("lesson"),
            Lesson.language.label("lesson_language"),
            visible_takes(actor, today=today).label("may_open"),
            Notice.created_at,
        )
        .outerjoin(Take, Take.public_id == Notice.take)
        .outerjoin(Lesson, Lesson.id == Take.lesson_id)
        .where(
            Notice.person_id == actor.person_id,
            Notice.read_at.is_(None),
            Notice.kind.in_(FEEDBACK),
        )
        .order_by(Notice.id.desc())
    )
    return FeedbackNews(list_as(FeedbackNotice, session, statement))
