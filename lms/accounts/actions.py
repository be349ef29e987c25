"""The verbs of getting in: sign in with a password, switch language, grant a role."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from courses.models import Organisation, Person
from courses.terms import Role
from lms.accounts import passwords, rules
from lms.accounts.models import Account, AttemptScope, RoleGrant, SignInAttempts
from lms.audit import Act, record
from lms.db import Database


class TooManyTries(Exception):  # noqa: N818 -- reads as what happened
    """Guessing is slowed: try again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Credentials:
    email: str
    password: str
    address: str
    """Where the request came from, to slow one machine that tries many names."""

    @property
    def keys(self) -> list[tuple[AttemptScope, str]]:
        def digest(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        network = rules.network_of(self.address)
        return [
            # Name and network together: a stranger who guesses cannot lock the owner out.
            (AttemptScope.ACCOUNT, digest(f"{rules.normalise_email(self.email)}|{network}")),
            (AttemptScope.ADDRESS, digest(network)),
        ]


def authenticate(database: Database, given: Credentials, *, now: datetime) -> int | None:
    """The account id these credentials open, or None. Counts failures in its own transaction.

    Raises TooManyTries while the name from this network, or the network, has to wait. Who came in
    from there lately waits for nobody but themselves.
    """
    _check_pace(database, given, now)
    with database.reading() as session:
        account = session.scalars(
            select(Account).where(Account.email == rules.normalise_email(given.email))
        ).first()
    matches = passwords.verify(account.password_hash if account else None, given.password)
    if account is None or not matches or account.disabled_at is not None:
        _count_failure(database, given, account, now)
        return None
    return account.id


def _check_pace(database: Database, given: Credentials, now: datetime) -> None:
    with database.reading() as session:
        name, network = (_attempts(session, scope, key) for scope, key in given.keys)
    for row in (name, None if name and _is_known(name, now) else network):
        left = _wait(row, now) - (now - row.last_at) if row else timedelta(0)
        if left > timedelta(0):
            raise TooManyTries(max(1, int(left.total_seconds())))


def _is_known(row: SignInAttempts, now: datetime) -> bool:
    return row.known_until is not None and row.known_until > now


def _wait(row: SignInAttempts, now: datetime) -> timedelta:
    """How long after the last failure; an hour of rest, or for a network an hour, forgets it."""
    if _is_forgotten(row, now):
        return timedelta(0)
    if row.scope is AttemptScope.ACCOUNT:
        return rules.wait_after(row.failures)
    return rules.wait_of_network(row.failures)


def _is_forgotten(row: SignInAttempts, now: datetime) -> bool:
    # Colleagues make mistakes all day: counted without end they would lock each other out.
    since = row.last_at if row.scope is AttemptScope.ACCOUNT else row.began_at
    return now - since > rules.FORGET_AFTER


def _attempts(session: Session, scope: AttemptScope, key: str) -> SignInAttempts | None:
    return session.scalars(
        select(SignInAttempts).where(SignInAttempts.scope == scope, SignInAttempts.key_hash == key)
    ).first()


def _held_attempts(
    session: Session, scope: AttemptScope, key: str, now: datetime
) -> SignInAttempts:
    """The row, made when there is none. Nobody else counts in it until the commit."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    fresh = {"scope": scope, "key_hash": key, "failures": 0, "began_at": now, "last_at": now}
    session.execute(insert(SignInAttempts).values(fresh).on_conflict_do_nothing())
    return session.scalars(
        select(SignInAttempts)
        .where(SignInAttempts.scope == scope, SignInAttempts.key_hash == key)
        .with_for_update()
    ).one()


def _count_failure(
    database: Database, given: Credentials, account: Account | None, now: datetime
) -> None:
    with database.transaction() as session:
        session.execute(
            delete(SignInAttempts).where(
                SignInAttempts.last_at < now - rules.FORGET_AFTER,
                func.coalesce(SignInAttempts.known_until, now) <= now,
            )
        )
        for scope, key in given.keys:
            row = _held_attempts(session, scope, key, now)
            if _is_forgotten(row, now):
                row.failures, row.began_at = 0, now
            row.failures, row.last_at = row.failures + 1, now
        record(
            session,
            Act.SIGN_IN_REFUSED,
            now=now,
            organisation_id=account.organisation_id if account else None,
            actor_id=account.person_id if account else None,
            subject_type="account",
            subject=str(account.id) if account else "unknown",
        )


def welcome(session: Session, *, account: Account, given: Credentials, now: datetime) -> None:
    """Forget the failures of this name, and remember that somebody came in, and from where."""
    scope, key = given.keys[0]
    row = _held_attempts(session, scope, key, now)
    row.failures, row.began_at, row.last_at = 0, now, now
    row.known_until = now + rules.KNOWN_FOR
    if account.password_hash and passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(given.password)
    record_sign_in(session, account=account, way="password", now=now)


def record_sign_in(session: Session, *, account: Account, way: str, now: datetime) -> None:
    record(
        session,
        Act.SIGNED_IN,
        now=now,
        organisation_id=account.organisation_id,
        actor_id=account.person_id,
        subject_type="account",
        subject=str(account.id),
        detail={"way": way},
    )


def create_person(
    session: Session,
    *,
    organisation: Organisation,
    name: str,
    email: str | None,
    password: str | None,
    now: datetime,
) -> Person:
    """A person of the organisation, with an account when there is an address to sign in with."""
    person = Person(organisation_id=organisation.id, name=name, created_at=now)
    session.add(person)
    session.flush()
    if email:
        session.add(
            Account(
                organisation_id=organisation.id,
                person_id=person.id,
                email=rules.normalise_email(email),
                password_hash=passwords.hash_password(password) if password else None,
                created_at=now,
            )
        )
        session.flush()
    return person


def grant_role(
    session: Session,
    *,
    person: Person,
    role: Role,
    valid_from: date,
    valid_to: date | None = None,
    cohort_id: int | None = None,
    party_id: int | None = None,
) -> RoleGrant:
    grant = RoleGrant(
        organisation_id=person.organisation_id,
        person_id=person.id,
        role=role,
        cohort_id=cohort_id,
        party_id=party_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(grant)
    session.flush()
    return grant
