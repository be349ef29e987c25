"""Makes organisations, people, courses and takes for tests: plain functions on the real actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.actions import feedback as feedback_actions
from courses.actions import reports as report_actions
from courses.actions import takes as take_actions
from courses.actions import writing as writing_actions
from courses.events import Event
from courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    ContentReport,
    Course,
    Lesson,
    LessonCriterion,
    Organisation,
    Party,
    PartyKind,
    Person,
    Take,
    TimedComment,
)
from courses.terms import CommentKind, Relation, Role
from lms.accounts.actions import create_person, grant_role
from lms.accounts.models import Account, GoLiveGate
from lms.events import EventBus
from media import actions as media_actions
from support.databases import Store
from support.footage import (
    FIRST,
    Footage,
    close_jobs,
    make_playable,
    receive,
    write_down,
)

NOW = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
"""Every test begins at this instant: Tuesday 24 November, 10:05 in Amsterdam."""
TODAY = date(2026, 11, 24)
PASSWORD = "korenbloem tractor 7"
STARTED, ENDS = date(2026, 9, 1), date(2027, 6, 30)


def ago(**span: float) -> datetime:
    """An instant before NOW."""
    return NOW - timedelta(**span)


@dataclass(frozen=True)
class Human:
    """Somebody of the world, as a test needs them."""

    id: int
    public_id: UUID
    account_id: int
    name: str
    email: str


@dataclass(frozen=True)
class Thing:
    """A row with its name for the outside."""

    id: int
    public_id: UUID


@dataclass(frozen=True)
class Workshop:
    """What the factories that make takes need."""

    store: Store
    footage: Footage
    bus: EventBus

    def publish(self, session: Session, events: Sequence[Event], at: datetime) -> None:
        self.bus.publish(session, events, now=at)


# --- people and courses -----------------------------------------------------------------


def add_organisation(
    session: Session, name: str, *, gate: bool = True, is_demo: bool = False
) -> Organisation:
    """A tenant with its go-live gate; `gate=False` leaves the gate open to be settled."""
    organisation = Organisation(
        name=f"Gemeente {name}", slug=name.lower(), tagline="Leren in het werk", is_demo=is_demo
    )
    session.add(organisation)
    session.flush()
    if gate:
        settled = STARTED - timedelta(days=30)
        session.add(
            GoLiveGate(
                organisation_id=organisation.id,
                works_council_on=settled,
                dpia_on=settled,
                officer_name="Olga Prins",
                intended_purpose_on=settled,
            )
        )
        session.flush()
    return organisation


def add_cohort(
    session: Session,
    organisation: Organisation,
    code: str,
    *,
    starts: date = STARTED,
    ends: date = ENDS,
) -> Cohort:
    cohort = Cohort(
        organisation_id=organisation.id,
        code=code,
        title=f"Groep {code}",
        places=70,
        start_on=starts,
        planned_end_on=ends,
    )
    session.add(cohort)
    session.flush()
    return cohort


def add_party(session: Session, organisation: Organisation) -> Party:
    party = Party(
        organisation_id=organisation.id, name="Publiekszaken", kind=PartyKind.MUNICIPALITY
    )
    session.add(party)
    session.flush()
    return party


def add_person(
    session: Session,
    organisation: Organisation,
    name: str,
    role: Role,
    *,
    cohort: Cohort | None = None,
    party: Party | None = None,
    password: str | None = None,
    valid_to: date | None = None,
) -> Human:
    """Somebody with an account and one role; a trainee of a cohort is also its member."""
    email = f"{name.split(maxsplit=1)[0].lower()}@{organisation.slug}.example"
    person = create_person(
        session, organisation=organisation, name=name, email=email, password=password, now=NOW
    )
    grant_role(
        session,
        person=person,
        role=role,
        valid_from=STARTED,
        valid_to=valid_to,
        cohort_id=cohort.id if cohort else None,
        party_id=party.id if party else None,
    )
    if role is Role.TRAINEE and cohort is not None:
        session.add(
            CohortMember(organisation_id=organisation.id, cohort_id=cohort.id, person_id=person.id)
        )
        session.flush()
    account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
    return Human(person.id, person.public_id, account.id, name, email)


def add_course(session: Session, organisation: Organisation, cohorts: Sequence[Cohort]) -> Course:
    """A course that the cohorts follow from their first day."""
    course = Course(
        organisation_id=organisation.id, title="Aan de balie", summary="Korte gesprekken."
    )
    session.add(course)
    session.flush()
    for cohort in cohorts:
        session.add(
            CohortCourse(
                organisation_id=organisation.id,
                cohort_id=cohort.id,
                course_id=course.id,
                open_from=cohort.start_on,
            )
        )
    session.flush()
    return course


def add_lesson(
    session: Session,
    course: Course,
    title: str,
    *,
    position: int,
    clip_id: int | None = None,
    published: bool = True,
) -> Lesson:
    lesson = Lesson(
        organisation_id=course.organisation_id,
        course_id=course.id,
        position=position,
        title=title,
        situation="Een klant wacht al lang aan de balie.",
        question="Wat zeg je als eerste?",
        clip_id=clip_id,
        captions_reviewed_at=NOW - timedelta(days=80) if published else None,
        published_at=NOW - timedelta(days=80) if published else None,
        criteria=[
            LessonCriterion(
                organisation_id=course.organisation_id, position=1, text="Je groet de klant."
            ),
            LessonCriterion(
                organisation_id=course.organisation_id, position=2, text="Je noemt het wachten."
            ),
        ],
    )
    session.add(lesson)
    session.flush()
    return lesson


def add_lesson_clip(
    shop: Workshop, session: Session, organisation: Organisation, at: datetime
) -> int:
    """A customer's clip, ready and with its text."""
    clip = media_actions.receive_clip(
        session,
        organisation_id=organisation.id,
        owner_id=None,
        received=receive(shop.store.settings, shop.footage),
        language="nl",
        now=at,
    )
    make_playable(session, shop.store.settings, shop.bus, clip, shop.footage, at)
    write_down(session, shop.bus, clip, ["Ik wacht al twintig minuten."], at)
    close_jobs(session, clip, at)
    return clip.id


