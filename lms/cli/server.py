"""`lms run`, `lms web` and `lms worker`: the processes that serve people.

`run` is what a newcomer and a small installation use; `web` and `worker` are for a service
manager that wants to start each by itself.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import click
from sqlalchemy import text

from lms import schema
from lms.cli.supervisor import Supervisor
from lms.cli.texts import say
from lms.config import Environment, Settings
from lms.db import Database

GRACE_SECONDS = 3
FRONT_DOOR = "lms.web.front_door.FrontDoor"
WAITING_CONNECTIONS = 448
"""With 64 threads, their files and the database stays below the usual 1,024 open files."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- not a temporary file of ours: gunicorn's own heartbeat
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared with, not bound to
HERE = ("127.0.0.1", "::1", "0.0.0.0", "::", "localhost")  # noqa: S104 -- the same
ASK_SECONDS = 2


def web_command(settings: Settings) -> list[str]:
    """Gunicorn with threads: a slow upload holds a thread, not the site (`lms.web.front_door`).

    One process unless WEB_CONCURRENCY says otherwise (gunicorn reads it). The application is
    loaded after the fork, because database connections must not be shared across it. gunicorn
    itself believes nobody's X-Forwarded-Proto: by default it believes this machine, whatever
    LMS_TRUSTED_PROXIES says; the application reads those headers when it may.
    """
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    command = [sys.executable, "-m", "gunicorn", "lms.app:create_app()"]
    command += ["--bind", f"{host}:{settings.port}"]
    command += ["--worker-class", FRONT_DOOR, "--threads", str(settings.web_threads)]
    command += ["--worker-connections", str(settings.web_threads + WAITING_CONNECTIONS)]
    command += ["--forwarded-allow-ips", ""]
    command += ["--graceful-timeout", str(GRACE_SECONDS), "--no-control-socket"]
    command += ["--log-level", "warning", "--error-logfile", "-"]
    if SHARED_MEMORY.is_dir():
        # On a busy disk gunicorn's own heartbeat file stalls and it kills a healthy process.
        command += ["--worker-tmp-dir", str(SHARED_MEMORY)]
    return command


def worker_command(lanes: str | None = None) -> list[str]:
    return [sys.executable, "-m", "lms.worker", *(["--lanes", lanes] if lanes else [])]


def address(settings: Settings) -> str:
    """What to type in a browser: a name that browsers trust with camera and microphone."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "localhost" if settings.host in HERE else settings.host
    return f"http://{host}:{settings.port}"


def answers(settings: Settings) -> bool:
    """Whether the web process serves a page by now."""
    host = EVERYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port_is_free(settings: Settings) -> bool:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


@click.command(help=say("help.run"))
@click.option("--demo", "with_demo", is_flag=True, help=say("help.run.demo"))
@click.pass_obj
def run(settings: Settings, *, with_demo: bool) -> None:
    if not port_is_free(settings):
        click.echo(say("run.port_taken", port=settings.port, other=settings.port + 1), err=True)
        sys.exit(1)
    settings.make_folders()
    bring_up_to_date(settings)
    if with_demo and settings.env is not Environment.PRODUCTION and is_empty(settings):
        from lms.cli.demo import build  # noqa: PLC0415 -- loads the whole pipeline

        build(settings)
    click.echo(say("run.starting"))

    def on_death(name: str, code: int, pause: float) -> None:
        click.echo(say("run.died", name=name, code=code, seconds=round(pause)), err=True)

    supervisor = Supervisor({"web": web_command(settings), "worker": worker_command()}, on_death)
    supervisor.run(_announcer(settings))
    click.echo(say("run.stopped"))


def bring_up_to_date(settings: Settings) -> None:
    if not schema.is_at_latest(Database.at(settings.url).engine):
        from lms import migrate  # noqa: PLC0415 -- Alembic takes a second to load

        migrate.upgrade(settings.url)


def is_empty(settings: Settings) -> bool:
    """Whether the database is fresh: nobody's data is ever mixed with a demo."""
    with Database.at(settings.url).reading() as session:
        return session.execute(text("SELECT 1 FROM organisation LIMIT 1")).first() is None


def _announcer(settings: Settings) -> Callable[[], None]:
    """Says once where the site is, as soon as it answers."""
    state = {"said": False, "again_at": 0.0}

    def look() -> None:
        if state["said"] or time.monotonic() < state["again_at"]:
            return
        if answers(settings):
            state["said"] = True
            announce(settings)
        else:
            state["again_at"] = time.monotonic() + 0.3

    return look


def announce(settings: Settings) -> None:
    """Where the site is, what is there, and what is still to be done."""
    from lms.cli.hints import hints  # noqa: PLC0415 -- loads models that only `run` needs

    where = address(settings)
    click.echo("")
    click.echo(say("run.ready", address=click.style(where, bold=True, underline=True)))
    for line in hints(settings, Database.at(settings.url), where):
        click.echo(f"  {line}")
    click.echo(f"  {say('run.how_to_stop')}")
    click.echo("", nl=True)


@click.command(help=say("help.web"))
@click.pass_obj
def web(settings: Settings) -> None:
    _become(web_command(settings))


@click.command(help=say("help.worker"))
@click.option("--lanes", help=say("help.worker.lanes"))
def worker(lanes: str | None) -> None:
    _become(worker_command(lanes))


def _become(command: list[str]) -> None:
    """Replace this process, so that a service manager's signals reach the right one."""
    program = shutil.which(command[0]) or command[0]
    os.execv(program, command)  # noqa: S606 -- our own program, no shell
