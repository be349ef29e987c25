"""What every table obeys (design 4b) and what no table may ever have (I75, I76, I87)."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, Column, DateTime, Enum, Integer, Table, Uuid

from lms import migrate
from lms.db import all_metadata
from media import actions as media_actions
from media.db import UtcDateTime

TABLES = {table.name: table for metadata in all_metadata() for table in metadata.sorted_tables}
SHARED = {
    "organisation": "its row is its own boundary",
    "sign_in_attempts": "counts tries of names nobody knows; only hashes",
}
MAY_BE_NOBODYS = {"audit_event": "a sign-in with an unknown name belongs to no organisation"}
JUDGING = {
    *("emotion", "emotions", "mood", "tone", "sentiment", "feeling", "stress", "happiness"),
    *("confidence", "score", "scores", "grade", "rating", "rank", "ranking", "quality"),
    *("personality", "accent", "fluency", "pace", "pitch", "risk", "attention", "diagnosis"),
}
NUMBERS_OF_CITIZENS = {"bsn", "citizen", "onderwijsnummer", "ssn"}


def words(name: str) -> set[str]:
    return set(re.split(r"[_\W]+", name.casefold()))


def columns() -> list[tuple[str, Column[object]]]:
    return [(name, column) for name, table in TABLES.items() for column in table.columns]


def test_the_models_of_every_area_are_looked_at() -> None:
    assert {"clip", "segment", "take", "timed_comment", "account", "job", "notice"} <= set(TABLES)
    assert set(TABLES) == {table.name for table in migrate.target_metadata().sorted_tables}


def test_i75_no_column_holds_a_judgement_of_a_person() -> None:
    assert [f"{t}.{c.name}" for t, c in columns() if words(c.name) & JUDGING] == []
    assert [name for name in TABLES if words(name) & JUDGING] == []


def test_no_column_asks_for_a_citizen_number() -> None:
    assert [f"{t}.{c.name}" for t, c in columns() if words(c.name) & NUMBERS_OF_CITIZENS] == []


def test_i76_a_transcription_is_texts_times_and_the_engines_own_probability() -> None:
    def fields(kind: type) -> set[str]:
        return {field.name for field in dataclasses.fields(kind)}

    assert fields(media_actions.HeardWord) == {"text", "start_ms", "end_ms", "probability"}
    assert fields(media_actions.HeardSegment) == {
        *("text", "start_ms", "end_ms", "words", "omitted"),
    }
    assert fields(media_actions.Heard) == {
        *("language", "speech", "engine", "engine_version", "model", "options", "segments"),
    }
    assert {c.name for c in TABLES["segment"].columns} == {
        *("id", "organisation_id", "transcript_id", "position", "start_ms", "end_ms", "text"),
        *("words", "omitted", "corrected_text", "corrected_at"),
    }


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_an_organisation_says_whose_it_is(name: str) -> None:
    column = TABLES[name].columns.get("organisation_id")
    if name in SHARED:
        assert column is None, SHARED[name]
    else:
        assert column is not None
        assert column.nullable == (name in MAY_BE_NOBODYS)


@pytest.mark.parametrize("name", TABLES)
def test_instants_are_utc_and_enums_are_checked(name: str) -> None:
    table: Table = TABLES[name]
    for column in table.columns:
        assert not isinstance(column.type, DateTime), f"{column.name} takes naive instants"
        if column.name.endswith("_at"):
            assert isinstance(column.type, UtcDateTime), column.name
        if isinstance(column.type, Enum):
            assert column.type.create_constraint, column.name
            assert not column.type.native_enum, column.name


def test_names_for_the_outside_cannot_be_guessed() -> None:
    for name, table in TABLES.items():
        column = table.columns.get("public_id")
        if column is not None:
            assert isinstance(column.type, Uuid), name
            assert column.unique, name


def test_keys_inside_are_numbers() -> None:
    for name, table in TABLES.items():
        (key,) = table.primary_key.columns
        assert isinstance(key.type, Integer), name


def test_every_constraint_has_a_name_that_a_migration_can_drop() -> None:
    for table in TABLES.values():
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                assert constraint.name is not None, f"{table.name}: {constraint.sqltext}"


def test_no_address_counts_rows(app: Flask) -> None:
    """Things in addresses have names that tell nothing, never the keys of their rows (S58)."""
    rules = [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert not [rule.endpoint for rule in rules]
