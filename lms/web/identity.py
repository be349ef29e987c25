"""Who is asking, as plain values: loaded once a request and safe to read after its session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from flask import current_app, g

from courses.policies import Actor
from lms import clock


@dataclass(frozen=True)
class Home:
    """The organisation somebody belongs to, as far as every page needs it."""

    id: int
    name: str
    slug: str
    tagline: str
    time_zone: str
    language: str
    is_demo: bool
    brand_colour: str


@dataclass(frozen=True)
class Identity:
    """A signed-in person."""

    actor: Actor
    public_id: UUID
    name: str
    initials: str
    language: str | None
    organisation: Home
    account_id: int
    session_id: int

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def today(self) -> date:
        return clock.today(self.organisation.time_zone)


IdentityLoader = Callable[[], Identity | None]


def set_loader(loader: IdentityLoader) -> None:
    """Tell this application how to find out who asks (`app.py` does)."""
    current_app.extensions["lms_identity"] = loader


def find_identity() -> Identity | None:
    """Who is signed in, or None. One query a request."""
    if "identity" not in g:
        loader = cast("IdentityLoader", current_app.extensions["lms_identity"])
        g.identity = loader()
    return cast("Identity | None", g.identity)


def get_identity() -> Identity:
    """Who is signed in; only behind an access declaration that asks for it."""
    identity = find_identity()
    if identity is None:
        raise LookupError("no one is signed in: the view's access declaration is too wide")
    return identity


def actor() -> Actor:
    return get_identity().actor
