"""The life of a job row: enqueue, claim, renew, finish, fail, sweep.

Claiming raises the fence and counts the attempt, so a job that kills its worker runs out of
attempts; finishing checks the fence, so a worker that slept past its lease changes nothing.
Nothing here knows what a job does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, case, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased

from lms.jobs.models import Job, JobState, Lane

RETRY_DELAY = timedelta(seconds=5)
PATIENCE = timedelta(minutes=5)
"""A text gives way to clips that must become playable, but not for longer than this."""


@dataclass(frozen=True)
class JobSpec:
    """What is to be done, to what, for which organisation."""

    kind: str
    lane: Lane
    organisation_id: int
    subject_type: str
    subject_id: str
    params: Mapping[str, Any]
    period: str = ""

    @property
    def input_hash(self) -> str:
        content = json.dumps([self.kind, dict(self.params), self.period], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def enqueue(
    session: Session, spec: JobSpec, *, now: datetime, run_after: datetime | None = None
) -> None:
    """Insert the job in the caller's transaction; the same work twice is one row."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    statement = insert(Job).values(
        organisation_id=spec.organisation_id,
        kind=spec.kind,
        lane=spec.lane,
        subject_type=spec.subject_type,
        subject_id=spec.subject_id,
        input_hash=spec.input_hash,
        params=dict(spec.params),
        state=JobState.QUEUED,
        run_after=run_after or now,
        fence=0,
        attempts=0,
        max_attempts=3,
        progress=0,
        created_at=now,
    )
    session.execute(
        statement.on_conflict_do_nothing(
            index_elements=["kind", "subject_type", "subject_id", "input_hash"]
        )
    )


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker, valid while its fence is the row's fence."""

    id: int
    fence: int
    kind: str
    organisation_id: int
    subject_type: str
    subject_id: str
    params: Mapping[str, Any]
    attempts: int
    max_attempts: int


_CLAIMED = [getattr(Job, field.name) for field in fields(Claim)]


def claim(
    session: Session, lanes: Sequence[Lane], *, now: datetime, lease: timedelta
) -> Claim | None:
    """Take the oldest job of `lanes` that is due: one UPDATE … RETURNING, or None."""
    clips = aliased(Job)
    no_clip_waits = (
        ~select(clips.id)
        .where(
            clips.lane == Lane.MEDIA,
            clips.state.in_([JobState.QUEUED, JobState.RUNNING]),
            clips.run_after <= now,
        )
        .exists()
    )
    due = (
        select(Job.id)
        .where(
            Job.lane.in_(lanes),
            Job.state == JobState.QUEUED,
            Job.run_after <= now,
            or_(Job.lane != Lane.TRANSCRIPTION, no_clip_waits, Job.created_at < now - PATIENCE),
        )
        .order_by(Job.run_after, Job.id)
        .limit(1)
    )
    if session.get_bind().dialect.name != "sqlite":
        due = due.with_for_update(skip_locked=True)
    row = session.execute(
        update(Job)
        .where(Job.id == due.scalar_subquery())
        .values(
            state=JobState.RUNNING,
            lease_until=now + lease,
            fence=Job.fence + 1,
            attempts=Job.attempts + 1,
            started_at=now,
            progress=0,
            reason=None,
        )
        .returning(*_CLAIMED)
        .execution_options(synchronize_session=False)
    ).first()
    return None if row is None else Claim(*row)


def _held(claimed: Claim) -> tuple[Any, ...]:
    return (Job.id == claimed.id, Job.fence == claimed.fence, Job.state == JobState.RUNNING)


