"""The edge of a request: one session, and one commit, where the request ends well.

A GET reads in a session that cannot write. Any other method gets a writer whose transaction
takes the write lock at its first statement; the events that actions returned are published
and everything is committed before a page is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from courses.events import Event
from courses.models import Person
from lms import clock
from lms.db import Database
from lms.events import EventBus
from media.failpoints import reach

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def database() -> Database:
    return cast("Database", current_app.extensions["lms_database"])


def bus() -> EventBus:
    return cast("EventBus", current_app.extensions["lms_events"])


def db() -> Session:
    """The session of this request: a reader for GET and after `commit` or `give_up`."""
    if "db_session" not in g:
        writes = request.method not in SAFE_METHODS and not g.get("committed", False)
        g.db_session = _writer() if writes else database().reader()
    return cast("Session", g.db_session)


def _writer() -> Session:
    """A session that writes; the changes of one person come one after the other.

    SQLite has one writer at a time anyway. On PostgreSQL the row of whoever asks is held, so that
    a limit cannot be overshot by asking twice at once, and a form sent twice finds what its twin
    did. Others may refer to the row meanwhile (FOR NO KEY UPDATE).
    """
    session = database().writer()
    identity = g.get("identity")  # who it is was found out before the first change
    if identity is not None and not database().is_sqlite:
        me = select(Person.id).where(Person.id == identity.actor.person_id)
        session.execute(me.with_for_update(key_share=True))
    return session


def emit(happened: Iterable[Event]) -> None:
    """Remember what an action did, to be published just before the commit."""
    g.setdefault("happened", []).extend(happened)


def commit() -> None:
    """Publish and commit now, so that a page can be rendered without holding the write lock."""
    session = db()
    bus().publish(session, g.pop("happened", []), now=clock.now())
    reach("request.flushed")
    session.commit()
    reach("request.committed")
    session.close()
    g.pop("db_session")
    g.committed = True


def give_up() -> None:
    """Undo what this request did so far and let go of the write lock; from here on it reads."""
    g.pop("happened", None)
    g.committed = True
    session = g.pop("db_session", None)
    if session is not None:
        session.rollback()
        session.close()


def _finish(response: Response) -> Response:
    pending = "db_session" in g and request.method not in SAFE_METHODS
    if pending and not g.get("committed", False):
        if response.status_code < HTTPStatus.BAD_REQUEST:
            commit()
        else:
            db().rollback()
    return response


def _close(_error: BaseException | None) -> None:
    session = g.pop("db_session", None)
    if session is not None:
        session.close()


def init_app(app: Flask) -> None:
    app.after_request(_finish)
    app.teardown_request(_close)
