"""What stands in the database of a site: addresses of lessons and takes, and who is signed in."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, delete, select

from courses.models import Lesson, Person, Take
from live.site import Site
from lms.accounts.models import Account, UserSession
from lms.db import Database


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

    def end_sessions(self, person: str) -> None:
        """Sign somebody out everywhere, as time or an administrator would."""
        account = (
            select(Account.id)
            .join(Person, Person.id == Account.person_id)
            .where(Person.name == person)
            .scalar_subquery()
        )
        database = Database.at(self._url)
        try:
            with database.transaction() as session:
                session.execute(delete(UserSession).where(UserSession.account_id == account))
        finally:
            database.engine.dispose()

    def _find(self, query: Select[tuple[UUID]]) -> UUID:
        database = Database.at(self._url)
        try:
            with database.reading() as session:
                return session.scalars(query).one()
        finally:
            database.engine.dispose()
