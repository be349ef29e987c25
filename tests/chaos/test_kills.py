"""Web and worker are killed at every step while people record: nothing acknowledged is lost.

In `make test` 20 times on each database, with every named point on one of the two; in
`make chaos` 200 times on each, with every named point on both. It ends with a table.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from support.chaos import visits
from support.chaos.campaign import Campaign, Outcome, named_points, plan
from support.chaos.house import House, living_in, now, seeded
from support.chaos.processes import Nursery, Stuck, is_alive, send
from support.chaos.report import Report

from courses.models import Take
from lms.audit import Act, AuditEvent
from lms.config import Settings
from lms.jobs.models import Job, JobState
from lms.learning.job_rows import NORMALISE, TRANSCRIBE
from media.models import Clip, ClipState, Transcript

pytestmark = pytest.mark.enable_socket

QUICK = {"lease_seconds": 2, "sweep_seconds": 0.5}
LONG = 100
"""From so many kills on every point is meant for both databases."""


@pytest.fixture
def house(nursery: Nursery, data: Path, database_url: str, tmp_path: Path) -> Iterator[House]:
    made = House(nursery, data, database_url, orders=tmp_path / "orders", **QUICK)
    with living_in(made):
        yield made


# --- many kills -------------------------------------------------------------------------


def steps_for(database: str, kills: int) -> list[str]:
    points = named_points()
    if kills < LONG:
        points = points[::2] if database == "sqlite" else points[1::2]
    return plan(points, kills, seeded(kills))


def test_nothing_acknowledged_is_lost_whatever_is_killed(
    house: House, recording: bytes, kills: int, report: Report
) -> None:
    steps = steps_for(house.kind, kills)
    outcome: Outcome = Campaign(house, recording, seed=20261124).run(steps)
    report.outcomes.append(outcome)
    wrong = outcome.wrong
    assert (wrong.lost, wrong.twice, wrong.half) == ([], [], [])
    assert outcome.kills == kills
    assert outcome.kept > kills / 5


def test_every_point_is_in_the_short_form_too() -> None:
    short = {*steps_for("sqlite", 20), *steps_for("postgresql", 20)}
    assert set(named_points()) <= short
    assert {*steps_for("sqlite", 200)} == {*steps_for("postgresql", 200)} >= set(named_points())


# --- late, and poisoned -----------------------------------------------------------------


def job_of(house: House, take: UUID, kind: str) -> Job | None:
    with house.database.reading() as session:
        clip = session.scalars(
            select(Clip.public_id).join(Take, Take.clip_id == Clip.id).where(Take.public_id == take)
        ).one()
        return session.scalars(
            select(Job).where(Job.subject_id == str(clip), Job.kind == kind)
        ).first()


def has_text(house: House, take: UUID) -> bool:
    with house.database.reading() as session:
        found = (
            select(Transcript.id)
            .join(Take, Take.clip_id == Transcript.clip_id)
            .where(Take.public_id == take)
        )
        return session.scalar(found) is not None


def put_to_sleep(house: House, recording: bytes, point: str) -> tuple[UUID, int]:
    """A take, and the worker that stopped at `point` while at work on it, as SIGSTOP does.

    The whole process stops, perhaps with another thread in the middle of a transaction: then nobody
    can write until it goes on, and the lease is not what is tried. Then it is woken, and once more.
    """
    for _attempt in range(10):
        house.order(point, signal.SIGSTOP.name)
        take = visits.send_take(house, visits.other(recording))
        asleep = visits.wait_for_visitor(house, point)
        if visits.nobody_holds_a_job(house):
            return take, asleep
        send(asleep, signal.SIGCONT)
        house.wait_until(lambda: visits.nothing_to_do(house), "who was stopped in a transaction")
    raise Stuck("every stop was in the middle of a transaction")


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("point", "kind", "act"),
    [
        ("normalise.stored", NORMALISE, Act.CLIP_READY),
        ("transcribe.heard", TRANSCRIBE, Act.TRANSCRIPT_READY),
    ],
)
def test_a_worker_that_slept_past_its_lease_changes_nothing(
    house: House, recording: bytes, report: Report, point: str, kind: str, act: Act
) -> None:
    take, asleep = put_to_sleep(house, recording, point)
    house.start_worker()
    house.wait_until(lambda: has_text(house, take), "the other worker")
    send(asleep, signal.SIGCONT)
    house.wait_until(lambda: "job_fenced" in house.log.read_text(), "the fence")
    job = job_of(house, take, kind)
    assert job is not None
    assert (job.state, job.fence) == (JobState.DONE, 2)
    with house.database.reading() as session:
        happened = (AuditEvent.act == act, AuditEvent.subject == job.subject_id)
        assert len(session.scalars(select(AuditEvent).where(*happened)).all()) == 1
    assert visits.all_files_are_right(house)
    report.add(f"slept past its lease at {point}", house.kind, "fenced; done once, by the other")


@pytest.mark.matrix
def test_poison_is_given_up_after_three_attempts_and_the_queue_moves_on(
    house: House, recording: bytes, report: Report
) -> None:
    point = "normalise.begun"
    house.order(point)
    poisoned = visits.send_take(house, recording)
    for _attempt in range(2):
        visits.wait_for_death(house, point)
        house.bring_back()
        visits.set_next_attempt(house, poisoned, now() + timedelta(hours=1))
        healthy = visits.send_take(house, visits.other(recording))
        house.wait_until(lambda take=healthy: has_text(house, take), "the others")  # type: ignore[misc]  # mypy infers no type for a default
        house.order(point)
        visits.set_next_attempt(house, poisoned, now())
    visits.wait_for_death(house, point)
    house.bring_back()
    house.wait_until(lambda: visits.clip_of(house, poisoned).state is ClipState.FAILED, "the end")
    job = job_of(house, poisoned, NORMALISE)
    assert job is not None
    assert (job.state, job.attempts) == (JobState.FAILED, 3)
    assert visits.clip_of(house, poisoned).failure_code == "worker_lost"
    page = house.browsers[0].call("GET", f"/takes/{poisoned}").body.decode()
    assert "We konden je filmpje niet klaarmaken" in page
    assert "Je opname is bewaard" in page
    last = visits.send_take(house, visits.other(recording))
    house.wait_until(lambda: has_text(house, last), "the queue")
    found = f"failed after {job.attempts} attempts: worker_lost; 3 other takes got their text"
    report.add("poison", house.kind, found)


TAKEOVER_SECONDS = 45


def test_the_default_settings_promise_a_takeover_in_time() -> None:
    """The sum of what has to pass; `make chaos` measures it."""
    settings = Settings()
    promised = settings.lease_seconds + settings.sweep_seconds + visits.RETRY_SECONDS + 1
    assert promised <= TAKEOVER_SECONDS


@pytest.mark.matrix
def test_a_dead_workers_job_is_taken_over_with_the_default_lease(
    nursery: Nursery,
    data: Path,
    database_url: str,
    tmp_path: Path,
    recording: bytes,
    report: Report,
) -> None:
    house = House(nursery, data, database_url, orders=tmp_path / "orders")
    with living_in(house):
        house.order("normalise.begun")
        take = visits.send_take(house, recording)
        visits.wait_for_death(house, "normalise.begun")
        died = time.monotonic()
        house.bring_back()
        house.wait_until(
            lambda: (job := job_of(house, take, NORMALISE)) and job.fence == 2, "a takeover"
        )
        taken_over = time.monotonic() - died
        assert taken_over <= TAKEOVER_SECONDS
        assert is_alive(house.workers[0])
    report.add("worker dead, default lease", house.kind, f"taken over after {taken_over:.1f} s")
