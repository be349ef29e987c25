"""Writes an audit event for every event of the course domain, in the same transaction."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from courses import events
from lms.audit import Act, record

ACTS: dict[type[events.Event], tuple[Act, str]] = {
    events.TakeStarted: (Act.TAKE_STARTED, "take"),
    events.TakeKept: (Act.TAKE_KEPT, "take"),
    events.AnswerWritten: (Act.TAKE_WRITTEN, "take"),
    events.WritingGranted: (Act.WRITING_GRANTED, "person"),
    events.WritingEnded: (Act.WRITING_ENDED, "person"),
    events.TakeLookedBack: (Act.TAKE_LOOKED_BACK, "take"),
    events.TakeShared: (Act.TAKE_SHARED, "take"),
    events.TakeAccepted: (Act.TAKE_ACCEPTED, "take"),
    events.RetakeAsked: (Act.TAKE_RETAKE_ASKED, "take"),
    events.DecisionUndone: (Act.TAKE_DECISION_UNDONE, "take"),
    events.TakeDeleted: (Act.TAKE_DELETED, "take"),
    events.ClipErased: (Act.CLIP_ERASED, "clip"),
    events.TranscriptCorrected: (Act.TRANSCRIPT_CORRECTED, "take"),
    events.CommentAdded: (Act.COMMENT_ADDED, "comment"),
    events.CommentEdited: (Act.COMMENT_EDITED, "comment"),
    events.CommentDeleted: (Act.COMMENT_DELETED, "comment"),
    events.ReplyAdded: (Act.COMMENT_REPLIED, "reply"),
    events.CommentResolved: (Act.COMMENT_RESOLVED, "comment"),
    events.TipFollowedUp: (Act.TIP_FOLLOWED_UP, "comment"),
    events.ContentReported: (Act.CONTENT_REPORTED, "content"),
    events.ReportDecided: (Act.REPORT_DECIDED, "content"),
    events.ClipReady: (Act.CLIP_READY, "clip"),
    events.ClipFailed: (Act.CLIP_FAILED, "clip"),
    events.TranscriptReady: (Act.TRANSCRIPT_READY, "clip"),
}
SILENT = (events.TakeOpened,)
"""Not worth a line: the watching itself is written where the clip is served."""


PEOPLE = {"person_id", "cohort_id", "people"}


def write(session: Session, event: events.Event, now: datetime) -> None:
    """Record `event` with ids and codes only. An event without an act here is a bug."""
    if isinstance(event, SILENT):
        return
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
    """What the event says beyond who and what; people are named by the row's own columns."""
    base = {field.name for field in fields(events.Event)}
    return {
        field.name: str(value) if isinstance(value := getattr(event, field.name), UUID) else value
        for field in fields(event)
        if field.name not in base and field.name not in PEOPLE
    }
