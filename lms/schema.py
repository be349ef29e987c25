"""Which migration a database went through, and which is the newest: two numbers, read quickly.

Without Alembic, because every start of the site and every `lms doctor` asks this; changing
anything is left to `lms.migrate`.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

HERE = Path(__file__).resolve().parent


def scripts_folder() -> Path:
    """Where the migrations are: inside the installed package, or beside it in a checkout."""
    packed = HERE / "migrations"
    return packed if packed.is_dir() else HERE.parent / "migrations"


def latest_revision() -> str:
    """The number of the newest migration of this version; file names begin with it."""
    return max(path.stem for path in (scripts_folder() / "versions").glob("[0-9]*.py"))[:4]


def current_revision(engine: Engine) -> str | None:
    """The number of the last migration this database went through, None for a fresh one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_at_latest(engine: Engine) -> bool:
    return current_revision(engine) == latest_revision()
