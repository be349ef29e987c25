"""Does something about what `lms.cli.fsck` found.

What belongs to nothing is removed. A file that was derived from a recording is made again from
it, by the worker. A recording that is itself gone cannot be made again: its maker is told, unless
everything that others see of it is still there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from courses.events import ClipFailed
from courses.queries.clips import find_clip, find_take_of
from lms import clock
from lms.cli.fsck import Report, list_promises
from lms.db import Database
from lms.events import EventBus
from lms.learning.job_rows import FILE_LOST, process_clip
from media.actions import mark_failed
from media.models import Clip, ClipState
from media.storage.port import BlobStore


class Step(StrEnum):
    REMOVED = "removed"
    AGAIN = "again"
    """The worker makes the clip's files anew."""
    GIVEN_UP = "given_up"
    """The recording is gone; its maker is asked for a new one."""
    ONLY_BACKUP = "only_backup"
    """The recording is gone, but what people watch is whole: nothing to be done here."""


class Mended(NamedTuple):
    step: Step
    what: str


def mend(database: Database, store: BlobStore, bus: EventBus, report: Report) -> Iterator[Mended]:
    """Mend one thing after another; tells each after it is done."""
    yield from _remove(database, store, report)
    hurt: defaultdict[str, set[str]] = defaultdict(set)
    for key in report.hurt:
        hurt[key.partition("/")[0]].add(key)
    for key in (*report.back, *(report.given_up if report.back else ())):
        hurt[key.partition("/")[0]] |= {key} - set(report.back)
    for owner, keys in hurt.items():
        with database.transaction() as session:
            step = _restore(session, bus, UUID(owner), keys)
        if step is not None:
            yield Mended(step, owner)


def _remove(database: Database, store: BlobStore, report: Report) -> Iterator[Mended]:
    known = list_promises(database)
    for key in report.orphans:
        if key not in known:
            store.remove(key)
            yield Mended(Step.REMOVED, key)
    for unfinished in report.unfinished:
        store.abandon(unfinished)
        yield Mended(Step.REMOVED, unfinished.key)
    for part in report.parts:
        part.unlink(missing_ok=True)
        yield Mended(Step.REMOVED, str(part))


def _restore(session: Session, bus: EventBus, owner: UUID, hurt: set[str]) -> Step | None:
    """What is done for one clip; None where nothing is (it was erased meanwhile)."""
    clip = find_clip(session, owner)
    if clip is None:
        return None
    if clip.original_key not in hurt:
        process_clip(
            session,
            organisation_id=clip.organisation_id,
            clip=owner,
            now=clock.now(),
            again=f"mended {clock.now():%Y-%m-%dT%H:%M:%S}",
        )
        return Step.AGAIN
    if clip.failure_code == FILE_LOST:
        return None  # its maker knows
    if clip.state is ClipState.READY and len(hurt) == 1:
        return Step.ONLY_BACKUP
    _give_up(session, bus, clip)
    return Step.GIVEN_UP


def _give_up(session: Session, bus: EventBus, clip: Clip) -> None:
    mark_failed(session, clip=clip, code=FILE_LOST, params={})
    take = find_take_of(session, clip)
    happened = ClipFailed(
        clip.organisation_id,
        None,
        clip.public_id,
        code=FILE_LOST,
        take=take.public_id if take else None,
        person_id=take.person_id if take else None,
    )
    bus.publish(session, [happened], now=clock.now())
