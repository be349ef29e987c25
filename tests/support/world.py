"""An invented world for the tests, in which every role is there and takes stand in every state.

Two organisations. In Vogelwijk two groups follow a course. In Zandstad one trainee and one coach
have things of their own, which nobody of Vogelwijk may ever notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courses.models import Cohort, Organisation, Take, TimedComment
from courses.terms import CommentKind, Relation, Role
from lms.wiring import connected_bus
from media import actions as media_actions
from support.databases import Store
from support.factories import (
    PASSWORD,
    Human,
    Thing,
    Workshop,
    add_cohort,
    add_course,
    add_lesson,
    add_lesson_clip,
    add_organisation,
    add_party,
    add_person,
    ago,
    allow_writing,
    begin_take,
    decide,
    keep,
    kept_take,
    remark,
    report,
    share,
)
from support.footage import SECOND, Footage, close_jobs

TITLES = {"greeting": "Welkom aan de balie", "waiting": "De boze beller", "closing": "Afsluiten"}


@dataclass(frozen=True)
class TakeThing(Thing):
    clip: UUID | None = None


@dataclass
class World:
    """Who and what there is, by name."""

    people: dict[str, Human] = field(default_factory=dict)
    organisations: dict[str, Thing] = field(default_factory=dict)
    cohorts: dict[str, int] = field(default_factory=dict)
    lessons: dict[str, Thing] = field(default_factory=dict)
    lesson_clips: dict[str, UUID] = field(default_factory=dict)
    takes: dict[str, TakeThing] = field(default_factory=dict)
    comments: dict[str, Thing] = field(default_factory=dict)
    reports: dict[str, Thing] = field(default_factory=dict)


def build_world(store: Store, footage: Footage) -> World:
    """Both organisations with everybody and everything in them."""
    world = World()
    shop = Workshop(store, footage, connected_bus())
    with store.database.transaction() as session:
        _build_vogelwijk(shop, session, world)
        _build_zandstad(shop, session, world)
    with store.database.transaction() as session:
        _fill_vogelwijk(shop, session, world)
        _fill_zandstad(shop, session, world)
    return world


def _build_vogelwijk(shop: Workshop, session: Session, world: World) -> None:
    organisation = add_organisation(session, "Vogelwijk")
    world.organisations["vogelwijk"] = Thing(organisation.id, organisation.public_id)
    one = add_cohort(session, organisation, "najaar")
    two = add_cohort(session, organisation, "zomer", starts=date(2026, 6, 1))
    party = add_party(session, organisation)
    world.cohorts |= {"one": one.id, "two": two.id}
    trainee, coach = Role.TRAINEE, Role.COACH
    people = world.people
    people["samira"] = add_person(
        session, organisation, "Samira El Idrissi", trainee, cohort=one, password=PASSWORD
    )
    people["jeroen"] = add_person(session, organisation, "Jeroen de Kok", trainee, cohort=one)
    people["lotte"] = add_person(session, organisation, "Lotte Smit", trainee, cohort=one)
    people["mo"] = add_person(session, organisation, "Mo Yusuf", trainee, cohort=one)
    people["tom"] = add_person(session, organisation, "Tom Bakker", trainee, cohort=two)
    people["carla"] = add_person(
        session, organisation, "Carla Blom", coach, cohort=one, password=PASSWORD
    )
    people["erik"] = add_person(session, organisation, "Erik Vos", coach, cohort=one)
    people["daan"] = add_person(session, organisation, "Daan Mulder", coach, cohort=two)
    people["peter"] = add_person(
        session, organisation, "Peter Hoekstra", Role.TEAM_LEADER, party=party
    )
    people["nadia"] = add_person(
        session, organisation, "Nadia Kaya", Role.WORKPLACE_TRAINER, party=party
    )
    people["ingrid"] = add_person(session, organisation, "Ingrid Postma", Role.HR, cohort=one)
    people["wim"] = add_person(session, organisation, "Wim Kuipers", Role.SCHOOL_ADMIN, cohort=one)
    people["esther"] = add_person(session, organisation, "Esther van Dam", Role.EDITOR)
    people["olaf"] = add_person(session, organisation, "Olaf Brandt", Role.PRIVACY_OFFICER)
    people["thea"] = add_person(session, organisation, "Thea Lansink", Role.ADMIN)
    _add_lessons(shop, session, world, organisation, [one, two])


def _add_lessons(
    shop: Workshop,
    session: Session,
    world: World,
    organisation: Organisation,
    cohorts: Sequence[Cohort],
) -> None:
    course = add_course(session, organisation, cohorts)
    prefix = "" if organisation.slug == "vogelwijk" else f"{organisation.slug}-"
    for position, (key, title) in enumerate(TITLES.items(), start=1):
        clip_id = add_lesson_clip(shop, session, organisation, ago(days=85))
        lesson = add_lesson(session, course, title, position=position, clip_id=clip_id)
        world.lessons[prefix + key] = Thing(lesson.id, lesson.public_id)
        session.refresh(lesson)
        if lesson.clip is not None:
            world.lesson_clips[prefix + key] = lesson.clip.public_id
    draft = add_lesson(session, course, "Nog niet klaar", position=9, published=False)
    world.lessons[prefix + "draft"] = Thing(draft.id, draft.public_id)


def _build_zandstad(shop: Workshop, session: Session, world: World) -> None:
    organisation = add_organisation(session, "Zandstad")
    world.organisations["zandstad"] = Thing(organisation.id, organisation.public_id)
    cohort = add_cohort(session, organisation, "najaar")
    world.cohorts["zandstad"] = cohort.id
    world.people["berta"] = add_person(
        session, organisation, "Berta Zand", Role.TRAINEE, cohort=cohort
    )
    world.people["karel"] = add_person(
        session, organisation, "Karel Duin", Role.COACH, cohort=cohort
    )
    world.people["zora"] = add_person(session, organisation, "Zora Strand", Role.PRIVACY_OFFICER)
    _add_lessons(shop, session, world, organisation, [cohort])


def _remember(world: World, name: str, take: Take) -> Take:
    clip = take.clip
    world.takes[name] = TakeThing(take.id, take.public_id, clip.public_id if clip else None)
    return take


def _fill_vogelwijk(shop: Workshop, session: Session, world: World) -> None:
    people, one = world.people, world.cohorts["one"]
    greeting, waiting = world.lessons["greeting"].id, world.lessons["waiting"].id
    samira, jeroen, carla = people["samira"], people["jeroen"], people["carla"]

    # Samira: one lesson done, one with two takes, one with what nobody else may see.
    accepted = kept_take(shop, session, samira, greeting, one, ago(days=20))
    _remember(world, "samira-accepted", share(shop, session, accepted, ago(days=20)))
    tip_on_accepted = _top_and_tip(shop, session, accepted, carla, ago(days=19))
    world.comments["carla-tip-accepted"] = Thing(tip_on_accepted.id, tip_on_accepted.public_id)
    decide(shop, session, accepted, carla, ago(days=18), accept=True)

    first = kept_take(shop, session, samira, waiting, one, ago(days=10))
    _remember(world, "samira-first", share(shop, session, first, ago(days=10)))
    peer_top = remark(
        shop, session, first, jeroen, Relation.PEER, text="Rustig.", at_ms=700, at=ago(days=9)
    )
    world.comments["jeroen-top"] = Thing(peer_top.id, peer_top.public_id)
    tip = _top_and_tip(shop, session, first, carla, ago(days=9))
    world.comments["carla-tip"] = Thing(tip.id, tip.public_id)
    decide(shop, session, first, carla, ago(days=8), accept=False)

    second = kept_take(shop, session, samira, waiting, one, ago(days=2), said=SECOND)
    _remember(world, "samira-second", share(shop, session, second, ago(days=2)))
    question = remark(
        shop,
        session,
        second,
        jeroen,
        Relation.PEER,
        kind=CommentKind.QUESTION,
        text="Waarom wacht je even?",
        at_ms=900,
        at=ago(days=1),
    )
    world.comments["jeroen-question"] = Thing(question.id, question.public_id)
    _private_takes(shop, session, world)
    _of_others(shop, session, world)


def _top_and_tip(
    shop: Workshop, session: Session, take: Take, coach: Human, at: datetime
) -> TimedComment:
    relation = Relation.COACH
    remark(shop, session, take, coach, relation, text="Mooi begin.", at_ms=500, at=at)
    return remark(
        shop,
        session,
        take,
        coach,
        relation,
        kind=CommentKind.TIP,
        text="Noem het wachten.",
        at_ms=3_000,
        at=at,
    )


def _private_takes(shop: Workshop, session: Session, world: World) -> None:
    samira, one = world.people["samira"], world.cohorts["one"]
    closing = world.lessons["closing"].id
    kept = kept_take(shop, session, samira, closing, one, ago(hours=3))
    _remember(world, "samira-kept", kept)
    processing = begin_take(shop, session, samira, closing, one, ago(hours=2))
    _remember(world, "samira-processing", keep(shop, session, processing, ago(hours=2)))
    recording = begin_take(shop, session, samira, closing, one, ago(hours=1))
    _remember(world, "samira-recording", recording)


def _of_others(shop: Workshop, session: Session, world: World) -> None:
    people, one = world.people, world.cohorts["one"]
    greeting, waiting = world.lessons["greeting"].id, world.lessons["waiting"].id
    jeroen = people["jeroen"]
    allow_writing(session, jeroen, people["carla"], ago(days=9))
    shared = kept_take(shop, session, jeroen, waiting, one, ago(days=5))
    _remember(world, "jeroen-shared", share(shop, session, shared, ago(days=5)))
    kept = kept_take(shop, session, jeroen, waiting, one, ago(days=1))
    _remember(world, "jeroen-kept", kept)
    failed = keep(
        shop, session, begin_take(shop, session, jeroen, greeting, one, ago(days=1)), ago(days=1)
    )
    if failed.clip is not None:
        media_actions.mark_failed(session, clip=failed.clip, code="no_audio", params={})
        close_jobs(session, failed.clip, ago(days=1))
    _remember(world, "jeroen-failed", failed)

    lotte = kept_take(shop, session, people["lotte"], waiting, one, ago(days=4))
    _remember(world, "lotte-kept", lotte)

    hidden = kept_take(shop, session, people["mo"], waiting, one, ago(days=6))
    _remember(world, "mo-hidden", share(shop, session, hidden, ago(days=6)))
    complaint = report(shop, session, hidden, None, jeroen)
    world.reports["mo-hidden"] = Thing(complaint.id, complaint.public_id)

    tom = kept_take(shop, session, people["tom"], waiting, world.cohorts["two"], ago(days=3))
    _remember(world, "tom-shared", share(shop, session, tom, ago(days=3)))
    question = remark(
        shop,
        session,
        tom,
        people["daan"],
        Relation.COACH,
        text="Fijn tempo.",
        at_ms=800,
        at=ago(days=2),
    )
    world.comments["daan-top"] = Thing(question.id, question.public_id)


def _fill_zandstad(shop: Workshop, session: Session, world: World) -> None:
    berta, karel = world.people["berta"], world.people["karel"]
    lesson, cohort = world.lessons["zandstad-waiting"].id, world.cohorts["zandstad"]
    take = kept_take(shop, session, berta, lesson, cohort, ago(days=7))
    _remember(world, "berta-shared", share(shop, session, take, ago(days=7)))
    top = remark(
        shop, session, take, karel, Relation.COACH, text="Goed.", at_ms=600, at=ago(days=6)
    )
    world.comments["karel-top"] = Thing(top.id, top.public_id)
