"""A site with one lesson and two trainees, and a Chromium with a fake camera at its recorder.

Leaner than `live.site`: no demo and no worker, for journeys that end at the bytes that were kept.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import session as browser_session
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select, update

from courses.models import Cohort, CohortCourse, CohortMember, Course, Lesson, Organisation, Take
from courses.terms import Role, TakeState
from lms import migrate
from lms.accounts import actions as account_actions
from lms.accounts import sessions
from lms.accounts.models import Account, GoLiveGate, UserSession
from lms.app import create_app
from lms.cli.server import answers, web_command
from lms.config import Settings
from lms.db import Database
from media.models import Clip

ROOT = Path(__file__).resolve().parents[3]
Visit = Callable[..., Page]

UPLOADS = re.compile(r"/uploads/[0-9a-f-]{36}$")
PHONE, DESK = (390, 844), (1280, 900)
PATIENCE = 60

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--use-fake-device-for-media-stream=device-count=2",
    "--autoplay-policy=no-user-gesture-required",
]
ALLOWED = "--use-fake-ui-for-media-stream"

KEEP_PARTS = """
  window.recordedParts = [];
  window.MediaRecorder = class extends MediaRecorder {
    constructor(...given) {
      super(...given);
      window.recordedParts = [];
      this.addEventListener("dataavailable", ({ data }) => window.recordedParts.push(data));
    }
  };
