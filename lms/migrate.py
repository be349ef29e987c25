"""Brings a database to the schema of this version, and tells whether it is there.

Alembic is configured here in code, so that the command line, the tests and `migrations/env.py`
share one way of connecting. What changes from version to version stands in `migrations/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, text

from courses import models as _courses  # noqa: F401 -- tables register when imported
from lms import audit as _audit  # noqa: F401 -- the same
from lms import schema
from lms.accounts import models as _accounts  # noqa: F401 -- the same
from lms.db import all_metadata, make_engine
from lms.jobs import models as _jobs  # noqa: F401 -- the same
from lms.notices import models as _notices  # noqa: F401 -- the same
from media.db import NAMING_CONVENTION

SEARCH_PREFIX = "fts_"
"""Full-text tables bring shadow tables of their own that no model describes."""
LOCK_KEY = 0x6767_2D64_62
"""Any number will do, as long as no other program locks the same one in our database."""


class SchemaMismatch(Exception):  # noqa: N818 -- reads as what was found
    """The database is not what the models say. `differences` are lines for a developer."""

    def __init__(self, differences: Sequence[str]) -> None:
        super().__init__("; ".join(differences))
        self.differences = tuple(differences)


class BrokenReferences(Exception):  # noqa: N818 -- the same
    """A migration on SQLite left rows that point at nothing; it was rolled back."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        super().__init__(", ".join(f"{table} row {row} -> {parent}" for table, row, parent in rows))
        self.rows = rows


def alembic_config(url: str) -> Config:
    """Alembic's settings for the database at `url`; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(schema.scripts_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    return config


def target_metadata() -> MetaData:
    """The tables of all three packages in one MetaData, as Alembic wants them.

    One object rather than a list: only then do migrations get the naming convention too.
    """
    whole = MetaData(naming_convention=NAMING_CONVENTION)
    for metadata in all_metadata():
        for table in metadata.sorted_tables:
            table.to_metadata(whole)
    return whole


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic may compare this table: all but those of full-text search."""
    return kind != "table" or not (name or "").startswith(SEARCH_PREFIX)


@contextmanager
def migrating_connection(url: str) -> Iterator[Connection]:
    """A connection in one write transaction, committed at the end; nobody else migrates now.

    On SQLite foreign keys are off for its duration: Alembic rebuilds tables there, and dropping
    the old one would empty every child with ON DELETE CASCADE. What it leaves is checked instead.
    """
    engine = make_engine(url)
    try:
        with engine.connect().execution_options(writes=True) as connection:
            if engine.dialect.name == "sqlite":
                # Inside a transaction this PRAGMA does nothing, so it goes past SQLAlchemy.
                raw = connection.connection.driver_connection
                if raw is None:
                    raise ConnectionError(url)
                raw.execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": LOCK_KEY})
                yield connection
                if engine.dialect.name == "sqlite":
                    _check_references(connection)
    finally:
        engine.dispose()


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise BrokenReferences([(row[0], row[1], row[2]) for row in broken])


def upgrade(url: str) -> None:
    """Bring the database at `url` to this version. Safe to call twice and from two hosts."""
    command.upgrade(alembic_config(url), "head")


def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision` ("base": nothing left)."""
    command.downgrade(alembic_config(url), revision)


def check(engine: Engine) -> None:
    """Raise SchemaMismatch unless the database equals the models and is at the newest migration."""
    current, latest = schema.current_revision(engine), schema.latest_revision()
    if current != latest:
        raise SchemaMismatch([f"at migration {current}, the newest is {latest}"])
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=comparison_options())
        differences = compare_metadata(context, target_metadata())
    if differences:
        raise SchemaMismatch([_line(difference) for difference in differences])


def comparison_options() -> dict[str, Any]:
    """How Alembic compares, the same for `check` and for writing a new migration."""
    return {"compare_type": True, "compare_server_default": True, "include_name": is_ours}


def _line(difference: Any) -> str:  # noqa: ANN401 -- Alembic's tuples have many shapes
    while isinstance(difference, list):
        difference = difference[0]
    return " ".join(str(part) for part in difference if part is not None)


def write_new(url: str, why: str) -> Path:
    """Write the next numbered migration from models and database, to be read and finished."""
    newest = max(
        (p.stem for p in (schema.scripts_folder() / "versions").glob("[0-9]*.py")), default="0000"
    )
    number = f"{int(newest[:4]) + 1:04}"
    made = command.revision(alembic_config(url), why, autogenerate=True, rev_id=number)
    script = made[0] if isinstance(made, list) else made
    if script is None:
        raise LookupError("Alembic wrote nothing")
    return Path(script.path)
