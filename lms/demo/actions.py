"""Builds and clears the demo organisation, through the same verbs that people use.

Refused with LMS_ENV=production: the demo signs in without passwords.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from courses.models import Cohort, CohortMember, Organisation, Party, PartyKind, Person
from courses.terms import Role
from lms import clock
from lms.accounts.actions import create_person, grant_role
from lms.accounts.models import GoLiveGate
from lms.audit import Act, AuditEvent, record
from lms.config import Environment, Settings
from lms.db import Database, all_metadata
from lms.demo import course as demo_course
from lms.demo import takes as demo_takes
from lms.demo.content import story
from lms.demo.rebuilding import REBUILD
from lms.demo.tools import Workshop
from lms.jobs.models import Job
from lms.jobs.runner import Runner
from lms.notices.actions import mark_old_read
from lms.storage import require_answer, store_of
from media.models import Clip, Tombstone

NEWS = timedelta(hours=3)
"""Older notices of the story count as read, or everybody would begin with a pile."""


class DemoRefused(Exception):  # noqa: N818 -- reads as what happened
    """A demo has no place in production: it needs no passwords."""


@dataclass(frozen=True)
class DemoSummary:
    people: int
    lessons: int
    takes: int


def find_demo(session: Session) -> Organisation | None:
    """The demo organisation, if this installation has one."""
    slug = story()["organisation"]["slug"]
    return session.scalars(
        select(Organisation).where(Organisation.slug == slug, Organisation.is_demo.is_(True))
    ).first()


def build_demo(
    settings: Settings,
    database: Database,
    runner: Runner,
    *,
    say: Callable[[str], None] = lambda _text: None,
) -> DemoSummary:
    """Clear the demo organisation and tell its story again, clips processed and all.

    Raises DemoRefused in production, and StoreUnavailableError before anything is erased. Takes
    about half a minute: every clip goes through the real pipeline.
    """
    if settings.env is Environment.PRODUCTION:
        raise DemoRefused
    require_answer(settings)
    clear_demo(settings, database)
    now = clock.now()
    with database.transaction() as session:
        people = _set_up(session, now)
    workshop = Workshop(settings, database, runner, people, now, say)
    lessons = demo_course.make_course(workshop)
    takes = demo_takes.make_takes(workshop, lessons)
    with database.transaction() as session:
        mark_old_read(session, organisation_id=people.organisation_id, before=now - NEWS, now=now)
    return DemoSummary(people=len(people.ids), lessons=len(lessons), takes=takes)


def clear_demo(settings: Settings, database: Database) -> None:
    """Remove everything of the demo organisation but its own row and the audit trail."""
    if settings.env is Environment.PRODUCTION:
        raise DemoRefused
    with database.transaction() as session:
        organisation = find_demo(session)
        if organisation is None:
            return
        clips = list(
            session.scalars(select(Clip.public_id).where(Clip.organisation_id == organisation.id))
        )
        for table in _tables_of_organisations():
            gone = delete(table).where(table.c.organisation_id == organisation.id)
            if table.name == Job.__tablename__:  # not the job that is doing this
                gone = gone.where(table.c.kind != REBUILD)
            session.execute(gone)
        record(
            session,
            Act.DEMO_RESET,
            now=clock.now(),
            organisation_id=organisation.id,
            actor_id=None,
            subject_type="organisation",
            subject=organisation.public_id,
        )
    store = store_of(settings)
    for clip in clips:
        store.erase(clip)


def _tables_of_organisations() -> list[Table]:
    """Tables with rows of an organisation, children first; the trail and tombstones stay."""
    kept = {AuditEvent.__tablename__, Tombstone.__tablename__}
    tables: list[Table] = []
    for metadata in reversed(all_metadata()):
        tables += [
            table
            for table in reversed(metadata.sorted_tables)
            if "organisation_id" in table.c and table.name not in kept
        ]
    return tables


@dataclass(frozen=True)
class People:
    """Who is who in the demo, by name."""

    organisation_id: int
    organisation: UUID
    cohort_id: int
    ids: dict[str, int]


def _set_up(session: Session, now: datetime) -> People:
    organisation = find_demo(session) or Organisation(is_demo=True)
    for name, value in story()["organisation"].items():
        setattr(organisation, name, value)
    session.add(organisation)
    session.flush()
    today = clock.today(organisation.time_zone)
    _add_gate(session, organisation, today)
    cohort = _add_cohort(session, organisation, today)
    employer = _add_parties(session, organisation)["heuvelrijk"]
    ids: dict[str, int] = {}
    for role_name, names in story()["people"].items():
        for name in names:
            person = create_person(
                session,
                organisation=organisation,
                name=name,
                email=f"{name.split()[0].lower()}@{organisation.slug}.example",
                password=None,
                now=now,
            )
            ids[name] = person.id
            _place(session, person, Role(role_name), cohort, employer)
    return People(organisation.id, organisation.public_id, cohort.id, ids)


def _add_gate(session: Session, organisation: Organisation, today: date) -> None:
    settled = today - timedelta(weeks=16)
    session.add(
        GoLiveGate(
            organisation_id=organisation.id,
            works_council_on=settled,
            dpia_on=settled,
            officer_name="Olaf Brandt",
            intended_purpose_on=settled,
            is_example=True,
        )
    )


def _add_cohort(session: Session, organisation: Organisation, today: date) -> Cohort:
    told = story()["cohort"]
    start = today - timedelta(weeks=told["weeks_ago"], days=today.weekday())
    cohort = Cohort(
        organisation_id=organisation.id,
        code=told["code"],
        title=told["title"],
        places=told["places"],
        start_on=start,
        planned_end_on=start + timedelta(weeks=told["weeks"]),
    )
    session.add(cohort)
    session.flush()
    return cohort


def _add_parties(session: Session, organisation: Organisation) -> dict[str, Party]:
    parties = {
        told["key"]: Party(
            organisation_id=organisation.id, name=told["name"], kind=PartyKind(told["kind"])
        )
        for told in story()["party"]
    }
    session.add_all(parties.values())
    session.flush()
    return parties


def _place(session: Session, person: Person, role: Role, cohort: Cohort, employer: Party) -> None:
    """Give a role its scope: learners and coaches their cohort, the workplace its party."""
    in_cohort = role in (Role.TRAINEE, Role.COACH, Role.SCHOOL_ADMIN, Role.HR)
    at_work = role in (Role.WORKPLACE_TRAINER, Role.TEAM_LEADER)
    grant_role(
        session,
        person=person,
        role=role,
        valid_from=cohort.start_on,
        cohort_id=cohort.id if in_cohort else None,
        party_id=employer.id if at_work else None,
    )
    if role is Role.TRAINEE:
        session.add(
            CohortMember(
                organisation_id=cohort.organisation_id,
                cohort_id=cohort.id,
                person_id=person.id,
            )
        )
