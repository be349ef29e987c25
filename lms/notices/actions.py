"""Turns events into notices: who hears of what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courses import events
from courses.models import Organisation
from courses.terms import ReportState, Role
from lms.events import EventBus
from lms.learning.reported import list_deciders
from lms.notices.models import ABOUT_REPORTS, FEEDBACK, WAITING, Notice, NoticeKind


def tell(
    session: Session,
    *,
    organisation_id: int,
    person_id: int,
    kind: NoticeKind,
    take: UUID,
    now: datetime,
    params: dict[str, str] | None = None,
) -> None:
    """One notice for one person."""
    session.add(
        Notice(
            organisation_id=organisation_id,
            person_id=person_id,
            kind=kind,
            take=take,
            params=params or {},
            created_at=now,
        )
    )


def mark_read(session: Session, *, person_id: int, take: UUID, now: datetime) -> None:
    """Everything this person was told about a take is read once the take is opened.

    Not what was told about a report: its take does not show what was decided.
    """
    session.execute(
        update(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.take == take,
            Notice.read_at.is_(None),
            Notice.kind.not_in(ABOUT_REPORTS),
        )
        .values(read_at=now)
    )


def read_one(session: Session, *, person_id: int, notice: UUID, now: datetime) -> None:
    """One notice is read by this person. Nothing happens where it is not theirs."""
    session.execute(
        update(Notice)
        .where(Notice.public_id == notice, Notice.person_id == person_id, Notice.read_at.is_(None))
        .values(read_at=now)
    )


def read_feedback(session: Session, *, person_id: int, newest: UUID, now: datetime) -> None:
    """All that was told about feedback up to this notice is read; what came later is not.

    Nothing happens where that notice is not theirs.
    """
    shown = select(Notice.id).where(Notice.public_id == newest, Notice.person_id == person_id)
    session.execute(
        update(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.id <= shown.scalar_subquery(),
            Notice.read_at.is_(None),
            Notice.kind.in_(FEEDBACK),
        )
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


def _undone(session: Session, event: events.Event, now: datetime) -> None:
    """What a coach took back is no news any more, unless it was read."""
    session.execute(
        update(Notice)
        .where(
            Notice.take == event.subject,
            Notice.kind.in_((NoticeKind.TAKE_ACCEPTED, NoticeKind.RETAKE_ASKED)),
            Notice.read_at.is_(None),
        )
        .values(read_at=now)
    )


def _taken_away(session: Session, event: events.Event, now: datetime) -> None:
    """One remark less to read: one of the notices about them, which name no remark."""
    if not isinstance(event, events.CommentDeleted):
        return
    waiting = select(Notice).where(
        Notice.take == event.take,
        Notice.person_id == event.person_id,
        Notice.kind == NoticeKind.FEEDBACK_RECEIVED,
        Notice.read_at.is_(None),
    )
    notice = session.scalars(waiting.order_by(Notice.id.desc()).limit(1)).first()
    if notice is not None and event.actor_id != event.person_id:
        notice.read_at = now


def _reported(session: Session, event: events.Event, now: datetime) -> None:
    """Who decides about it hears that it waits; what they do with it stands in their inbox."""
    if not isinstance(event, events.ContentReported):
        return
    zone = session.get_one(Organisation, event.organisation_id).time_zone
    role, people = list_deciders(
        session,
        organisation_id=event.organisation_id,
        cohort_id=event.cohort_id,
        subject_id=event.person_id,
        today=now.astimezone(ZoneInfo(zone)).date(),
    )
    stuck = role is Role.ADMIN
    for person_id in sorted(people - {event.actor_id}):
        tell(
            session,
            organisation_id=event.organisation_id,
            person_id=person_id,
            kind=NoticeKind.REPORT_STUCK if stuck else NoticeKind.REPORT_RECEIVED,
            take=event.take,
            now=now,
            params={"about": event.subject_type, "subject": str(event.subject)},
        )


def _own_reported(session: Session, event: events.Event, now: datetime) -> None:
    """Its maker hears that nobody else sees it for now: once, whoever reports it as well."""
    if not isinstance(event, events.ContentReported):
        return
    for notice in _unread(session, event.take, (NoticeKind.OWN_REPORTED,)):
        if notice.params["subject"] == str(event.subject):
            return
    tell(
        session,
        organisation_id=event.organisation_id,
        person_id=event.person_id,
        kind=NoticeKind.OWN_REPORTED,
        take=event.take,
        now=now,
        params={"about": event.subject_type, "subject": str(event.subject)},
    )


def _unread(session: Session, take: UUID, kinds: Collection[NoticeKind]) -> Iterable[Notice]:
    return session.scalars(
        select(Notice).where(Notice.take == take, Notice.kind.in_(kinds), Notice.read_at.is_(None))
    )


def _judged(session: Session, event: events.Event, now: datetime) -> None:
    """Who reported it and who made it hear what was decided; for who decides it is done."""
    if not isinstance(event, events.ReportDecided):
        return
    _nothing_waits(session, event, now)
    restored = event.state == ReportState.RESTORED
    reporter = NoticeKind.REPORT_RESTORED if restored else NoticeKind.REPORT_REMOVED
    maker = NoticeKind.OWN_RESTORED if restored else NoticeKind.OWN_REMOVED
    told = [(person_id, reporter) for person_id in event.people if person_id != event.actor_id]
    for person_id, kind in [*told, (event.person_id, maker)]:
        tell(
            session,
            organisation_id=event.organisation_id,
            person_id=person_id,
            kind=kind,
            take=event.take,
            now=now,
            params={"about": event.subject_type, "subject": str(event.subject)},
        )


def _nothing_waits(session: Session, event: events.ReportDecided, now: datetime) -> None:
    for notice in _unread(session, event.take, WAITING):
        if notice.params["subject"] == str(event.subject):
            notice.read_at = now


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
    bus.on(events.DecisionUndone, _undone)
    bus.on(events.CommentDeleted, _taken_away)
    bus.on(events.ContentReported, _reported)
    bus.on(events.ContentReported, _own_reported)
    bus.on(events.ReportDecided, _judged)
    bus.on(events.TakeOpened, _opened)
    bus.on(events.TakeDeleted, _gone)
    bus.on(events.ClipFailed, _processed)
    bus.on(events.TranscriptReady, _processed)
