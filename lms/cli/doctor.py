"""`lms doctor`: one line for each thing the site needs, and what to do about it."""

from __future__ import annotations

import json
import sys

import click

from lms.cli.texts import say
from lms.config import Settings
from lms.db import Database
from lms.doctor import Finding, Level, examine, is_healthy

MARKS = {
    Level.OK: click.style("ok   ", fg="green"),
    Level.TODO: click.style("todo ", fg="yellow"),
    Level.BROKEN: click.style("FOUT ", fg="red", bold=True),
}


@click.command(help=say("help.doctor"))
@click.option("--json", "as_json", is_flag=True, help=say("help.json"))
@click.pass_obj
def doctor(settings: Settings, *, as_json: bool) -> None:
    settings.make_folders()
    findings = examine(settings, Database.at(settings.url))
    healthy = is_healthy(findings)
    if as_json:
        shown = [_as_json(finding) for finding in findings]
        click.echo(json.dumps({"ok": healthy, "checks": shown}, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            name = say(f"doctor.name.{finding.check}")
            click.echo(f"{MARKS[finding.level]} {name:14} {_sentence(finding)}")
    sys.exit(0 if healthy else 1)


def _sentence(finding: Finding) -> str:
    return say(f"doctor.{finding.code}", **finding.params)


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "level": finding.level.value,
        "code": finding.code,
        "params": finding.params,
        "text": _sentence(finding),
    }
