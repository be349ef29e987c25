"""What stands in the database of a site: addresses of lessons and takes, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from courses.models import Lesson, Person, Take, TimedComment
from live.site import Site
from lms.accounts.models import Account, UserSession
from lms.db import Database
from media.models import Clip, Segment, Transcript


class Records:
    def __init__(self, site: Site) -> None:
        self._url = f"sqlite:///{site.data / 'lms.sqlite3'}"

    def lesson(self, title: str) -> str:
        query = select(Lesson.public_id).where(Lesson.title == title)
        return f"/lessons/{self._find(query)}"

    def take(self, person: str, lesson: str, number: int = 1) -> str:
        query = (
            select(Take.public_id)
            .join(Person, Person.id == Take.person_id)
            .join(Lesson, Lesson.id == Take.lesson_id)
            .where(Person.name == person, Lesson.title == lesson, Take.number == number)
        )
        return f"/takes/{self._find(query)}"

    def newest_original(self) -> str:
        """The hash of the bytes that arrived last, in hexadecimal."""
        query = select(Clip.original_sha256).order_by(Clip.id.desc()).limit(1)
        with self._reading() as session:
            return session.scalars(query).one()

    def end_sessions(self, person: str) -> None:
        """Sign somebody out everywhere, as time or an administrator would."""
        account = (
            select(Account.id)
            .join(Person, Person.id == Account.person_id)
            .where(Person.name == person)
            .scalar_subquery()
        )
        with self._changing() as session:
            session.execute(delete(UserSession).where(UserSession.account_id == account))

    @contextmanager
    def worded(self, person: str, text: str) -> Iterator[None]:
        """Let every remark on the takes of somebody, and all they say, be `text` for a while."""
        takes = select(Take).join(Person, Person.id == Take.person_id).where(Person.name == person)
        mine = takes.with_only_columns(Take.id).scalar_subquery()
        clips = takes.with_only_columns(Take.clip_id).scalar_subquery()
        said = select(Transcript.id).where(Transcript.clip_id.in_(clips)).scalar_subquery()
        remarks = select(TimedComment).where(TimedComment.take_id.in_(mine))
        sentences = select(Segment).where(Segment.transcript_id.in_(said))
        before: dict[int, str] = {}
        with self._changing() as session:
            for remark in session.scalars(remarks):
                before[remark.id], remark.text = remark.text, text
            for sentence in session.scalars(sentences):
                sentence.corrected_text = text
        yield
        with self._changing() as session:
            for remark in session.scalars(remarks):
                remark.text = before.get(remark.id, remark.text)
            for sentence in session.scalars(sentences):
                sentence.corrected_text = None

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        database = Database.at(self._url)
        try:
            with database.transaction() as session:
                yield session
        finally:
            database.engine.dispose()

    def _find(self, query: Select[tuple[UUID]]) -> UUID:
        with self._reading() as session:
            return session.scalars(query).one()

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        database = Database.at(self._url)
        try:
            with database.reading() as session:
                yield session
        finally:
            database.engine.dispose()
