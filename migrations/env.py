"""Runs the migrations in one transaction; how the connection behaves is in `lms.migrate`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from lms import migrate
from media.db import UtcDateTime


def render_item(_kind: str, thing: Any, _autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 -- any schema object
    """Write our column types as plain ones, so that old migrations need no code of today."""
    return "sa.DateTime(timezone=True)" if isinstance(thing, UtcDateTime) else False


def run() -> None:
    if context.is_offline_mode():
        raise NotImplementedError("migrations look at what is there: they need a database")
    with migrate.migrating_connection(context.config.attributes["url"]) as connection:
        context.configure(
            connection=connection,
            target_metadata=migrate.target_metadata(),
            # SQLite can undo schema changes too, once the driver leaves transactions to us.
            transactional_ddl=True,
            render_as_batch=True,
            render_item=render_item,
            **migrate.comparison_options(),
        )
        context.run_migrations()


run()