def _change(session: Session, claimed: Claim, **values: Any) -> bool:  # noqa: ANN401 -- columns
    result = session.execute(
        update(Job)
        .where(*_held(claimed))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def renew(
    session: Session, claimed: Claim, *, now: datetime, lease: timedelta, progress: int
) -> bool:
    """Keep the lease and tell the progress. False: somebody else has the job, stop."""
    return _change(session, claimed, lease_until=now + lease, progress=progress)


def finish(session: Session, claimed: Claim, *, now: datetime) -> bool:
    """Close the job in the transaction of its results. False: discard those results."""
    return _change(
        session, claimed, state=JobState.DONE, finished_at=now, lease_until=None, progress=100
    )


def wait_for(session: Session, claimed: Claim, reason: str) -> bool:
    """Put the job aside until something outside is there, giving its attempt back."""
    return _change(
        session,
        claimed,
        state=JobState.WAITING,
        reason=reason,
        lease_until=None,
        attempts=Job.attempts - 1,
    )


def postpone(
    session: Session, claimed: Claim, *, now: datetime, delay: timedelta, code: str
) -> bool:
    """Queue the job again for later, giving its attempt back: it was not the job's fault."""
    return _change(
        session,
        claimed,
        state=JobState.QUEUED,
        last_error={"code": code, "params": {}},
        lease_until=None,
        run_after=now + delay,
        attempts=Job.attempts - 1,
    )


def fail(
    session: Session,
    claimed: Claim,
    *,
    now: datetime,
    code: str,
    params: Mapping[str, Any],
    final: bool,
) -> bool:
    """Record an error. Queued again while attempts are left, unless it is `final`."""
    error = {"code": code, "params": dict(params)}
    if final or claimed.attempts >= claimed.max_attempts:
        return _change(
            session,
            claimed,
            state=JobState.FAILED,
            last_error=error,
            finished_at=now,
            lease_until=None,
        )
    return _change(
        session,
        claimed,
        state=JobState.QUEUED,
        last_error=error,
        lease_until=None,
        run_after=now + RETRY_DELAY * claimed.attempts,
    )


def release_waiting(session: Session, reason: str) -> int:
    """Queue everything that waited for `reason`."""
    result = session.execute(
        update(Job)
        .where(Job.state == JobState.WAITING, Job.reason == reason)
        .values(state=JobState.QUEUED, reason=None)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", result).rowcount


def expired_claims(session: Session, *, now: datetime) -> list[Claim]:
    """Jobs whose worker went silent: their lease ran out while running."""
    rows = session.execute(
        select(*_CLAIMED).where(Job.state == JobState.RUNNING, Job.lease_until < now)
    )
    return [Claim(*row) for row in rows]


def count_unfinished(session: Session, organisation_id: int, lanes: Sequence[Lane]) -> int:
    """Jobs of an organisation that are queued or in a worker's hands.

    Those that wait for something outside are not counted: nobody knows when that comes.
    """
    unfinished = select(func.count(Job.id)).where(
        Job.organisation_id == organisation_id,
        Job.lane.in_(lanes),
        Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
    )
    return session.scalar(unfinished) or 0


@dataclass(frozen=True)
class QueuePlace:
    """Where a queued job stands.

    `ahead` counts jobs of its own organisation: how much others have in the queue is nobody's
    business. `seconds` is about how long all that goes before it takes, and the job itself.
    """

    ahead: int
    seconds: int


def queue_place(session: Session, job: Job) -> QueuePlace:
    """The place of a queued job in its lane, from the last 20 finished jobs of its kind.

    One statement: whoever waits asks this every other second.
    """
    own = case((Job.organisation_id == job.organisation_id, 1))
    before = (
        select(func.count().label("everybody"), func.count(own).label("own"))
        .select_from(Job)
        .where(
            Job.lane == job.lane,
            Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
            Job.id < job.id,
        )
        .subquery()
    )
    recent = (
        select(Job.started_at, Job.finished_at)
        .where(Job.kind == job.kind, Job.state == JobState.DONE)
        .order_by(Job.id.desc())
        .limit(20)
        .subquery()
    )
    rows = session.execute(
        select(
            before.c.everybody, before.c.own, recent.c.started_at, recent.c.finished_at
        ).select_from(before.outerjoin(recent, true()))
    ).all()
    spans = [(row.finished_at - row.started_at).total_seconds() for row in rows if row.started_at]
    typical = sum(spans) / len(spans) if spans else 20.0
    return QueuePlace(ahead=rows[0].own, seconds=round(typical * (rows[0].everybody + 1)))
