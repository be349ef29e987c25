"""Turns events into notices: who hears of what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from courses import events
from lms.events import EventBus
from lms.notices.models import Notice, NoticeKind


def tell(
    session: Session,
    *,
    organisation_id: int,
    person_id: int,
    kind: NoticeKind,
    take: UUID,
    now: datetime,
) -> None:
    """One notice for one person."""
    session.add(
        Notice(
            organisation_id=organisation_id,
            person_id=person_id,
            kind=kind,
            take=take,
            params={},
            created_at=now,
        )
    )


def mark_read(session: Session, *, person_id: int, take: UUID, now: datetime) -> None:
    """Everything this person was told about a take is read once the take is opened."""
    session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.take == take, Notice.read_at.is_(None))
        .values(read_at=now)
    )


def mark_old_read(
    session: Session, *, organisation_id: int, before: datetime, now: datetime
) -> None:
    """Count what was told before an instant as read (an archive that is brought in)."""
    session.execute(
        update(Notice)
        .where(
            Notice.organisation_id == organisation_id,
            Notice.read_at.is_(None),
            Notice.created_at < before,
        )
        .values(read_at=now)
    )


def _commented(session: Session, event: events.Event, now: datetime) -> None:
    if isinstance(event, events.CommentAdded) and event.actor_id != event.person_id:
        tell(
            session,
            organisation_id=event.organisation_id,
            person_id=event.person_id,
            kind=NoticeKind.FEEDBACK_RECEIVED,
            take=event.take,
            now=now,
        )


def _replied(session: Session, event: events.Event, now: datetime) -> None:
    if isinstance(event, events.ReplyAdded):
        for person_id in event.people:
            tell(
                session,
                organisation_id=event.organisation_id,
                person_id=person_id,
                kind=NoticeKind.REPLY_RECEIVED,
                take=event.take,
                now=now,
            )


def _decided(session: Session, event: events.Event, now: datetime) -> None:
    if isinstance(event, events.TakeAccepted | events.RetakeAsked):
        accepted = isinstance(event, events.TakeAccepted)
        tell(
            session,
            organisation_id=event.organisation_id,
            person_id=event.person_id,
            kind=NoticeKind.TAKE_ACCEPTED if accepted else NoticeKind.RETAKE_ASKED,
            take=event.subject,
            now=now,
        )


def _opened(session: Session, event: events.Event, now: datetime) -> None:
    if event.actor_id is not None:
        mark_read(session, person_id=event.actor_id, take=event.subject, now=now)


def _gone(session: Session, event: events.Event, now: datetime) -> None:
    """Nobody can open a take that was thrown away: what was told about it is no news any more."""
    session.execute(
        update(Notice)
        .where(Notice.take == event.subject, Notice.read_at.is_(None))
        .values(read_at=now)
    )


def _processed(session: Session, event: events.Event, now: datetime) -> None:
    if not isinstance(event, events.ClipFailed | events.TranscriptReady):
        return
    if event.take is None or event.person_id is None:
        return
    failed = isinstance(event, events.ClipFailed)
    tell(
        session,
        organisation_id=event.organisation_id,
        person_id=event.person_id,
        kind=NoticeKind.CLIP_FAILED if failed else NoticeKind.TRANSCRIPT_READY,
        take=event.take,
        now=now,
    )


def connect(bus: EventBus) -> None:
    bus.on(events.CommentAdded, _commented)
    bus.on(events.ReplyAdded, _replied)
    bus.on(events.TakeAccepted, _decided)
    bus.on(events.RetakeAsked, _decided)
    bus.on(events.TakeOpened, _opened)
    bus.on(events.TakeDeleted, _gone)
    bus.on(events.ClipFailed, _processed)
    bus.on(events.TranscriptReady, _processed)
