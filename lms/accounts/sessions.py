"""Server-side sessions: the cookie carries a secret, the row its hash.

Flask-Login is only the glue between cookie and row. Who somebody is, with the roles that hold
today, is read in one query a request.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import flask_login
from flask import Flask, session
from sqlalchemy import Date, Row, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from courses.models import Organisation, Person
from courses.policies import Actor, Grant
from lms import clock
from lms.accounts.models import Account, RoleGrant, UserSession
from lms.config import Environment, Settings
from lms.web import edge
from lms.web.identity import Home, Identity

SEEN_EVERY = timedelta(minutes=1)


class SignedIn(flask_login.UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """What Flask-Login hands around: the identity behind a session."""

    def __init__(self, token: str, identity: Identity | None = None) -> None:
        self.id = token
        self.identity = identity


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(db: Session, *, account: Account, settings: Settings, now: datetime) -> str:
    """Make a new session row and return the secret for the cookie."""
    token = secrets.token_urlsafe(32)
    db.add(
        UserSession(
            organisation_id=account.organisation_id,
            account_id=account.id,
            token_hash=hash_token(token),
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=settings.session_hours),
        )
    )
    db.flush()
    return token


def remember(token: str) -> None:
    """Put a fresh session in the browser; whatever it held before is dropped (S46)."""
    language = session.get("language")
    _end_row()
    session.clear()
    if language:
        session["language"] = language
    flask_login.login_user(SignedIn(token))


def forget() -> None:
    """End the session of this browser, in the database and in the cookie (S48)."""
    _end_row()
    flask_login.logout_user()
    session.clear()


def _end_row() -> None:
    token = session.get("_user_id")
    if token:
        edge.db().execute(delete(UserSession).where(UserSession.token_hash == hash_token(token)))


def _load(token: str, settings: Settings) -> SignedIn | None:
    now = clock.now()
    with edge.database().reading() as db:
        rows = db.execute(
            IDENTITY,
            {
                "token_hash": hash_token(token),
                "now": now,
                "yesterday": (now - timedelta(days=1)).date(),
            },
        ).all()
    if not rows:
        return None
    first = rows[0]
    if first.is_demo and settings.env is Environment.PRODUCTION:
        return None  # it was opened without a password, before this became the real thing
    if now - first.seen_at > timedelta(minutes=settings.session_idle_minutes):
        return None
    if now - first.seen_at > SEEN_EVERY:
        with edge.database().transaction() as db:
            db.execute(
                update(UserSession).where(UserSession.id == first.session_id).values(seen_at=now)
            )
    return SignedIn(token, _identity(rows, now))


def _identity_query() -> Any:  # noqa: ANN401 -- a wide select
    # The day in the latest time zone on earth decides nothing: grants are narrowed to the
    # organisation's own day in `_identity`.
    return (
        select(
            UserSession.id.label("session_id"),
            UserSession.seen_at,
            Account.id.label("account_id"),
            Person.id.label("person_id"),
            Person.public_id,
            Person.name,
            Person.language,
            Organisation.id.label("organisation_id"),
            Organisation.name.label("organisation_name"),
            Organisation.slug,
            Organisation.tagline,
            Organisation.time_zone,
            Organisation.language.label("organisation_language"),
            Organisation.is_demo,
            Organisation.brand_colour,
            RoleGrant.role,
            RoleGrant.cohort_id,
            RoleGrant.party_id,
            RoleGrant.valid_from,
            RoleGrant.valid_to,
        )
        .join(Account, Account.id == UserSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(
            RoleGrant,
            and_(
                RoleGrant.person_id == Person.id,
                or_(
                    RoleGrant.valid_to.is_(None),
                    RoleGrant.valid_to >= bindparam("yesterday", type_=Date()),
                ),
            ),
        )
        .where(
            UserSession.token_hash == bindparam("token_hash"),
            UserSession.expires_at > bindparam("now"),
            Account.disabled_at.is_(None),
        )
        .order_by(RoleGrant.id)
    )


IDENTITY = _identity_query()
"""Put together once: it runs with every request."""


def _identity(rows: list[Row[Any]] | Any, now: datetime) -> Identity:  # noqa: ANN401 -- rows of above
    first = rows[0]
    today = clock.today(first.time_zone)
    grants = tuple(
        Grant(row.role, row.cohort_id, row.party_id)
        for row in rows
        if row.role is not None
        and row.valid_from <= today
        and (row.valid_to is None or row.valid_to >= today)
    )
    initials = Person(name=first.name, created_at=now).initials
    return Identity(
        actor=Actor(first.person_id, first.organisation_id, grants),
        public_id=first.public_id,
        name=first.name,
        initials=initials,
        language=first.language,
        organisation=Home(
            id=first.organisation_id,
            name=first.organisation_name,
            slug=first.slug,
            tagline=first.tagline,
            time_zone=first.time_zone,
            language=first.organisation_language,
            is_demo=first.is_demo,
            brand_colour=first.brand_colour,
        ),
        account_id=first.account_id,
        session_id=first.session_id,
    )


def current_identity() -> Identity | None:
    """The identity of this request, or None."""
    user = flask_login.current_user
    return user.identity if isinstance(user, SignedIn) else None


def init_app(app: Flask, settings: Settings) -> None:
    manager = flask_login.LoginManager()
    manager.session_protection = None  # the row decides, not a fingerprint of the browser
    # No context processor: a page asks `find_identity`, which an error page can do without.
    manager.init_app(app, add_context_processor=False)

    @manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
    def load(token: str) -> SignedIn | None:
        return _load(token, settings)