"""
"""Beside the recorder, remember what MediaRecorder gave: the truth the upload is held to."""

HASH_PARTS = """async () => {
  const bytes = await new Blob(window.recordedParts).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""

HASH_STORED = """async () => {
  const opened = await new Promise((resolve) => {
    const request = indexedDB.open("goed-gesprek-uploads");
    request.onsuccess = () => resolve(request.result);
  });
  const all = (name) => new Promise((resolve) => {
    const request = opened.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const [slices, records] = [await all("slices"), await all("records")];
  opened.close();
  const bytes = await new Blob(slices).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { slices: slices.length, records: records.length, bytes: bytes.byteLength, hex };
}"""


@dataclass
class Site:
    settings: Settings
    database: Database
    accounts: dict[str, int]
    lesson: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.settings.port}"

    @property
    def recorder(self) -> str:
        return f"{self.url}/lessons/{self.lesson}/record"

    def takes(self) -> list[tuple[TakeState, str | None]]:
        """State and hash of every take, first to last."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Take.state, Clip.original_sha256)
                .outerjoin(Clip, Clip.id == Take.clip_id)
                .order_by(Take.id)
            )
            return [(state, digest) for state, digest in rows]

    def blob(self) -> bytes:
        """The bytes of the newest kept take."""
        with self.database.reading() as session:
            clip = session.scalars(select(Clip).order_by(Clip.id.desc())).first()
            assert clip is not None
            return (self.settings.blobs / clip.original_key).read_bytes()

    def sign_in(self, who: str) -> None:
        """Give somebody a cookie that is good."""
        self.cookies[who] = sign_in(self.settings, self.database, self.accounts[who])

    def limit(self, seconds: int) -> None:
        with self.database.transaction() as session:
            session.execute(update(Lesson).values(max_seconds=seconds))

    @contextmanager
    def signed_out(self) -> Iterator[None]:
        """Every session is over for a while."""
        for days in (-1, 1):
            with self.database.transaction() as session:
                expires = datetime.now(UTC) + timedelta(days=days)
                session.execute(update(UserSession).values(expires_at=expires))
            if days < 0:
                yield


def furnish(database: Database) -> list[int]:
    """One organisation with a lesson and two trainees; their account ids."""
    now, today = datetime.now(UTC), date.today()  # noqa: DTZ011 -- any day near now will do
    past, later = today - timedelta(days=9), today + timedelta(days=90)
    with database.transaction() as session:
        home = Organisation(name="Gemeente Heuvelrijk", slug="heuvelrijk")
        session.add(home)
        session.flush()
        mine = {"organisation_id": home.id}
        cohort = Cohort(
            code="A", title="Lichting A", places=2, start_on=past, planned_end_on=later, **mine
        )
        course = Course(title="Aan de balie", **mine)
        gate = GoLiveGate(
            works_council_on=past,
            dpia_on=past,
            officer_name="Femke de Wit",
            intended_purpose_on=past,
            **mine,
        )
        session.add_all([cohort, course, gate])
        session.flush()
        lesson = Lesson(
            course_id=course.id,
            position=1,
            title="De beller die wacht",
            situation="Een klant wacht twintig minuten.",
            question="Wat zeg je als eerste?",
            published_at=now,
            **mine,
        )
        follows = CohortCourse(cohort_id=cohort.id, course_id=course.id, open_from=past, **mine)
        session.add_all([lesson, follows])
        for name in ("Samira", "Bram"):
            person = account_actions.create_person(
                session, organisation=home, name=name, email=f"{name}@x.nl", password=None, now=now
            )
            session.add(CohortMember(cohort_id=cohort.id, person_id=person.id, **mine))
            account_actions.grant_role(
                session, person=person, role=Role.TRAINEE, valid_from=past, cohort_id=cohort.id
            )
        return list(session.scalars(select(Account.id).order_by(Account.id)))


def sign_in(settings: Settings, database: Database, account_id: int) -> str:
    """The cookie of a browser that signed in."""
    app = create_app(settings, database)
    with database.transaction() as session:
        account = session.get_one(Account, account_id)
        secret = sessions.open_session(
            session, account=account, settings=settings, now=datetime.now(UTC)
        )
    with app.test_request_context():
        sessions.remember(secret)
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the default interface
        return str(signer.dumps(dict(browser_session)))


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


@contextmanager
def serving(data: Path) -> Iterator[Site]:
    """A site of which `data` is the folder, as long as the block lasts."""
    settings = Settings(data=data, port=free_port())
    settings.make_folders()
    migrate.upgrade(settings.url)
    database = Database.at(settings.url)
    samira, bram = furnish(database)
    with database.reading() as session:
        lesson = str(session.scalars(select(Lesson.public_id)).one())
    site = Site(settings, database, {"samira": samira, "bram": bram}, lesson)
    for who in site.accounts:
        site.sign_in(who)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LMS_DATA": str(settings.data)}
    with subprocess.Popen(web_command(settings), cwd=ROOT, env=environment) as server:
        while not answers(settings):
            assert server.poll() is None, "the server died"
            threading.Event().wait(0.1)
        yield site
        server.terminate()
    database.engine.dispose()


@contextmanager
def visiting(browser: Browser, site: Site) -> Iterator[Visit]:
    """Opens the recorder; at the end no page may have complained about itself."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(*, size: tuple[int, int] = PHONE, who: str = "samira", script: str = "") -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="nl-NL"
        )
        contexts.append(context)
        be(context, site, who)
        context.add_init_script(KEEP_PARTS + script)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if _is_complaint(said.text) else None,
        )
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(site.recorder)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(text: str) -> bool:
    """Whether a console line is about our page, and not about a line we broke on purpose."""
    return "Content Security Policy" in text or "no text" in text or "Uncaught" in text


def be(context: BrowserContext, site: Site, who: str) -> None:
    context.clear_cookies()
    cookie: Any = {
        "name": "__Host-gg",
        "value": site.cookies[who],
        "url": "https://localhost",  # secure cookies go to http://localhost as well
        "secure": True,
        "httpOnly": True,
    }
    context.add_cookies([cookie])


def on_screen(page: Page, name: str) -> None:
    page.wait_for_selector(f"[data-recorder][data-screen={name}]")


def press(page: Page, action: str) -> None:
    page.locator(f"[data-do={action}]:visible").click()


def record(page: Page, seconds: float) -> None:
    """From the start screen into a recording that runs for a while."""
    press(page, "camera")
    on_screen(page, "ready")
    press(page, "toggle")
    on_screen(page, "recording")
    page.wait_for_timeout(seconds * 1000)


def stop(page: Page) -> None:
    press(page, "toggle")
    on_screen(page, "review")


def use(page: Page) -> None:
    """Keep it: only now may it become a take."""
    press(page, "use")
    page.wait_for_url("**/takes/*")


def note(page: Page) -> Any:
    return page.locator("[data-part=note]")
