"""`lms model`: fetch a speech model, with its size and progress, and see which are there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from lms.cli.hints import model_hint
from lms.cli.texts import say
from lms.config import Settings
from media.transcription.factory import engine_installed
from media.transcription.models import fetch_model, is_complete, known_models, model_path
from media.transcription.port import DownloadFailed, EngineMissing, ModelUnknown

MEGABYTE = 1_000_000
TELL_SECONDS = 0.5
TELL_SECONDS_IN_A_LOG = 10.0


@click.group(help=say("help.model"))
def model() -> None:
    """Groups the commands below."""


@model.command(help=say("help.model.fetch"))
@click.argument("name")
@click.pass_obj
def fetch(settings: Settings, name: str) -> None:
    settings.make_folders()
    engine = settings.whisper_engine
    try:
        place = fetch_model(name, engine, settings.models, _progress())
    except ModelUnknown as unknown:
        click.echo(say("model.unknown", **unknown.params), err=True)
        sys.exit(2)
    except EngineMissing:
        click.echo(model_hint(settings)[0], err=True)
        sys.exit(1)
    except DownloadFailed as failed:
        click.echo(say("model.failed", **failed.params), err=True)
        sys.exit(1)
    click.echo(say("model.there", name=name, megabytes=_megabytes(place)))
    if name != settings.whisper_model:
        click.echo(say("model.how_to_use", name=name))


def _progress() -> Callable[[int, int], None]:
    """Tells how far a download is: one line that moves, or a line now and then in a log."""
    moves = sys.stderr.isatty()
    pause = TELL_SECONDS if moves else TELL_SECONDS_IN_A_LOG
    told = {"at": 0.0}

    def tell(there: int, total: int) -> None:
        now, done = time.monotonic(), there == total
        if now - told["at"] < pause and not done:
            return
        told["at"] = now
        share = f"{100 * there / total:3.0f} %" if total else "…"
        line = say("model.progress", share=share, there=there // MEGABYTE, total=total // MEGABYTE)
        click.echo(f"\r{line}" if moves else line, nl=done or not moves, err=True)

    return tell


@model.command("list", help=say("help.model.list"))
@click.pass_obj
def list_models(settings: Settings) -> None:
    engine = settings.whisper_engine
    if not engine_installed(engine):
        click.echo(model_hint(settings)[0], err=True)
        sys.exit(1)
    names = list(known_models(engine))
    if settings.whisper_model not in names:
        names.append(settings.whisper_model)
    for name in names:
        place = model_path(engine, name, settings.models)
        there = is_complete(engine, place)
        mark = "*" if name == settings.whisper_model else " "
        size = say("model.size", megabytes=_megabytes(place)) if there else say("model.absent")
        click.echo(f"{mark} {name:16} {size}")
    click.echo(say("model.legend"))


def _megabytes(place: Path) -> int:
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file()) // MEGABYTE
