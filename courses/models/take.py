"""A trainee's answer to a clip, from the first recorded second to acceptance."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.db import Base, Identified, Versioned, text_enum
from courses.models.course import Lesson
from courses.models.people import Cohort, Organisation, Person
from courses.terms import TakeState
from media.models import Clip, ClipState


class Take(Identified, Versioned, Base):
    """Bound to person, lesson and cohort when recording starts; none of the three ever changes."""

    __tablename__ = "take"
    __table_args__ = (
        UniqueConstraint("person_id", "lesson_id", "number"),
        Index("ix_take_lesson_state", "lesson_id", "state"),
        Index("ix_take_cohort_state", "cohort_id", "state", "shared_at"),
        CheckConstraint("state = 'recording' OR number IS NOT NULL", name="numbered"),
        CheckConstraint("state IN ('recording', 'kept') OR shared_at IS NOT NULL", name="shared"),
        CheckConstraint("state != 'accepted' OR accepted_by_id IS NOT NULL", name="accepted"),
        CheckConstraint("clip_id IS NULL OR written IS NULL", name="one_form"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id))
    cohort_id: Mapped[int] = mapped_column(ForeignKey(Cohort.id))
    number: Mapped[int | None]
    state: Mapped[TakeState] = mapped_column(text_enum(TakeState), default=TakeState.RECORDING)
    clip_id: Mapped[int | None] = mapped_column(ForeignKey(Clip.id), unique=True)
    written: Mapped[str | None] = mapped_column(Text)
    """The answer itself, of somebody who may answer in writing instead of recording (I86)."""
    is_example: Mapped[bool] = mapped_column(default=False)
    """Made from the demo's own recording instead of a camera; says so wherever it is shown."""
    created_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    looked_back_at: Mapped[datetime | None]
    """When the maker read the transcript; before that nobody else reads a word of it."""
    shared_at: Mapped[datetime | None]
    retake_asked_at: Mapped[datetime | None]
    retake_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    """Stays when the take is accepted after all: it says what the acceptance can go back to."""
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    hidden_at: Mapped[datetime | None]
    """Reported: hidden for everyone but its maker and a coach, until a coach decides."""

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    lesson: Mapped[Lesson] = relationship()
    clip: Mapped[Clip | None] = relationship(Clip)
    accepted_by: Mapped[Person | None] = relationship(foreign_keys=accepted_by_id)

    @property
    def at(self) -> datetime:
        """The one moment that stands beside a take: since when others see it, else its start."""
        return self.shared_at or self.created_at

    @property
    def failed(self) -> bool:
        """Its recording could not be made playable: it is kept, and is no attempt."""
        return self.clip is not None and self.clip.state is ClipState.FAILED

    @property
    def failure_code(self) -> str | None:
        return self.clip.failure_code if self.clip is not None else None


class WritingGrant(Identified, Base):
    """Somebody may answer in writing, from a coach's yes to a coach's end of it (I86).

    Why is nobody's business and has no column (I87).
    """

    __tablename__ = "writing_grant"
    __table_args__ = (
        Index(
            "ix_writing_grant_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    granted_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    granted_at: Mapped[datetime]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    ended_at: Mapped[datetime | None]
