"""What is taught: a course is a row of short lessons, each opened by a customer's clip."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.db import Base, Identified, Versioned
from courses.models.people import Cohort, Organisation, Person
from media.models import Clip


class Course(Identified, Versioned, Base):
    __tablename__ = "course"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="nl")

    lessons: Mapped[list[Lesson]] = relationship(
        back_populates="course", order_by=lambda: Lesson.position
    )


class Lesson(Identified, Versioned, Base):
    """A customer situation, a question to the trainee, and what a good answer does."""

    __tablename__ = "lesson"
    __table_args__ = (
        UniqueConstraint("course_id", "position"),
        CheckConstraint("max_seconds BETWEEN 10 AND 600", name="max_seconds"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    situation: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    clip_id: Mapped[int | None] = mapped_column(ForeignKey(Clip.id))
    example_clip_id: Mapped[int | None] = mapped_column(ForeignKey(Clip.id))
    """An answer to use where there is no camera; only the demo has one."""
    captions_reviewed_at: Mapped[datetime | None]
    captions_reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    max_seconds: Mapped[int] = mapped_column(default=90)
    published_at: Mapped[datetime | None]
    """Never set while the captions of the clip are not reviewed (I85)."""
    language: Mapped[str] = mapped_column(String(8), default="nl")

    course: Mapped[Course] = relationship(back_populates="lessons")
    clip: Mapped[Clip | None] = relationship(Clip, foreign_keys=clip_id)
    example_clip: Mapped[Clip | None] = relationship(Clip, foreign_keys=example_clip_id)
    criteria: Mapped[list[LessonCriterion]] = relationship(
        cascade="all, delete-orphan", order_by=lambda: LessonCriterion.position
    )


class LessonCriterion(Base):
    __tablename__ = "lesson_criterion"
    __table_args__ = (UniqueConstraint("lesson_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    lesson_id: Mapped[int] = mapped_column(ForeignKey(Lesson.id, ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))


class CohortCourse(Base):
    """A course that a cohort follows, from a day on."""

    __tablename__ = "cohort_course"
    __table_args__ = (UniqueConstraint("cohort_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    cohort_id: Mapped[int] = mapped_column(ForeignKey(Cohort.id))
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    open_from: Mapped[date]

    cohort: Mapped[Cohort] = relationship()
    course: Mapped[Course] = relationship()
