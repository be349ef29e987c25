"""The life of a job on both databases: claimed once, fenced, retried, waiting, given up.

What happens when processes really die is in tests/chaos.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from support.databases import empty_database

from courses.events import ClipReady, Event
from lms import clock, migrate, worker
from lms.audit import AuditEvent
from lms.config import Settings
from lms.db import Database
from lms.events import EventBus
from lms.jobs import rows
from lms.jobs.models import Job, JobState, Lane
from lms.jobs.registry import Commit, Fenced, JobContext, JobError, JobKind, NotYet, Registry
from lms.jobs.runner import Runner

NOW = datetime(2024, 3, 5, 9, 5, tzinfo=UTC)  # past, so that work of then is due now
LEASE = timedelta(seconds=30)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def tables(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database of each kind with the tables of this version, made once."""
    with empty_database(request.param, tmp_path_factory.mktemp("jobs")) as url:
        made = Database.at(url)
        migrate.target_metadata().create_all(made.engine)
        yield made
        made.engine.dispose()


@pytest.fixture
def database(tables: Database) -> Iterator[Database]:
    """The database without any job."""
    yield tables
    with tables.transaction() as session:
        session.execute(delete(Job))
        session.execute(delete(AuditEvent))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path / "data", lease_seconds=LEASE.total_seconds())
    made.make_folders()
    return made


def add(
    database: Database,
    subject: str = "a",
    *,
    lane: Lane = Lane.QUICK,
    kind: str = "try",
    at: datetime = NOW,
    run_after: datetime | None = None,
    organisation_id: int = 1,
) -> None:
    spec = rows.JobSpec(
        kind=kind,
        lane=lane,
        organisation_id=organisation_id,
        subject_type="thing",
        subject_id=subject,
        params={},
    )
    with database.transaction() as session:
        rows.enqueue(session, spec, now=at, run_after=run_after)


def claim(database: Database, *lanes: Lane, now: datetime = NOW) -> rows.Claim | None:
    with database.transaction() as session:
        return rows.claim(session, lanes or tuple(Lane), now=now, lease=LEASE)


def must_claim(database: Database, *lanes: Lane, now: datetime = NOW) -> rows.Claim:
    claimed = claim(database, *lanes, now=now)
    assert claimed is not None
    return claimed


def only_job(database: Database) -> Job:
    with database.reading() as session:
        return session.scalars(select(Job)).one()


def runner(
    settings: Settings, database: Database, work: Callable[[JobContext], Commit], **more: Any
) -> Runner:
    registry = Registry()
    registry.add("try", JobKind(work, **more))
    return Runner(settings, database, registry, EventBus())


def nothing(_session: Session) -> Iterable[Event]:
    return []


# --- the place in the queue ---


def place_of(database: Database, subject: str) -> rows.QueuePlace:
    with database.reading() as session:
        job = session.scalars(select(Job).where(Job.subject_id == subject)).one()
        return rows.queue_place(session, job)


def test_a_place_tells_the_wait_and_nothing_of_other_organisations(database: Database) -> None:
    """Work of others counts in the time, never in the number."""
    for subject, organisation_id in (("a", 1), ("b", 2), ("c", 2), ("d", 1), ("e", 2)):
        add(database, subject, organisation_id=organisation_id)
    add(database, "elsewhere", lane=Lane.MEDIA, organisation_id=1)
    places = {subject: place_of(database, subject) for subject in "abcde"}
    assert {subject: place.ahead for subject, place in places.items()} == {
        "a": 0,
        "b": 0,
        "c": 1,
        "d": 1,
        "e": 2,
    }
    assert [places[subject].seconds for subject in "abcde"] == [20, 40, 60, 80, 100]


def test_the_wait_is_learnt_from_what_was_done(database: Database) -> None:
    add(database, "done")
    claimed = must_claim(database)
    with database.transaction() as session:
        assert rows.finish(session, claimed, now=NOW + timedelta(seconds=7))
    add(database, "a")
    add(database, "b")
    assert place_of(database, "b") == rows.QueuePlace(ahead=1, seconds=14)


# --- enqueue and claim ------------------------------------------------------------------


