"""An installation that is really served, by gunicorn on this machine, and people who speak HTTP.

For tests of what only shows on the wire: uploads, slow lines, headers of proxies.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask import session as browser_session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select

from courses.actions.takes import start_take
from courses.models import Cohort, Lesson, Take
from courses.terms import TakeState
from lms import migrate
from lms.accounts import sessions
from lms.accounts.models import Account
from lms.app import create_app
from lms.cli.server import FRONT_DOOR, answers, web_command
from lms.config import Settings
from lms.db import Database
from lms.jobs.models import Job
from media.models import Clip, Upload, UploadState
from support.furnished import furnish

ROOT = Path(__file__).resolve().parents[2]
STREAM = {"Content-Type": "application/offset+octet-stream"}
PATIENCE = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def offset(self) -> int:
        return int(self.headers["Upload-Offset"])

    @property
    def error(self) -> str:
        return str(json.loads(self.body)["error"])


@dataclass
class Browser:
    """Somebody signed in, who speaks HTTP by hand."""

    port: int
    person_id: int
    cookie: str
    token: str
    made: list[UUID] = field(default_factory=list)
    patience: float = PATIENCE

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.token, "Tus-Resumable": "1.0.0"}

    def call(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        /,
        *,
        without: str = "",
        **headers: str,
    ) -> Answer:
        """One request on its own connection. `Upload_Offset="3"` sets Upload-Offset."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        mine = {name: value for name, value in self.headers.items() if name != without}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        try:
            connection.request(method, path, body=body, headers={**mine, **said})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def create(self, take: UUID, *, length: int | None = None, **headers: str) -> str:
        """Open an upload; its path."""
        named = {"Upload_Metadata": f"take {base64.b64encode(str(take).encode()).decode()}"}
        size = {"Upload_Defer_Length": "1"} if length is None else {"Upload_Length": str(length)}
        answer = self.call("POST", "/uploads", **named, **size, **headers)
        assert answer.status == 201, answer.body
        return answer.headers["Location"]

    def patch(
        self, path: str, offset: int, body: bytes | Iterator[bytes], **headers: str
    ) -> Answer:
        kind = {"Content_Type": STREAM["Content-Type"], "Upload_Offset": str(offset)}
        return self.call("PATCH", path, body, **{**kind, **headers})

    def head(self, path: str) -> Answer:
        return self.call("HEAD", path)

    @contextmanager
    def half_said(self, path: str, offset: int, body: bytes, announced: int) -> Iterator[None]:
        """A PATCH that announces more than it sends, and then says nothing more."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as line:
            line.sendall(self.patch_head(path, offset, Content_Length=str(announced)) + body)
            yield

    def patch_head(self, path: str, offset: int, **headers: str) -> bytes:
        """What a PATCH says before its bytes, for whoever writes those on a socket."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        said = {"Host": "127.0.0.1", "Upload-Offset": str(offset), **self.headers, **STREAM, **said}
        lines = [f"{name}: {value}" for name, value in said.items()]
        return "\r\n".join([f"PATCH {path} HTTP/1.1", *lines, "", ""]).encode()


@dataclass
class Site:
    """A served installation with two trainees and one lesson."""

    settings: Settings
    database: Database
    command: list[str]
    told: dict[str, str]
    process: subprocess.Popen[bytes]
    samira: Browser
    bram: Browser

    def start_take(self, browser: Browser | None = None) -> UUID:
        """A take of this person that waits for its recording."""
        person_id = (browser or self.samira).person_id
        with self.database.transaction() as session:
            lesson = session.scalars(select(Lesson)).one()
            cohort_id = session.scalars(select(Cohort.id)).one()
            take, _ = start_take(
                session,
                person_id=person_id,
                lesson=lesson,
                cohort_id=cohort_id,
                is_example=False,
                now=datetime.now(UTC),
            )
            return take.public_id

    def kept(self, take: UUID) -> bytes:
        """The recording of a kept take, as it lies in the blob store; all is checked on the way."""
        with self.database.reading() as session:
            found = session.scalars(select(Take).where(Take.public_id == take)).one()
            assert found.state is TakeState.KEPT
            clip = session.get_one(Clip, found.clip_id)
            jobs = select(func.count(Job.id)).where(Job.subject_id == str(clip.public_id))
            assert session.scalar(jobs) == 1
            states = select(Upload.state).where(Upload.target == take)
            assert UploadState.FINISHED in set(session.scalars(states))
            key, size, digest = clip.original_key, clip.original_bytes, clip.original_sha256
        data = (self.settings.blobs / key).read_bytes()
        assert len(data) == size
        assert hashlib.sha256(data).hexdigest() == digest
        return data

    @property
    def worker(self) -> int:
        """The process that serves: gunicorn's child."""
        (child,) = children(self.process.pid)
        return child

    def clips(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count(Clip.id))) or 0

    def serve(self) -> None:
        """Start the command that serves people, and wait until it answers."""
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
            "LMS_DATA": str(self.settings.data),
            **self.told,
        }
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment)
        while not answers(self.settings):
            assert self.process.poll() is None, "the server died"
            threading.Event().wait(0.05)

    def kill(self) -> None:
        """Kill the server and what it forked, as a power cut would."""
        forked = children(self.process.pid)
        self.process.kill()
        for child in forked:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.wait()
        with suppress(ConnectionError):
            while True:  # until the last of them has let go of the port
                socket.create_connection(("127.0.0.1", self.settings.port), 1).close()


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def sign_in(
    settings: Settings, database: Database, account_id: int, app: Flask | None = None
) -> Browser:
    """A browser session as signing in leaves it: the cookie, and the token of its pages."""
    app = app or create_app(settings, database)
    with database.transaction() as session:
        account = session.get_one(Account, account_id)
        person_id = account.person_id
        secret = sessions.open_session(
            session, account=account, settings=settings, now=datetime.now(UTC)
        )
    with app.test_request_context():
        sessions.remember(secret)
        token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the default interface
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(browser_session))}"
    return Browser(settings.port, person_id, cookie, token)


@contextmanager
def served(
    data: Path, *, front_door: str = FRONT_DOOR, url: str = "", **knobs: int | str
) -> Iterator[Site]:
    """The site in `data` with four threads, served until the block ends.

    `url` names an empty database elsewhere than in `data`.
    """
    knobs = {"web_threads": 4, "database_url": url, **knobs}
    settings = Settings(data=data, port=free_port(), **knobs)  # type: ignore[arg-type]  # texts and numbers, as from an environment
    settings.make_folders()
    migrate.upgrade(settings.url)
    database = Database.at(settings.url)
    accounts = furnish(database)
    browsers = {name: sign_in(settings, database, number) for name, number in accounts.items()}
    told = {f"LMS_{name.upper()}": str(value) for name, value in knobs.items()}
    command = [front_door if word == FRONT_DOOR else word for word in web_command(settings)]
    site = Site(settings, database, command, told, None, **browsers)  # type: ignore[arg-type]  # served right below
    site.serve()
    try:
        yield site
    finally:
        site.process.terminate()
        site.process.wait(PATIENCE)
        database.engine.dispose()
