"""What can be wrong with a request in the course domain: a code, and what a message needs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Wrong(StrEnum):
    TOP_FIRST = "top_first"
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_HAS_CITIZEN_NUMBER = "text_has_citizen_number"
    TIME_OUTSIDE_CLIP = "time_outside_clip"
    TAKE_NOT_READY = "take_not_ready"
    TAKE_FAILED = "take_failed"
    TAKE_ACCEPTED = "take_accepted"
    TAKE_NOT_SHARED = "take_not_shared"
    OWN_TOP_NEEDED = "own_top_needed"
    OWN_TIP_NEEDED = "own_tip_needed"
    TIP_FIRST = "tip_first"
    TIPS_STAND = "tips_stand"
    REMARK_STANDS = "remark_stands"
    DECISION_STANDS = "decision_stands"
    NOT_ALLOWED = "not_allowed"
    DAY_LIMIT = "day_limit"
    UPLOADS_OPEN = "uploads_open"
    LESSON_CLOSED = "lesson_closed"
    WRITING_ENDED = "writing_ended"
    NOT_A_TIP = "not_a_tip"
    TRAINEE_FIRST = "trainee_first"
    NOT_YOUR_TIP = "not_your_tip"
    OWN_CONTENT = "own_content"
    REPORTED_BEFORE = "reported_before"
    REMARK_LIMIT = "remark_limit"
    REPORT_LIMIT = "report_limit"


class RuleBroken(Exception):  # noqa: N818 -- reads as what happened
    """A rule refuses. The web layer says it in the reader's language, with what to do next."""

    def __init__(self, code: Wrong, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, int | str] = params
        self.field = ""
        """Which of several fields it is about, where the caller asked for more than one."""
