"""Runs claimed jobs: one thread per lane, a heartbeat beside each job, a sweeper.

The work itself happens outside any transaction; its results and the job's end are committed
together, and only while the fence still holds. A database that is away for a while, or a disk
that is full, costs no job its work or its attempt.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Self

import structlog

from lms import clock
from lms.config import Settings
from lms.db import Database, Trouble, trouble_of
from lms.events import EventBus
from lms.jobs import rows
from lms.jobs.models import Lane
from lms.jobs.registry import (
    Commit,
    Fenced,
    JobContext,
    JobError,
    JobKind,
    NoRoom,
    NotYet,
    Registry,
)
from media.failpoints import reach

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.5
OUTAGE_SECONDS = 300.0
"""How long finished work waits for a database that is away, before it is thrown away."""
DELAYS = {
    Trouble.AWAY: ("database_away", timedelta(seconds=5)),
    Trouble.FULL: ("disk_full", timedelta(seconds=30)),
}
"""Why a job is put off that could not be done now, and for how long."""


class Heartbeat:
    """Renews the lease every quarter of it and carries the latest progress to the row."""

    def __init__(self, database: Database, claimed: rows.Claim, lease: timedelta) -> None:
        self._database = database
        self._claim = claimed
        self._lease = lease
        self._progress = 0
        self._wake = threading.Event()
        self._stopped = False
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._wake.set()
        self._thread.join()

    def report(self, fraction: float) -> None:
        if self.lost.is_set():
            raise Fenced
        self._progress = max(self._progress, min(99, int(fraction * 100)))

    def _beat(self) -> None:
        # Once a second at most for the person who waits, every lease/4 at the least.
        pause = min(1.0, self._lease.total_seconds() / 4)
        told, since = -1, 0.0
        while not self._wake.wait(pause) and not self._stopped:
            since += pause
            if self._progress == told and since < self._lease.total_seconds() / 4:
                continue
            told, since = self._progress, 0.0
            try:
                held = self._renew(told)
            except Exception as error:
                # The work goes on without the database, and the lease is renewed when it is back.
                log.warning("lease_not_renewed", job=self._claim.id, error=type(error).__name__)
                if trouble_of(error) is None:
                    log.exception("heartbeat_failed", job=self._claim.id)
                told = -1
                continue
            if not held:
                self.lost.set()
                return

    def _renew(self, progress: int) -> bool:
        with self._database.transaction() as session:
            return rows.renew(
                session, self._claim, now=clock.now(), lease=self._lease, progress=progress
            )


class Runner:
    """Executes jobs of a registry against one database."""

    def __init__(
        self, settings: Settings, database: Database, registry: Registry, bus: EventBus
    ) -> None:
        self.settings = settings
        self.database = database
        self.registry = registry
        self.bus = bus
        self.lease = timedelta(seconds=settings.lease_seconds)
        self._blind_until = 0.0

    def run_one(self, lanes: Sequence[Lane]) -> bool:
        """Claim and run one due job of `lanes`. False when there was none."""
        with self.database.transaction() as session:
            claimed = rows.claim(session, lanes, now=clock.now(), lease=self.lease)
        if claimed is None:
            return False
        reach("job.claimed")
        self._execute(claimed)
        return True

    def drain(self, lanes: Sequence[Lane] = tuple(Lane)) -> int:
        """Run due jobs until none is left; how many there were."""
        count = 0
        while self.run_one(lanes):
            count += 1
        return count

    def settle(self, organisation_id: int, lanes: Sequence[Lane]) -> None:
        """Run jobs of `lanes` until this organisation has none left, in anybody's hands.

        `drain` ends while another worker still holds a job; whoever builds on the results waits
        for that worker as well, and takes over where it fell silent.
        """
        while True:
            self.drain(lanes)
            with self.database.reading() as session:
                left = rows.count_unfinished(session, organisation_id, lanes)
            if not left:
                return
            self.sweep()
            time.sleep(IDLE_SECONDS)

    def _execute(self, claimed: rows.Claim) -> None:
        kind = self.registry.find(claimed.kind)
        folder = self.settings.work / f"{claimed.id}-{claimed.fence}"
        bound = log.bind(job=claimed.id, kind=claimed.kind, attempt=claimed.attempts)
        is_done = False
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if kind is None:
                raise JobError("unknown_kind", final=True)  # noqa: TRY301 -- one place handles it
            self._work(kind, claimed, folder)
            is_done = True
            bound.info("job_done")
        except Fenced:
            bound.warning("job_fenced")
        except NotYet as waiting:
            self._put_aside(claimed, waiting.reason)
            bound.info("job_waits", reason=waiting.reason)
        except NoRoom:
            bound.warning("job_postponed", trouble=Trouble.FULL)
            self._postpone(claimed, Trouble.FULL)
        except JobError as error:
            bound.warning("job_failed", code=error.code, final=error.final)
            self._give_up(kind, claimed, error)
        except Exception as error:  # noqa: BLE001 -- nothing may stop the lane
            trouble = trouble_of(error)
            if trouble is not None:
                bound.warning("job_postponed", trouble=trouble, error=type(error).__name__)
                self._postpone(claimed, trouble)
                return
            # A bug or a broken machine: recorded, tried again, given up in the end.
            bound.exception("job_crashed")
            code = type(error).__name__
            self._give_up(kind, claimed, JobError("crashed", final=False, error=code))
        finally:
            if is_done or self._undo(kind, claimed):
                shutil.rmtree(folder, ignore_errors=True)

    def _undo(self, kind: JobKind | None, claimed: rows.Claim) -> bool:
        """Take back what came to nothing. False: not now, and a sweep finds it by its folder."""
        if kind is None or kind.undo is None:
            return True
        try:
            return kind.undo(self.settings, self.database, claimed)
        except Exception as error:  # noqa: BLE001 -- nothing may stop the lane
            log.warning("attempt_left", job=claimed.id, error=type(error).__name__)
            return False

    def _work(self, kind: JobKind, claimed: rows.Claim, folder: Path) -> None:
        with Heartbeat(self.database, claimed, self.lease) as heartbeat:
            commit = kind.run(
                JobContext(
                    claim=claimed,
                    settings=self.settings,
                    database=self.database,
                    folder=folder,
                    report=heartbeat.report,
                    lost=heartbeat.lost.is_set,
                )
            )
        self._insist(lambda: self._finish(claimed, commit))
        reach("finish.committed")

    def _finish(self, claimed: rows.Claim, commit: Commit) -> None:
        with self.database.transaction() as session:
            if not rows.finish(session, claimed, now=clock.now()):
                session.rollback()
                raise Fenced
            reach("finish.begun")
            self.bus.publish(session, commit(session), now=clock.now())
            reach("finish.flushed")

    def _insist(self, change: Callable[[], None]) -> None:
        """Make a short transaction, again and again while the database is away.

        All of them look at the fence: done twice they change nothing, and when somebody else has
        the job by then they change nothing either.
        """
        until = time.monotonic() + OUTAGE_SECONDS
        while True:
            try:
                change()
            except Exception as error:
                if trouble_of(error) is None or time.monotonic() > until:
                    raise
                log.warning("database_waited_for", error=type(error).__name__)
                time.sleep(IDLE_SECONDS)
            else:
                return

    def _put_aside(self, claimed: rows.Claim, reason: str) -> None:
        def change() -> None:
            with self.database.transaction() as session:
                rows.wait_for(session, claimed, reason)

        self._insist(change)

    def _postpone(self, claimed: rows.Claim, trouble: Trouble) -> None:
        code, delay = DELAYS[trouble]

        def change() -> None:
            with self.database.transaction() as session:
                rows.postpone(session, claimed, now=clock.now(), delay=delay, code=code)

        self._insist(change)

    def _give_up(self, kind: JobKind | None, claimed: rows.Claim, error: JobError) -> None:
        final = error.final or claimed.attempts >= claimed.max_attempts
        with self.database.transaction() as session:
            held = rows.fail(
                session,
                claimed,
                now=clock.now(),
                code=error.code,
                params=error.params,
                final=error.final,
            )
            if held and final and kind and kind.on_final_failure:
                happened = kind.on_final_failure(session, claimed, error.code, error.params)
                self.bus.publish(session, happened, now=clock.now())

    def sweep(self) -> None:
        """Take back the jobs of silent workers; give up those without attempts left.

        After an outage of the database nobody was able to renew a lease: then everybody gets the
        time of one to do so.
        """
        if time.monotonic() < self._blind_until:
            return
        try:
            with self.database.reading() as session:
                silent = rows.expired_claims(session, now=clock.now())
        except Exception:
            self._blind_until = time.monotonic() + self.lease.total_seconds()
            raise
        for claimed in silent:
            log.warning("job_lease_expired", job=claimed.id, kind=claimed.kind)
            self._give_up(
                self.registry.find(claimed.kind), claimed, JobError("worker_lost", final=False)
            )


def run_until(
    stop: threading.Event, runner: Runner, lanes: Sequence[Lane], sweep: Callable[[], None]
) -> None:
    """One thread per lane and the sweeper, until `stop` is set."""

    def serve(lane: Lane) -> None:
        while not stop.is_set():
            try:
                if runner.run_one([lane]):
                    continue
            except Exception:
                # The database may be away for a moment; the lane must outlive that.
                log.exception("lane_failed", lane=lane)
            stop.wait(IDLE_SECONDS)

    threads = [threading.Thread(target=serve, args=(lane,), name=f"lane-{lane}") for lane in lanes]
    for thread in threads:
        thread.start()
    while not stop.wait(runner.settings.sweep_seconds):
        try:
            runner.sweep()
            sweep()
        except Exception:
            log.exception("sweep_failed")
    for thread in threads:
        thread.join()
