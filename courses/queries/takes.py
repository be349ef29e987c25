"""Reads of takes: one for review, those of peers, what waits for a coach.

Every read carries the filter of `courses.policies` in its SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from courses.models import CommentReply, Lesson, Person, Take, TimedComment
from courses.policies import Actor, in_cohorts, visible_takes
from courses.queries.rows import list_as
from courses.terms import SHARED_STATES, AuthorRole, CommentKind, Relation, Role, TakeState
from media.models import Clip, ClipState, Segment, Transcript


def find_take(session: Session, actor: Actor, public_id: UUID, *, today: date) -> Take | None:
    """A take with its maker, lesson, clip and transcript, or None where it may not be known."""
    return session.scalars(
        select(Take)
        .where(Take.public_id == public_id, visible_takes(actor, today=today))
        .options(
            joinedload(Take.person),
            joinedload(Take.lesson).joinedload(Lesson.course),
            joinedload(Take.clip).joinedload(Clip.transcript),
        )
    ).first()


def list_segments(session: Session, transcript: Transcript) -> list[Segment]:
    return list(
        session.scalars(
            select(Segment).where(Segment.transcript_id == transcript.id).order_by(Segment.position)
        )
    )


def list_comments(
    session: Session, actor: Actor, take: Take, relation: Relation
) -> list[TimedComment]:
    """The remarks on a take this actor may read, in the order of the clip.

    A reported remark stays visible to its author and to a coach only.
    """
    statement = (
        select(TimedComment)
        .join(TimedComment.author)
        .where(TimedComment.take_id == take.id)
        .options(
            contains_eager(TimedComment.author),
            selectinload(TimedComment.replies).joinedload(CommentReply.author),
            joinedload(TimedComment.follow_ups),  # one row for most, and no query of its own
        )
        .order_by(TimedComment.at_ms, TimedComment.id)
    )
    if relation is not Relation.COACH:
        statement = statement.where(
            or_(TimedComment.hidden_at.is_(None), TimedComment.author_id == actor.person_id)
        )
    return list(session.scalars(statement).unique())


def find_comment(
    session: Session, actor: Actor, take: Take, public_id: UUID, relation: Relation
) -> TimedComment | None:
    """A remark of this take by its public id; a remark of another take is not found."""
    found = session.scalars(
        select(TimedComment)
        .where(TimedComment.take_id == take.id, TimedComment.public_id == public_id)
        .options(
            selectinload(TimedComment.replies),
            selectinload(TimedComment.follow_ups),
            joinedload(TimedComment.take),
        )
    ).first()
    if found is None or found.hidden_at is None:
        return found
    mine = found.author_id == actor.person_id
    return found if mine or relation is Relation.COACH else None


@dataclass(frozen=True)
class Sibling:
    """Another take of the same person for the same lesson."""

    public_id: UUID
    number: int
    state: TakeState
    is_failed: bool
    """Its clip could not be made ready: there is nothing to watch."""


def list_siblings(session: Session, actor: Actor, take: Take, *, today: date) -> list[Sibling]:
    """All takes of this maker for this lesson that the actor may know, first to last."""
    statement = (
        select(
            Take.public_id,
            Take.number,
            Take.state,
            func.coalesce(Clip.state == ClipState.FAILED, false()).label("is_failed"),
        )
        .outerjoin(Clip, Clip.id == Take.clip_id)
        .where(
            Take.person_id == take.person_id,
            Take.lesson_id == take.lesson_id,
            Take.number.is_not(None),
            visible_takes(actor, today=today),
        )
        .order_by(Take.number)
    )
    return list_as(Sibling, session, statement)


@dataclass(frozen=True)
class TakeRow:
    """A take of somebody else as a row in a list."""

    public_id: UUID
    number: int
    state: TakeState
    person: str
    lesson: str
    lesson_language: str
    is_written: bool
    clip: UUID | None
    duration_ms: int | None
    has_video: bool | None
    shared_at: datetime
    tops: int
    tips: int
    mine: int
    """How many of the remarks are the asker's own."""


def _count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count(TimedComment.id))
        .where(
            TimedComment.take_id == Take.id,
            TimedComment.hidden_at.is_(None),
            TimedComment.author_role != AuthorRole.SELF,
            *conditions,
        )
        .scalar_subquery()
    )


def _rows(actor: Actor, today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Take.public_id,
            Take.number,
            Take.state,
            Person.name.label("person"),
            Lesson.title.label("lesson"),
            Lesson.language.label("lesson_language"),
            Take.written.is_not(None).label("is_written"),
            Clip.public_id.label("clip"),
            Clip.duration_ms,
            Clip.has_video,
            Take.shared_at,
            _count(TimedComment.kind == CommentKind.TOP).label("tops"),
            _count(TimedComment.kind == CommentKind.TIP).label("tips"),
            _count(TimedComment.author_id == actor.person_id).label("mine"),
        )
        .join(Person, Person.id == Take.person_id)
        .join(Lesson, Lesson.id == Take.lesson_id)
        .outerjoin(Clip, Clip.id == Take.clip_id)
        .where(visible_takes(actor, today=today), Take.person_id != actor.person_id)
    )


