"""Starts real workers for `test_workers` by forking: a script (see support.chaos.processes).

Each worker is `lms.worker.serve` with the kinds of job of this file.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session
from support.chaos.processes import fork_each

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


def be_worker(_asked: dict[str, Any]) -> None:
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


if __name__ == "__main__":
    fork_each(be_worker)
