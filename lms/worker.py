"""The background worker, a process of its own: `python -m lms.worker [--lanes media,quick]`.

Puts settings, database and registry together and serves until SIGTERM or SIGINT. Then running
work is cut off where it can be, its job goes back to the queue at once and keeps its attempt,
and the process is gone within seconds. What jobs do stands in the areas, how they run in
`lms.jobs`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType

import structlog
from sqlalchemy import update

from lms import clock, logs, wiring
from lms.config import Settings
from lms.db import Database
from lms.heartbeats import HeartbeatFile
from lms.jobs.models import Job, JobState, Lane
from lms.jobs.registry import Commit, Fenced, JobContext, JobKind, Registry
from lms.jobs.rows import Claim
from lms.jobs.runner import Runner, run_until
from lms.learning.sweeps import sweep
from media import failpoints

log = structlog.get_logger(__name__)

GRACE_SECONDS = 4.0
"""How long running work may take to reach a point where it can stop."""


def release(database: Database, claimed: Claim) -> bool:
    """Hand a job back as if it had not been claimed; False when it is somebody else's by now."""
    with database.transaction() as session:
        done = session.execute(
            update(Job)
            .where(
                Job.id == claimed.id,
                Job.fence == claimed.fence,
                Job.state == JobState.RUNNING,
            )
            .values(
                state=JobState.QUEUED,
                attempts=Job.attempts - 1,
                lease_until=None,  # run_after stays: it keeps its place in the queue
            )
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        ).first()
    if done:
        log.info("job_released", job=claimed.id, kind=claimed.kind)
    return done is not None


class Interruptions:
    """Lets a stop cut off running jobs, and knows which ones those are."""

    def __init__(self, database: Database, stop: threading.Event) -> None:
        self._database = database
        self._stop = stop
        self._running: dict[int, Claim] = {}
        self._changing = threading.Lock()

    def guard(self, registry: Registry) -> Registry:
        """The same kinds of job, but each gives up its claim when the worker must stop."""
        guarded = Registry()
        for name in registry.names():
            kind = registry.find(name)
            if kind is not None:
                guarded.add(name, replace(kind, run=self._interruptible(kind)))
        return guarded

    def _interruptible(self, kind: JobKind) -> Callable[[JobContext], Commit]:
        def run(context: JobContext) -> Commit:
            with self._changing:
                self._running[context.claim.id] = context.claim
            try:
                self._refuse_when_stopping()
                return kind.run(self._watched(context))
            except Exception as error:
                # Whatever a cut-off job raises, it is no failure of the job.
                if not self._stop.is_set():
                    raise
                release(self._database, context.claim)
                raise Fenced from error
            finally:
                with self._changing:
                    self._running.pop(context.claim.id, None)

        return run

    def _watched(self, context: JobContext) -> JobContext:
        def report(fraction: float) -> None:
            self._refuse_when_stopping()
            context.report(fraction)

        return replace(context, report=report, lost=lambda: context.lost() or self._stop.is_set())

    def _refuse_when_stopping(self) -> None:
        if self._stop.is_set():
            raise Fenced

    def release_all(self) -> None:
        """Hand back what is still running; its results can no longer be committed."""
        with self._changing:
            left = list(self._running.values())
        for claimed in left:
            release(self._database, claimed)


def serve(
    settings: Settings,
    database: Database,
    runner: Runner,
    *,
    lanes: Sequence[Lane],
    sweep_also: Callable[[], None],
    stop: threading.Event,
) -> None:
    """Run jobs of `lanes` until `stop` is set. Ends the process if a job cannot be cut off."""
    interruptions = Interruptions(database, stop)
    runner.registry = interruptions.guard(runner.registry)
    heart = HeartbeatFile(settings.data, [lane.value for lane in lanes], now=clock.now())

    def beat_and_sweep() -> None:
        heart.beat(clock.now())
        sweep_also()

    def end_when_overdue() -> None:
        stop.wait()
        if not finished.wait(GRACE_SECONDS):
            log.warning("worker_cut_off", seconds=GRACE_SECONDS)
            interruptions.release_all()
            heart.remove()
            os._exit(0)  # threads deep inside a model cannot be asked; ffmpeg dies with us

    finished = threading.Event()
    threading.Thread(target=end_when_overdue, daemon=True).start()
    log.info("worker_started", lanes=",".join(lanes), pid=os.getpid())
    try:
        run_until(stop, runner, lanes, beat_and_sweep)
    finally:
        finished.set()
        heart.remove()
        log.info("worker_stopped", pid=os.getpid())


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    reading, writing = os.pipe()

    def ask(_number: int, _frame: FrameType | None) -> None:
        # Not `stop.set()`: the main thread may hold the lock of the event just now.
        os.write(writing, b".")

    def listen() -> None:
        os.read(reading, 1)
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


def read_lanes(text: str) -> list[Lane]:
    """Lanes from `media,quick`. Raises ValueError for a name that is no lane."""
    return [Lane(name.strip()) for name in text.split(",")]


def main(arguments: Sequence[str] | None = None) -> int:
    names = ",".join(Lane)
    parser = argparse.ArgumentParser(prog="lms worker", description=__doc__.split("\n\n")[0])
    parser.add_argument("--lanes", default=names, help=f"which work to do (default: {names})")
    chosen = parser.parse_args(arguments)
    try:
        lanes = read_lanes(chosen.lanes)
    except ValueError:
        parser.error(f"lanes are {names}")
    stop = stop_on_signals()
    settings = Settings()
    settings.make_folders()
    logs.configure(settings)
    failpoints.arm(settings.armed)
    database = Database.at(settings.url)
    runner = Runner(settings, database, wiring.registry(), wiring.connected_bus())
    serve(
        settings,
        database,
        runner,
        lanes=lanes,
        sweep_also=lambda: sweep(settings, database, runner.bus),
        stop=stop,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
