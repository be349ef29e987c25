"""`lms media`: the pipeline on one file from the shell, and a check of rows against bytes."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import NoReturn

import click
import structlog

from lms.cli.fsck import Report, inspect, remove_orphans
from lms.cli.hints import model_hint
from lms.cli.processing import OnStage, Processed, process_file
from lms.cli.texts import say
from lms.config import Settings
from lms.db import Database
from media.transcription.port import AudioUnreadable
from media.video.errors import ProcessingFailed, Refused

FAILED, REFUSED, NO_TEXT = 1, 2, 3
"""Exit codes: the attempt stopped; the file cannot become a clip; no model, all else is there."""


@click.group(help=say("help.media"))
def media() -> None:
    """Groups the commands below."""


@media.command(help=say("help.media.process"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=say("help.json"))
@click.option("--out", type=click.Path(path_type=Path), help=say("help.media.out"))
@click.pass_obj
def process(settings: Settings, file: Path, *, as_json: bool, out: Path | None) -> None:
    # One clear line when something is wrong: what the log would add is for a server's log.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if not file.is_file():
        _end(REFUSED, say("process.no_file", file=file))
    if file.stat().st_size > settings.max_upload_bytes:
        _end(REFUSED, say("process.too_large", limit=settings.max_upload_mb))
    settings.make_folders()
    folder = (out or Path(f"{file.stem}-processed")).resolve()
    try:
        made = process_file(settings, file.resolve(), folder, _progress())
    except Refused as refused:
        _end(REFUSED, say(f"refused.{refused.code.value}", **refused.params))
    except ProcessingFailed as failed:
        _end(FAILED, say(f"failed.{failed.code.value}"))
    except (AudioUnreadable, OSError) as error:
        _end(FAILED, say("process.failed", reason=str(error)))
    click.echo(json.dumps(made.as_json(), ensure_ascii=False, indent=2) if as_json else _told(made))
    if made.transcript is None:
        _end(NO_TEXT, model_hint(settings)[0])


def _end(code: int, line: str) -> NoReturn:
    click.echo(line, err=True)
    sys.exit(code)


def _progress() -> OnStage:
    """A line that moves, where somebody is looking."""
    if not sys.stderr.isatty():
        return lambda _stage, _share: None

    def tell(stage: str, share: float) -> None:
        line = say(f"process.{stage}", percent=round(100 * share))
        click.echo(f"\r{line}", nl=share >= 1, err=True)

    return tell


def _told(made: Processed) -> str:
    """The result for a person: files first, then what was said."""
    lines = [say("process.done", seconds=round(made.duration_seconds, 1))]
    for file in made.files:
        size = f"{file.width}x{file.height} " if file.width else ""
        lines.append(f"  {file.path}  {size}{file.bytes // 1000} kB")
    if made.captions:
        lines.append(f"  {made.captions}")
    if made.transcript is not None:
        lines.append(say("process.heard" if made.transcript.speech else "process.no_speech"))
        lines += [
            f"  {segment.start:7.2f}  {segment.text}"
            for segment in made.transcript.segments
            if not segment.filtered
        ]
    return "\n".join(lines)


@media.command(help=say("help.media.fsck"))
@click.option("--checksums", is_flag=True, help=say("help.media.checksums"))
@click.option("--remove", is_flag=True, help=say("help.media.remove"))
@click.pass_obj
def fsck(settings: Settings, *, checksums: bool, remove: bool) -> None:
    settings.make_folders()
    report = inspect(settings, Database.at(settings.url), checksums=checksums)
    _show(report)
    if remove and report.orphans:
        for path in remove_orphans(report):
            click.echo(say("fsck.removed", path=path))
    sys.exit(FAILED if report.missing or report.damaged else 0)


def _show(report: Report) -> None:
    click.echo(say("fsck.looked", clips=report.clips, files=report.files))
    for kind, found in (
        ("missing", report.missing),
        ("damaged", report.damaged),
        ("orphan", report.orphans),
    ):
        for thing in found:
            click.echo(say(f"fsck.{kind}", path=thing))
    if not (report.missing or report.damaged or report.orphans):
        click.echo(say("fsck.clean"))