def list_waiting_for_coach(session: Session, actor: Actor, *, today: date) -> list[TakeRow]:
    """What waits for this coach's decision, the longest waiting first."""
    statement = (
        _rows(actor, today)
        .where(
            Take.state == TakeState.SHARED,
            in_cohorts(Take.cohort_id, actor.cohorts(Role.COACH)),
        )
        .order_by(Take.shared_at, Take.id)
    )
    return list_as(TakeRow, session, statement)


def count_handled_since(session: Session, actor: Actor, *, since: datetime) -> int:
    """How many takes this coach accepted or spoke about since an instant."""
    spoken = select(TimedComment.take_id).where(
        TimedComment.author_id == actor.person_id, TimedComment.created_at >= since
    )
    return (
        session.scalar(
            select(func.count(Take.id)).where(
                Take.organisation_id == actor.organisation_id,
                or_(
                    and_(Take.accepted_by_id == actor.person_id, Take.accepted_at >= since),
                    Take.id.in_(spoken),
                ),
            )
        )
        or 0
    )


def list_of_peers(session: Session, actor: Actor, *, today: date) -> list[TakeRow]:
    """Takes of fellow trainees that are open for this trainee, those without own remark first."""
    statement = _rows(actor, today).order_by(Take.shared_at, Take.id)
    rows = list_as(TakeRow, session, statement)
    return sorted(rows, key=lambda row: (row.mine > 0, row.shared_at))


def find_next_peer(session: Session, actor: Actor, *, after: Take, today: date) -> TakeRow | None:
    """The take of a peer that waits longest for a first word of this trainee, beside `after`."""
    rows = list_of_peers(session, actor, today=today)
    return next((row for row in rows if not row.mine and row.public_id != after.public_id), None)


def count_waiting_peers(session: Session, actor: Actor, *, today: date) -> int:
    """How many peers wait for a first word of this trainee."""
    spoken = exists().where(
        TimedComment.take_id == Take.id, TimedComment.author_id == actor.person_id
    )
    return (
        session.scalar(
            select(func.count(Take.id)).where(
                visible_takes(actor, today=today),
                Take.person_id != actor.person_id,
                ~spoken,
            )
        )
        or 0
    )


@dataclass(frozen=True)
class ReceivedRemark:
    """A remark of somebody else on one of the asker's own takes."""

    take: UUID
    lesson: str
    lesson_language: str
    number: int
    kind: CommentKind
    author: str
    author_role: AuthorRole
    at_ms: int
    text: str
    language: str
    created_at: datetime
    edited: bool
    resolved: bool


def list_received(session: Session, actor: Actor, *, limit: int = 50) -> list[ReceivedRemark]:
    """What others said about the asker's takes, newest first."""
    statement = (
        select(
            Take.public_id.label("take"),
            Lesson.title.label("lesson"),
            Lesson.language.label("lesson_language"),
            Take.number,
            TimedComment.kind,
            Person.name.label("author"),
            TimedComment.author_role,
            TimedComment.at_ms,
            TimedComment.text,
            TimedComment.language,
            TimedComment.created_at,
            TimedComment.edited_at.is_not(None).label("edited"),
            TimedComment.resolved_at.is_not(None).label("resolved"),
        )
        .join(Take, Take.id == TimedComment.take_id)
        .join(Lesson, Lesson.id == Take.lesson_id)
        .join(Person, Person.id == TimedComment.author_id)
        .where(
            Take.person_id == actor.person_id,
            TimedComment.author_role != AuthorRole.SELF,
            TimedComment.hidden_at.is_(None),
        )
        .order_by(TimedComment.created_at.desc(), TimedComment.id.desc())
        .limit(limit)
    )
    return list_as(ReceivedRemark, session, statement)


def list_tips_before(
    session: Session, actor: Actor, take: Take, *, today: date
) -> list[TimedComment]:
    """Tips of others on earlier takes of this maker and lesson, with what became of them.

    Only of takes that the actor may know: a reported or accepted take is closed to peers, and so
    is what was said about it.
    """
    statement = (
        select(TimedComment)
        .join(TimedComment.author)
        .join(TimedComment.take)
        .where(
            Take.person_id == take.person_id,
            Take.lesson_id == take.lesson_id,
            Take.number < (take.number or 0),
            Take.state.in_(SHARED_STATES),
            visible_takes(actor, today=today),
            TimedComment.kind == CommentKind.TIP,
            TimedComment.author_role != AuthorRole.SELF,
            TimedComment.hidden_at.is_(None),
        )
        .options(
            contains_eager(TimedComment.author),
            contains_eager(TimedComment.take),
            selectinload(TimedComment.follow_ups),
        )
        .order_by(Take.number, TimedComment.at_ms, TimedComment.id)
    )
    return list(session.scalars(statement).unique())
