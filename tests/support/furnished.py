"""The smallest installation that can be used: one organisation, one lesson, and its trainees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    Course,
    Lesson,
    Organisation,
    Person,
)
from courses.terms import Role
from lms.accounts import actions as account_actions
from lms.accounts.models import Account
from lms.db import Database


def add_trainee(session: Session, home: Organisation, cohort: Cohort, name: str) -> Person:
    since = cohort.start_on
    person = account_actions.create_person(
        session,
        organisation=home,
        name=name,
        email=f"{name}@example.org",
        password=None,
        now=datetime.now(UTC),
    )
    member = CohortMember(cohort_id=cohort.id, person_id=person.id, organisation_id=home.id)
    session.add(member)
    account_actions.grant_role(
        session, person=person, role=Role.TRAINEE, valid_from=since, cohort_id=cohort.id
    )
    return person


def furnish(database: Database) -> dict[str, int]:
    """One organisation, one lesson, two trainees; account ids by first name."""
    now, today = datetime.now(UTC), date.today()  # noqa: DTZ011 -- any day near now will do
    with database.transaction() as session:
        home = Organisation(name="Gemeente Heuvelrijk", slug="heuvelrijk")
        session.add(home)
        session.flush()
        mine = {"organisation_id": home.id}
        cohort = Cohort(
            code="A",
            title="Lichting A",
            places=2,
            start_on=today - timedelta(days=9),
            planned_end_on=today + timedelta(days=90),
            **mine,
        )
        course = Course(title="Aan de balie", **mine)
        session.add_all([cohort, course])
        session.flush()
        lesson = Lesson(
            course_id=course.id,
            position=1,
            title="De beller die wacht",
            situation="Een klant wacht.",
            question="Wat zeg je?",
            published_at=now,
            **mine,
        )
        follows = CohortCourse(
            cohort_id=cohort.id, course_id=course.id, open_from=today - timedelta(days=9), **mine
        )
        session.add_all([lesson, follows])
        for name in ("Samira", "Bram"):
            add_trainee(session, home, cohort, name)
        accounts = session.scalars(select(Account).order_by(Account.id)).all()
        return dict(zip(("samira", "bram"), [account.id for account in accounts], strict=True))
