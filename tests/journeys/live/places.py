"""Addresses of the demo's lessons and takes, read from the database of a site."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from courses.models import Lesson, Person, Take
from live.site import Site
from lms.db import Database


class Places:
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

    def _find(self, query: Select[tuple[UUID]]) -> UUID:
        database = Database.at(self._url)
        try:
            with database.reading() as session:
                return session.scalars(query).one()
        finally:
            database.engine.dispose()
