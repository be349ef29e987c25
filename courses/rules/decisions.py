"""How long a coach may take back what was just decided about a take."""

from __future__ import annotations

from datetime import datetime, timedelta

from courses.rules.errors import RuleBroken, Wrong

UNDO_WITHIN = timedelta(minutes=5)


def check_undo(decided_at: datetime, now: datetime, *, went_on: bool) -> None:
    """Raise once it is too long ago, or when the trainee acted on the decision already."""
    if went_on or now - decided_at > UNDO_WITHIN:
        minutes = int(UNDO_WITHIN.total_seconds()) // 60
        raise RuleBroken(Wrong.DECISION_STANDS, minutes=minutes)
