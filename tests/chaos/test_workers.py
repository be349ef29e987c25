"""Workers that are killed at random lose no job and finish none twice; a stop is quick and clean.

SIGKILL says nothing about power loss: what the disk forgets is left to fsync and its own tests.
"""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, update
from support.chaos.processes import Nursery, is_alive, send, wait_until

from lms import clock, migrate
from lms.audit import AuditEvent
from lms.db import Database
from lms.heartbeats import list_beats
from lms.jobs.models import Job, JobState, Lane
from lms.jobs.rows import JobSpec, enqueue

WORKSHOP = Path(__file__).with_name("workshop.py")
JOBS = 40
KILLS = 20


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind with the tables of this version."""
    made = Database.at(database_url or f"sqlite:///{tmp_path / 'lms.sqlite3'}")
    migrate.target_metadata().create_all(made.engine)
    yield made
    made.engine.dispose()


class Workers:
    """Real worker processes against one database."""

    def __init__(self, shop: Nursery, data: Path, url: str) -> None:
        self.data = data
        self.log = data / "workers.log"
        for folder in ("begun", "uploads", "blobs", "work", "models"):
            (data / folder).mkdir(parents=True)
        self.log.touch()
        self._environment = {
            "LMS_DATA": str(data),
            "LMS_DATABASE_URL": url,
            "LMS_LEASE_SECONDS": "1.5",
            "LMS_SWEEP_SECONDS": "0.2",
        }
        self._shop = shop
        self._pids: list[int] = []

    def start(self) -> int:
        pid = self._shop.start({"environment": self._environment, "log": str(self.log)})
        self._pids.append(pid)
        return pid

    def begun(self) -> set[str]:
        return {mark.name for mark in (self.data / "begun").iterdir()}

    def close(self) -> None:
        for pid in self._pids:
            send(pid, signal.SIGKILL)

    def wait_until(self, is_so: Callable[[], object], what: str) -> None:
        wait_until(is_so, what, lambda: self.log.read_text()[-3000:])


@pytest.fixture(scope="module")
def shop() -> Iterator[Nursery]:
    made = Nursery(WORKSHOP)
    yield made
    made.close()


@pytest.fixture
def workers(shop: Nursery, database: Database, tmp_path: Path) -> Iterator[Workers]:
    url = database.engine.url.render_as_string(hide_password=False)
    made = Workers(shop, tmp_path / "data", url)
    yield made
    made.close()


def add(database: Database, kind: str, number: int = 0, milliseconds: int = 0) -> None:
    spec = JobSpec(
        kind=kind,
        lane=Lane.QUICK,
        organisation_id=1,
        subject_type="number",
        subject_id=str(number),
        params={"milliseconds": milliseconds},
    )
    with database.transaction() as session:
        enqueue(session, spec, now=clock.now())


def states(database: Database) -> Counter[JobState]:
    with database.reading() as session:
        return Counter(session.scalars(select(Job.state)))


def results(database: Database) -> Counter[str]:
    """How often each job committed its result."""
    with database.reading() as session:
        done = select(AuditEvent.subject).where(AuditEvent.act == "small.done")
        return Counter(session.scalars(done))


def programs_running() -> list[int]:
    """Pids of the ten-minute programs of this test, past everything that starts them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if len(words) == 3 and words[0].endswith(b"/sleep") and words[1] == b"600":
                found.append(int(folder.name))
    return found


# --- killed -----------------------------------------------------------------------------


def test_no_job_is_lost_or_done_twice_while_workers_are_killed(
    database: Database, workers: Workers
) -> None:
    for number in range(JOBS):
        add(database, "small", number, milliseconds=200)
    with database.transaction() as session:
        # Chance may hit the same job often; giving up on poison is another test.
        session.execute(update(Job).values(max_attempts=1000))
    chance = random.Random(20261124)  # noqa: S311 -- no secret; the same kills every time
    alive = [workers.start(), workers.start()]
    for _ in range(KILLS):
        before = workers.begun()
        workers.wait_until(lambda before=before: workers.begun() - before, "a job to begin")  # type: ignore[misc]  # mypy infers no type for a default
        time.sleep(chance.uniform(0, 0.25))
        send(alive.pop(chance.randrange(len(alive))), signal.SIGKILL)
        alive.append(workers.start())
    workers.wait_until(lambda: states(database)[JobState.DONE] == JOBS, "the last job")
    assert states(database) == {JobState.DONE: JOBS}
    assert set(results(database).values()) == {1}
    assert len(results(database)) == JOBS
    assert len(workers.begun()) > JOBS, "no kill hit a running job"


def test_a_killed_worker_takes_its_program_along_and_another_takes_the_job(
    database: Database, workers: Workers
) -> None:
    before = set(programs_running())
    add(database, "program")
    first = workers.start()
    workers.wait_until(lambda: set(programs_running()) - before, "the program")
    send(first, signal.SIGKILL)
    workers.wait_until(lambda: not set(programs_running()) - before, "its end")
    second = workers.start()
    workers.wait_until(lambda: len(workers.begun()) == 2, "another worker")
    send(second, signal.SIGTERM)
    workers.wait_until(lambda: not is_alive(second), "its end")
    with database.reading() as session:
        # The kill used an attempt up, the stop did not.
        assert session.scalars(select(Job.attempts)).one() == 1
    assert not set(programs_running()) - before


# --- stopped ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_the_program_and_hands_the_job_back_at_once(
    database: Database, workers: Workers, number: signal.Signals
) -> None:
    before = set(programs_running())
    add(database, "program")
    pid = workers.start()
    workers.wait_until(lambda: set(programs_running()) - before, "the program")
    assert [beat.pid for beat in list_beats(workers.data)] == [pid]
    send(pid, number)
    workers.wait_until(lambda: not is_alive(pid), "its end")
    assert not set(programs_running()) - before
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
    assert (job.state, job.attempts, job.lease_until) == (JobState.QUEUED, 0, None)
    assert list_beats(workers.data) == []
    assert not list((workers.data / "work").iterdir())


def test_work_that_cannot_stop_is_cut_off_and_handed_back(
    database: Database, workers: Workers
) -> None:
    add(database, "deaf")
    pid = workers.start()
    workers.wait_until(workers.begun, "a job to begin")
    send(pid, signal.SIGTERM)
    workers.wait_until(lambda: not is_alive(pid), "its end")
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert "worker_cut_off" in workers.log.read_text()
