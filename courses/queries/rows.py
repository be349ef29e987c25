"""Turns result rows into the dataclass that names their columns."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

T = TypeVar("T")


def list_as(cls: type[T], session: Session, statement: Select[*tuple[Any, ...]]) -> list[T]:
    """Every row of `statement` as a `cls`; its column labels are the fields of `cls`."""
    rows = session.execute(statement).mappings()
    return [cls(**row) for row in rows]
