"""`lms db`: bring the database to this version, and check that it is there."""

from __future__ import annotations

import sys

import click

from lms import migrate, schema
from lms.cli.texts import say
from lms.config import Settings
from lms.db import Database


@click.group("db", help=say("help.db"))
def database() -> None:
    """Groups the commands below."""


@database.command(help=say("help.db.upgrade"))
@click.pass_obj
def upgrade(settings: Settings) -> None:
    settings.make_folders()
    migrate.upgrade(settings.url)
    click.echo(say("db.upgraded", number=schema.latest_revision()))


@database.command(help=say("help.db.check"))
@click.pass_obj
def check(settings: Settings) -> None:
    try:
        migrate.check(Database.at(settings.url).engine)
    except migrate.SchemaMismatch as mismatch:
        click.echo(say("db.differs"), err=True)
        for line in mismatch.differences:
            click.echo(f"  {line}", err=True)
        sys.exit(1)
    click.echo(say("db.equal", number=schema.latest_revision()))


@database.command(help=say("help.db.new"))
@click.argument("why")
@click.pass_obj
def new(settings: Settings, why: str) -> None:
    click.echo(migrate.write_new(settings.url, why))
