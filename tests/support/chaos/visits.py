"""One thing at a time in a house: a take that is sent, a death that is waited for."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from courses.models import Take
from lms.cli import fsck
from lms.jobs.models import Job, JobState
from lms.jobs.rows import RETRY_DELAY
from lms.storage import store_of
from media.models import Clip
from support.chaos.house import Gate, House, seeded
from support.chaos.processes import Stuck, is_alive
from support.chaos.trainee import Ledger, Sending, Trainee, one_of_a_kind

RETRY_SECONDS = RETRY_DELAY.total_seconds()

other = one_of_a_kind


def send_take(house: House, recording: bytes, *, person: int = 0) -> UUID:
    """Record and send one take, by a person who has no trouble; its public id."""
    browser = house.browsers[person]
    trainee = Trainee(
        browser, house.lesson, recording, Ledger(), Gate(), seeded(1), lambda _sending: True
    )
    sending = Sending(browser.person_id, recording)
    trainee.send(sending)
    if sending.take is None or not sending.kept:
        raise Stuck("a take was not taken in")
    return sending.take


def clip_of(house: House, take: UUID) -> Clip:
    with house.database.reading() as session:
        found = select(Clip).join(Take, Take.clip_id == Clip.id).where(Take.public_id == take)
        return session.scalars(found).one()


def wait_for_visitor(house: House, point: str) -> int:
    """The process that came to `point` and obeyed the order that lay there."""
    pids: list[int] = []

    def came() -> bool:
        pid = house.who_obeyed(point)
        pids.extend([pid] if pid else [])
        return bool(pids)

    house.wait_until(came, f"somebody at {point}")
    return pids[0]


def wait_for_death(house: House, point: str) -> None:
    """Until somebody came to `point` and is dead."""
    pid = wait_for_visitor(house, point)
    house.wait_until(lambda: not is_alive(pid), "their end")


def set_next_attempt(house: House, take: UUID, at: datetime) -> None:
    """Once the dead worker's job was taken back, have its next attempt begin at `at`."""
    clip = str(clip_of(house, take).public_id)

    def changed() -> bool:
        with house.database.transaction() as session:
            found = session.execute(
                update(Job)
                .where(Job.subject_id == clip, Job.state == JobState.QUEUED)
                .values(run_after=at)
            )
        return bool(found.rowcount)  # type: ignore[attr-defined]  # of an UPDATE

    house.wait_until(changed, "the job to be taken back")


def all_files_are_right(house: House) -> bool:
    """Whether every file that a row promises is there, byte for byte."""
    report = fsck.inspect(house.settings, house.database, store_of(house.settings), checksums=True)
    return not report.missing and not report.damaged


def begin(house: House, length: int, *, person: int = 0) -> tuple[UUID, str]:
    """A take and the address of its upload, of which nothing has been sent."""
    browser = house.browsers[person]
    answer = browser.call("POST", f"/lessons/{house.lesson}/takes", Accept="application/json")
    take = UUID(json.loads(answer.body)["take"])
    return take, browser.create(take, length=length)


def stored(house: House, take: UUID) -> bytes:
    """The recording of a kept take as it lies in the blob store."""
    return (house.settings.blobs / clip_of(house, take).original_key).read_bytes()


def job_state(house: House, take: UUID) -> JobState | None:
    """How far the work on the clip of `take` is; None while it waits for a worker."""
    clip = str(clip_of(house, take).public_id)
    with house.database.reading() as session:
        states = set(session.scalars(select(Job.state).where(Job.subject_id == clip)))
    return next((one for one in states if one is not JobState.QUEUED), None)


def nobody_holds_a_job(house: House) -> bool:
    """Whether everybody may write, and change every job."""
    try:
        with house.database.transaction() as session:
            session.scalars(select(Job.id).with_for_update(nowait=True)).all()
    except OperationalError:
        return False
    return True


def nothing_to_do(house: House) -> bool:
    """Whether every job came to its end."""
    over = (JobState.DONE, JobState.FAILED)
    with house.database.reading() as session:
        return session.scalar(select(Job.id).where(Job.state.not_in(over)).limit(1)) is None
