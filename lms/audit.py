"""What happened, by whom, to which thing: ids and codes only, sealed in a hash chain.

Events are added to the caller's transaction, so that a change and its trace stand or fall
together. Sealing (sequence number and hash) is done by one worker job afterwards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.db import Base

GENESIS = "0" * 64


class Act(StrEnum):
    """Every kind of event there is; a new one is added here first."""

    SIGNED_IN = "account.signed_in"
    SIGN_IN_REFUSED = "account.sign_in_refused"
    SIGNED_OUT = "account.signed_out"
    ACCESS_REFUSED = "access.refused"
    TAKE_STARTED = "take.started"
    TAKE_KEPT = "take.kept"
    TAKE_WRITTEN = "take.written"
    TAKE_LOOKED_BACK = "take.looked_back"
    TAKE_SHARED = "take.shared"
    TAKE_ACCEPTED = "take.accepted"
    TAKE_RETAKE_ASKED = "take.retake_asked"
    TAKE_DECISION_UNDONE = "take.decision_undone"
    TAKE_DELETED = "take.deleted"
    TAKE_WATCHED = "take.watched"
    TRANSCRIPT_CORRECTED = "transcript.corrected"
    COMMENT_ADDED = "comment.added"
    COMMENT_EDITED = "comment.edited"
    COMMENT_DELETED = "comment.deleted"
    COMMENT_REPLIED = "comment.replied"
    COMMENT_RESOLVED = "comment.resolved"
    TIP_FOLLOWED_UP = "tip.followed_up"
    CONTENT_REPORTED = "content.reported"
    REPORT_DECIDED = "report.decided"
    CLIP_ERASED = "clip.erased"
    CLIP_READY = "clip.ready"
    CLIP_FAILED = "clip.failed"
    TRANSCRIPT_READY = "transcript.ready"
    WRITING_GRANTED = "writing.granted"
    WRITING_ENDED = "writing.ended"
    DEMO_RESET = "demo.reset"


class AuditEvent(Base):
    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_organisation", "organisation_id", "id"),
        Index("ix_audit_event_subject", "subject_type", "subject"),
        Index("ix_audit_event_actor", "actor_id", "act", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None]
    """None only where nobody knows whose it was: a sign-in with an unknown name."""
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    """The person who acted; None for the software itself."""
    act: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """From, to, and a reason code. Never a word somebody typed or said."""
    seq: Mapped[int | None] = mapped_column(unique=True)
    prev_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


def record(
    session: Session,
    act: Act,
    *,
    now: datetime,
    organisation_id: int | None,
    actor_id: int | None,
    subject_type: str,
    subject: UUID | str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one event to the transaction of `session`."""
    session.add(
        AuditEvent(
            organisation_id=organisation_id,
            at=now,
            actor_id=actor_id,
            act=act,
            subject_type=subject_type,
            subject=str(subject),
            detail=dict(detail or {}),
        )
    )


def happened_since(
    session: Session,
    act: Act,
    *,
    actor_id: int,
    subject_type: str,
    subject: UUID | str,
    since: datetime,
) -> bool:
    """Whether this person did this to this thing after an instant."""
    found = select(AuditEvent.id).where(
        AuditEvent.subject_type == subject_type,
        AuditEvent.subject == str(subject),
        AuditEvent.act == act,
        AuditEvent.actor_id == actor_id,
        AuditEvent.at > since,
    )
    return session.scalar(found.limit(1)) is not None


def count_since(session: Session, act: Act, *, actor_id: int, since: datetime) -> int:
    """How often this person did this from an instant on, whatever became of it afterwards."""
    counted = select(func.count()).where(
        AuditEvent.actor_id == actor_id, AuditEvent.act == act, AuditEvent.at >= since
    )
    return session.scalar(counted) or 0


def _digest(event: AuditEvent, seq: int, previous: str) -> str:
    content = [
        seq,
        previous,
        event.organisation_id,
        event.at.isoformat(),
        event.actor_id,
        event.act,
        event.subject_type,
        event.subject,
        event.detail,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def seal(session: Session, *, limit: int = 1000) -> int:
    """Give the oldest unsealed events their place in the chain; how many were sealed."""
    last = session.scalars(
        select(AuditEvent).where(AuditEvent.seq.is_not(None)).order_by(AuditEvent.seq.desc())
    ).first()
    seq, previous = (last.seq or 0, last.hash or GENESIS) if last else (0, GENESIS)
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.seq.is_(None)).order_by(AuditEvent.id).limit(limit)
    ).all()
    for event in events:
        seq += 1
        event.seq, event.prev_hash = seq, previous
        event.hash = previous = _digest(event, seq, previous)
    return len(events)


def broken_link(session: Session) -> int | None:
    """The first sequence number whose hash does not fit, or None when the chain holds."""
    previous = GENESIS
    sealed = select(AuditEvent).where(AuditEvent.seq.is_not(None)).order_by(AuditEvent.seq)
    for expected, event in enumerate(session.scalars(sealed).yield_per(1000), start=1):
        if event.seq != expected or event.prev_hash != previous:
            return expected
        if event.hash != _digest(event, expected, previous):
            return expected
        previous = event.hash
    return None
