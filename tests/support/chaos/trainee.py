"""Somebody who records take after take over HTTP, and writes down what the site told them.

The client does what the recorder in the browser does: it asks where the upload is after every
trouble and goes on from there, and it never gives up over an answer that did not come. What the
site acknowledged goes into the ledger; nothing else does.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import random
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from lms.demo.content import clips
from support.chaos.house import Gate
from support.chaos.processes import HANG_SECONDS, Stuck
from support.served import STREAM, Answer, Browser

SECONDS = 2.5
PIECE = 16_000
PAUSE = 0.05
TEXT_SECONDS = 900.0
"""A text gives way to clips for up to five minutes, and workers are killed meanwhile."""
HASTY_PAUSE = 0.7
JSON = {"Accept": "application/json"}


def short_recording(folder: Path) -> bytes:
    """The first seconds of a recording of the demo, as a phone would have sent them."""
    target = folder / "short.mp4"
    source = clips()["samira-question-1"].path
    cut = ["ffmpeg", "-v", "error", "-y", "-t", str(SECONDS), "-i", str(source), "-c", "copy"]
    subprocess.run([*cut, str(target)], check=True, stdin=subprocess.DEVNULL)
    return target.read_bytes()


def one_of_a_kind(recording: bytes) -> bytes:
    """The same clip with bytes of its own: an empty box at its end that every player skips."""
    mark = uuid4().bytes
    return recording + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark


@dataclass
class Sending:
    """One recording on its way, and what the site said of it."""

    owner_id: int
    data: bytes
    take: UUID | None = None
    uploads: dict[UUID, int] = field(default_factory=dict)
    """The largest offset that was acknowledged, by upload."""
    kept: bool = False
    """The last byte was acknowledged: from here on the take may never be missing."""
    withdrawn: bool = False
    erasing: bool = False
    erased: bool = False
    done: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class Ledger:
    """Everything that was ever sent, and complaints of those who sent it."""

    def __init__(self) -> None:
        self.sendings: list[Sending] = []
        self.complaints: list[str] = []
        self.statuses: dict[int, int] = {}

    def complain(self, text: str) -> None:
        self.complaints.append(text)


class Interrupted(Exception):  # noqa: N818 -- not an error: the campaign is over
    """Nobody needs another recording."""


class Trainee:
    """One device of one person: a loop of recordings, each in its own way."""

    def __init__(
        self,
        browser: Browser,
        lesson: UUID,
        recording: bytes,
        ledger: Ledger,
        gate: Gate,
        chance: random.Random,
        is_ready: Callable[[Sending], bool],
        *,
        is_hasty: bool = False,
    ) -> None:
        """Somebody hasty keeps nothing, and waits for no worker."""
        self.browser = browser
        self.lesson = lesson
        self.recording = recording
        self.ledger = ledger
        self.gate = gate
        self.chance = chance
        self.is_ready = is_ready
        self.is_hasty = is_hasty
        self.stop = threading.Event()
        self.last = ""
        """What was asked last, and what came of it."""

    # --- the line -----------------------------------------------------------------------

    def call(
        self, method: str, path: str, body: bytes | None = None, /, **headers: str
    ) -> Answer | None:
        """One request; None when there was no answer, or one that says to try again."""
        try:
            answer = self.browser.call(method, path, body, **JSON, **headers)
        except (OSError, http.client.HTTPException) as error:
            self.last = f"{method} {path}: {type(error).__name__}"
            time.sleep(PAUSE)
            return None
        self.last = f"{method} {path}: {answer.status} {answer.body[:80]!r}"
        count = self.ledger.statuses
        count[answer.status] = count.get(answer.status, 0) + 1
        if answer.status >= 500 or answer.status in (408, 423, 429):
            time.sleep(PAUSE)
            return None
        return answer

    # --- a recording --------------------------------------------------------------------

    def run(self) -> None:
        """Record until told to stop; the last recording is finished."""
        try:
            while not self.stop.is_set():
                self.record(Sending(self.browser.person_id, one_of_a_kind(self.recording)))
                if self.is_hasty:  # texts give way to clips, also to those that go at once
                    self.stop.wait(HASTY_PAUSE)
        except Exception as error:  # noqa: BLE001 -- a thread's error must reach the campaign
            self.ledger.complain(f"a trainee fell over: {type(error).__name__}: {error}")

    def record(self, sending: Sending) -> None:
        """One recording from its start to its text, perhaps withdrawn or thrown away."""
        with self.gate.open():
            self.ledger.sendings.append(sending)
        often = (0, 3, 2) if self.is_hasty else (4, 5, 1)
        fate = self.chance.choices(("keep", "erase", "withdraw"), often)[0]
        self.send(sending, withdrawn=fate == "withdraw")
        if sending.kept:
            self._until(lambda: self.is_hasty or self.is_ready(sending), TEXT_SECONDS)
            if fate == "erase":
                self._until(lambda: self._erase(sending))
        with self.gate.open():
            sending.done = True

    def send(self, sending: Sending, *, withdrawn: bool = False) -> None:
        """Start a take and send its recording, or half of it and then withdraw it."""
        deferred = self.chance.random() < 0.6
        halfway = PIECE if withdrawn else None
        self._until(lambda: self._start(sending))
        while not sending.kept and not sending.withdrawn:
            self._until(lambda: self._send(sending, deferred=deferred, stop_at=halfway))
            if halfway is not None and not sending.kept:
                self._until(lambda: self._withdraw(sending))

    def _until(self, step: Callable[[], bool], seconds: float = HANG_SECONDS) -> None:
        until = time.monotonic() + seconds
        while True:
            with self.gate.open():
                if step():
                    return
            if time.monotonic() > until:
                raise Stuck(f"a recording does not get on after {self.last}")
            time.sleep(PAUSE)

    def _start(self, sending: Sending) -> bool:
        answer = self.call("POST", f"/lessons/{self.lesson}/takes")
        if answer is None:
            return False
        if answer.status != 201:
            raise Stuck(f"starting a take answered {answer.status}: {answer.body[:200]!r}")
        sending.take = UUID(json.loads(answer.body)["take"])
        return True

    def _send(self, sending: Sending, *, deferred: bool, stop_at: int | None) -> bool:
        """One request of an upload; True when all is sent, or what is to be withdrawn."""
        if not sending.uploads:
            return self._create(sending, deferred=deferred)
        upload = list(sending.uploads)[-1]
        offset = self._offset(sending, upload)
        if offset is None:
            return sending.kept
        if stop_at is not None and offset >= stop_at:
            return True
        return self._patch(sending, upload, offset, deferred=deferred)

    def _create(self, sending: Sending, *, deferred: bool) -> bool:
        target = base64.b64encode(str(sending.take).encode()).decode()
        length = (
            {"Upload_Defer_Length": "1"} if deferred else {"Upload_Length": str(len(sending.data))}
        )
        answer = self.call("POST", "/uploads", Upload_Metadata=f"take {target}", **length)
        if answer is not None and answer.status == 201:
            sending.uploads[UUID(answer.headers["Location"].rsplit("/", 1)[1])] = 0
        elif answer is not None:
            self.ledger.complain(f"opening an upload answered {answer.status}")
        return False

    def _offset(self, sending: Sending, upload: UUID) -> int | None:
        answer = self.call("HEAD", f"/uploads/{upload}")
        if answer is None:
            return None
        told = sending.uploads[upload]
        if answer.status in (404, 410):
            if told:
                self.ledger.complain(f"an upload of {told} acknowledged bytes is gone")
            del sending.uploads[upload]
            return None
        if answer.offset < told:
            self.ledger.complain(f"{told} bytes were acknowledged, {answer.offset} are there")
        return answer.offset

    def _patch(self, sending: Sending, upload: UUID, offset: int, *, deferred: bool) -> bool:
        size = len(sending.data)
        end = min(size, offset + self.chance.randrange(PIECE // 2, PIECE * 2))
        piece = sending.data[offset:end]
        headers = {"Content_Type": STREAM["Content-Type"], "Upload_Offset": str(offset)}
        if deferred and end == size:
            headers["Upload_Length"] = str(size)
        if self.chance.random() < 0.5:
            digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
            headers["Upload_Checksum"] = f"sha256 {digest}"
        answer = self.call("PATCH", f"/uploads/{upload}", piece, **headers)
        if answer is None:
            return False
        if answer.status == 204:
            sending.uploads[upload] = answer.offset
            sending.kept = answer.offset == size
        elif answer.status == 409 and b"already_kept" in answer.body:
            sending.kept = True
        elif answer.status not in (409, 410):  # a sweep was first: the next HEAD tells
            self.ledger.complain(f"sending a piece answered {answer.status}")
        return sending.kept

    def _withdraw(self, sending: Sending) -> bool:
        sending.erasing = True  # it may be done without an answer
        answer = self.call("DELETE", f"/uploads/{list(sending.uploads)[-1]}")
        if answer is None:
            return False
        sending.withdrawn = answer.status in (204, 404, 410)
        if not sending.withdrawn:
            # The answer to its last byte was lost, and that byte had made it a take.
            sending.kept = answer.status == 409 and b"already_kept" in answer.body
            sending.erasing = False
        if not sending.withdrawn and not sending.kept:
            raise Stuck(f"withdrawing an upload answered {answer.status}")
        return True

    def _erase(self, sending: Sending) -> bool:
        sending.erasing = True
        answer = self.call("POST", f"/takes/{sending.take}/delete")
        if answer is None:
            return False
        if answer.status not in (204, 404):
            raise Stuck(f"deleting a take answered {answer.status}")
        sending.erased = True
        return True
