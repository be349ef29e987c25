"""Corrections of what was heard, by whoever spoke."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courses import events
from courses.models import Take
from courses.rules import texts
from media.actions import correct_segment
from media.models import Segment

MAX_SEGMENT = 1_000


def correct(
    session: Session, *, take: Take, segment: Segment, text: str, now: datetime
) -> list[events.Event]:
    """Keep the maker's words beside what the engine heard; the engine's text never changes."""
    correct_segment(session, segment=segment, text=texts.clean(text, limit=MAX_SEGMENT), now=now)
    return [
        events.TranscriptCorrected(
            take.organisation_id, take.person_id, take.public_id, position=segment.position
        )
    ]
