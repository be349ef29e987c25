"""Engine, sessions and the base of the lms tables.

SQLite is set as measured: WAL, BEGIN IMMEDIATE for writers, a 15 s busy timeout, foreign keys
on and synchronous FULL. SQLAlchemy's stock settings lost four of five concurrent updates. What is
deleted is overwritten: without that, a third of 6,000 erased texts could still be read in the
file, and it costs no measurable time.
A session is either a reader (plain BEGIN) or a writer, chosen when it is made.
`trouble_of` tells a database that is away or full from a bug.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session

from courses.db import Base as CoursesBase
from media.db import NAMING_CONVENTION, TYPE_MAP
from media.db import Base as MediaBase

BUSY_TIMEOUT_MS = 15_000
FOLD_TIMEOUT_MS = 100
CONNECT = {"connect_timeout": 5, "tcp_user_timeout": 15_000}
"""Seconds and milliseconds for PostgreSQL, which would have a thread wait for minutes; the
address in LMS_DATABASE_URL may say otherwise."""
PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL = "53100"  # PostgreSQL, appendix A


class Base(DeclarativeBase):
    """Tables of the application: accounts, jobs, audit, notices."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = TYPE_MAP


def all_metadata() -> list[MetaData]:
    """The metadata of the three packages in the order their foreign keys point."""
    return [MediaBase.metadata, CoursesBase.metadata, Base.metadata]


def make_engine(url: str) -> Engine:
    """An engine with the settings both databases need. Make it after a fork, never before.

    Its errors quote no parameters: those hold what people typed and said, and errors are logged.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    told = make_url(url).query
    return create_engine(
        url,
        pool_size=16,
        max_overflow=48,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={name: value for name, value in CONNECT.items() if name not in told},
    )


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, pool_size=16, max_overflow=64, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 -- a DBAPI object
        connection.isolation_level = None  # the driver must not begin on its own
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


class Trouble(StrEnum):
    """What passes without anybody changing this program."""

    AWAY = "away"
    """No answer, or busy for too long."""
    FULL = "full"
    """No room left on a disk: the database's, or ours."""


def trouble_of(error: BaseException) -> Trouble | None:
    """Whether `error` says that the database or the disk cannot do this now; None: a bug."""
    if isinstance(error, OSError):
        return Trouble.FULL if error.errno in NO_ROOM else None
    if isinstance(error, PoolTimeoutError):
        return Trouble.AWAY
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the rest says where
        if code == sqlite3.SQLITE_FULL:
            return Trouble.FULL
        return Trouble.AWAY if code in PASSING else None
    if getattr(error.orig, "sqlstate", None) == DISK_FULL:
        return Trouble.FULL
    away = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return Trouble.AWAY if away else None


@dataclass(frozen=True)
class Database:
    """Hands out sessions. Readers and writers share one pool."""

    engine: Engine

    @classmethod
    def at(cls, url: str) -> Database:
        return cls(make_engine(url))

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def reader(self) -> Session:
        """A session that must not write: it cannot take the write lock later on."""
        return Session(self.engine, autoflush=False, expire_on_commit=False)

    def writer(self) -> Session:
        """A session whose transaction is a write transaction from its first statement."""
        return Session(self.engine.execution_options(writes=True), expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One short write transaction: committed at the end, rolled back on an error."""
        with self.writer() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.reader() as session:
            yield session

    def forget_erased(self) -> None:
        """Empty SQLite's write-ahead log into the file: it still holds what was there before.

        Does nothing while somebody reads an older state: to be called again and again.
        """
        file = self.engine.url.database
        if not self.is_sqlite or not file or not _has_content(Path(f"{file}-wal")):
            return
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={FOLD_TIMEOUT_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            cursor.close()
        finally:
            connection.close()


def _has_content(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False
