"""`lms demo`: the invented municipality with its story, made by the real pipeline."""

from __future__ import annotations

import sys

import click
from sqlalchemy import exists, select

from courses.models import Organisation
from lms import migrate, wiring
from lms.cli.texts import say
from lms.config import Environment, Settings
from lms.db import Database
from lms.demo.actions import DemoRefused, build_demo, find_demo
from lms.jobs.runner import Runner


@click.command(help=say("help.demo"))
@click.option("--reset", is_flag=True, help=say("help.demo.reset"))
@click.pass_obj
def demo(settings: Settings, *, reset: bool) -> None:
    settings.make_folders()
    migrate.upgrade(settings.url)
    database = Database.at(settings.url)
    with database.reading() as session:
        there = find_demo(session) is not None
    if there and not reset:
        click.echo(say("demo.there"))
        return
    try:
        _build(settings, database)
    except DemoRefused:
        click.echo(say("demo.refused"), err=True)
        sys.exit(1)


def build_when_empty(settings: Settings) -> None:
    """Fill a database without any organisation; leave every other one alone."""
    database = Database.at(settings.url)
    with database.reading() as session:
        is_empty = not session.scalar(select(exists().where(Organisation.id.is_not(None))))
    if is_empty and settings.env is not Environment.PRODUCTION:
        _build(settings, database)


def _build(settings: Settings, database: Database) -> None:
    click.echo(say("demo.building"))
    runner = Runner(settings, database, wiring.registry(), wiring.connected_bus())
    made = build_demo(settings, database, runner, say=lambda text: click.echo(f"  {text}"))
    click.echo(say("demo.built", people=made.people, lessons=made.lessons, takes=made.takes))
