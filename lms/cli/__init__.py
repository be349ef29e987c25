"""The console script `lms`. Every command is thin: it reads options and calls one function.

Commands are imported when they are used, so that `lms web` does not load what only the demo or
the media commands need.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click
from pydantic import ValidationError

from lms import logs
from lms.cli.texts import say
from lms.config import Settings

COMMANDS = {
    "run": "lms.cli.server:run",
    "web": "lms.cli.server:web",
    "worker": "lms.cli.server:worker",
    "db": "lms.cli.database:database",
    "demo": "lms.cli.demo:demo",
    "model": "lms.cli.models:model",
    "doctor": "lms.cli.doctor:doctor",
    "user": "lms.cli.users:user",
    "media": "lms.cli.media:media",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- the same
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- click's signature
        """Run the command; a database that is away is told in one line, not in a page."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from sqlalchemy.exc import OperationalError  # noqa: PLC0415 -- `lms web` needs none

            if not isinstance(error, OperationalError):
                raise
            reason = str(error.orig).strip().splitlines()[0]
            click.echo(say("db.unreachable", reason=reason), err=True)
            sys.exit(1)


@click.command(
    cls=LazyGroup,
    help=say("help.lms"),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.pass_context
def main(context: click.Context) -> None:
    try:
        settings = Settings()
    except ValidationError as wrong:
        for error in wrong.errors():
            name = "LMS_" + "_".join(str(part) for part in error["loc"]).upper()
            click.echo(say("settings.wrong", name=name, reason=error["msg"]), err=True)
        sys.exit(1)
    logs.configure(settings)
    context.obj = settings
