"""How much one person may write in a while, so that nobody floods a group with words or reports.

Far above what anybody needs. All these numbers stand here; limits on recordings, which cost disk
and processor, are the operator's to set (lms.config).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from courses.rules.errors import RuleBroken, Wrong
from courses.terms import Relation


@dataclass(frozen=True)
class Pace:
    """At most `most` in any stretch of time as long as `within`."""

    most: int
    within: timedelta
    wrong: Wrong


HOUR, DAY = timedelta(hours=1), timedelta(days=1)

REMARKS: Mapping[Relation, Pace] = {
    Relation.OWNER: Pace(60, HOUR, Wrong.REMARK_LIMIT),
    Relation.PEER: Pace(60, HOUR, Wrong.REMARK_LIMIT),
    Relation.COACH: Pace(300, HOUR, Wrong.REMARK_LIMIT),
}
REPLIES = REMARKS
"""As many answers as remarks; the two are counted apart."""
REPORTS = Pace(20, DAY, Wrong.REPORT_LIMIT)


def check_pace(pace: Pace, done: int) -> None:
    """Raise when somebody who did this `done` times in the last while may not do it again yet."""
    if done >= pace.most:
        raise RuleBroken(pace.wrong, limit=pace.most)
