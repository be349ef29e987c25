"""Reads of reported content: what waits for whose decision.

The coaches of the group decide, never about something of their own. Where no such coach is left,
the editors do: they see what was said and why it was reported, but no takes (domain 5b).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from courses.models import ContentReport, Lesson, Person, Take, TimedComment
from courses.policies import Actor, in_cohorts
from courses.terms import CommentKind, ReportState, Role
from lms.accounts.models import RoleGrant
from lms.accounts.queries import in_force

Subject, Maker, Reporter = aliased(Person), aliased(Person), aliased(Person)


@dataclass(frozen=True)
class Complaint:
    """Who reported it, when, and why. For those who decide; nobody else reads who it was."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Reported:
    """A take or a remark that waits for a decision, with everybody who reported it."""

    report: UUID
    """Public id of the first report about it."""
    take: UUID
    number: int
    maker: str
    lesson: str
    lesson_language: str
    comment: UUID | None
    author: str
    kind: CommentKind | None
    text: str | None
    language: str | None
    may_open: bool
    """Whether the asker may see the take it is about."""
    complaints: list[Complaint]


def list_reported(session: Session, actor: Actor, *, today: date) -> list[Reported]:
    """What this person decides about, the longest waiting first."""
    if not actor.has(Role.COACH, Role.EDITOR):
        return []
    statement = (
        _about(
            ContentReport.public_id.label("report"),
            ContentReport.created_at.label("at"),
            ContentReport.reason,
            Reporter.name.label("by"),
            Take.public_id.label("take"),
            Take.number,
            Take.cohort_id,
            Maker.name.label("maker"),
            Lesson.title.label("lesson"),
            Lesson.language.label("lesson_language"),
            TimedComment.public_id.label("comment"),
            Subject.name.label("author"),
            TimedComment.kind,
            TimedComment.text,
            TimedComment.language,
        )
        .join(Reporter, Reporter.id == ContentReport.reporter_id)
        .join(Maker, Maker.id == Take.person_id)
        .join(Lesson, Lesson.id == Take.lesson_id)
        .where(_waits_for(actor, today))
    )
    rows = session.execute(statement).all()
    found = [_reported(actor, list(group)) for group in _by_subject(rows)]
    return sorted(found, key=lambda one: one.complaints[0].at)


def _by_subject(rows: Any) -> Iterator[Any]:  # noqa: ANN401 -- rows of above
    def subject(row: Any) -> tuple[str, str]:  # noqa: ANN401 -- the same
        return str(row.take), str(row.comment)

    for _key, group in groupby(sorted(rows, key=lambda row: (*subject(row), row.at)), subject):
        yield group


def _reported(actor: Actor, rows: list[Any]) -> Reported:
    first = rows[0]
    return Reported(
        report=first.report,
        take=first.take,
        number=first.number,
        maker=first.maker,
        lesson=first.lesson,
        lesson_language=first.lesson_language,
        comment=first.comment,
        author=first.author,
        kind=first.kind,
        text=first.text,
        language=first.language,
        may_open=actor.has(Role.COACH) and actor.holds(Role.COACH, first.cohort_id),
        complaints=[Complaint(row.by, row.at, row.reason) for row in rows],
    )


def find_for_desk(
    session: Session, actor: Actor, report: UUID, *, today: date
) -> tuple[Take, TimedComment | None] | None:
    """What a report is about that waits for the editors, or None where it is not theirs."""
    found = session.execute(
        _about(Take, TimedComment).where(
            ContentReport.public_id == report, _waits_for(actor, today)
        )
    ).first()
    return (found[0], found[1]) if found else None


def list_open_subjects(session: Session, take: Take) -> set[UUID]:
    """Public ids of what nobody decided about yet: this take, or remarks on it."""
    subject = func.coalesce(TimedComment.public_id, Take.public_id)
    statement = _about(subject).where(Take.id == take.id, ContentReport.state == ReportState.OPEN)
    return set(session.scalars(statement))


def list_deciders(
    session: Session, *, organisation_id: int, cohort_id: int, subject_id: int, today: date
) -> tuple[Role, set[int]]:
    """Who decides about something that `subject_id` made: coaches, else editors.

    Where there is neither, the administrators are returned: they decide nothing, but they can
    give somebody the role.
    """
    for role in (Role.COACH, Role.EDITOR, Role.ADMIN):
        grants = select(RoleGrant.person_id).where(
            RoleGrant.organisation_id == organisation_id,
            in_force(role, today),
            RoleGrant.person_id != subject_id,
        )
        if role is Role.COACH:
            grants = grants.where(_covers(RoleGrant.cohort_id == cohort_id))
        if people := set(session.scalars(grants)):
            return role, people
    return Role.ADMIN, set()


def _covers(cohort: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL: the grant holds for this cohort, or for the whole organisation."""
    everywhere = and_(RoleGrant.cohort_id.is_(None), RoleGrant.party_id.is_(None))
    return or_(cohort, everywhere)


def _about(*columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 -- anything to select
    """Reports with what they are about and whose that is."""
    return (
        select(*columns)
        .select_from(ContentReport)
        .outerjoin(TimedComment, TimedComment.id == ContentReport.comment_id)
        .join(Take, Take.id == func.coalesce(ContentReport.take_id, TimedComment.take_id))
        .join(Subject, Subject.id == func.coalesce(TimedComment.author_id, Take.person_id))
    )


def _waits_for(actor: Actor, today: date) -> ColumnElement[bool]:
    """SQL: an open report about which this person decides."""
    mine: list[ColumnElement[bool]] = [false()]
    if actor.has(Role.COACH):
        mine.append(in_cohorts(Take.cohort_id, actor.cohorts(Role.COACH)))
    if actor.has(Role.EDITOR):
        mine.append(~_coach_left(today))
    return and_(
        ContentReport.organisation_id == actor.organisation_id,
        ContentReport.state == ReportState.OPEN,
        Subject.id != actor.person_id,
        or_(*mine),
    )


def _coach_left(today: date) -> ColumnElement[bool]:
    return (
        select(RoleGrant.id)
        .where(
            RoleGrant.organisation_id == Take.organisation_id,
            in_force(Role.COACH, today),
            _covers(RoleGrant.cohort_id == Take.cohort_id),
            RoleGrant.person_id != Subject.id,
        )
        .exists()
    )
