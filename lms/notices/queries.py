"""Reads of notices."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.notices.models import Notice, NoticeKind

FROM_PEOPLE = (
    NoticeKind.FEEDBACK_RECEIVED,
    NoticeKind.REPLY_RECEIVED,
    NoticeKind.TAKE_ACCEPTED,
    NoticeKind.RETAKE_ASKED,
)


def count_unread_feedback(session: Session, *, person_id: int) -> int:
    """How many words of other people this person has not opened yet."""
    return (
        session.scalar(
            select(func.count(Notice.id)).where(
                Notice.person_id == person_id,
                Notice.read_at.is_(None),
                Notice.kind.in_(FROM_PEOPLE),
            )
        )
        or 0
    )
