"""Runs claimed jobs: one thread per lane, a heartbeat beside each job, a sweeper.

The work itself happens outside any transaction; its results and the job's end are committed
together, and only while the fence still holds.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Self

import structlog

from lms import clock
from lms.config import Settings
from lms.db import Database
from lms.events import EventBus
from lms.jobs import rows
from lms.jobs.models import Lane
from lms.jobs.registry import Fenced, JobContext, JobError, JobKind, NotYet, Registry

log = structlog.get_logger(__name__)

IDLE_SECONDS = 0.5


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
            with self._database.transaction() as session:
                held = rows.renew(
                    session, self._claim, now=clock.now(), lease=self._lease, progress=told
                )
            if not held:
                self.lost.set()
                return


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

    def run_one(self, lanes: Sequence[Lane]) -> bool:
        """Claim and run one due job of `lanes`. False when there was none."""
        with self.database.transaction() as session:
            claimed = rows.claim(session, lanes, now=clock.now(), lease=self.lease)
        if claimed is None:
            return False
        self._execute(claimed)
        return True

    def drain(self, lanes: Sequence[Lane] = tuple(Lane)) -> int:
        """Run due jobs until none is left; how many there were."""
        count = 0
        while self.run_one(lanes):
            count += 1
        return count

    def _execute(self, claimed: rows.Claim) -> None:
        kind = self.registry.find(claimed.kind)
        folder = self.settings.work / f"{claimed.id}-{claimed.fence}"
        folder.mkdir(parents=True, exist_ok=True)
        bound = log.bind(job=claimed.id, kind=claimed.kind, attempt=claimed.attempts)
        try:
            if kind is None:
                raise JobError("unknown_kind", final=True)  # noqa: TRY301 -- one place handles it
            self._work(kind, claimed, folder)
            bound.info("job_done")
        except Fenced:
            bound.warning("job_fenced")
        except NotYet as waiting:
            with self.database.transaction() as session:
                rows.wait_for(session, claimed, waiting.reason)
            bound.info("job_waits", reason=waiting.reason)
        except JobError as error:
            bound.warning("job_failed", code=error.code, final=error.final)
            self._give_up(kind, claimed, error)
        except Exception as error:  # noqa: BLE001 -- nothing may stop the lane
            # A bug or a broken machine: recorded, tried again, given up in the end.
            bound.exception("job_crashed")
            code = type(error).__name__
            self._give_up(kind, claimed, JobError("crashed", final=False, error=code))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

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
        with self.database.transaction() as session:
            if not rows.finish(session, claimed, now=clock.now()):
                session.rollback()
                raise Fenced
            self.bus.publish(session, commit(session), now=clock.now())

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
        """Take back the jobs of silent workers; give up those without attempts left."""
        with self.database.reading() as session:
            silent = rows.expired_claims(session, now=clock.now())
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
