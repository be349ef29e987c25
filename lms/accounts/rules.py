"""Plain rules of getting in: how long a name must wait after wrong passwords."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)


def wait_after(failures: int) -> timedelta:
    """How long to wait after this many failures: none for five, then doubling to 15 minutes."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES + 1, 10)  # the tenth is past the longest wait
    return min(timedelta(seconds=2**doublings), LONGEST_WAIT)


def may_try(failures: int, last_at: datetime, now: datetime) -> bool:
    """Whether another try may be made now; an hour of rest forgets everything."""
    return now - last_at >= min(wait_after(failures), FORGET_AFTER)


def normalise_email(typed: str) -> str:
    return typed.strip().casefold()
