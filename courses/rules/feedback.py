"""Rules of feedback: a top before a tip, and every remark inside the clip."""

from __future__ import annotations

from collections.abc import Collection

from courses.rules.errors import RuleBroken, Wrong
from courses.terms import CommentKind

TIME_SLACK_MS = 500
"""A player may report a moment just past the end that the probe rounded down."""


def check_kind(kind: CommentKind, earlier: Collection[CommentKind]) -> None:
    """Raise unless somebody who gives a tip has given a top on this take before."""
    if kind is CommentKind.TIP and CommentKind.TOP not in earlier:
        raise RuleBroken(Wrong.TOP_FIRST)


WHOLE = 0
"""Where a remark stands that is about an answer without moments: one in writing."""


def moment_in_clip(at_ms: int, duration_ms: int | None) -> int:
    """`at_ms` when it lies in the clip, moved back onto its last frame within the slack."""
    if duration_ms is None:
        raise RuleBroken(Wrong.TAKE_NOT_READY)
    if at_ms < 0 or at_ms > duration_ms + TIME_SLACK_MS:
        raise RuleBroken(Wrong.TIME_OUTSIDE_CLIP, seconds=duration_ms // 1000)
    return min(at_ms, duration_ms)