def test_the_same_work_twice_is_one_row(database: Database) -> None:
    add(database, "a")
    add(database, "a")
    add(database, "b")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 2


def test_claim_takes_what_is_due_in_its_lanes_oldest_first(database: Database) -> None:
    add(database, "later", run_after=NOW + timedelta(minutes=1))
    add(database, "second", run_after=NOW - timedelta(minutes=1))
    add(database, "first", run_after=NOW - timedelta(minutes=2))
    add(database, "other", lane=Lane.MEDIA)
    taken = [must_claim(database, Lane.QUICK).subject_id for _ in range(2)]
    assert taken == ["first", "second"]
    assert claim(database, Lane.QUICK) is None
    assert must_claim(database, Lane.MEDIA).subject_id == "other"


def test_who_builds_on_jobs_waits_for_those_that_another_worker_holds(
    settings: Settings, database: Database
) -> None:
    """Draining ends while another still writes down a text: the demo came out different."""
    add(database, "held")
    add(database, "ours")
    add(database, "another's", organisation_id=2, lane=Lane.MEDIA)
    held = must_claim(database, now=clock.now())
    looked = threading.Event()

    def end_it() -> None:
        looked.wait(10)
        with database.transaction() as session:
            rows.finish(session, held, now=clock.now())

    def work(_context: JobContext) -> Commit:
        looked.set()
        return nothing

    other = threading.Thread(target=end_it)
    other.start()
    runner(settings, database, work).settle(1, [Lane.QUICK])
    with database.reading() as session:
        states = {job.subject_id: job.state for job in session.scalars(select(Job))}
    other.join()
    assert states == {
        "held": JobState.DONE,
        "ours": JobState.DONE,
        "another's": JobState.QUEUED,
    }


def test_what_a_silent_worker_holds_is_taken_over(settings: Settings, database: Database) -> None:
    add(database, "held")
    must_claim(database, now=NOW)  # its lease ran out long ago
    runner(settings, database, lambda _context: nothing).settle(1, [Lane.QUICK])
    assert only_job(database).state is JobState.DONE


def test_claim_counts_the_attempt_and_raises_the_fence(database: Database) -> None:
    add(database)
    claimed = must_claim(database)
    job = only_job(database)
    assert (job.state, job.attempts, job.fence) == (JobState.RUNNING, 1, 1)
    assert (claimed.attempts, claimed.fence) == (1, 1)
    assert job.lease_until == NOW + LEASE


def test_many_claim_at_once_and_each_job_goes_to_one(database: Database) -> None:
    for number in range(40):
        add(database, str(number))
    together = threading.Barrier(8)

    def take_all() -> list[int]:
        together.wait()
        taken = []
        while (claimed := claim(database)) is not None:
            taken.append(claimed.id)
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [
            job for taker in [pool.submit(take_all) for _ in range(8)] for job in taker.result()
        ]
    # With SKIP LOCKED a claimer may see nothing while others hold the last rows.
    while (claimed := claim(database)) is not None:
        taken.append(claimed.id)
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 40


def test_texts_give_way_to_clips_but_not_for_ever(database: Database) -> None:
    add(database, "text", lane=Lane.TRANSCRIPTION)
    add(database, "clip", lane=Lane.MEDIA)
    assert claim(database, Lane.TRANSCRIPTION) is None
    assert claim(database, Lane.TRANSCRIPTION, now=NOW + rows.PATIENCE + timedelta(seconds=1))


# --- fence and lease --------------------------------------------------------------------


def test_a_worker_that_slept_past_its_lease_changes_nothing(database: Database) -> None:
    add(database)
    sleeper = must_claim(database)
    with database.transaction() as session:
        silent = rows.expired_claims(session, now=NOW + LEASE * 2)
        assert [c.id for c in silent] == [sleeper.id]
        rows.fail(session, sleeper, now=NOW, code="worker_lost", params={}, final=False)
    second = must_claim(database, now=NOW + LEASE * 2)
    assert second.fence == sleeper.fence + 1
    with database.transaction() as session:
        assert not rows.renew(session, sleeper, now=NOW, lease=LEASE, progress=50)
        assert not rows.finish(session, sleeper, now=NOW)
        assert not rows.wait_for(session, sleeper, "model")
        assert not rows.fail(session, sleeper, now=NOW, code="x", params={}, final=True)
        assert rows.renew(session, second, now=NOW, lease=LEASE, progress=50)
        assert rows.finish(session, second, now=NOW)
    assert only_job(database).state is JobState.DONE


