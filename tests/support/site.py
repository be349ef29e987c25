"""A site for one test: the application on a copy of the world, with a worker at hand.

The application is made once a run, for its templates are slow to compile; every test hands it a
database and settings of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Select, event, select
from sqlalchemy.orm import Session

from courses.events import Event
from courses.models import Take, TimedComment
from courses.terms import AuthorRole, CommentKind
from lms import clock, wiring
from lms.app import create_app
from lms.audit import AuditEvent
from lms.config import Settings
from lms.db import Database
from lms.events import EventBus
from lms.jobs.runner import Runner
from media.models import Clip
from support.browser import Browser
from support.databases import Store
from support.factories import Human, Thing, Workshop
from support.footage import Footage
from support.world import World

Row = TypeVar("Row")


def make_app(store: Store) -> Flask:
    """The real application, whose clients are browsers that check."""
    app = create_app(store.settings, store.database)
    app.test_client_class = Browser
    return app


@dataclass
class Site:
    """The application with its database, its people and its worker."""

    app: Flask
    store: Store
    world: World
    footage: Footage
    bus: EventBus = field(default_factory=wiring.connected_bus)

    @property
    def database(self) -> Database:
        return self.store.database

    @property
    def settings(self) -> Settings:
        return self.store.settings

    @property
    def shop(self) -> Workshop:
        """For the factories of `support.world`."""
        return Workshop(self.store, self.footage, self.bus)

    @property
    def runner(self) -> Runner:
        """A worker that does jobs when a test says so."""
        return Runner(self.settings, self.database, wiring.registry(), self.bus)

    def browser(self, who: str | Human | None = None) -> Browser:
        """A browser of a stranger, or of somebody who is signed in."""
        client = self.app.test_client()
        assert isinstance(client, Browser)
        if who is None:
            return client
        return client.sign_in(self.world.people[who] if isinstance(who, str) else who)

    def give_tip(self, coach: str, take: str) -> None:
        """A tip of that coach on a take, about which nobody is told: asking again needs one."""
        with self.acting() as session:
            tip = TimedComment(
                organisation_id=self.world.organisations["vogelwijk"].id,
                take_id=self.world.takes[take].id,
                author_id=self.world.people[coach].id,
                author_role=AuthorRole.COACH,
                kind=CommentKind.TIP,
                at_ms=100,
                text="Noem je naam.",
                client_key=uuid4(),
                created_at=clock.now(),
            )
            session.add(tip)

    @contextmanager
    def acting(self) -> Iterator[Session]:
        """A transaction in which a test lets something happen behind the pages."""
        with self.database.transaction() as session:
            yield session

    def happen(self, session: Session, events: Iterable[Event]) -> None:
        self.bus.publish(session, events, now=clock.now())

    # --- looking ------------------------------------------------------------------------

    def take(self, thing: Thing | str) -> Take:
        """The row of a take as it is now, with nothing loaded behind it."""
        known = self.world.takes[thing] if isinstance(thing, str) else thing
        with self.database.reading() as session:
            return session.get_one(Take, known.id)

    def clip_of(self, take: UUID) -> Clip:
        """The clip of a take that is kept."""
        found = select(Clip).join(Take, Take.clip_id == Clip.id).where(Take.public_id == take)
        (clip,) = self.all(found)
        return clip

    def all(self, statement: Select[Row]) -> list[Row]:
        with self.database.reading() as session:
            return list(session.scalars(statement))

    def trail(self, since: int = 0) -> list[AuditEvent]:
        """The audit events after the one with that number, oldest first."""
        return self.all(select(AuditEvent).where(AuditEvent.id > since).order_by(AuditEvent.id))

    def last_event(self) -> int:
        return max((row.id for row in self.trail()), default=0)


@contextmanager
def lent(app: Flask, store: Store, world: World, footage: Footage) -> Iterator[Site]:
    """Let the application work on `store` for a while."""
    before = {name: app.extensions[name] for name in ("lms_settings", "lms_database")}
    app.extensions |= {"lms_settings": store.settings, "lms_database": store.database}
    yield Site(app, store, world, footage)
    app.extensions |= before


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile, transaction control left out."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def at(instant: datetime) -> Any:
    """Let the clock stand still at `instant`."""
    return clock.frozen_at(instant)
