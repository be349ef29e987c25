"""`lms media`: the pipeline on one file from the shell, and a check of rows against bytes."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import NoReturn

import click
import structlog

from lms.cli.fsck import Report, inspect
from lms.cli.hints import model_hint
from lms.cli.mending import mend
from lms.cli.processing import OnStage, Processed, process_file
from lms.cli.texts import say
from lms.config import Settings
from lms.db import Database
from lms.storage import store_of
from lms.wiring import connected_bus
from media.storage.port import StoreUnavailableError
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
@click.option("--mend", "mends", is_flag=True, help=say("help.media.mend"))
@click.option("--force", is_flag=True, help=say("help.media.force"))
@click.pass_obj
def fsck(settings: Settings, *, checksums: bool, mends: bool, force: bool) -> None:
    settings.make_folders()
    database = Database.at(settings.url)
    try:
        store = store_of(settings)
        report = inspect(settings, database, store, checksums=checksums)
        _show(report)
        if mends and report.looks_foreign and not force:
            _end(FAILED, say("fsck.foreign"))
        if mends:
            for done in mend(database, store, connected_bus(), report):
                click.echo(say(f"fsck.{done.step}", what=done.what))
    except ModuleNotFoundError:
        _end(FAILED, say("doctor.storage_no_boto3"))
    except StoreUnavailableError as away:
        _end(FAILED, say("doctor.storage_unreachable", reason=away.code))
    sys.exit(FAILED if report.hurt else 0)


def _show(report: Report) -> None:
    click.echo(say("fsck.looked", clips=report.clips, files=report.files))
    for kind, found in (
        ("missing", report.missing),
        ("damaged", report.damaged),
        ("known_lost", report.given_up),
        ("back", report.back),
        ("orphan", report.left_over),
    ):
        for thing in found:
            click.echo(say(f"fsck.{kind}", path=thing))
    if not (report.hurt or report.left_over):
        click.echo(say("fsck.clean"))
