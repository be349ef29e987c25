"""Starts real workers for the chaos tests: one line of JSON on standard input, one worker more.

A process of its own, because it forks: everything is imported once, so a killed worker is
replaced in milliseconds instead of seconds. Each worker is `lms.worker.serve` with two kinds of
job of this file. The line holds its settings, by the names they have in the environment.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterable

from sqlalchemy.orm import Session

from courses.events import Event
from lms import clock, logs
from lms.audit import AuditEvent
from lms.config import Settings
from lms.db import Database
from lms.events import EventBus
from lms.jobs.models import Lane
from lms.jobs.registry import Commit, JobContext, JobKind, Registry
from lms.jobs.runner import Runner
from lms.worker import serve, stop_on_signals
from media.video.limits import Limits
from media.video.runner import supervise

STEP_SECONDS = 0.02
LONG_SECONDS = 600


def _begun(context: JobContext) -> None:
    """Tell the test that this attempt runs."""
    marks = context.settings.data / "begun"
    (marks / f"{context.claim.id}-{context.claim.fence}").touch()


def small(context: JobContext) -> Commit:
    """Work for a moment; the result is one audit row that names the job."""
    _begun(context)
    steps = int(context.claim.params["milliseconds"] / 1000 / STEP_SECONDS)
    for step in range(steps):
        time.sleep(STEP_SECONDS)
        context.report(step / steps)

    def commit(session: Session) -> Iterable[Event]:
        session.add(
            AuditEvent(
                at=clock.now(),
                act="small.done",
                subject_type="job",
                subject=str(context.claim.id),
                detail={"fence": context.claim.fence},
            )
        )
        return []

    return commit


def program(context: JobContext) -> Commit:
    """Run a program the way ffmpeg is run, one that would take ten minutes."""
    _begun(context)
    limits = Limits(cpu_seconds=LONG_SECONDS, wall_seconds=LONG_SECONDS, file_bytes=0)
    supervise(["sleep", str(LONG_SECONDS)], limits=limits, cancel=context.lost)
    return lambda _session: []


def deaf(context: JobContext) -> Commit:
    """Work that cannot be asked to stop, as a model in the middle of a window."""
    _begun(context)
    time.sleep(LONG_SECONDS)
    return lambda _session: []


def be_worker() -> None:
    settings = Settings()
    logs.configure(settings)
    database = Database.at(settings.url)
    registry = Registry()
    for kind in (small, program, deaf):
        registry.add(kind.__name__, JobKind(kind))
    serve(
        settings,
        database,
        Runner(settings, database, registry, EventBus()),
        lanes=list(Lane),
        sweep_also=lambda: None,
        stop=stop_on_signals(),
    )


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed ones
    print("ready", flush=True)  # noqa: T201 -- the test reads this
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.environ.update(json.loads(line))
            errors = os.open(os.environ["LMS_DATA"] + "/workers.log", os.O_WRONLY | os.O_APPEND)
            os.dup2(errors, sys.stderr.fileno())
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            be_worker()
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 -- the same


if __name__ == "__main__":
    main()
