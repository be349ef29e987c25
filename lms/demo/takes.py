"""The demo's takes and what was said about them, told through the real verbs in time order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.actions import feedback as feedback_actions
from courses.actions import takes as take_actions
from courses.events import Event
from courses.models import Lesson, Take, TimedComment
from courses.policies import Actor
from courses.queries.takes import list_tips_before
from courses.terms import CommentKind, FollowUpVerdict, Relation
from lms.demo.content import clips, story
from lms.demo.tools import Workshop
from media import actions as media_actions

SHARED_AFTER = timedelta(minutes=4)
SPOKEN_AFTER = timedelta(minutes=9)


def make_takes(shop: Workshop, lessons: dict[str, int]) -> int:
    """Record, share and discuss every take of the story; how many there are."""
    shop.say("De pogingen van de deelnemers worden klaargemaakt…")
    told_takes = sorted(story()["take"], key=lambda told: -told["ago"])
    with shop.database.transaction() as session:
        made = [_record(shop, session, told, lessons) for told in told_takes]
    shop.finish_clips()
    shop.say("De tops en tips worden geschreven…")
    for told, take_id in zip(told_takes, made, strict=True):
        with shop.database.transaction() as session:
            _tell(shop, session, told, session.get_one(Take, take_id))
    return len(made)


def _publish(shop: Workshop, session: Session, events: list[Event], at: datetime) -> None:
    shop.runner.bus.publish(session, events, now=at)


def _record(shop: Workshop, session: Session, told: dict[str, Any], lessons: dict[str, int]) -> int:
    at = shop.ago(told["ago"])
    take, started = take_actions.start_take(
        session,
        person_id=shop.people.ids[told["person"]],
        lesson=session.get_one(Lesson, lessons[told["lesson"]]),
        cohort_id=shop.people.cohort_id,
        is_example=False,
        now=at,
    )
    received = shop.store(clips()[told["clip"]])
    upload = media_actions.open_upload(
        session,
        organisation_id=take.organisation_id,
        owner_id=take.person_id,
        target=take.public_id,
        length=received.bytes,
        max_bytes=received.bytes,
        language="nl",
        now=at,
        expires_at=at + timedelta(hours=1),
    )
    kept = take_actions.keep_take(session, take=take, upload=upload, received=received, now=at)
    _publish(shop, session, [*started, *kept], at)
    return take.id


def _tell(shop: Workshop, session: Session, told: dict[str, Any], take: Take) -> None:
    """What happened to a take after it was recorded."""
    if "top" not in told:
        return
    at = shop.ago(told["ago"]) + SHARED_AFTER
    events = take_actions.add_self_review(
        session,
        take=take,
        top=told["top"][1],
        top_at_ms=_ms(told["top"][0]),
        tip=told["tip"][1],
        tip_at_ms=_ms(told["tip"][0]),
        language="nl",
        now=at,
    )
    events += take_actions.share_take(session, take=take, text_was_shown=True, now=at)
    _publish(shop, session, events, at)
    for number, comment in enumerate(told.get("comment", ())):
        _comment(shop, session, take, comment, at + SPOKEN_AFTER * (number + 1))
    for follow_up in told.get("follow_up", ()):
        _follow_up(shop, session, take, follow_up, at)
    _decide(shop, session, told, take, at + SPOKEN_AFTER * 8)


def _comment(
    shop: Workshop, session: Session, take: Take, told: dict[str, Any], at: datetime
) -> None:
    author = shop.people.ids[told["by"]]
    events = feedback_actions.add_comment(
        session,
        take=take,
        author_id=author,
        relation=_relation(shop, take, author),
        kind=CommentKind(told["kind"]),
        text=told["text"],
        at_ms=_ms(told["at"]),
        language="nl",
        client_key=uuid4(),
        now=at,
    )
    if "reply" in told:
        who, text = told["reply"]
        comment = session.scalars(
            select(TimedComment).where(TimedComment.public_id == events[0].subject)
        ).one()
        events += feedback_actions.reply_to(
            session,
            comment=comment,
            author_id=shop.people.ids[who],
            relation=_relation(shop, take, shop.people.ids[who]),
            text=text,
            language="nl",
            now=at + SPOKEN_AFTER,
        )
    _publish(shop, session, events, at)


def _relation(shop: Workshop, take: Take, person_id: int) -> Relation:
    if person_id == take.person_id:
        return Relation.OWNER
    coaches = {shop.people.ids[name] for name in story()["people"]["coach"]}
    return Relation.COACH if person_id in coaches else Relation.PEER


def _follow_up(
    shop: Workshop, session: Session, take: Take, told: dict[str, Any], at: datetime
) -> None:
    author = shop.people.ids[told["tip_by"]]
    maker = Actor(take.person_id, take.organisation_id, ())
    for tip in list_tips_before(session, maker, take, today=at.date()):
        if tip.author_id == author:
            events = feedback_actions.follow_up(
                session,
                comment=tip,
                take=take,
                relation=Relation.OWNER,
                verdict=FollowUpVerdict(told["verdict"]),
                person_id=take.person_id,
                now=at,
            )
            _publish(shop, session, events, at)


def _decide(
    shop: Workshop, session: Session, told: dict[str, Any], take: Take, at: datetime
) -> None:
    if "accepted_by" in told:
        coach = shop.people.ids[told["accepted_by"]]
        events = take_actions.accept_take(session, take=take, coach_id=coach, now=at)
        _publish(shop, session, events, at)
    if "retake_by" in told:
        coach = shop.people.ids[told["retake_by"]]
        events = take_actions.ask_retake(session, take=take, coach_id=coach, now=at)
        _publish(shop, session, events, at)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
