"""Answering in writing, where a coach allowed it: the verbs of the grant and of the answer.

Session first, flush, never commit; each returns the events of what happened.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import events
from courses.actions.takes import next_number
from courses.models import Lesson, Person, Take, WritingGrant
from courses.queries.writing import find_open_grant
from courses.rules import texts
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import TakeState


def grant_writing(
    session: Session, *, person: Person, coach_id: int, now: datetime
) -> list[events.Event]:
    """From now on `person` may answer in writing. Granting twice changes nothing."""
    if find_open_grant(session, person_id=person.id) is not None:
        return []
    grant = WritingGrant(
        organisation_id=person.organisation_id,
        person_id=person.id,
        granted_by_id=coach_id,
        granted_at=now,
    )
    try:
        with session.begin_nested():
            session.add(grant)
    except IntegrityError:  # another coach was quicker
        return []
    return [
        events.WritingGranted(person.organisation_id, coach_id, person.public_id, person.id),
    ]


def end_writing(
    session: Session, *, person: Person, coach_id: int, now: datetime
) -> list[events.Event]:
    """No new answers in writing; those that are there stay."""
    grant = find_open_grant(session, person_id=person.id)
    if grant is None:
        return []
    grant.ended_at, grant.ended_by_id = now, coach_id
    session.flush()
    return [events.WritingEnded(person.organisation_id, coach_id, person.public_id, person.id)]


def write_answer(
    session: Session,
    *,
    person_id: int,
    lesson: Lesson,
    cohort_id: int,
    text: str,
    key: UUID,
    now: datetime,
) -> tuple[Take, list[events.Event]]:
    """Keep an answer in writing as a take that only its maker sees.

    `key` is made by the form and becomes the public id of the take: a form sent twice gives one.
    Raises RuleBroken for an empty or too long text, a citizen number, or a grant that ended.
    """
    before = session.scalars(select(Take).where(Take.public_id == key)).first()
    if before is not None and before.person_id == person_id and before.lesson_id == lesson.id:
        return before, []
    if before is not None or find_open_grant(session, person_id=person_id) is None:
        raise RuleBroken(Wrong.WRITING_ENDED)
    take = Take(
        public_id=key,
        organisation_id=lesson.organisation_id,
        person_id=person_id,
        lesson_id=lesson.id,
        cohort_id=cohort_id,
        written=texts.clean(text, limit=texts.MAX_ANSWER),
        state=TakeState.KEPT,
        created_at=now,
        kept_at=now,
    )
    take.number = next_number(session, take)
    session.add(take)
    session.flush()
    return take, [
        events.TakeStarted(take.organisation_id, person_id, take.public_id, lesson.public_id),
        events.AnswerWritten(take.organisation_id, person_id, take.public_id),
    ]
