"""Reads of notices."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.notices.models import Notice


def count_unread(session: Session, *, person_id: int) -> int:
    return (
        session.scalar(
            select(func.count(Notice.id)).where(
                Notice.person_id == person_id, Notice.read_at.is_(None)
            )
        )
        or 0
    )
