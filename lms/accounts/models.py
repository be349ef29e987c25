"""Accounts, sessions and roles. The person behind an account lives in courses."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models import Cohort, Organisation, Party, Person
from courses.terms import Role
from lms.db import Base
from media.db import Identified, text_enum


class Account(Base):
    """How a person signs in. Erasing somebody removes this row and keeps the person's words."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Normalised: trimmed and case-folded."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(Person)


class UserSession(Identified, Base):
    """A signed-in browser. The cookie holds a secret; this row holds only its hash."""

    __tablename__ = "user_session"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    account: Mapped[Account] = relationship()


class RoleGrant(Base):
    """A role with its dates and scope: the whole organisation, one cohort, or one party."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "cohort_id", "party_id", "valid_from"),
        Index("ix_role_grant_scope", "organisation_id", "role", "cohort_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("cohort_id IS NULL OR party_id IS NULL", name="one_scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey(Cohort.id))
    party_id: Mapped[int | None] = mapped_column(ForeignKey(Party.id))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class AttemptScope(StrEnum):
    ACCOUNT = "account"
    ADDRESS = "address"


class SignInAttempts(Base):
    """Failed sign-ins counted per account name and per network, so that guessing slows down."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (UniqueConstraint("scope", "key_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[AttemptScope] = mapped_column(text_enum(AttemptScope))
    key_hash: Mapped[str] = mapped_column(String(64))
    failures: Mapped[int]
    began_at: Mapped[datetime]
    """The first of these failures."""
    last_at: Mapped[datetime]
    known_until: Mapped[datetime | None]
    """Of a name from a network: somebody came in under it from there."""


class GoLiveGate(Base):
    """What must be settled before anybody may upload (I80). One row an organisation."""

    __tablename__ = "go_live_gate"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), unique=True)
    works_council_on: Mapped[date | None]
    dpia_on: Mapped[date | None]
    officer_name: Mapped[str | None] = mapped_column(String(120))
    intended_purpose_on: Mapped[date | None]
    is_example: Mapped[bool] = mapped_column(default=False)
    """Filled in for the demo: shown as "voorbeeld", refused in production."""

    @property
    def is_complete(self) -> bool:
        return None not in (
            self.works_council_on,
            self.dpia_on,
            self.officer_name,
            self.intended_purpose_on,
        )
