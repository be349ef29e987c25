"""What is said about a take: time-coded tops and tips, replies, and what became of a tip."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.db import Base, Identified, text_enum
from courses.models.people import Organisation, Person
from courses.models.take import Take
from courses.terms import AuthorRole, CommentKind, FollowUpRole, FollowUpVerdict, ReportState


class TimedComment(Identified, Base):
    """A top, tip or question at one moment of a take.

    The maker's own top and tip (the look back before sharing) are comments with role `self`.
    """

    __tablename__ = "timed_comment"
    __table_args__ = (
        Index("ix_timed_comment_take", "take_id", "at_ms"),
        CheckConstraint("at_ms >= 0", name="at_ms"),
        UniqueConstraint("take_id", "author_id", "client_key"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    take_id: Mapped[int] = mapped_column(ForeignKey(Take.id, ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    author_role: Mapped[AuthorRole] = mapped_column(text_enum(AuthorRole))
    kind: Mapped[CommentKind] = mapped_column(text_enum(CommentKind))
    at_ms: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="nl")
    client_key: Mapped[UUID] = mapped_column(Uuid)
    """Made by the form: a double click or a retried request gives one comment."""
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]

    author: Mapped[Person] = relationship()
    take: Mapped[Take] = relationship()
    replies: Mapped[list[CommentReply]] = relationship(
        cascade="all, delete-orphan", order_by=lambda: CommentReply.id
    )
    follow_ups: Mapped[list[TipFollowUp]] = relationship(cascade="all, delete-orphan")


class CommentReply(Identified, Base):
    __tablename__ = "comment_reply"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    comment_id: Mapped[int] = mapped_column(
        ForeignKey(TimedComment.id, ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="nl")
    created_at: Mapped[datetime]

    author: Mapped[Person] = relationship()


class TipFollowUp(Base):
    """What became of an earlier tip in a later take: one row a role, the trainee's first."""

    __tablename__ = "tip_follow_up"
    __table_args__ = (UniqueConstraint("comment_id", "take_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    comment_id: Mapped[int] = mapped_column(ForeignKey(TimedComment.id, ondelete="CASCADE"))
    take_id: Mapped[int] = mapped_column(ForeignKey(Take.id, ondelete="CASCADE"), index=True)
    role: Mapped[FollowUpRole] = mapped_column(text_enum(FollowUpRole))
    verdict: Mapped[FollowUpVerdict] = mapped_column(text_enum(FollowUpVerdict))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime]


class ContentReport(Identified, Base):
    """Hides a take or a comment at once, until a coach who is not its subject decides.

    One person reports one thing once, whatever is decided.
    """

    __tablename__ = "content_report"
    __table_args__ = (
        CheckConstraint("(take_id IS NULL) != (comment_id IS NULL)", name="one_subject"),
        UniqueConstraint("reporter_id", "take_id"),
        UniqueConstraint("reporter_id", "comment_id"),
        Index("ix_content_report_open", "organisation_id", "state"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    reporter_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    take_id: Mapped[int | None] = mapped_column(ForeignKey(Take.id, ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(TimedComment.id, ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ReportState] = mapped_column(text_enum(ReportState), default=ReportState.OPEN)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