# --- takes, from their first second on --------------------------------------------------


def begin_take(
    shop: Workshop, session: Session, who: Human, lesson_id: int, cohort_id: int, at: datetime
) -> Take:
    """A recording that is bound, with no byte of it here yet."""
    take, events = take_actions.start_take(
        session,
        person_id=who.id,
        lesson=session.get_one(Lesson, lesson_id),
        cohort_id=cohort_id,
        is_example=False,
        now=at,
    )
    shop.publish(session, events, at)
    return take


def keep(shop: Workshop, session: Session, take: Take, at: datetime) -> Take:
    """Its last byte is safe; its clip waits to be made ready."""
    received = receive(shop.store.settings, shop.footage)
    upload = media_actions.open_upload(
        session,
        organisation_id=take.organisation_id,
        owner_id=take.person_id,
        target=take.public_id,
        length=received.bytes,
        max_bytes=received.bytes,
        language="nl",
        now=at,
        expires_at=at + timedelta(hours=48),
    )
    events = take_actions.keep_take(session, take=take, upload=upload, received=received, now=at)
    shop.publish(session, events, at)
    session.refresh(take)
    return take


def process(
    shop: Workshop, session: Session, take: Take, at: datetime, said: Sequence[str] = FIRST
) -> Take:
    """Its clip plays and its text is there."""
    clip = take.clip
    if clip is None:
        raise LookupError("a take without a recording cannot be made ready")
    make_playable(session, shop.store.settings, shop.bus, clip, shop.footage, at)
    write_down(session, shop.bus, clip, said, at)
    close_jobs(session, clip, at)
    session.refresh(take)
    session.refresh(clip)
    return take


def kept_take(
    shop: Workshop,
    session: Session,
    who: Human,
    lesson_id: int,
    cohort_id: int,
    at: datetime,
    said: Sequence[str] = FIRST,
) -> Take:
    """A take that is ready and that only its maker sees."""
    take = begin_take(shop, session, who, lesson_id, cohort_id, at)
    return process(shop, session, keep(shop, session, take, at), at, said)


def allow_writing(session: Session, who: Human, coach: Human, at: datetime) -> None:
    """A coach's yes, so that somebody may answer in writing."""
    person = session.get_one(Person, who.id)
    writing_actions.grant_writing(session, person=person, coach_id=coach.id, now=at)


def share(shop: Workshop, session: Session, take: Take, at: datetime) -> Take:
    """The maker's own top and tip, and the take is open for others."""
    events = take_actions.add_self_review(
        session,
        take=take,
        top="Ik begin rustig.",
        top_at_ms=600,
        tip="Ik mag meer doorvragen.",
        tip_at_ms=5_000,
        language="nl",
        now=at,
    )
    events += take_actions.share_take(session, take=take, text_was_shown=True, now=at)
    shop.publish(session, events, at)
    return take


def remark(
    shop: Workshop,
    session: Session,
    take: Take,
    author: Human,
    relation: Relation,
    *,
    kind: CommentKind = CommentKind.TOP,
    text: str,
    at_ms: int,
    at: datetime,
) -> TimedComment:
    events = feedback_actions.add_comment(
        session,
        take=take,
        author_id=author.id,
        relation=relation,
        kind=kind,
        text=text,
        at_ms=at_ms,
        language="nl",
        client_key=uuid4(),
        now=at,
    )
    shop.publish(session, events, at)
    found = select(TimedComment).where(TimedComment.public_id == events[0].subject)
    return session.scalars(found).one()


def report(
    shop: Workshop, session: Session, take: Take, comment: TimedComment | None, who: Human
) -> ContentReport:
    events = report_actions.report_content(
        session, take=take, comment=comment, reporter_id=who.id, reason="", now=NOW
    )
    shop.publish(session, events, NOW)
    newest = select(ContentReport).order_by(ContentReport.id.desc()).limit(1)
    return session.scalars(newest).one()


def decide(
    shop: Workshop, session: Session, take: Take, coach: Human, at: datetime, *, accept: bool
) -> None:
    events = (
        take_actions.accept_take(session, take=take, coach_id=coach.id, now=at)
        if accept
        else take_actions.ask_retake(session, take=take, coach_id=coach.id, now=at)
    )
    shop.publish(session, events, at)
