"""`lms user`: the first account, made by whoever may use the shell of the server."""

from __future__ import annotations

import re
import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Organisation
from courses.terms import Role
from lms import clock, migrate
from lms.accounts.actions import create_person, grant_role
from lms.accounts.models import Account
from lms.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from lms.accounts.rules import normalise_email
from lms.cli.texts import say
from lms.config import Settings
from lms.db import Database

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@click.group(help=say("help.user"))
def user() -> None:
    """Groups the commands below."""


@user.command("create-admin", help=say("help.user.create_admin"))
@click.option("--organisation", prompt=say("user.organisation"))
@click.option("--name", prompt=say("user.name"))
@click.option("--email", prompt=say("user.email"))
@click.option("--password-stdin", is_flag=True, help=say("help.user.password_stdin"))
@click.pass_obj
def create_admin(
    settings: Settings, organisation: str, name: str, email: str, *, password_stdin: bool
) -> None:
    settings.make_folders()
    migrate.upgrade(settings.url)
    _refuse(not ADDRESS.fullmatch(email.strip()), "user.bad_email")
    _refuse(not name.strip() or not organisation.strip(), "user.empty")
    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt(say("user.password"), hide_input=True, confirmation_prompt=True)
    )
    _refuse(not MIN_LENGTH <= len(password) <= MAX_LENGTH, "user.bad_password", least=MIN_LENGTH)
    with Database.at(settings.url).transaction() as session:
        taken = select(Account.id).where(Account.email == normalise_email(email))
        _refuse(session.scalar(taken) is not None, "user.taken", email=email.strip())
        where = _organisation(session, organisation.strip())
        _refuse(where.is_demo, "user.demo")
        person = create_person(
            session,
            organisation=where,
            name=name.strip(),
            email=email,
            password=password,
            now=clock.now(),
        )
        grant_role(session, person=person, role=Role.ADMIN, valid_from=clock.today(where.time_zone))
        title = where.name
    click.echo(say("user.made", name=name.strip(), organisation=title))


def _refuse(is_wrong: object, text: str, **params: object) -> None:
    if is_wrong:
        click.echo(say(text, **params), err=True)
        sys.exit(2)


def _organisation(session: Session, name: str) -> Organisation:
    """The organisation of that name or slug; a new one when there is none."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60]
    _refuse(not slug, "user.empty")
    found = session.scalars(
        select(Organisation).where((Organisation.name == name) | (Organisation.slug == slug))
    ).first()
    if found is None:
        found = Organisation(name=name, slug=slug)
        session.add(found)
        session.flush()
    return found
