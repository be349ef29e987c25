"""Reads about answering in writing: who may, and whom a coach may allow it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from courses.models import CohortMember, Person, WritingGrant
from courses.policies import Actor, in_cohorts
from courses.queries.rows import list_as
from courses.terms import Role


def find_open_grant(session: Session, *, person_id: int) -> WritingGrant | None:
    return session.scalars(
        select(WritingGrant).where(
            WritingGrant.person_id == person_id, WritingGrant.ended_at.is_(None)
        )
    ).first()


def had_grant(session: Session, *, person_id: int) -> bool:
    """Whether this person may, or once might, answer in writing."""
    found = select(WritingGrant.id).where(WritingGrant.person_id == person_id).limit(1)
    return session.scalar(found) is not None


@dataclass(frozen=True)
class Writer:
    """A learner of a group, and whether they may answer in writing."""

    public_id: UUID
    name: str
    may_write: bool


def list_writers(session: Session, actor: Actor, *, cohort_id: int) -> list[Writer]:
    """The learners of a group, by name, for a coach of that group and nobody else."""
    if not actor.has(Role.COACH) or not actor.holds(Role.COACH, cohort_id):
        return []
    statement = (
        select(Person.public_id, Person.name, WritingGrant.id.is_not(None).label("may_write"))
        .join(CohortMember, CohortMember.person_id == Person.id)
        .outerjoin(
            WritingGrant,
            and_(WritingGrant.person_id == Person.id, WritingGrant.ended_at.is_(None)),
        )
        .where(Person.organisation_id == actor.organisation_id, CohortMember.cohort_id == cohort_id)
        .order_by(Person.name, Person.id)
    )
    return list_as(Writer, session, statement)


def find_learner(session: Session, actor: Actor, public_id: UUID) -> Person | None:
    """A learner this actor coaches, or None."""
    if not actor.has(Role.COACH):
        return None
    return session.scalars(
        select(Person)
        .join(CohortMember, CohortMember.person_id == Person.id)
        .where(
            Person.public_id == public_id,
            Person.organisation_id == actor.organisation_id,
            in_cohorts(CohortMember.cohort_id, actor.cohorts(Role.COACH)),
        )
        .limit(1)
    ).first()
