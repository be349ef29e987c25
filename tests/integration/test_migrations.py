"""Migrations on both databases: up, down, with data, and equal to the models.

SQLite rebuilds a table to change it; with foreign keys on that emptied every child with
ON DELETE CASCADE. These tests migrate populated tables for that reason.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from support.databases import empty_database

from courses.models import Organisation
from lms import migrate, schema
from lms.db import Database
from media.models import Clip, Rendition, RenditionKind, Segment, Transcript

NOW = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of each kind."""
    with empty_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    made = Database.at(url)
    yield made
    made.engine.dispose()


def describe(engine: Engine) -> dict[str, Any]:
    """All a database tells about its tables, in an order that does not depend on history."""
    looking = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in looking.get_columns(table)
            },
            "key": looking.get_pk_constraint(table),
            "references": sorted(
                (f["name"], f["constrained_columns"], f["referred_table"], f["options"])
                for f in looking.get_foreign_keys(table)
            ),
            "uniques": sorted(
                (u["name"], u["column_names"]) for u in looking.get_unique_constraints(table)
            ),
            "indexes": sorted(
                (i["name"], i["column_names"], bool(i["unique"]))
                for i in looking.get_indexes(table)
            ),
            "checks": sorted(
                (c["name"], c["sqltext"]) for c in looking.get_check_constraints(table)
            ),
        }
        for table in looking.get_table_names()
        if table != "alembic_version"
    }


def add_clip(database: Database) -> None:
    """One clip with children that a careless rebuild would delete."""
    with database.transaction() as session:
        organisation = Organisation(name="Heuvelrijk", slug="heuvelrijk")
        session.add(organisation)
        session.flush()
        where = {"organisation_id": organisation.id}
        clip = Clip(
            **where,
            original_sha256="0" * 64,
            original_bytes=5,
            media_type="video/webm",
            created_at=NOW,
        )
        clip.renditions = [
            Rendition(**where, kind=kind, key=f"a/{kind}", bytes=1, sha256="1" * 64, created_at=NOW)
            for kind in (RenditionKind.VIDEO, RenditionKind.POSTER)
        ]
        clip.transcript = Transcript(
            **where,
            language="nl",
            speech=True,
            engine="faster",
            engine_version="1",
            model="small",
            created_at=NOW,
            segments=[
                Segment(**where, position=n, start_ms=n * 1000, end_ms=n * 1000 + 900, text="Hoi.")
                for n in range(3)
            ],
        )
        session.add(clip)


def count(database: Database, table: str) -> int:
    with database.reading() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 -- names of ours


def with_extra(url: str, folder: Path, upgrade: str, downgrade: str = "pass") -> Config:
    """The real migrations and one more that only this test knows."""
    extra = folder / "extra"
    extra.mkdir()
    (extra / "next_try.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = 'next'\ndown_revision = {schema.latest_revision()!r}\n"
        f"def upgrade():\n    {upgrade}\n"
        f"def downgrade():\n    {downgrade}\n"
    )
    config = migrate.alembic_config(url)
    versions = schema.scripts_folder() / "versions"
    config.set_main_option("version_locations", f"{versions}{os.pathsep}{extra}")
    return config


# --- models and migrations --------------------------------------------------------------


def test_migrated_database_equals_the_models(url: str, database: Database) -> None:
    migrate.upgrade(url)
    migrate.check(database.engine)
    migrated = describe(database.engine)
    migrate.downgrade(url, "base")
    migrate.target_metadata().create_all(database.engine)
    created = describe(database.engine)
    assert set(migrated) == set(created)
    for table in created:
        assert migrated[table] == created[table], table


def test_check_names_what_differs(url: str, database: Database) -> None:
    with pytest.raises(migrate.SchemaMismatch, match="at migration None"):
        migrate.check(database.engine)
    migrate.upgrade(url)
    with database.transaction() as session:
        session.execute(text("DROP TABLE tombstone"))
    with pytest.raises(migrate.SchemaMismatch, match="tombstone"):
        migrate.check(database.engine)


def test_search_tables_are_left_alone(url: str, database: Database) -> None:
    migrate.upgrade(url)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE fts_segment_docsize (id INTEGER)"))
    migrate.check(database.engine)


def test_numbers_follow_each_other() -> None:
    files = sorted(path.stem for path in (schema.scripts_folder() / "versions").glob("*.py"))
    assert [name[:4] for name in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    assert schema.latest_revision() == files[-1][:4]


# --- up and down ------------------------------------------------------------------------


def test_up_is_idempotent_and_down_leaves_nothing(url: str, database: Database) -> None:
    migrate.upgrade(url)
    migrate.upgrade(url)
    assert schema.is_at_latest(database.engine)
    first = describe(database.engine)
    migrate.downgrade(url, "base")
    assert describe(database.engine) == {}
    migrate.upgrade(url)
    assert describe(database.engine) == first


def test_down_with_data_takes_it_along(url: str, database: Database) -> None:
    migrate.upgrade(url)
    add_clip(database)
    migrate.downgrade(url, "base")
    migrate.upgrade(url)
    assert count(database, "clip") == 0


def test_rebuilding_a_parent_keeps_its_cascade_children(
    url: str, database: Database, tmp_path: Path
) -> None:
    migrate.upgrade(url)
    add_clip(database)
    config = with_extra(
        url,
        tmp_path,
        "with op.batch_alter_table('clip', recreate='always' if op.get_bind().dialect.name =="
        " 'sqlite' else 'auto') as batch: batch.add_column(sa.Column('note', sa.String(10)))",
        "with op.batch_alter_table('clip') as batch: batch.drop_column('note')",
    )
    for change, target in ((command.upgrade, "next"), (command.downgrade, "-1")):
        change(config, target)
        found = {t: count(database, t) for t in ("clip", "rendition", "transcript", "segment")}
        assert found == {"clip": 1, "rendition": 2, "transcript": 1, "segment": 3}
    migrate.check(database.engine)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("UPDATE rendition SET clip_id = 999"))


def test_a_migration_that_leaves_loose_references_is_undone(
    url: str, database: Database, tmp_path: Path
) -> None:
    migrate.upgrade(url)
    add_clip(database)
    before = describe(database.engine)
    config = with_extra(
        url,
        tmp_path,
        "op.add_column('clip', sa.Column('note', sa.String(10))); "
        "op.execute('UPDATE rendition SET clip_id = 999')",
    )
    expected = migrate.BrokenReferences if database.is_sqlite else IntegrityError
    with pytest.raises(expected):
        command.upgrade(config, "next")
    assert schema.is_at_latest(database.engine)
    assert describe(database.engine) == before
    assert count(database, "rendition") == 2
