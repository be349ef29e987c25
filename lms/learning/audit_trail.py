"""Writes an audit event for every event of the course domain, in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from courses import events
from lms.audit import Act, record

ACTS: dict[type[events.Event], tuple[Act, str]] = {
    events.TakeStarted: (Act.TAKE_STARTED, "take"),
    events.TakeKept: (Act.TAKE_KEPT, "take"),
    events.TakeLookedBack: (Act.TAKE_LOOKED_BACK, "take"),
    events.TakeShared: (Act.TAKE_SHARED, "take"),
    events.TakeAccepted: (Act.TAKE_ACCEPTED, "take"),
    events.RetakeAsked: (Act.TAKE_RETAKE_ASKED, "take"),
    events.TakeDeleted: (Act.TAKE_DELETED, "take"),
    events.ClipErased: (Act.CLIP_ERASED, "clip"),
    events.TranscriptCorrected: (Act.TRANSCRIPT_CORRECTED, "take"),
    events.CommentAdded: (Act.COMMENT_ADDED, "comment"),
    events.ReplyAdded: (Act.COMMENT_REPLIED, "reply"),
    events.CommentResolved: (Act.COMMENT_RESOLVED, "comment"),
    events.TipFollowedUp: (Act.TIP_FOLLOWED_UP, "comment"),
    events.ContentReported: (Act.CONTENT_REPORTED, "content"),
    events.ReportDecided: (Act.REPORT_DECIDED, "content"),
}


def write(session: Session, event: events.Event, now: datetime) -> None:
    """Record `event` with ids and codes only. An event without an act here is a bug."""
    act, subject_type = ACTS[type(event)]
    record(
        session,
        act,
        now=now,
        organisation_id=event.organisation_id,
        actor_id=event.actor_id,
        subject_type=subject_type,
        subject=event.subject,
        detail=_detail(event),
    )


def _detail(event: events.Event) -> dict[str, Any]:
    match event:
        case events.TakeDeleted():
            return {"from": event.from_state}
        case events.TakeKept():
            return {"clip": str(event.clip)}
        case events.CommentAdded():
            return {"take": str(event.take), "kind": event.kind, "role": event.author_role}
        case events.ReplyAdded():
            return {"take": str(event.take)}
        case events.CommentResolved():
            return {"resolved": event.resolved}
        case events.TipFollowedUp():
            return {"take": str(event.take), "role": event.role, "verdict": event.verdict}
        case events.ContentReported():
            return {"subject_type": event.subject_type}
        case events.ReportDecided():
            return {"state": event.state}
        case events.TranscriptCorrected():
            return {"position": event.position}
        case _:
            return {}
