"""Who may see and do what in a course: plain functions over an `Actor`.

Whoever may not see something cannot tell that it exists: the filters here go INTO the SQL,
counts and search included. Nobody but its maker sees a take before it is shared; a peer sees
it only after sharing an own take for that lesson, and only while the assignment is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from courses.models import Cohort, CohortCourse, Lesson, Take, TimedComment
from courses.terms import OPEN_FOR_PEERS, SHARED_STATES, CommentKind, Relation, Role, TakeState

PEOPLE_AT_ONCE = 512
"""How many conditions are kept: putting one together costs more than running its query."""


@dataclass(frozen=True)
class Grant:
    """A role that holds today. Without cohort and party it covers the whole organisation."""

    role: Role
    cohort_id: int | None = None
    party_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Somebody who asks: loaded once a request, then only read."""

    person_id: int
    organisation_id: int
    grants: tuple[Grant, ...]

    def has(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def cohorts(self, role: Role) -> frozenset[int] | None:
        """Cohort ids in which the actor holds `role`; None means every cohort."""
        scopes = [grant for grant in self.grants if grant.role is role]
        if any(grant.cohort_id is None and grant.party_id is None for grant in scopes):
            return None
        return frozenset(grant.cohort_id for grant in scopes if grant.cohort_id is not None)

    def holds(self, role: Role, cohort_id: int) -> bool:
        scope = self.cohorts(role)
        return scope is None or cohort_id in scope


def in_cohorts(
    column: InstrumentedAttribute[int], scope: frozenset[int] | None
) -> ColumnElement[bool]:
    """SQL: `column` lies in `scope`, where None is everything and empty is nothing."""
    if scope is None:
        return true()
    return column.in_(sorted(scope)) if scope else false()


@lru_cache(maxsize=PEOPLE_AT_ONCE)
def visible_takes(actor: Actor, *, today: date) -> ColumnElement[bool]:
    """SQL condition on `Take`: the takes this actor may know of (domain 5b).

    The same actor on the same day gets the same expression again; SQLAlchemy's expressions never
    change once made, so threads may share them.
    """
    return and_(
        Take.organisation_id == actor.organisation_id,
        or_(Take.person_id == actor.person_id, _coached(actor), _peers(actor, today)),
    )


def _coached(actor: Actor) -> ColumnElement[bool]:
    if not actor.has(Role.COACH):
        return false()
    return and_(
        Take.state.in_(SHARED_STATES),
        in_cohorts(Take.cohort_id, actor.cohorts(Role.COACH)),
    )


def _peers(actor: Actor, today: date) -> ColumnElement[bool]:
    cohorts = actor.cohorts(Role.TRAINEE)
    if not actor.has(Role.TRAINEE) or not cohorts:
        return false()
    own = aliased(Take)
    return and_(
        Take.state.in_(OPEN_FOR_PEERS),
        Take.hidden_at.is_(None),
        in_cohorts(Take.cohort_id, cohorts),
        select(own.id)
        .where(
            own.person_id == actor.person_id,
            own.lesson_id == Take.lesson_id,
            own.state.in_(SHARED_STATES),
        )
        .exists(),
        open_assignment(today),
    )


def open_assignment(today: date) -> ColumnElement[bool]:
    """SQL: the lesson of `Take` is open for its cohort on `today`."""
    return (
        select(CohortCourse.id)
        .join(Cohort, Cohort.id == CohortCourse.cohort_id)
        .join(Lesson, Lesson.course_id == CohortCourse.course_id)
        .where(
            CohortCourse.cohort_id == Take.cohort_id,
            Lesson.id == Take.lesson_id,
            Lesson.published_at.is_not(None),
            CohortCourse.open_from <= today,
            Cohort.planned_end_on >= today,
        )
        .exists()
    )


@lru_cache(maxsize=PEOPLE_AT_ONCE)
def visible_lessons(actor: Actor, *, today: date) -> ColumnElement[bool]:
    """SQL condition on `Lesson`: trainees see open ones, editors and coaches all of theirs."""
    mine = Lesson.organisation_id == actor.organisation_id
    if actor.has(Role.EDITOR):
        return mine
    cohorts = _course_cohorts(actor)
    if cohorts is not None and not cohorts:
        return false()
    conditions = [
        CohortCourse.course_id == Lesson.course_id,
        CohortCourse.organisation_id == actor.organisation_id,
        in_cohorts(CohortCourse.cohort_id, cohorts),
    ]
    if not actor.has(Role.COACH):
        conditions.append(CohortCourse.open_from <= today)
    published = true() if actor.has(Role.COACH) else Lesson.published_at.is_not(None)
    return and_(mine, published, select(CohortCourse.id).where(*conditions).exists())


def _course_cohorts(actor: Actor) -> frozenset[int] | None:
    found: set[int] = set()
    for role in (Role.COACH, Role.TRAINEE):
        if actor.has(role):
            scope = actor.cohorts(role)
            if scope is None:
                return None
            found |= scope
    return frozenset(found)


def relation_to(actor: Actor, take: Take) -> Relation:
    """What the actor is to a take that `visible_takes` let through."""
    if take.person_id == actor.person_id:
        return Relation.OWNER
    if actor.has(Role.COACH) and actor.holds(Role.COACH, take.cohort_id):
        return Relation.COACH
    return Relation.PEER


def may_read_transcript(relation: Relation, take: Take) -> bool:
    """The maker always; others only after the maker has looked back."""
    return relation is Relation.OWNER or take.looked_back_at is not None


def may_comment(relation: Relation, take: Take) -> bool:
    if relation is Relation.OWNER:
        return take.state is not TakeState.RECORDING
    return take.state in SHARED_STATES and take.hidden_at is None


def may_follow_up(relation: Relation, *, author_id: int, person_id: int) -> bool:
    """Say what became of a tip: the maker, a coach, and the peer whose own tip it was."""
    return relation is not Relation.PEER or author_id == person_id


def may_change_remark(comment: TimedComment, take: Take, *, person_id: int) -> bool:
    """Its author, while nobody answered it, said what became of it, reported it or solved it."""
    touched = comment.replies or comment.follow_ups or comment.hidden_at or comment.resolved_at
    return comment.author_id == person_id and not touched and take.state is not TakeState.ACCEPTED


def may_resolve(relation: Relation, comment: TimedComment, *, person_id: int) -> bool:
    """Mark a tip or question solved: whose take it is, and whoever asked the question."""
    asked = comment.author_id == person_id and comment.kind is CommentKind.QUESTION
    return comment.kind is not CommentKind.TOP and (relation is Relation.OWNER or asked)


def may_decide(relation: Relation, take: Take) -> bool:
    """Accept a take or ask for another: its coach, while it is not accepted."""
    return relation is Relation.COACH and take.state in OPEN_FOR_PEERS


def may_delete(relation: Relation, take: Take) -> bool:
    """The maker, any time before acceptance (state machine O)."""
    return relation is Relation.OWNER and take.state is not TakeState.ACCEPTED


def first_cohort(cohorts: Iterable[int]) -> int | None:
    """The one cohort in which a trainee records; the lowest id where there are more."""
    return min(cohorts, default=None)
