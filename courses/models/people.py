"""Who takes part: the organisation that runs the programme, its people and their cohorts.

Logins and roles are not here (lms.accounts): erasing somebody deletes the account and
pseudonymises the person, and every take and comment keeps its place.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.db import Base, Identified, text_enum


class Organisation(Identified, Base):
    """The tenant: whoever runs the programme. Its row is its own boundary."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    tagline: Mapped[str] = mapped_column(String(120), default="")
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Amsterdam")
    language: Mapped[str] = mapped_column(String(8), default="nl")
    is_demo: Mapped[bool] = mapped_column(default=False)
    """Invented people and data only (I80). Refused when the installation is in production."""
    brand_colour: Mapped[str] = mapped_column(String(7), default="#006b54")


class PartyKind(StrEnum):
    MUNICIPALITY = "municipality"
    COMPANY = "company"
    AGENCY = "agency"
    SCHOOL = "school"
    TRAINING_PROVIDER = "training_provider"
    BENEFIT_AUTHORITY = "benefit_authority"


class Party(Identified, Base):
    """An employer, school or authority inside the tenant.

    A trainee who changes employer moves no row between tenants: only dated grants change.
    """

    __tablename__ = "party"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[PartyKind] = mapped_column(text_enum(PartyKind))


class Person(Identified, Base):
    __tablename__ = "person"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str | None] = mapped_column(String(8))
    """The interface language this person chose; None follows the organisation."""
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def initials(self) -> str:
        parts = [part for part in self.name.split() if part[:1].isupper()] or self.name.split()
        return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()


class Cohort(Identified, Base):
    """A group that starts together ("klas", "lichting")."""

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("planned_end_on > start_on", name="dates"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    places: Mapped[int]
    start_on: Mapped[date]
    planned_end_on: Mapped[date]


class CohortMember(Base):
    __tablename__ = "cohort_member"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    cohort_id: Mapped[int] = mapped_column(ForeignKey(Cohort.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)

    cohort: Mapped[Cohort] = relationship()
    person: Mapped[Person] = relationship()