def test_results_of_a_lost_job_are_not_committed(settings: Settings, database: Database) -> None:
    add(database)

    def work(context: JobContext) -> Commit:
        with database.transaction() as session:  # somebody else took it meanwhile
            session.execute(update(Job).values(fence=context.claim.fence + 1))
        return commit

    def commit(session: Session) -> Iterable[Event]:
        session.execute(update(Job).values(reason="committed"))
        return []

    assert runner(settings, database, work).run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.reason) == (JobState.RUNNING, None)
    assert not list(settings.work.iterdir())


def test_results_events_and_end_are_one_transaction(settings: Settings, database: Database) -> None:
    add(database)
    seen: list[Event] = []
    happened = ClipReady(1, None, uuid4())

    def work(_context: JobContext) -> Commit:
        return lambda _session: [happened]

    running = runner(settings, database, work)
    running.bus.on(Event, lambda _session, event, _now: seen.append(event))
    assert running.run_one(list(Lane))
    assert seen == [happened]
    assert only_job(database).state is JobState.DONE


def test_a_commit_that_breaks_undoes_everything(settings: Settings, database: Database) -> None:
    add(database)

    def work(_context: JobContext) -> Commit:
        def commit(session: Session) -> Iterable[Event]:
            session.add(
                AuditEvent(at=NOW, act="half", subject_type="thing", subject="a", detail={})
            )
            session.flush()
            raise RuntimeError("in the middle")

        return commit

    runner(settings, database, work).run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert job.last_error == {"code": "crashed", "params": {"error": "RuntimeError"}}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0


# --- errors, attempts, waiting ----------------------------------------------------------


def test_attempts_run_out_and_the_subject_is_told_once(
    settings: Settings, database: Database
) -> None:
    add(database)
    told: list[str] = []

    def work(_context: JobContext) -> Commit:
        raise JobError("disk_full", final=False)

    def give_up(_session: Session, _claim: rows.Claim, code: str, _p: Any) -> Iterable[Event]:
        told.append(code)
        return []

    running = runner(settings, database, work, on_final_failure=give_up)
    later = clock.now()
    for _ in range(5):
        later += timedelta(hours=1)
        with clock.frozen_at(later):
            running.run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.attempts, told) == (JobState.FAILED, 3, ["disk_full"])


def test_a_retry_waits_a_little(settings: Settings, database: Database) -> None:
    add(database)

    def work(_context: JobContext) -> Commit:
        raise JobError("disk_full", final=False)

    with clock.frozen_at(NOW):
        runner(settings, database, work).run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.run_after) == (JobState.QUEUED, NOW + rows.RETRY_DELAY)


def test_a_final_error_ends_it_at_once(settings: Settings, database: Database) -> None:
    add(database)

    def work(_context: JobContext) -> Commit:
        raise JobError("no_audio", final=True, limit=3)

    runner(settings, database, work).run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert job.last_error == {"code": "no_audio", "params": {"limit": 3}}


def test_a_job_that_kills_its_worker_runs_out_of_attempts(
    settings: Settings, database: Database
) -> None:
    add(database)
    told: list[str] = []

    def give_up(_session: Session, _claim: rows.Claim, code: str, _p: Any) -> Iterable[Event]:
        told.append(code)
        return []

    running = runner(settings, database, lambda _c: nothing, on_final_failure=give_up)
    at = NOW
    for _ in range(3):
        must_claim(database, now=at)  # and the worker is gone
        at += timedelta(hours=1)
        with clock.frozen_at(at):
            running.sweep()
        at += timedelta(hours=1)
    job = only_job(database)
    assert (job.state, told) == (JobState.FAILED, ["worker_lost"])
    assert claim(database, now=at) is None


