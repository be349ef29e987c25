"""An installation of real processes: one web, one or more workers, one database, one folder.

Knows how to start, kill and stop them, and how to order a death at a named point. What people do
in it is left to `trainee`.
"""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

from courses.models import Lesson, Organisation
from lms import migrate
from lms.accounts.models import GoLiveGate
from lms.cli.server import answers, web_command
from lms.config import Environment, Settings
from lms.db import Database
from media.transcription.checkpoint import DEMO_MODEL
from support.chaos.processes import HANG_SECONDS, Nursery, Stuck, is_alive, send, wait_until
from support.furnished import furnish
from support.served import Browser, free_port, sign_in

NURSERY = Path(__file__).with_name("nursery.py")
MANY = 1_000_000
KNOBS = {
    "takes_per_day": MANY,
    "uploads_per_minute": MANY,
    "open_uploads": MANY,
    "web_threads": 16,
    "whisper_threads": 1,
}


class House:
    """One installation. `environment` is what its processes are told, by LMS_… names."""

    def __init__(
        self,
        nursery: Nursery,
        data: Path,
        url: str = "",
        *,
        orders: Path | None = None,
        env: Environment = Environment.TEST,
        **knobs: float | str,
    ) -> None:
        told = {"env": env.value, "whisper_model": DEMO_MODEL, **KNOBS, **knobs}
        told |= {"data": str(data), "database_url": url, "port": free_port()}
        if orders is not None:
            orders.mkdir(exist_ok=True)
            told["fail_points"] = str(orders)
        self.settings = Settings(**told)  # type: ignore[arg-type]  # texts and numbers, as from an environment
        self.settings.make_folders()
        self.orders = orders
        self.environment = {f"LMS_{name.upper()}": str(value) for name, value in told.items()}
        self.log = data.parent / f"{data.name}.log"
        self.log.touch()
        self._nursery = nursery
        self.web = 0
        self.workers: list[int] = []
        migrate.upgrade(self.settings.url)
        self.database = Database.at(self.settings.url)
        self.browsers = self._furnish()

    def _furnish(self) -> list[Browser]:
        accounts = furnish(self.database)
        with self.database.transaction() as session:
            home = session.scalars(select(Organisation.id)).one()
            day = date(2026, 1, 1)
            session.add(
                GoLiveGate(
                    organisation_id=home,
                    works_council_on=day,
                    dpia_on=day,
                    officer_name="Olga Prins",
                    intended_purpose_on=day,
                )
            )
        people = [sign_in(self.settings, self.database, one) for one in accounts.values()]
        for person in people:
            person.patience = 20
        return people

    @cached_property
    def lesson(self) -> UUID:
        with self.database.reading() as session:
            return session.scalars(select(Lesson.public_id)).one()

    # --- processes ----------------------------------------------------------------------

    def start_web(self) -> None:
        command = ["gunicorn", *web_command(self.settings)[3:]]
        self.web = self._start("web", command)

    def start_worker(self) -> int:
        pid = self._start("worker")
        self.workers.append(pid)
        return pid

    def _start(self, role: str, command: list[str] | None = None) -> int:
        asked = {"role": role, "environment": self.environment, "log": str(self.log)}
        return self._nursery.start({**asked, "command": command})

    def start(self) -> None:
        self.start_web()
        self.start_worker()
        self.wait_for_web()

    def wait_for_web(self) -> None:
        self.wait_until(lambda: answers(self.settings), "the web process")

    def bring_back(self) -> None:
        """Start what is dead, as a service manager does, and wait until the site answers."""
        if not is_alive(self.web):
            self.start_web()
        dead = [pid for pid in self.workers if not is_alive(pid)]
        for pid in dead:
            self.workers.remove(pid)
            self.start_worker()
        self.wait_for_web()

    def kill_web(self) -> None:
        send(self.web, signal.SIGKILL, group=True)
        self.wait_until(lambda: not is_alive(self.web), "the end of the web process")

    def kill_worker(self) -> None:
        send(self.workers[0], signal.SIGKILL)
        self.wait_until(lambda: not is_alive(self.workers[0]), "the end of the worker")

    def close(self) -> None:
        for pid in (self.web, *self.workers):
            if pid:
                send(pid, signal.SIGCONT, group=True)
                send(pid, signal.SIGKILL, group=True)
        for pid in (self.web, *self.workers):
            self.wait_until(lambda pid=pid: not pid or not is_alive(pid), "the end of all")  # type: ignore[misc]  # mypy infers no type for a default
        self.database.engine.dispose()

    def wait_until(self, is_so: Callable[[], object], what: str) -> None:
        """As `processes.wait_until`, with the end of this house's log."""
        wait_until(is_so, what, self.tail)

    @property
    def kind(self) -> str:
        """Of its database: sqlite or postgresql."""
        return self.database.engine.dialect.name

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    # --- orders -------------------------------------------------------------------------

    def order(self, point: str, number: str = "") -> None:
        """Let the next process that comes to `point` send itself a signal (SIGKILL)."""
        assert self.orders is not None
        fresh = self.orders / f".new-{uuid4().hex}"
        fresh.write_text(number)
        fresh.rename(self.orders / point)

    def who_obeyed(self, point: str) -> int | None:
        """The process that came to `point` since the order, told once; None while nobody did."""
        assert self.orders is not None
        for taken in self.orders.glob(f"{point}.[0-9]*"):
            taken.unlink()
            return int(taken.suffix[1:])
        return None


@contextmanager
def living_in(house: House) -> Iterator[House]:
    try:
        house.start()
        yield house
    finally:
        house.close()


class Gate:
    """Lets people act side by side, or holds all of them between two of their requests."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def open(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        with self._changed:
            self._closed = True
            if not self._changed.wait_for(lambda: not self._inside, HANG_SECONDS):
                raise Stuck("somebody's request never ended")
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()


def seeded(number: int) -> random.Random:
    """Chance that is the same in every run."""
    return random.Random(number)  # noqa: S311 -- no secret


def now() -> datetime:
    return datetime.now(UTC)
