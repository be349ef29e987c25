"""All rows of a database as plain values, to see what a request changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.db import Database, all_metadata

TRAIL = {"audit_event": None, "sign_in_attempts": None, "user_session": {"seen_at"}}
"""What a GET may write (style.md, habit 4): a whole table, or columns of it."""

Rows = dict[str, list[tuple[Any, ...]]]


def dump(database: Database, *, ignoring: dict[str, set[str] | None] | None = None) -> Rows:
    """Every row of every table by its key, without the tables and columns to ignore."""
    ignoring = TRAIL if ignoring is None else ignoring
    rows: Rows = {}
    with database.reading() as session:
        for metadata in all_metadata():
            for table in metadata.sorted_tables:
                left_out = ignoring.get(table.name, set())
                if left_out is None:
                    continue
                columns = [column for column in table.c if column.name not in left_out]
                found = session.execute(select(*columns).order_by(*table.primary_key.columns))
                rows[table.name] = [tuple(map(repr, row)) for row in found]
    return rows


def changed(before: Rows, after: Rows) -> list[str]:
    """The tables that differ."""
    return [name for name in before if before[name] != after[name]]
