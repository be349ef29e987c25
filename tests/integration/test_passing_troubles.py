"""What passes by itself costs nobody anything: a database that is away, a disk that is full.

Each trouble is put where it hurts most; outages of real servers and disks are in tests/chaos.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session
from support.site import Site

from courses.events import Event, TakeKept
from courses.models import Take
from courses.terms import TakeState
from lms import clock
from lms.app import create_app
from lms.config import Environment, Settings
from lms.db import Database, Trouble, trouble_of
from lms.events import EventBus
from lms.jobs import rows, runner
from lms.jobs.models import Job, JobState, Lane
from lms.jobs.registry import Commit, JobContext, JobKind, NoRoom, Registry
from lms.learning import sweeps
from lms.learning.receiving import ARRIVING, Reception, Ticket
from media import failpoints
from media.actions import open_upload
from media.models import Clip

AWAY = OperationalError("UPDATE", None, psycopg.OperationalError("the connection is closed"))


@contextmanager
def once(moment: str) -> Iterator[None]:
    """The next commit of a session goes wrong at `moment`: before it was asked, or after."""
    left = [1]

    def fail(_session: Session) -> None:
        if left and left.pop():
            raise AWAY

    event.listen(Session, moment, fail)
    try:
        yield
    finally:
        event.remove(Session, moment, fail)


# --- a recording whose commit went wrong ------------------------------------------------


def whole_upload(site: Site, take: Take | None = None) -> tuple[Reception, Ticket]:
    """An upload of which the last byte came, at the desk that will make it a take."""
    take, source = take or site.take("samira-recording"), site.footage.recording.path
    with site.acting() as session:
        upload = open_upload(
            session,
            organisation_id=take.organisation_id,
            owner_id=take.person_id,
            target=take.public_id,
            length=source.stat().st_size,
            max_bytes=source.stat().st_size,
            language="nl",
            now=clock.now(),
            expires_at=clock.now() + timedelta(hours=48),
        )
    shutil.copyfile(source, site.settings.uploads / f"{upload.public_id}.part")
    reception = Reception(site.settings, site.database, site.bus)
    ticket = reception.find(owner_id=take.person_id, public_id=upload.public_id)
    assert ticket is not None
    return reception, ticket


def marks(site: Site) -> list[Path]:
    return list(site.settings.work.glob(f"*{ARRIVING}"))


def let_pass(site: Site, *, hours: float) -> None:
    """Have everything of this moment be as old by the clock of the site."""
    then = clock.now().timestamp() - hours * 3600
    for mark in marks(site):
        os.utime(mark, (then, then))


def sweep_later(site: Site) -> None:
    let_pass(site, hours=2)
    sweeps.sweep(site.settings, site.database, site.bus)


def recording_of(site: Site, take: Take) -> bytes:
    (clip,) = site.all(select(Clip).where(Clip.id == take.clip_id))
    return (site.settings.blobs / clip.original_key).read_bytes()


def test_a_commit_whose_answer_never_came_keeps_the_recording(site: Site) -> None:
    """It was done: to take the bytes back would leave a take without its recording."""
    reception, ticket = whole_upload(site)
    with once("after_commit"), pytest.raises(OperationalError):
        reception.finish(ticket, now=clock.now())
    kept = site.take("samira-recording")
    assert kept.state is TakeState.KEPT
    sweep_later(site)
    assert recording_of(site, kept) == site.footage.recording.path.read_bytes()
    assert not marks(site)


def test_an_upload_that_a_sweep_finished_since_is_where_it_ends(site: Site) -> None:
    """The row was read as open, and then the file was gone: its client lost nothing."""
    reception, ticket = whole_upload(site)
    reception.finish(ticket, now=clock.now())
    assert not ticket.is_finished
    assert reception.offset(ticket) == ticket.length


def test_two_takes_of_one_person_are_kept_at_one_moment(site: Site) -> None:
    """Two devices, one lesson: each take gets a number of its own."""
    first, one = whole_upload(site)
    take = site.take("samira-recording")
    with site.acting() as session:
        twin = Take(
            organisation_id=take.organisation_id,
            person_id=take.person_id,
            lesson_id=take.lesson_id,
            cohort_id=take.cohort_id,
            created_at=clock.now(),
        )
        session.add(twin)
        session.flush()
    second, other = whole_upload(site, twin)
    threads: list[threading.Thread] = []
    went_wrong: list[Exception] = []

    def finish_the_other() -> None:
        try:
            second.finish(other, now=clock.now())
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test must see it
            went_wrong.append(error)

    def meanwhile(_session: Session, _event: Event, _now: object) -> None:
        if not threads:
            threads.append(threading.Thread(target=finish_the_other))
            threads[0].start()
            threads[0].join(1)  # the other is under way, and cannot be through yet

    first.bus = EventBus()
    first.bus.on(TakeKept, meanwhile)
    first.finish(one, now=clock.now())
    threads[0].join(60)
    assert went_wrong == []
    numbers = site.all(select(Take.number).where(Take.id.in_([take.id, twin.id])))
    assert len(set(numbers)) == 2
    assert None not in numbers


def test_bytes_whose_commit_was_never_done_go_with_a_sweep(site: Site) -> None:
    before = {folder.name for folder in site.settings.blobs.iterdir()}
    reception, ticket = whole_upload(site)
    with once("before_commit"), pytest.raises(OperationalError):
        reception.finish(ticket, now=clock.now())
    (left,) = {folder.name for folder in site.settings.blobs.iterdir()} - before
    assert [mark.stem for mark in marks(site)] == [left]
    reception.finish(ticket, now=clock.now())
    assert site.take("samira-recording").state is TakeState.KEPT
    let_pass(site, hours=0)
    sweeps.sweep(site.settings, site.database, site.bus)
    assert (site.settings.blobs / left).exists()  # it might have been a moment ago
    sweep_later(site)
    assert not (site.settings.blobs / left).exists()
    assert not marks(site)
    kept = site.take("samira-recording")
    assert recording_of(site, kept) == site.footage.recording.path.read_bytes()


# --- jobs -------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "IDLE_SECONDS", 0.01)


def only_job(site: Site) -> Job:
    return site.all(select(Job))[0]


def runner_of(site: Site, work: Callable[[JobContext], Commit], lease: float = 30) -> runner.Runner:
    """A runner with one job to do."""
    with site.acting() as session:
        session.execute(delete(Job))
        spec = rows.JobSpec("try", Lane.QUICK, 1, "thing", "a", {})
        rows.enqueue(session, spec, now=clock.now())
    registry = Registry()
    registry.add("try", JobKind(work))
    settings = site.settings.model_copy(update={"lease_seconds": lease})
    return runner.Runner(settings, site.database, registry, EventBus())


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_finished_work_waits_for_the_database(site: Site, quick: None, moment: str) -> None:  # noqa: ARG001 -- for its effect
    """Also when the commit was done and only its answer was lost: then once is enough."""
    done: list[str] = []

    def commit(session: Session) -> Iterable[Event]:
        done.append("committed")
        session.execute(update(Job).values(reason="committed"))
        return []

    def work(_context: JobContext) -> Commit:
        trouble.__enter__()
        return commit

    trouble = once(moment)
    assert runner_of(site, work).run_one([Lane.QUICK])
    trouble.__exit__(None, None, None)
    job = only_job(site)
    assert (job.state, job.attempts, job.reason) == (JobState.DONE, 1, "committed")
    assert len(done) == (2 if moment == "before_commit" else 1)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoRoom(), "disk_full"),
        (OSError(errno.ENOSPC, "no space"), "disk_full"),
        (OSError(errno.EDQUOT, "no quota"), "disk_full"),
        (AWAY, "database_away"),
    ],
)
def test_what_the_job_cannot_help_costs_no_attempt(site: Site, error: Exception, code: str) -> None:
    def work(_context: JobContext) -> Commit:
        raise error

    assert runner_of(site, work).run_one([Lane.QUICK])
    job = only_job(site)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert job.last_error == {"code": code, "params": {}}
    assert clock.now() < job.run_after <= clock.now() + timedelta(minutes=1)
    assert not list(site.settings.work.iterdir())


def test_another_error_of_the_disk_is_an_error_of_the_job(site: Site) -> None:
    def work(_context: JobContext) -> Commit:
        raise OSError(errno.EIO, "broken")

    assert runner_of(site, work).run_one([Lane.QUICK])
    assert only_job(site).attempts == 1


class Flaky:
    """A database whose first transactions fail."""

    def __init__(self, database: Database, failures: int) -> None:
        self._database = database
        self.failures = failures
        self.tried = threading.Event()

    def transaction(self) -> Any:
        if self.failures:
            self.failures -= 1
            raise AWAY
        self.tried.set()
        return self._database.transaction()

    def reading(self) -> Any:
        if self.failures:
            self.failures -= 1
            raise AWAY
        return self._database.reading()


def test_a_lease_is_renewed_when_the_database_is_back(site: Site) -> None:
    runner_of(site, lambda _context: lambda _session: [])
    lease = timedelta(seconds=0.4)
    with site.acting() as session:
        claimed = rows.claim(session, [Lane.QUICK], now=clock.now(), lease=lease)
    assert claimed is not None
    flaky = Flaky(site.database, 3)
    with runner.Heartbeat(cast("Database", flaky), claimed, lease) as heartbeat:
        assert flaky.tried.wait(30)
    assert not heartbeat.lost.is_set()
    assert only_job(site).lease_until is not None


def test_after_an_outage_everybody_gets_time_to_renew(site: Site) -> None:
    """The sweeper was blind as well: a lease that ran out then says nothing of its worker."""
    made = runner_of(site, lambda _context: lambda _session: [], lease=0.5)
    with site.acting() as session:
        assert rows.claim(session, [Lane.QUICK], now=clock.now(), lease=timedelta(hours=-1))
    made.database = cast("Database", Flaky(site.database, 1))
    with pytest.raises(OperationalError):
        made.sweep()
    made.sweep()
    assert only_job(site).state is JobState.RUNNING
    until = time.monotonic() + 30
    while only_job(site).state is JobState.RUNNING:
        assert time.monotonic() < until
        made.sweep()
    assert only_job(site).last_error == {"code": "worker_lost", "params": {}}


# --- what passes, and what is a bug -----------------------------------------------------


def sqlite_error(folder: Path, *statements: str) -> Exception:
    """What the product's engine raises at the last statement."""
    database = Database.at(f"sqlite:///{folder / 'try.sqlite3'}")
    try:
        with database.transaction() as session:
            for statement in statements:
                session.execute(text(statement))
    except OperationalError as error:
        return error
    finally:
        database.engine.dispose()
    raise AssertionError("nothing was raised")


