"""Reads of accounts and of the go-live gate."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from courses.models import Organisation
from courses.terms import Role
from lms.accounts.models import Account, GoLiveGate, RoleGrant


def in_force(role: Role, today: date) -> ColumnElement[bool]:
    """SQL on `RoleGrant`: this role, held today by somebody who can sign in."""
    return and_(
        RoleGrant.role == role,
        RoleGrant.valid_from <= today,
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
        select(Account.id)
        .where(Account.person_id == RoleGrant.person_id, Account.disabled_at.is_(None))
        .exists(),
    )


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
