"""Databases for tests, quickly: migrated and filled once, then copied for every test.

A test gets a database of its own with real commits, so nothing has to be rolled back and a second
session sees what another one wrote. SQLite is copied as a file; PostgreSQL makes databases from a
template. Bytes of clips are linked, not copied: no test changes the bytes of a blob in place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, event, text
from sqlalchemy.engine import make_url

from lms import migrate
from lms.config import Environment, Settings
from lms.db import Database

Content = TypeVar("Content")

POSTGRES_VARIABLE = "LMS_TEST_POSTGRES_URL"
NO_POSTGRES = f"{POSTGRES_VARIABLE} is not set; make test starts a PostgreSQL for it"
SECRET = "a key for tests that signs nothing anybody sees"


@dataclass(frozen=True)
class Store:
    """A database with its data folder, ready to be used."""

    settings: Settings
    database: Database


@dataclass(frozen=True)
class Snapshot(Generic[Content]):
    """A filled database that is only copied from now on, and what was put in it."""

    name: str
    data: Path
    content: Content


def make_settings(data: Path, url: str = "", **knobs: Any) -> Settings:
    """Settings of the test environment, with the folders they name."""
    values = {"env": Environment.TEST, "secret_key": SECRET, **knobs}
    settings = Settings(data=data, database_url=url, **values)
    settings.make_folders()
    return settings


def link_folder(source: Path, target: Path) -> None:
    """Copy a folder of blobs by hard links: the store replaces and unlinks, never overwrites."""
    shutil.copytree(source, target, copy_function=os.link, dirs_exist_ok=True)


def _trust_the_disk(connection: Any, _record: object) -> None:
    # No test pulls the plug, and waiting for the disk at every commit takes most of their time.
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new database without tables; skips where there is no PostgreSQL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'lms.sqlite3'}"
        return
    server = os.environ.get(POSTGRES_VARIABLE)
    if not server:
        pytest.skip(NO_POSTGRES)
    name = f"empty_{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


class Sqlite:
    """A file per test."""

    name = "sqlite"

    def snapshot(self, data: Path, fill: Callable[[Store], Content]) -> Snapshot[Content]:
        """Migrate an empty database, let `fill` put something in it, and close it."""
        settings = make_settings(data)
        migrate.upgrade(settings.url)
        database = Database.at(settings.url)
        content = fill(Store(settings, database))
        database.engine.dispose()  # the last one out folds the write-ahead log into the file
        return Snapshot(str(data / "lms.sqlite3"), data, content)

    @contextmanager
    def copied(self, source: Snapshot[Any], data: Path, **knobs: Any) -> Iterator[Store]:
        """A copy of the snapshot with its data folder at `data`."""
        settings = make_settings(data, **knobs)
        shutil.copyfile(source.name, data / "lms.sqlite3")
        link_folder(source.data / "blobs", settings.blobs)
        database = Database.at(settings.url)
        event.listen(database.engine, "connect", _trust_the_disk)
        yield Store(settings, database)
        database.engine.dispose()

    def clear(self) -> None:
        """Files go with the folder of the test run."""


class Postgres:
    """A database per test, made from a template on the server of the test command."""

    name = "postgresql"

    def __init__(self, server: str) -> None:
        self.server = server
        self.admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.templates: list[str] = []

    def _url(self, name: str) -> str:
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _run(self, command: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(command))

    def snapshot(self, data: Path, fill: Callable[[Store], Content]) -> Snapshot[Content]:
        """The same on PostgreSQL; the database stays as a template."""
        name = f"template_{uuid4().hex}"
        self._run(f"CREATE DATABASE {name}")
        self.templates.append(name)
        settings = make_settings(data, self._url(name))
        migrate.upgrade(settings.url)
        database = Database.at(settings.url)
        content = fill(Store(settings, database))
        database.engine.dispose()
        return Snapshot(name, data, content)

    @contextmanager
    def copied(self, source: Snapshot[Any], data: Path, **knobs: Any) -> Iterator[Store]:
        """A database made from the template, gone after the test."""
        name = f"test_{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {source.name} STRATEGY FILE_COPY")
        settings = make_settings(data, self._url(name), **knobs)
        link_folder(source.data / "blobs", settings.blobs)
        database = Database.at(settings.url)
        yield Store(settings, database)
        database.engine.dispose()
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def clear(self) -> None:
        """Take away the templates; the databases of tests are gone already."""
        for name in self.templates:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")


Backend = Sqlite | Postgres