def test_sqlite_tells_what_passes(tmp_path: Path) -> None:
    pages = "PRAGMA max_page_count=2"
    blob = "CREATE TABLE t AS SELECT randomblob(100000) AS b"
    assert trouble_of(sqlite_error(tmp_path, pages, blob)) is Trouble.FULL
    assert trouble_of(sqlite_error(tmp_path / "nowhere", "SELECT 1")) is Trouble.AWAY
    assert trouble_of(sqlite_error(tmp_path, "SELECT * FROM not_there")) is None


def test_a_locked_sqlite_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.db.BUSY_TIMEOUT_MS", 1)
    holder = sqlite3.connect(tmp_path / "try.sqlite3", isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("BEGIN IMMEDIATE")
    assert trouble_of(sqlite_error(tmp_path, "SELECT 1")) is Trouble.AWAY
    holder.close()


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (psycopg.errors.DiskFull(), Trouble.FULL),
        (psycopg.errors.AdminShutdown(), Trouble.AWAY),
        (psycopg.errors.CannotConnectNow(), Trouble.AWAY),
        (psycopg.errors.DeadlockDetected(), Trouble.AWAY),
    ],
)
def test_postgresql_tells_what_passes(cause: Exception, expected: Trouble) -> None:
    assert trouble_of(OperationalError("SELECT", None, cause)) is expected


def test_a_bug_does_not_pass() -> None:
    missing = ProgrammingError("SELECT", None, psycopg.errors.UndefinedTable())
    assert trouble_of(missing) is None
    assert trouble_of(ValueError()) is None


# --- fail points ------------------------------------------------------------------------


def ordered(settings: Settings) -> int:
    """How a process ends that makes the application and comes to a point with an order."""
    assert settings.fail_points
    (settings.fail_points / "some.point").touch()
    pid = os.fork()
    if pid == 0:
        create_app(settings)
        failpoints.reach("some.point")
        os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize(
    ("env", "end"),
    [
        (Environment.TEST, -signal.SIGKILL),
        (Environment.PRODUCTION, 7),
        (Environment.DEVELOPMENT, 7),
    ],
)
def test_only_the_test_environment_has_fail_points(
    tmp_path: Path, env: Environment, end: int
) -> None:
    orders = tmp_path / "orders"
    orders.mkdir()
    settings = Settings(env=env, data=tmp_path / "data", fail_points=orders, secret_key="x" * 40)
    assert ordered(settings) == end
    assert (orders / "some.point").exists() == (end == 7)
