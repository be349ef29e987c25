"""The disk is full, or the database is away: people are told, and nothing acknowledged suffers.

As people meet it: the site runs in its production environment.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import NullPool, create_engine, select, text, update
from support.chaos import visits
from support.chaos.house import House, living_in, now
from support.chaos.processes import ROOT, Nursery
from support.chaos.report import Report
from support.served import Answer

from lms.config import Environment
from lms.jobs.models import Job, JobState
from lms.learning.job_rows import NORMALISE
from media.models import ClipState

sys.path.insert(0, str(ROOT / "tools"))  # scripts are no package
import private_postgres as cluster

pytestmark = pytest.mark.enable_socket

PRODUCTION = {"env": Environment.PRODUCTION, "sweep_seconds": 0.5}
DISK_BYTES = 8 * 1024 * 1024
TELL_TALES = ("traceback", "sqlalchemy", "operationalerror", "sqlite3", "psycopg", ".py", "select ")


def assert_tells(answer: Answer, status: int, *words: str) -> None:
    """A page or a JSON answer that says what is the matter and when to come back, and no more."""
    said = answer.body.decode()
    assert answer.status == status, said[:300]
    assert int(answer.headers["Retry-After"]) > 0
    if answer.headers["Content-Type"].startswith("application/json"):
        said = json.loads(said)["message"]
    for word in words:
        assert word in said
    for tell_tale in TELL_TALES:
        assert tell_tale not in said.lower()


def is_ready(house: House, take: UUID) -> bool:
    return visits.clip_of(house, take).state is ClipState.READY


# --- the disk is full -------------------------------------------------------------------


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder that is a disk of its own, of a few megabytes."""
    folder = Path(tempfile.mkdtemp(prefix="lms-disk-"))
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0700", "tmpfs", str(folder)]
    made = subprocess.run(mounting, check=False, capture_output=True)
    if made.returncode:
        folder.rmdir()
        pytest.skip("not run: a full disk needs root, who may mount a small one")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not a byte more fits on `disk` while this lasts."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (64 * 1024, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
    yield
    ballast.unlink()


@pytest.fixture
def cramped(
    nursery: Nursery, small_disk: Path, database_url: str, tmp_path: Path
) -> Iterator[House]:
    """A house on a small disk; its models are elsewhere, and so is a PostgreSQL."""
    data, models = small_disk / "data", tmp_path / "models"
    data.mkdir()
    models.mkdir()
    (data / "models").symlink_to(models)
    house = House(nursery, data, database_url, **PRODUCTION)
    house.log = tmp_path / "house.log"
    house.log.touch()
    try:
        house.start_web()
        house.wait_for_web()
        yield house
    finally:
        house.close()


def fold(house: House) -> None:
    """Have SQLite give back the room of its log, which it would write in otherwise."""
    if house.database.is_sqlite:
        with house.database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def test_a_full_disk_is_told_and_passes(
    cramped: House, small_disk: Path, recording: bytes, report: Report
) -> None:
    """At an upload, at a commit and at ffmpeg: see the three parts below."""
    safe = visits.send_take(cramped, recording)
    is_full_at_upload(cramped, small_disk, recording)
    late = is_full_at_commit(cramped, small_disk, recording)
    is_full_at_work(cramped, small_disk, [safe, late])
    assert visits.all_files_are_right(cramped)
    with cramped.database.reading() as session:
        assert set(session.scalars(select(Job.state))) == {JobState.DONE}
    found = "refused with 507, nothing damaged, all done after room was made"
    report.add("disk full at upload, commit and normalise", cramped.kind, found)


def is_full_at_upload(house: House, disk: Path, recording: bytes) -> None:
    samira, data = house.browsers[0], visits.other(recording)
    take, path = visits.begin(house, len(data))
    half = len(data) // 2
    assert samira.patch(path, 0, data[:half]).offset == half
    fold(house)
    with full(disk):
        refused = samira.patch(path, half, data[half:], Accept="application/json")
        assert_tells(refused, 507, "De opslag bij ons is vol", "Wat al bewaard is")
        safe = samira.head(path)
        assert safe.status == 200
        assert half <= safe.offset < len(data)
        if house.database.is_sqlite:
            begun = samira.call("POST", f"/lessons/{house.lesson}/takes", Accept_Language="en")
            assert_tells(begun, 507, "There is no room left here just now")
        assert samira.call("GET", f"/lessons/{house.lesson}").status == 200
    offset = samira.head(path).offset
    assert samira.patch(path, offset, data[offset:]).offset == len(data)
    assert visits.stored(house, take) == data


