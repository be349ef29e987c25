"""Reads for HR, school and coaches: who finished which lesson. No quality, no content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from courses.models import Cohort, CohortCourse, CohortMember, Course, Lesson, Person, Take
from courses.policies import Actor, in_cohorts
from courses.terms import SHARED_STATES, Role, TakeState

READERS = (Role.HR, Role.COACH, Role.SCHOOL_ADMIN)


@dataclass(frozen=True)
class CohortRow:
    id: int
    title: str
    start_on: date
    planned_end_on: date
    places: int


def list_cohorts(session: Session, actor: Actor) -> list[CohortRow]:
    """The cohorts this actor may follow in numbers, newest first."""
    rows = session.execute(
        select(Cohort.id, Cohort.title, Cohort.start_on, Cohort.planned_end_on, Cohort.places)
        .where(
            Cohort.organisation_id == actor.organisation_id,
            in_cohorts(Cohort.id, _scope(actor)),
        )
        .order_by(Cohort.start_on.desc(), Cohort.id.desc())
    )
    return [CohortRow(*row) for row in rows]


def _scope(actor: Actor) -> frozenset[int] | None:
    found: set[int] = set()
    for role in READERS:
        if actor.has(role):
            scope = actor.cohorts(role)
            if scope is None:
                return None
            found |= scope
    return frozenset(found)


@dataclass(frozen=True)
class LessonColumn:
    """One lesson: how many learners have it done, and how many are busy with it."""

    id: int
    position: int
    title: str
    done: int = 0
    busy: int = 0


@dataclass(frozen=True)
class LearnerRow:
    """One learner: per lesson `done`, `busy` or `new`, in the order of the columns."""

    name: str
    cells: list[str]

    @property
    def done(self) -> int:
        return self.cells.count("done")


def get_progress(session: Session, cohort_id: int) -> tuple[list[LessonColumn], list[LearnerRow]]:
    """The lessons of a cohort and, per learner, whether each is done. Three queries."""
    lessons = [
        LessonColumn(*row)
        for row in session.execute(
            select(Lesson.id, Lesson.position, Lesson.title)
            .join(Course, Course.id == Lesson.course_id)
            .join(CohortCourse, CohortCourse.course_id == Course.id)
            .where(CohortCourse.cohort_id == cohort_id, Lesson.published_at.is_not(None))
            .order_by(Course.id, Lesson.position)
        )
    ]
    people = session.execute(
        select(Person.id, Person.name)
        .join(CohortMember, CohortMember.person_id == Person.id)
        .where(CohortMember.cohort_id == cohort_id)
        .order_by(Person.name, Person.id)
    ).all()
    takes = session.execute(
        select(Take.person_id, Take.lesson_id, Take.state).where(Take.cohort_id == cohort_id)
    ).all()
    cells = _cells(takes)
    members = {person_id for person_id, _name in people}
    count = Counter((lesson, cell) for (person, lesson), cell in cells.items() if person in members)
    lessons = [
        replace(one, done=count[one.id, "done"], busy=count[one.id, "busy"]) for one in lessons
    ]
    return lessons, [
        LearnerRow(name, [cells.get((person_id, lesson.id), "new") for lesson in lessons])
        for person_id, name in people
    ]


def _cells(takes: Sequence[Row[int, int, TakeState]]) -> dict[tuple[int, int], str]:
    """A lesson is done once a take is accepted, busy once one was shared (domain 5b)."""
    cells: dict[tuple[int, int], str] = {}
    for person_id, lesson_id, state in takes:
        key = (person_id, lesson_id)
        if state is TakeState.ACCEPTED:
            cells[key] = "done"
        elif state in SHARED_STATES and cells.get(key) != "done":
            cells[key] = "busy"
    return cells
