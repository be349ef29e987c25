"""`lms demo`: the invented municipality with its story, made by the real pipeline."""

from __future__ import annotations

import logging
import sys
from typing import NoReturn

import click
import structlog

from lms import migrate, wiring
from lms.cli.texts import say
from lms.config import Settings
from lms.db import Database
from lms.demo.actions import DemoRefused, build_demo, find_demo
from lms.jobs.runner import Runner
from media.storage.port import StoreUnavailableError


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
    build(settings)


def build(settings: Settings) -> None:
    """Make the demo anew and tell how far it is; end with 1 and say why where it cannot be made."""
    try:
        _build(settings)
    except DemoRefused:
        _end(say("demo.refused"))
    except ModuleNotFoundError as missing:
        if missing.name != "boto3":
            raise
        _end(say("doctor.storage_no_boto3"))
    except StoreUnavailableError as away:
        _end(say("demo.no_storage", reason=away.code))


def _end(line: str) -> NoReturn:
    click.echo(line, err=True)
    sys.exit(1)


def _build(settings: Settings) -> None:
    database = Database.at(settings.url)
    click.echo(say("demo.building"))
    # Sixty lines of "job done" would hide the five lines that tell how far it is.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    runner = Runner(settings, database, wiring.registry(), wiring.connected_bus())
    made = build_demo(settings, database, runner, say=lambda text: click.echo(f"  {text}"))
    click.echo(say("demo.built", people=made.people, lessons=made.lessons, takes=made.takes))
