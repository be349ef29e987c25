"""Reads of lessons, each with the asker's own progress. Lists have a total order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from courses.models import Cohort, CohortCourse, Course, Lesson, Take, TimedComment
from courses.policies import Actor, in_cohorts, visible_lessons
from courses.queries.rows import list_as
from courses.terms import SHARED_STATES, AuthorRole, CommentKind, Role, TakeState
from media.models import Clip, ClipState


@dataclass(frozen=True)
class LessonRow:
    """A lesson as a card."""

    id: int
    public_id: UUID
    position: int
    title: str
    situation: str
    language: str
    course_id: int
    course: str
    clip: UUID | None
    clip_ms: int | None
    is_published: bool


def list_lessons(session: Session, actor: Actor, *, today: date) -> list[LessonRow]:
    """The lessons this actor may know of, by course and place."""
    statement = (
        select(
            Lesson.id,
            Lesson.public_id,
            Lesson.position,
            Lesson.title,
            Lesson.situation,
            Lesson.language,
            Course.id.label("course_id"),
            Course.title.label("course"),
            Clip.public_id.label("clip"),
            Clip.duration_ms.label("clip_ms"),
            Lesson.published_at.is_not(None).label("is_published"),
        )
        .join(Course, Course.id == Lesson.course_id)
        .outerjoin(Clip, Clip.id == Lesson.clip_id)
        .where(visible_lessons(actor, today=today))
        .order_by(Course.id, Lesson.position)
    )
    return list_as(LessonRow, session, statement)


def find_lesson(session: Session, actor: Actor, public_id: UUID, *, today: date) -> Lesson | None:
    """A lesson with its course, clip and criteria, or None where the actor may not know it."""
    return session.scalars(
        select(Lesson)
        .where(Lesson.public_id == public_id, visible_lessons(actor, today=today))
        .options(joinedload(Lesson.course), joinedload(Lesson.clip), selectinload(Lesson.criteria))
    ).first()


@dataclass(frozen=True)
class OwnTake:
    """One of the asker's own takes, with how much was said about it."""

    id: int
    public_id: UUID
    lesson_id: int
    number: int | None
    state: TakeState
    is_written: bool
    clip: UUID | None
    clip_state: str | None
    failure_code: str | None
    duration_ms: int | None
    created_at: datetime
    shared_at: datetime | None
    looked_back_at: datetime | None
    hidden_at: datetime | None
    remarks: int
    """Tops, tips and questions of others."""
    newest_tip: str | None

    @property
    def failed(self) -> bool:
        """Its recording could not be made playable: it is kept, and is no attempt."""
        return self.clip_state == ClipState.FAILED

    @property
    def at(self) -> datetime:
        """The one moment that stands beside a take: since when others see it, else its start."""
        return self.shared_at or self.created_at


def list_own_takes(
    session: Session, *, person_id: int, lesson_id: int | None = None
) -> list[OwnTake]:
    """Somebody's own takes, newest last within a lesson."""
    others = (
        TimedComment.take_id == Take.id,
        TimedComment.author_role != AuthorRole.SELF,
        TimedComment.hidden_at.is_(None),
    )
    remarks = select(func.count(TimedComment.id)).where(*others).scalar_subquery()
    tip = (
        select(TimedComment.text)
        .where(*others, TimedComment.kind == CommentKind.TIP)
        .order_by(TimedComment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(
            Take.id,
            Take.public_id,
            Take.lesson_id,
            Take.number,
            Take.state,
            Take.written.is_not(None).label("is_written"),
            Clip.public_id.label("clip"),
            Clip.state.label("clip_state"),
            Clip.failure_code,
            Clip.duration_ms,
            Take.created_at,
            Take.shared_at,
            Take.looked_back_at,
            Take.hidden_at,
            remarks.label("remarks"),
            tip.label("newest_tip"),
        )
        .outerjoin(Clip, Clip.id == Take.clip_id)
        .where(Take.person_id == person_id)
        .order_by(Take.lesson_id, Take.id)
    )
    if lesson_id is not None:
        statement = statement.where(Take.lesson_id == lesson_id)
    return list_as(OwnTake, session, statement)


def find_open_cohort(session: Session, actor: Actor, *, course_id: int, today: date) -> int | None:
    """The cohort in which this trainee follows the course today; the oldest where two do.

    None before the course opens for it, and after its last day.
    """
    return session.scalar(
        select(CohortCourse.cohort_id)
        .join(Cohort, Cohort.id == CohortCourse.cohort_id)
        .where(
            CohortCourse.course_id == course_id,
            CohortCourse.open_from <= today,
            Cohort.planned_end_on >= today,
            in_cohorts(CohortCourse.cohort_id, actor.cohorts(Role.TRAINEE)),
        )
        .order_by(CohortCourse.cohort_id)
        .limit(1)
    )


def find_example_clip(session: Session, lesson: Lesson) -> UUID | None:
    """The public id of the lesson's example recording; only the demo has one."""
    if lesson.example_clip_id is None:
        return None
    return session.scalar(select(Clip.public_id).where(Clip.id == lesson.example_clip_id))


class LessonState(StrEnum):
    """What a lesson is to its learner, derived and never stored."""

    NEW = "new"
    BUSY = "busy"
    FEEDBACK = "feedback"
    DONE = "done"


def lesson_state(takes: Sequence[OwnTake]) -> LessonState:
    """From the takes of one lesson: new, busy, feedback waiting to be used, or done.

    What could not be made playable is left out: it is no attempt.
    """
    takes = [take for take in takes if not take.failed]
    if any(take.state is TakeState.ACCEPTED for take in takes):
        return LessonState.DONE
    shared = [take for take in takes if take.state in SHARED_STATES]
    if shared and shared[-1].remarks and takes[-1] is shared[-1]:
        return LessonState.FEEDBACK
    return LessonState.BUSY if takes else LessonState.NEW
