"""The one place that asks what time it is, so that a test can set it.

Rules and actions never look here: `now` is handed to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today(time_zone: str) -> date:
    """The calendar day at `time_zone` (an organisation's, such as Europe/Amsterdam)."""
    return now().astimezone(ZoneInfo(time_zone)).date()


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Let the clock of this context stand still at `instant`."""
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
