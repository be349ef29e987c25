"""Reads of the tour: who is who, and where the story's takes and lessons are now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Lesson, Organisation, Person, Take
from courses.terms import Role, TakeState
from lms.accounts.models import Account, RoleGrant
from lms.demo.content import clips, story
from media.models import Clip, Transcript


@dataclass(frozen=True)
class DemoPerson:
    name: str
    role: Role


def list_people(session: Session, organisation_id: int) -> list[DemoPerson]:
    """Everybody of the demo with their role, in the order of the story."""
    rows = session.execute(
        select(Person.name, RoleGrant.role)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.organisation_id == organisation_id)
        .order_by(Person.id)
    )
    return [DemoPerson(name, role) for name, role in rows]


def find_account(session: Session, organisation_id: int, name: str) -> Account | None:
    """The account of one of the invented people."""
    return session.scalars(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(Person.organisation_id == organisation_id, Person.name == name)
    ).first()


def find_lesson_id(session: Session, key: str) -> UUID | None:
    """The public id of a lesson of the story; None while the demo is being built."""
    title = next(told["title"] for told in story()["lesson"] if told["key"] == key)
    return session.scalars(
        select(Lesson.public_id)
        .join(Organisation, Organisation.id == Lesson.organisation_id)
        .where(Organisation.is_demo.is_(True), Lesson.title == title)
    ).one_or_none()


def find_unshared_id(session: Session, clip_key: str) -> UUID | None:
    """A take to read back, by the maker of the clip `clip_key`: not shared yet, with its text.

    That of the story where it still is one, else the newest its maker has; None without any.
    """
    of_story = Clip.original_sha256 == clips()[clip_key].sha256
    maker = (
        select(Take.person_id)
        .join(Clip, Clip.id == Take.clip_id)
        .join(Organisation, Organisation.id == Take.organisation_id)
        .where(Organisation.is_demo.is_(True), of_story)
    )
    return session.scalar(
        select(Take.public_id)
        .join(Clip, Clip.id == Take.clip_id)
        .join(Transcript, Transcript.clip_id == Clip.id)
        .where(
            Take.person_id.in_(maker),
            Take.state == TakeState.KEPT,
            Take.hidden_at.is_(None),
        )
        .order_by(of_story.desc(), Take.id.desc())
        .limit(1)
    )


def find_take_id(session: Session, clip_key: str) -> UUID | None:
    """The take recorded with a clip of the story; None once a visitor threw it away.

    A reported one is gone as well: its stop is for people to whom it is hidden.
    """
    return session.scalar(
        select(Take.public_id)
        .join(Clip, Clip.id == Take.clip_id)
        .join(Organisation, Organisation.id == Take.organisation_id)
        .where(
            Organisation.is_demo.is_(True),
            Clip.original_sha256 == clips()[clip_key].sha256,
            Take.hidden_at.is_(None),
        )
        .order_by(Take.id)
        .limit(1)
    )
