"""Compares what people were told with what is in the database and on the disk.

`Inspection.now` may be asked at any moment at which nobody is in the middle of a request; workers
may work on. It reads the rows in one transaction, and then the files that those rows promise.
`Inspection.at_rest` looks at a house in which nothing is left to do.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models import Take
from courses.terms import TakeState
from lms.audit import Act, AuditEvent
from lms.cli import fsck
from lms.jobs.models import Job, JobState
from lms.learning.job_rows import ERASE, NORMALISE, TRANSCRIBE
from lms.learning.receiving import ARRIVING
from lms.learning.sweeps import SETTLED_AFTER
from lms.storage import store_of
from media.models import Clip, ClipState, Rendition, Tombstone, Transcript, Upload, UploadState
from support.chaos.house import House
from support.chaos.trainee import Ledger, Sending

ONCE = (Act.TAKE_KEPT, Act.CLIP_READY, Act.TRANSCRIPT_READY, Act.CLIP_ERASED, Act.TAKE_DELETED)
"""What happens at most once to one thing; the trail has a line for each time it was committed."""

CLIP_GONE = {"code": "clip_gone", "params": {}}
"""How work ends on a clip that was erased before it began."""


@dataclass
class Wrong:
    """What must never be: each a list of sentences for whoever has to mend it."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.twice or self.half)

    def add(self, other: Wrong) -> None:
        self.lost += other.lost
        self.twice += other.twice
        self.half += other.half


@dataclass
class Rows:
    """Everything the database says at one moment."""

    takes: dict[UUID, Take]
    clips: dict[int, Clip]
    uploads: dict[UUID, Upload]
    renditions: list[Rendition]
    transcripts: set[int]
    jobs: dict[tuple[str, str], Job]
    counts: Counter[tuple[str, str]]
    doubled_jobs: list[str]
    tombstones: set[UUID]

    @classmethod
    def read(cls, session: Session) -> Rows:
        jobs = list(session.scalars(select(Job)))
        happened = select(AuditEvent.act, AuditEvent.subject).where(AuditEvent.act.in_(ONCE))
        names = Counter((job.kind, job.subject_id) for job in jobs)
        return cls(
            takes={take.public_id: take for take in session.scalars(select(Take))},
            clips={clip.id: clip for clip in session.scalars(select(Clip))},
            uploads={one.public_id: one for one in session.scalars(select(Upload))},
            renditions=list(session.scalars(select(Rendition))),
            transcripts=set(session.scalars(select(Transcript.clip_id))),
            jobs={(job.kind, job.subject_id): job for job in jobs},
            counts=Counter((act, subject) for act, subject in session.execute(happened)),
            doubled_jobs=[f"{kind} of {thing}" for (kind, thing), n in names.items() if n > 1],
            tombstones=set(session.scalars(select(Tombstone.thing))),
        )


