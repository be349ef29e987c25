"""Carries events of the domain to whoever acts on them, in the same transaction.

`lms.app` and `lms.worker` fill the handlers, so that no import points up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from courses.events import Event

Handler = Callable[[Session, Event, datetime], None]


class EventBus:
    """Handlers by event class, called in the order in which they were added."""

    def __init__(self) -> None:
        self._handlers: list[tuple[type[Event], Handler]] = []

    def on(self, kind: type[Event], handler: Handler) -> None:
        """Call `handler` for every event of `kind` or of a class below it."""
        self._handlers.append((kind, handler))

    def publish(self, session: Session, happened: Iterable[Event], *, now: datetime) -> None:
        """Hand each event to its handlers; an error there undoes the whole change."""
        for event in happened:
            for kind, handler in self._handlers:
                if isinstance(event, kind):
                    handler(session, event, now)
