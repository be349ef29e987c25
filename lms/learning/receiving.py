"""Takes in recordings: joins the rows of an upload, its bytes, and the take it was opened for.

No transaction is open while bytes stream: a row is read and let go, bytes are appended, and a
short write transaction follows. HTTP is spoken in lms.learning.views.uploads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.actions.takes import delete_take, keep_take
from courses.models import Lesson, Person, Take
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import TakeState
from lms.config import Settings
from lms.db import Database
from lms.events import EventBus
from lms.storage import store_of
from media.actions import ReceivedFile, open_upload
from media.failpoints import reach
from media.models import Upload, UploadState
from media.rules import EXPIRY_HOURS, sniff
from media.storage.port import StoreUnavailableError
from media.uploads import (
    UploadError,
    UploadFiles,
    UploadGoneError,
    no_room_is_its_own_error,
)

log = structlog.get_logger(__name__)

SNIFFED = 16
MINUTE = timedelta(minutes=1)
ARRIVING = ".arriving"
"""A file of this kind in the work folder names a clip whose bytes come before its row."""


class AlreadyKeptError(UploadError):
    """The take has its recording: nothing more is taken in for it."""

    code = "already_kept"


class TooManyError(UploadError):
    """More uploads in a minute than somebody needs (S9)."""

    code = "too_many"


class LengthError(UploadError):
    """The length differs from the one told before, or from what is already here."""

    code = "wrong_length"


class StoreAwayError(UploadError):
    """All bytes are safe on this host, but the place for clips does not answer; ask again."""

    code = "store_away"


@dataclass(frozen=True)
class Ticket:
    """An upload as it was when it was looked up: plain values, no transaction behind them."""

    public_id: UUID
    owner_id: int
    target: UUID
    length: int | None
    max_bytes: int
    is_finished: bool
    expires_at: datetime

    @property
    def limit(self) -> int:
        """The size its file may reach."""
        return self.max_bytes if self.length is None else self.length

    def is_expired(self, now: datetime) -> bool:
        return not self.is_finished and self.expires_at <= now


class Reception:
    """The desk where uploads are opened, looked up, finished and withdrawn."""

    def __init__(self, settings: Settings, database: Database, bus: EventBus) -> None:
        self.settings = settings
        self.database = database
        self.bus = bus
        self.files = UploadFiles(settings.uploads)
        self.blobs = store_of(settings)

    def open(
        self, *, owner_id: int, target: UUID, length: int | None, now: datetime
    ) -> Ticket | None:
        """Open an upload for a take of `owner_id`; None when they have no such take.

        Raises AlreadyKeptError, TooManyError, and RuleBroken when too much is open already.
        """
        with self.database.transaction() as session:
            take = _find_take(session, owner_id, target)
            if take is None:
                return None
            if take.state is not TakeState.RECORDING:
                raise AlreadyKeptError
            # PostgreSQL: two openings of one person count one after the other.
            session.execute(
                select(Person.id).where(Person.id == owner_id).with_for_update(key_share=True)
            )
            self._check_pace(session, owner_id, now)
            self._check_open(session, take, length or 0, now)
            upload = open_upload(
                session,
                organisation_id=take.organisation_id,
                owner_id=owner_id,
                target=target,
                length=length,
                max_bytes=self.settings.max_upload_bytes,
                language=_language(session, take),
                now=now,
                expires_at=now + timedelta(hours=EXPIRY_HOURS),
            )
            ticket = _ticket(upload)
        reach("upload.opened")
        self.files.create(ticket.public_id)
        reach("upload.created")
        return ticket

    def _check_pace(self, session: Session, owner_id: int, now: datetime) -> None:
        recent = select(func.count(Upload.id)).where(
            Upload.owner_id == owner_id, Upload.created_at > now - MINUTE
        )
        if (session.scalar(recent) or 0) >= self.settings.uploads_per_minute:
            raise TooManyError

    def _check_open(self, session: Session, take: Take, length: int, now: datetime) -> None:
        """Refuse more unfinished uploads than somebody needs, in number or in bytes.

        Empty ones of this take are let go first: their client never heard that they were opened.
        """
        unfinished = session.scalars(
            select(Upload).where(
                Upload.owner_id == take.person_id,
                Upload.state == UploadState.OPEN,
                Upload.expires_at > now,
            )
        ).all()
        sizes = {upload: self.files.find_size(upload.public_id) for upload in unfinished}
        if len(sizes) >= self.settings.open_uploads:
            for upload in unfinished:
                if upload.target == take.public_id and not sizes[upload]:
                    upload.expires_at = now
                    del sizes[upload]
        total = length + sum(size if up.length is None else up.length for up, size in sizes.items())
        if len(sizes) >= self.settings.open_uploads or total > self.settings.open_upload_bytes:
            raise RuleBroken(Wrong.UPLOADS_OPEN)

    def find(self, *, owner_id: int, public_id: UUID) -> Ticket | None:
        """An upload of `owner_id`, or None: somebody else's does not exist for them."""
        with self.database.reading() as session:
            upload = session.scalars(
                select(Upload).where(Upload.public_id == public_id, Upload.owner_id == owner_id)
            ).first()
            return None if upload is None else _ticket(upload)

    def offset(self, ticket: Ticket) -> int:
        """How many bytes are safe. Raises UploadGoneError."""
        if ticket.is_finished and ticket.length is not None:
            return ticket.length
        try:
            return self.files.offset(ticket.public_id)
        except UploadGoneError:
            # A sweep may have finished it since its row was read.
            fresh = self.find(owner_id=ticket.owner_id, public_id=ticket.public_id)
            if fresh is None or not fresh.is_finished or fresh.length is None:
                raise
            return fresh.length

    def set_length(self, ticket: Ticket, length: int) -> Ticket:
        """Remember how long a deferred upload will be, before its last bytes come.

        The length is told once; telling the same again is fine. Raises LengthError.
        """
        if ticket.length is None:
            if length < self.files.offset(ticket.public_id):
                raise LengthError
            ticket = self._settle_length(ticket, length)
            reach("upload.sized")
        if ticket.length != length:
            raise LengthError
        return ticket

    def _settle_length(self, ticket: Ticket, length: int) -> Ticket:
        """Of two requests that tell a length at the same time, the first is believed."""
        with self.database.transaction() as session:
            upload = _find_upload(session, ticket)
            if upload is None:
                raise UploadGoneError
            if upload.length is None:
                upload.length = length
            return _ticket(upload)

    def finish(self, ticket: Ticket, *, now: datetime) -> None:
        """All bytes are here: make them a clip, and the recording a take that is kept.

        The blob is durable in its place before one transaction writes clip, take and job. A
        process that dies anywhere in between leaves the upload as it was, to be finished again.
        Raises AlreadyKeptError, UploadGoneError, UploadLockedError and StoreAwayError.
        """
        with self.database.reading() as session:
            _recording_take(session, ticket)
        with self.files.sealed(ticket.public_id) as source:
            reach("commit.sealed")
            with source.open("rb") as file:
                media_type = sniff(file.read(SNIFFED))
            received = ReceivedFile(
                public_id=uuid4(),
                sha256=self.files.sha256(ticket.public_id),
                bytes=source.stat().st_size,
                media_type=media_type,
            )
            mark = self._begin(received.public_id)
            try:
                with no_room_is_its_own_error():
                    self.blobs.put(f"{received.public_id}/{received.sha256}", source)
            except StoreUnavailableError as away:
                log.warning("store_unavailable", code=away.code)
                raise StoreAwayError from away
            reach("commit.stored")
            self._commit(ticket, received, mark, now)
        reach("commit.kept")
        self.files.discard(ticket.public_id)
        mark.unlink(missing_ok=True)
        reach("commit.discarded")

    def _begin(self, clip: UUID) -> Path:
        """Note that bytes come for a clip without a row, so that a sweep can take them away."""
        mark = self.settings.work / f"{clip}{ARRIVING}"
        with no_room_is_its_own_error():
            mark.touch(mode=0o600)
        return mark

    def _commit(self, ticket: Ticket, received: ReceivedFile, mark: Path, now: datetime) -> None:
        """Write the rows. What is refused before the commit leaves no bytes.

        A commit whose answer never came may have been done: then a sweep looks, later.
        """
        asked = False
        try:
            with self.database.transaction() as session:
                self._keep(session, ticket, received, now)
                asked = True
        except BaseException:
            if not asked and self._take_back(received.public_id):
                mark.unlink(missing_ok=True)
            raise

    def _take_back(self, public_id: UUID) -> bool:
        """Remove bytes that became no clip; False where that fails too and a sweep must do it."""
        try:
            self.blobs.erase(public_id)
        except StoreUnavailableError as away:
            log.warning("store_unavailable", code=away.code)
            return False
        return True

    def _keep(
        self, session: Session, ticket: Ticket, received: ReceivedFile, now: datetime
    ) -> None:
        # PostgreSQL: two takes of one person get their numbers one after the other.
        session.execute(
            select(Person.id).where(Person.id == ticket.owner_id).with_for_update(key_share=True)
        )
        take = _recording_take(session, ticket)
        upload = _find_upload(session, ticket)
        if upload is None:
            raise UploadGoneError
        happened = keep_take(session, take=take, upload=upload, received=received, now=now)
        self.bus.publish(session, happened, now=now)
        reach("commit.flushed")

    def withdraw(self, ticket: Ticket, *, now: datetime) -> None:
        """Forget an unfinished upload, its bytes, and the take that was never kept."""
        with self.database.transaction() as session:
            upload = _find_upload(session, ticket)
            if upload is None:
                raise UploadGoneError
            if upload.state is UploadState.FINISHED:
                raise AlreadyKeptError
            session.delete(upload)
            take = _find_take(session, ticket.owner_id, ticket.target)
            if take is not None and take.state is TakeState.RECORDING:
                self.bus.publish(session, delete_take(session, take=take, now=now), now=now)
        reach("withdraw.forgotten")
        self.files.discard(ticket.public_id)


def _ticket(upload: Upload) -> Ticket:
    return Ticket(
        public_id=upload.public_id,
        owner_id=upload.owner_id,
        target=upload.target,
        length=upload.length,
        max_bytes=upload.max_bytes,
        is_finished=upload.state is UploadState.FINISHED,
        expires_at=upload.expires_at,
    )


def _find_take(session: Session, owner_id: int, public_id: UUID) -> Take | None:
    return session.scalars(
        select(Take).where(Take.public_id == public_id, Take.person_id == owner_id)
    ).first()


def _find_upload(session: Session, ticket: Ticket) -> Upload | None:
    return session.scalars(select(Upload).where(Upload.public_id == ticket.public_id)).first()


def _recording_take(session: Session, ticket: Ticket) -> Take:
    """The take this upload is for, while it still waits for its recording."""
    take = _find_take(session, ticket.owner_id, ticket.target)
    if take is None:
        raise UploadGoneError
    if take.state is not TakeState.RECORDING:
        raise AlreadyKeptError
    return take


def _language(session: Session, take: Take) -> str:
    return session.scalars(select(Lesson.language).where(Lesson.id == take.lesson_id)).one()