class Inspection:
    """Knows the house and the ledger; remembers which files it has read, for they never change."""

    def __init__(self, house: House, ledger: Ledger) -> None:
        self.house = house
        self.ledger = ledger
        self._told = 0
        self._read: dict[Path, str] = {}

    def now(self) -> Wrong:
        """All that is wrong at this moment."""
        with self.house.database.reading() as session:
            rows = Rows.read(session)
        wrong = Wrong()
        for sending in self.ledger.sendings:
            if sending.take is not None:
                wrong.add(self._of_sending(sending, rows))
        wrong.add(self._of_rows(rows))
        wrong.lost += self.ledger.complaints[self._told :]
        self._told = len(self.ledger.complaints)
        return wrong

    # --- what was acknowledged --------------------------------------------------------------

    def _of_sending(self, sending: Sending, rows: Rows) -> Wrong:
        wrong = Wrong()
        take = rows.takes.get(sending.take) if sending.take else None
        if sending.erased or sending.withdrawn:
            if take is not None:
                wrong.lost.append(f"take {sending.take} was deleted and is there")
        elif take is None:
            if not sending.erasing:
                wrong.lost.append(f"take {sending.take} is gone")
        elif take.clip_id is not None:
            wrong.add(self._of_kept(sending, take, rows))
        elif sending.kept:
            wrong.lost.append(f"take {sending.take} was acknowledged and has no recording")
        else:
            wrong.lost += self._of_pieces(sending)
        return wrong

    def _of_kept(self, sending: Sending, take: Take, rows: Rows) -> Wrong:
        """The recording is there once, byte for byte, with the work that makes it playable."""
        wrong = Wrong()
        clip = rows.clips[take.clip_id or 0]
        if clip.original_sha256 != sending.sha256 or clip.original_bytes != len(sending.data):
            wrong.lost.append(f"take {sending.take} has another recording than was sent")
        if self._hash(self.house.settings.blobs / clip.original_key) != sending.sha256:
            wrong.lost.append(f"take {sending.take}: its bytes are gone or changed")
        same = [one for one in rows.clips.values() if one.original_sha256 == sending.sha256]
        if len(same) != 1:
            wrong.twice.append(f"take {sending.take} has {len(same)} clips")
        return wrong

    def _of_pieces(self, sending: Sending) -> list[str]:
        """What was acknowledged of an unfinished upload is in its file, byte for byte."""
        wrong = []
        for upload, told in sending.uploads.items():
            part = self.house.settings.uploads / f"{upload}.part"
            there = part.read_bytes() if part.exists() else b""
            if len(there) < told:
                wrong.append(f"upload {upload}: {told} bytes acknowledged, {len(there)} there")
            if there != sending.data[: len(there)]:
                wrong.append(f"upload {upload}: the bytes are not those that were sent")
        return wrong

    def _hash(self, place: Path) -> str | None:
        if place not in self._read:
            if not place.is_file():
                return None
            self._read[place] = hashlib.sha256(place.read_bytes()).hexdigest()
        return self._read[place] if place.is_file() else None

    # --- rows and files among themselves ------------------------------------------------------

    def _of_rows(self, rows: Rows) -> Wrong:
        wrong = Wrong(twice=[f"two jobs: {name}" for name in rows.doubled_jobs])
        wrong.twice += [
            f"{act} {n} times for {of}" for (act, of), n in rows.counts.items() if n > 1
        ]
        used = Counter(take.clip_id for take in rows.takes.values() if take.clip_id)
        wrong.twice += [f"clip {clip} belongs to {n} takes" for clip, n in used.items() if n > 1]
        for take in rows.takes.values():
            if (take.state is TakeState.RECORDING) != (take.clip_id is None):
                wrong.half.append(f"take {take.public_id} is {take.state} with clip {take.clip_id}")
        for upload in rows.uploads.values():
            kept = upload.target in rows.takes and rows.takes[upload.target].clip_id is not None
            if upload.state is UploadState.FINISHED and upload.target in rows.takes and not kept:
                wrong.half.append(f"upload {upload.public_id} is finished without a recording")
        for clip in rows.clips.values():
            wrong.half += self._half_clip(clip, rows, used)
        wrong.half += self._half_files(rows)
        wrong.half += self._half_erased(rows)
        return wrong

    def _half_clip(self, clip: Clip, rows: Rows, used: Counter[int]) -> list[str]:
        """A clip always has somebody to whom it belongs, and somebody who moves it on."""
        name = str(clip.public_id)
        wrong = [] if clip.id in used else [f"clip {name} belongs to no take"]
        made = rows.jobs.get((NORMALISE, name))
        heard = rows.jobs.get((TRANSCRIBE, name))
        over = (JobState.DONE, JobState.FAILED)
        if clip.state is ClipState.RECEIVED and (made is None or made.state in over):
            wrong.append(f"clip {name} waits and no job will move it on")
        if clip.state is ClipState.READY:
            text_comes = heard is not None and heard.state not in over
            if made is None or made.state is not JobState.DONE or heard is None:
                wrong.append(f"clip {name} is ready and its jobs are not")
            elif not text_comes and clip.id not in rows.transcripts:
                wrong.append(f"clip {name} has no text and no job that makes one")
            if {one.kind.value for one in rows.renditions if one.clip_id == clip.id} < {
                *("poster", "peaks", "speech", "video"),
            }:
                wrong.append(f"clip {name} is ready and lacks a file")
        if clip.state is ClipState.FAILED:
            wrong.append(f"clip {name} failed: {clip.failure_code}")
        return wrong

    def _half_files(self, rows: Rows) -> list[str]:
        wrong = []
        for rendition in rows.renditions:
            place = self.house.settings.blobs / rendition.key
            if self._hash(place) != rendition.sha256:
                wrong.append(f"{rendition.key} is gone or changed")
        return wrong

    def _half_erased(self, rows: Rows) -> list[str]:
        """Where a clip was erased there is a tombstone, and a job that takes its bytes away."""
        there = {clip.public_id for clip in rows.clips.values()}
        wrong = [f"clip {one} is erased and there" for one in rows.tombstones & there]
        for one in rows.tombstones:
            job = rows.jobs.get((ERASE, str(one)))
            if job is None or job.state is JobState.FAILED:
                wrong.append(f"clip {one} is erased and no job takes its bytes away")
            elif self._is_left(job, rows.jobs.get((NORMALISE, str(one)))):
                wrong.append(f"clip {one} is erased and its bytes are there")
        return wrong

    def _is_left(self, erasing: Job, making: Job | None) -> bool:
        """Whether bytes of an erased clip are there, and nobody who may have put them later."""
        over = (JobState.DONE, JobState.FAILED)
        is_over = erasing.state is JobState.DONE and (making is None or making.state in over)
        return is_over and (self.house.settings.blobs / erasing.subject_id).exists()

    # --- at the end ---------------------------------------------------------------------------

    def at_rest(self) -> Wrong:
        """Let everything come to its end and the sweeps have their hour; then look once more."""
        self.house.wait_until(self._nothing_to_do, "the last job")
        self._make_old()
        self.house.wait_until(self._is_swept, "the sweep to take away what was left")
        wrong = self.now()
        report = fsck.inspect(
            self.house.settings, self.house.database, store_of(self.house.settings), checksums=True
        )
        wrong.lost += [f"missing: {key}" for key in report.missing]
        wrong.lost += [f"damaged: {key}" for key in report.damaged]
        with self.house.database.reading() as session:
            clips = {str(one) for one in session.scalars(select(Clip.public_id))}
            given_up = list(session.scalars(select(Job).where(Job.state == JobState.FAILED)))
        wrong.half += [
            f"bytes of no clip: {folder.name}"
            for folder in self.house.settings.blobs.iterdir()
            if folder.name not in clips
        ]
        promised = fsck.list_promises(self.house.database)
        wrong.half += [
            f"a file that nobody promised: {blob.key}"
            for blob in store_of(self.house.settings).list_blobs()
            if blob.key not in promised
        ]
        wrong.half += [
            f"{job.kind} was given up: {job.last_error}"
            for job in given_up
            if job.last_error != CLIP_GONE
        ]
        for sending in self.ledger.sendings:
            if not sending.done:
                wrong.lost.append(f"a recording never came to its end: {sending.take}")
        return wrong

    def _nothing_to_do(self) -> bool:
        with self.house.database.reading() as session:
            busy = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING)
            return not session.scalar(select(func.count(Job.id)).where(Job.state.in_(busy)))

    def _make_old(self) -> None:
        long_ago = time.time() - SETTLED_AFTER.total_seconds() - 60
        settings = self.house.settings
        for file in (*settings.uploads.iterdir(), *settings.work.glob(f"*{ARRIVING}")):
            os.utime(file, (long_ago, long_ago))

    def _is_swept(self) -> bool:
        """Nothing in the work folder, and no file of an upload that is finished or forgotten."""
        settings = self.house.settings
        with self.house.database.reading() as session:
            is_open = Upload.state == UploadState.OPEN
            still = {str(one) for one in session.scalars(select(Upload.public_id).where(is_open))}
        left = {file.name.partition(".")[0] for file in settings.uploads.iterdir()} - still
        return not left and not list(settings.work.iterdir())
