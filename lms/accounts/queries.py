"""Reads of accounts and of the go-live gate."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Organisation
from lms.accounts.models import GoLiveGate


def find_gate(session: Session, organisation_id: int) -> GoLiveGate | None:
    return session.scalars(
        select(GoLiveGate).where(GoLiveGate.organisation_id == organisation_id)
    ).first()


def upload_gate_is_open(session: Session, organisation_id: int, *, in_production: bool) -> bool:
    """Whether this organisation settled what must be settled before anybody uploads (I80).

    What is filled in as an example (the demo) settles nothing in production.
    """
    gate = find_gate(session, organisation_id)
    if gate is None or (in_production and gate.is_example):
        return False
    return gate.is_complete


def has_demo(session: Session) -> bool:
    """Whether this installation holds a demo organisation to look around in."""
    found = select(Organisation.id).where(Organisation.is_demo.is_(True)).limit(1)
    return session.scalar(found) is not None