def test_waiting_uses_no_attempt_and_ends_when_the_reason_is_gone(
    settings: Settings, database: Database
) -> None:
    add(database)
    there: list[bool] = []

    def work(_context: JobContext) -> Commit:
        if not there:
            raise NotYet("model")
        return nothing

    running = runner(settings, database, work)
    for _ in range(5):
        running.run_one(list(Lane))
        job = only_job(database)
        assert (job.state, job.reason, job.attempts) == (JobState.WAITING, "model", 0)
        with database.transaction() as session:
            assert rows.release_waiting(session, "disk") == 0
            assert rows.release_waiting(session, "model") == 1
    there.append(True)
    running.run_one(list(Lane))
    assert only_job(database).state is JobState.DONE


def test_an_unknown_kind_fails_instead_of_going_round(
    settings: Settings, database: Database
) -> None:
    add(database, kind="of.a.later.version")
    runner(settings, database, lambda _c: nothing).run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.last_error) == (
        JobState.FAILED,
        {"code": "unknown_kind", "params": {}},
    )


# --- stopping a worker ------------------------------------------------------------------


def test_release_gives_the_attempt_and_the_place_back(database: Database) -> None:
    add(database)
    claimed = must_claim(database)
    assert worker.release(database, claimed)
    job = only_job(database)
    assert (job.state, job.attempts, job.run_after) == (JobState.QUEUED, 0, NOW)
    again = must_claim(database)
    assert not worker.release(database, claimed)
    assert only_job(database).fence == again.fence


@pytest.mark.parametrize("cut_off_by", ["report", "lost"])
def test_a_stop_cuts_off_a_running_job(
    settings: Settings, database: Database, cut_off_by: str
) -> None:
    add(database, at=clock.now())
    stop = threading.Event()

    def work(context: JobContext) -> Commit:
        stop.set()
        if cut_off_by == "report":
            context.report(0.5)
        assert context.lost()
        raise JobError("cancelled", final=True)  # what ffmpeg's end looks like to a job

    running = runner(settings, database, work)
    running.registry = worker.Interruptions(database, stop).guard(running.registry)
    running.run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.attempts, job.last_error) == (JobState.QUEUED, 0, None)


def test_a_stop_lets_a_finished_job_commit(settings: Settings, database: Database) -> None:
    add(database, at=clock.now())
    stop = threading.Event()

    def work(_context: JobContext) -> Commit:
        stop.set()
        return nothing

    running = runner(settings, database, work)
    running.registry = worker.Interruptions(database, stop).guard(running.registry)
    running.run_one(list(Lane))
    assert only_job(database).state is JobState.DONE


def test_an_error_without_a_stop_stays_an_error(settings: Settings, database: Database) -> None:
    add(database, at=clock.now())

    def work(_context: JobContext) -> Commit:
        raise JobError("no_audio", final=True)

    running = runner(settings, database, work)
    guard = worker.Interruptions(database, threading.Event())
    running.registry = guard.guard(running.registry)
    running.run_one(list(Lane))
    assert only_job(database).state is JobState.FAILED


def test_a_job_that_cannot_be_asked_is_handed_back_and_cannot_finish(
    settings: Settings, database: Database
) -> None:
    add(database, at=clock.now())
    stop = threading.Event()
    interruptions = worker.Interruptions(database, stop)

    def work(_context: JobContext) -> Commit:
        stop.set()
        interruptions.release_all()  # the grace is over while the model still thinks
        return nothing

    running = runner(settings, database, work)
    running.registry = interruptions.guard(running.registry)
    running.run_one(list(Lane))
    job = only_job(database)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_report_after_the_lease_was_lost_raises(settings: Settings, database: Database) -> None:
    add(database, at=clock.now())
    raised: list[type[BaseException]] = []
    quick = settings.model_copy(update={"lease_seconds": 0.2})

    def work(context: JobContext) -> Commit:
        with database.transaction() as session:
            session.execute(update(Job).values(fence=context.claim.fence + 1))
        while not context.lost():
            threading.Event().wait(0.02)
        try:
            context.report(0.5)
        except Fenced as fenced:
            raised.append(type(fenced))
            raise
        return nothing

    runner(quick, database, work).run_one(list(Lane))
    assert raised == [Fenced]
