"""Reads of the audit trail, one organisation at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from courses.models import Person
from lms.audit import AuditEvent


@dataclass(frozen=True)
class LoggedEvent:
    id: int
    at: datetime
    act: str
    actor: str | None
    """The public id of who acted; None for the software itself."""
    subject_type: str
    subject: str
    detail: dict[str, Any]
    seq: int | None


SHORT = 8
"""How much of a number the log book shows, and asks for."""


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for: all, or of one kind, or by one person."""

    act: str = ""
    person: str = ""
    """The first eight characters of a person's number, in lower case, or empty."""

    def conditions(self, organisation_id: int) -> list[ColumnElement[bool]]:
        """The SQL for it, always within one organisation."""
        found = [AuditEvent.organisation_id == organisation_id]
        if self.act:
            found.append(AuditEvent.act == self.act)
        if self.person:
            # Up to its first dash a number is written alike on SQLite and PostgreSQL.
            number = cast(Person.public_id, String)
            people = select(Person.id).where(
                Person.organisation_id == organisation_id,
                number.startswith(self.person, autoescape=True),
            )
            found.append(AuditEvent.actor_id.in_(people))
        return found


def list_events(
    session: Session, organisation_id: int, wanted: Wanted, *, offset: int, limit: int
) -> list[LoggedEvent]:
    """Events of one organisation, newest first."""
    rows = session.execute(
        select(
            AuditEvent.id,
            AuditEvent.at,
            AuditEvent.act,
            Person.public_id,
            AuditEvent.subject_type,
            AuditEvent.subject,
            AuditEvent.detail,
            AuditEvent.seq,
        )
        .outerjoin(Person, Person.id == AuditEvent.actor_id)
        .where(*wanted.conditions(organisation_id))
        .order_by(AuditEvent.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        LoggedEvent(row.id, row.at, row.act, _short(row.public_id), *tuple(row)[4:]) for row in rows
    ]


def _short(public_id: object) -> str | None:
    return None if public_id is None else str(public_id)


def count_events(session: Session, organisation_id: int, wanted: Wanted) -> int:
    statement = select(func.count(AuditEvent.id)).where(*wanted.conditions(organisation_id))
    return session.scalar(statement) or 0


def count_unsealed(session: Session, organisation_id: int) -> int:
    """Events that the sealing job has not reached yet: seconds old while a worker runs."""
    return (
        session.scalar(
            select(func.count(AuditEvent.id)).where(
                AuditEvent.organisation_id == organisation_id, AuditEvent.seq.is_(None)
            )
        )
        or 0
    )
