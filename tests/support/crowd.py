"""A group of any size, to see whether a page asks the database more when there are more people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from courses.actions import feedback as feedback_actions
from courses.actions import takes as take_actions
from courses.models import Lesson, Take
from courses.terms import CommentKind, Relation, Role
from lms.wiring import connected_bus
from media import actions as media_actions
from media.actions import ReceivedFile
from support.databases import Store
from support.factories import (
    Human,
    Workshop,
    add_cohort,
    add_course,
    add_lesson,
    add_organisation,
    add_person,
    ago,
    allow_writing,
    begin_take,
    decide,
    remark,
    share,
)
from support.footage import FIRST, SECOND, Footage, close_jobs, write_down

LESSONS = 5


@dataclass(frozen=True)
class Crowd:
    """Who looks, and at what."""

    learner: Human
    coach: Human
    hr: Human
    officer: Human
    lesson: UUID
    first: UUID
    second: UUID
    of_a_peer: UUID
    processing: UUID


def build_crowd(store: Store, footage: Footage, learners: int) -> Crowd:
    """A group in which everybody shared two takes of a lesson and spoke about those of the first.

    Clips have rows and no bytes: these pages send none.
    """
    shop = Workshop(store, footage, connected_bus())
    with store.database.transaction() as session:
        organisation = add_organisation(session, "Drukstad")
        cohort = add_cohort(session, organisation, "groot")
        course = add_course(session, organisation, [cohort])
        lessons = [
            add_lesson(session, course, f"Les over {place}", position=place)
            for place in range(1, LESSONS + 1)
        ]
        people = [
            add_person(session, organisation, f"Deelnemer{place} Vos", Role.TRAINEE, cohort=cohort)
            for place in range(learners)
        ]
        coach = add_person(session, organisation, "Carla Blom", Role.COACH, cohort=cohort)
        hr = add_person(session, organisation, "Ingrid Postma", Role.HR, cohort=cohort)
        officer = add_person(session, organisation, "Olaf Brandt", Role.PRIVACY_OFFICER)
        takes = [_two_takes(shop, session, one, lessons[0], cohort.id) for one in people]
        for first, _second in takes:
            _speak(shop, session, first, coach, Relation.COACH, ago(days=2))
        for place, peer in enumerate(people[1:]):
            at = ago(hours=100 - place)  # nobody answers all of them in one hour
            _speak(shop, session, takes[0][0], peer, Relation.PEER, at)
            _speak(shop, session, takes[0][1], peer, Relation.PEER, at)
        decide(shop, session, takes[0][0], coach, ago(days=1), accept=False)
        allow_writing(session, people[0], coach, ago(days=6))
        processing = _kept(shop, session, people[0], lessons[1], cohort.id, ago(hours=1))
        return Crowd(
            learner=people[0],
            coach=coach,
            hr=hr,
            officer=officer,
            lesson=lessons[0].public_id,
            first=takes[0][0].public_id,
            second=takes[0][1].public_id,
            of_a_peer=takes[1][0].public_id,
            processing=processing.public_id,
        )


def _two_takes(
    shop: Workshop, session: Session, who: Human, lesson: Lesson, cohort_id: int
) -> tuple[Take, Take]:
    made = [
        _take(shop, session, who, lesson, cohort_id, ago(days=5 - place), said)
        for place, said in enumerate((FIRST, SECOND))
    ]
    return made[0], made[1]


def _kept(
    shop: Workshop, session: Session, who: Human, lesson: Lesson, cohort_id: int, at: datetime
) -> Take:
    take = begin_take(shop, session, who, lesson.id, cohort_id, at)
    upload = media_actions.open_upload(
        session,
        organisation_id=take.organisation_id,
        owner_id=who.id,
        target=take.public_id,
        length=1,
        max_bytes=1,
        language="nl",
        now=at,
        expires_at=at,
    )
    received = ReceivedFile(uuid4(), "0" * 64, 1, "video/mp4")
    kept = take_actions.keep_take(session, take=take, upload=upload, received=received, now=at)
    shop.publish(session, kept, at)
    session.refresh(take)
    return take


def _take(
    shop: Workshop,
    session: Session,
    who: Human,
    lesson: Lesson,
    cohort_id: int,
    at: datetime,
    said: tuple[str, ...],
) -> Take:
    take = _kept(shop, session, who, lesson, cohort_id, at)
    if take.clip is None:
        raise LookupError("a kept take has a clip")
    media_actions.mark_ready(session, clip=take.clip, duration_ms=9_000, has_video=True, now=at)
    write_down(session, shop.bus, take.clip, said, at)
    close_jobs(session, take.clip, at)
    session.refresh(take.clip)
    return share(shop, session, take, at)


def _speak(
    shop: Workshop, session: Session, take: Take, who: Human, relation: Relation, at: datetime
) -> None:
    """A top, a tip with an answer, all read or not: each is a row a page might ask for alone."""
    remark(shop, session, take, who, relation, text="Goed begin.", at_ms=500, at=at)
    tip = remark(
        shop,
        session,
        take,
        who,
        relation,
        kind=CommentKind.TIP,
        text="Vraag door.",
        at_ms=4_000,
        at=at,
    )
    events = feedback_actions.reply_to(
        session,
        comment=tip,
        author_id=take.person_id,
        relation=Relation.OWNER,
        text="Dat doe ik.",
        language="nl",
        now=at,
    )
    shop.publish(session, events, at)
