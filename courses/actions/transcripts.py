"""The verb of a transcript: its maker writes down what was really said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from courses import events
from courses.models import Take
from courses.rules import texts
from courses.rules.errors import RuleBroken
from media.actions import correct_segment
from media.models import Segment

MAX_SEGMENT = 1_000


def correct_text(
    session: Session,
    *,
    take: Take,
    segments: Sequence[Segment],
    written: Mapping[int, str],
    now: datetime,
) -> tuple[list[events.Event], dict[int, RuleBroken]]:
    """Keep the maker's words beside what the engine heard; the engine's text never changes.

    `written` is what stands in the form, by the position of the sentence. Only sentences that
    changed are looked at and kept. What may not stand comes back by position; the caller keeps
    all or nothing.
    """
    made: list[events.Event] = []
    broken: dict[int, RuleBroken] = {}
    for segment in segments:
        text = written.get(segment.position)
        if text is None or text.strip() == segment.spoken_text.strip():
            continue
        try:
            clean = texts.clean(text, limit=MAX_SEGMENT)
        except RuleBroken as rule:
            broken[segment.position] = rule
            continue
        correct_segment(session, segment=segment, text=clean, now=now)
        made.append(
            events.TranscriptCorrected(
                take.organisation_id, take.person_id, take.public_id, position=segment.position
            )
        )
    return made, broken