def is_full_at_commit(house: House, disk: Path, recording: bytes) -> UUID:
    """The last byte fits in the file, and then nothing fits any more."""
    samira, data = house.browsers[0], visits.other(recording)
    data += bytes(1 if len(data) % 4096 == 0 else 0)
    take, path = visits.begin(house, len(data))
    assert samira.patch(path, 0, data[:-1]).offset == len(data) - 1
    fold(house)
    with full(disk):
        last = samira.patch(path, len(data) - 1, data[-1:], Accept="application/json")
        if house.database.is_sqlite:
            assert_tells(last, 507, "De opslag bij ons is vol")
            assert samira.head(path).offset == len(data)
    again = samira.patch(path, len(data), b"")
    assert (again.status, again.offset) == (204, len(data))
    assert visits.stored(house, take) == data
    return take


def is_full_at_work(house: House, disk: Path, takes: list[UUID]) -> None:
    """Ffmpeg has no room: the job waits and keeps its attempts, and goes on afterwards."""
    fold(house)
    with full(disk):
        house.start_worker()
        sign = "lane_failed" if house.database.is_sqlite else "job_postponed"
        house.wait_until(lambda: sign in house.log.read_text(), "the full disk")
    if not house.database.is_sqlite:
        with house.database.reading() as session:
            put_off = select(Job).where(Job.last_error.is_not(None), Job.kind == NORMALISE)
            job = session.scalars(put_off).first()
        assert job is not None
        assert (job.attempts, job.last_error) == (0, {"code": "disk_full", "params": {}})
    with house.database.transaction() as session:
        session.execute(update(Job).where(Job.state == JobState.QUEUED).values(run_after=now()))
    house.wait_until(lambda: all(is_ready(house, take) for take in takes), "the work to be done")
    house.wait_until(lambda: visits.nothing_to_do(house), "the work to be done")


# --- the database is away ---------------------------------------------------------------


class OwnPostgres:
    """A PostgreSQL that this test may stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = cluster.other_user()
        self.data = cluster.make_cluster(folder, self.user)
        self.url = f"postgresql+psycopg://lms@/postgres?host={folder}"
        self.start()
        self._keep_what_was_answered()

    def _keep_what_was_answered(self) -> None:
        """The private server may forget its last half second when it is stopped at once."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text("ALTER ROLE lms SET synchronous_commit TO on"))

    def start(self) -> None:
        self.server = cluster.start(self.folder, self.data, self.user)

    def stop(self) -> None:
        self.server.send_signal(cluster.signal.SIGQUIT)  # at once, with everybody in it
        self.server.wait()


@pytest.fixture
def postgres() -> Iterator[OwnPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="lms-pg-"))
    made = OwnPostgres(folder)
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.mark.postgres
def test_a_database_that_is_away_is_told_and_passes(
    nursery: Nursery,
    postgres: OwnPostgres,
    data: Path,
    recording: bytes,
    outage_seconds: float,
    report: Report,
) -> None:
    house = House(nursery, data, postgres.url, **PRODUCTION)
    samira, sent = house.browsers[0], visits.other(recording)
    with living_in(house):
        being_made = visits.send_take(house, recording)
        take, path = visits.begin(house, len(sent))
        assert samira.patch(path, 0, sent[:10_000]).offset == 10_000
        house.wait_until(lambda: visits.job_state(house, being_made), "the job to begin")
        postgres.stop()
        house.database.engine.dispose()
        gone = time.monotonic()
        rounds = 0
        while time.monotonic() < gone + outage_seconds:
            rounds += 1
            pages_tell_it(house)
            held = samira.patch(path, 10_000, sent[10_000:], Accept="application/json")
            assert_tells(held, 503, "Een opname die wordt verzonden, gaat vanzelf verder")
            threading.Event().wait(min(1.0, outage_seconds / 3))
        postgres.start()
        house.wait_until(lambda: samira.head(path).status == 200, "the site")
        offset = samira.head(path).offset
        assert offset >= 10_000
        assert samira.patch(path, offset, sent[offset:]).offset == len(sent)
        assert visits.stored(house, take) == sent
        house.wait_until(lambda: visits.nothing_to_do(house), "the work to be done")
        assert is_ready(house, being_made)
        assert is_ready(house, take)
        assert visits.all_files_are_right(house)
    found = f"{rounds} times 4 pages and a piece said so with 503, nothing lost"
    report.add(f"database away for {outage_seconds:.0f} s", house.kind, found)


def pages_tell_it(house: House) -> None:
    samira = house.browsers[0]
    for path in ("/", "/lessons", f"/lessons/{house.lesson}"):
        dutch = samira.call("GET", path, Accept="text/html", Accept_Language="nl")
        assert_tells(dutch, 503, "We kunnen even niet bij onze gegevens", '<html lang="nl"')
    english = samira.call("GET", "/lessons", Accept="text/html", Accept_Language="en")
    assert_tells(english, 503, "We cannot reach our data", '<html lang="en"')
