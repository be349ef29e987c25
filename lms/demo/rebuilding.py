"""Building the demo anew while the site runs: asked for by a visitor, done by the worker.

What is built stands in `lms.demo.actions`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Organisation
from lms.jobs.models import Job, JobState, Lane
from lms.jobs.registry import Commit, JobContext, JobKind, Registry
from lms.jobs.rows import JobSpec, enqueue

REBUILD = "demo.rebuild"

Build = Callable[[JobContext], None]


def ask_for_rebuild(session: Session, *, organisation: Organisation, now: datetime) -> None:
    """Let the worker build the demo anew. Asked again meanwhile, it is built once."""
    if is_being_rebuilt(session, organisation):
        return
    spec = JobSpec(
        kind=REBUILD,
        lane=Lane.QUICK,
        organisation_id=organisation.id,
        subject_type="organisation",
        subject_id=str(organisation.public_id),
        params={},
        period=now.isoformat(timespec="minutes"),
    )
    enqueue(session, spec, now=now)


def is_being_rebuilt(session: Session, organisation: Organisation) -> bool:
    """Whether the worker is at it, or will be."""
    unfinished = select(Job.id).where(
        Job.organisation_id == organisation.id,
        Job.kind == REBUILD,
        Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
    )
    return session.scalars(unfinished).first() is not None


def register(registry: Registry, *, build: Build) -> None:
    """Add the kind of job of this area; `build` does the whole of it, in steps of its own."""

    def rebuild(context: JobContext) -> Commit:
        build(context)
        return lambda _session: []

    registry.add(REBUILD, JobKind(rebuild))
