"""The recorder in a real Chromium with a fake camera, against the command that serves people.

Each journey ends at the bytes: what the browser recorded is what lies in the blob store. Lines
break by Playwright's own means, so that the server is the same as everywhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import session as browser_session
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
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

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Launch = Callable[..., Browser]
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
    cookies: dict[str, str]
    lesson: str

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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = Settings(data=tmp_path_factory.mktemp("site"), port=free_port())
    settings.make_folders()
    migrate.upgrade(settings.url)
    database = Database.at(settings.url)
    samira, bram = furnish(database)
    with database.reading() as session:
        lesson = str(session.scalars(select(Lesson.public_id)).one())
    cookies = {
        "samira": sign_in(settings, database, samira),
        "bram": sign_in(settings, database, bram),
    }
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LMS_DATA": str(settings.data)}
    with subprocess.Popen(web_command(settings), cwd=ROOT, env=environment) as server:
        while not answers(settings):
            assert server.poll() is None, "the server died"
            threading.Event().wait(0.1)
        yield Site(settings, database, cookies, lesson)
        server.terminate()
    database.engine.dispose()


@pytest.fixture
def site(served: Site) -> Iterator[Site]:
    """The same site without takes."""
    served.limit(90)
    yield served
    with served.database.transaction() as session:
        for take in session.scalars(select(Take)):
            session.delete(take)


@pytest.fixture(scope="module")
def launch(playwright: Playwright) -> Iterator[Launch]:
    """Starts Chromium with a fake camera, and with more flags where wanted."""
    expect.set_options(timeout=PATIENCE * 1000)
    with ExitStack() as opened:

        def start(*flags: str) -> Browser:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=[*FLAGS, *flags]
            )
            opened.callback(browser.close)
            return browser

        yield start


@pytest.fixture(scope="module")
def chromium(launch: Launch) -> Browser:
    return launch(ALLOWED)


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


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    with visiting(chromium, site) as visit:
        yield visit


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


# --- the bytes --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_what_was_recorded_is_what_is_kept(site: Site, visit: Visit, size: tuple[int, int]) -> None:
    """Record, look back, use it; offline for a while in the middle."""
    page = visit(size=size)
    record(page, 2)
    expect(page.locator("[data-part=safe]")).to_have_text(re.compile(r"\d s veilig bewaard"))
    page.context.set_offline(offline=True)
    expect(page.locator("[data-part=safe]")).to_have_text("Bewaard op dit apparaat")
    page.wait_for_timeout(3_000)
    page.context.set_offline(offline=False)
    stop(page)
    expect(note(page)).to_have_text("Je opname is veilig bewaard. Alleen jij kunt hem zien.")
    recorded = page.evaluate(HASH_PARTS)
    assert site.takes() == [(TakeState.RECORDING, None)]
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    page.locator("[data-do=use]:visible").dblclick()  # the second press finds nothing to do
    page.wait_for_url("**/takes/*")
    assert site.takes() == [(TakeState.KEPT, recorded)]
    assert hashlib.sha256(site.blob()).hexdigest() == recorded
    assert page.evaluate(HASH_STORED)["records"] == 0


def test_what_was_not_used_is_offered_again(site: Site, visit: Visit) -> None:
    """Neither lost nor a take: its maker is asked, and may throw it away."""
    page = visit()
    for answer in ("drop", "use"):
        record(page, 2)
        stop(page)
        expect(note(page)).to_contain_text("veilig bewaard")
        recorded = page.evaluate(HASH_PARTS)
        page.reload()
        pending = page.locator("[data-pending-uploads]")
        told = pending.locator("[data-pending-text]")
        expect(told).to_have_text(
            re.compile(r"Je hebt nog een opname van 0:0\d bij “De beller die wacht”")
        )
        assert site.takes() == [(TakeState.RECORDING, None)]
        pending.locator(f"[data-pending-{answer}]").click()
        if answer == "use":
            expect(told).to_have_text("Je filmpje is verzonden.")
            assert site.takes() == [(TakeState.KEPT, recorded)]
        else:
            expect(pending).to_be_hidden()
            page.wait_for_function("async () => (await fetch('/uploads', {method: 'OPTIONS'})).ok")
            assert site.takes() == []
        assert page.evaluate(HASH_STORED)["records"] == 0


def test_a_page_that_died_is_finished_on_the_next_visit(site: Site, visit: Visit) -> None:
    page = visit()
    record(page, 2.5)
    page.context.route(UPLOADS, lambda route: route.abort())
    page.wait_for_timeout(2_500)
    page.close()

    page = page.context.new_page()
    page.goto(site.recorder)
    pending = page.locator("[data-pending-uploads]")
    expect(pending.locator("[data-pending-text]")).to_contain_text("Je hebt nog een opname")
    pending.locator("[data-pending-use]").click()
    expect(pending.locator("[data-pending-text]")).to_contain_text("1 filmpje wacht op verzenden")
    expect(pending.locator("[data-pending-text]")).to_contain_text("geen verbinding")
    sign_out = page.locator("form[data-sign-out]")
    expect(sign_out).to_have_attribute("data-confirm", re.compile("raak je hem kwijt"))
    stored = page.evaluate(HASH_STORED)
    assert stored["slices"] >= 2  # a busy machine cuts fewer, longer slices
    page.context.unroute(UPLOADS)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(pending.locator("[data-pending-text]")).to_have_text("Je filmpje is verzonden.")
    assert site.takes() == [(TakeState.KEPT, stored["hex"])]
    assert len(site.blob()) == stored["bytes"]
    assert page.evaluate(HASH_STORED)["records"] == 0
    expect(sign_out).not_to_have_attribute("data-confirm", re.compile("."))
    pending.locator("[data-pending-open]").click()
    page.wait_for_url("**/takes/*")


def test_a_recording_begun_offline_is_bound_when_the_line_is_back(site: Site, visit: Visit) -> None:
    page = visit()
    page.context.set_offline(offline=True)
    record(page, 2)
    stop(page)
    expect(note(page)).to_contain_text("Geen verbinding")
    assert site.takes() == []
    page.context.set_offline(offline=False)
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_a_full_device_loses_nothing_while_the_page_is_open(site: Site, visit: Visit) -> None:
    full = """
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (this.name === "slices" && key[1] > 0) throw new DOMException("", "QuotaExceededError");
        return put.call(this, value, key);
      };
    """
    page = visit(script=full)
    record(page, 3)
    expect(page.locator("[data-part=problem]")).to_contain_text("Je apparaat is vol")
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_who_is_signed_out_meanwhile_loses_nothing(site: Site, visit: Visit) -> None:
    page = visit()
    record(page, 2)
    with site.signed_out():
        stop(page)
        expect(note(page)).to_contain_text("Je bent niet meer ingelogd")
        expect(page.locator("[data-part=sign-in]")).to_be_visible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(note(page)).to_contain_text("veilig bewaard")
    expect(page.locator("[data-part=sign-in]")).to_be_hidden()
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_nobody_sends_what_somebody_else_recorded(site: Site, visit: Visit) -> None:
    page = visit()
    page.context.route(UPLOADS, lambda route: route.abort())
    record(page, 2)
    stop(page)
    page.close()
    page.context.unroute(UPLOADS)

    be(page.context, site, "bram")
    page = page.context.new_page()
    page.goto(site.recorder)
    page.wait_for_timeout(1_500)
    expect(page.locator("[data-pending-uploads]")).to_be_hidden()
    assert site.takes() == [(TakeState.RECORDING, None)]
    stored = page.evaluate(HASH_STORED)

    be(page.context, site, "samira")
    page.reload()
    page.locator("[data-pending-use]").click()
    expect(page.locator("[data-pending-text]")).to_have_text("Je filmpje is verzonden.")
    assert site.takes() == [(TakeState.KEPT, stored["hex"])]


# --- again, trial, file -----------------------------------------------------------------------


def test_again_throws_away_and_a_trial_leaves_no_trace(site: Site, visit: Visit) -> None:
    page = visit()
    record(page, 1.5)
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        press(page, "again")
    on_screen(page, "ready")
    assert site.takes() == []

    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    press(page, "trial")
    on_screen(page, "recording")
    page.wait_for_timeout(1_500)
    stop(page)
    expect(note(page)).to_contain_text("Dit proefje is niet verzonden")
    expect(page.locator("[data-part=use]")).to_be_hidden()
    page.wait_for_timeout(500)
    assert [line for line in asked if not line.split()[1].startswith("blob:")] == []
    assert page.evaluate(HASH_STORED)["records"] == 0

    press(page, "again")
    on_screen(page, "ready")
    press(page, "toggle")
    on_screen(page, "recording")
    page.wait_for_timeout(1_500)
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_called_off_in_the_countdown_makes_no_take(site: Site, visit: Visit) -> None:
    page = visit()
    press(page, "camera")
    on_screen(page, "ready")
    with page.expect_response(lambda answer: answer.url.endswith("/delete")):
        page.locator("[data-do=toggle]:visible").dblclick()  # a double click calls nothing off
        on_screen(page, "count")
        page.wait_for_timeout(700)
        expect(page.locator("[data-recorder]")).to_have_attribute("data-screen", "count")
        expect(page.locator(".gg-booth__task")).to_be_visible()
        page.keyboard.press("Escape")
    on_screen(page, "ready")
    expect(note(page)).to_contain_text("Gestopt voor het begon")
    expect(page.locator("[data-part=status]")).to_be_empty()
    assert site.takes() == []
    assert page.evaluate(HASH_STORED)["records"] == 0


def test_a_chosen_file_arrives_as_it_is(site: Site, visit: Visit) -> None:
    page = visit()
    clip = ROOT / "lms/demo/clips/example-greeting.mp4"
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", clip)
    on_screen(page, "review")
    expect(note(page)).to_contain_text("veilig bewaard")
    use(page)
    assert site.blob() == clip.read_bytes()


@pytest.mark.parametrize(
    ("name", "kind", "content", "said"),
    [
        ("brief.txt", "text/plain", b"geen filmpje", "Dit is geen filmpje of geluid"),
        ("leeg.mp4", "video/mp4", b"", "Dit bestand is leeg"),
    ],
)
def test_a_wrong_file_is_refused_before_it_is_sent(
    site: Site, visit: Visit, name: str, kind: str, content: bytes, said: str
) -> None:
    page = visit()
    given: Any = {"name": name, "mimeType": kind, "buffer": content}
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", given)
    expect(page.locator("[data-part=problem]")).to_contain_text(said)
    assert site.takes() == []


def test_a_text_that_is_called_a_film_is_doubted_at_once(site: Site, visit: Visit) -> None:
    """Its name says webm. Trying is allowed: the server has the last word."""
    page = visit()
    given: Any = {"name": "brief.webm", "mimeType": "video/webm", "buffer": b"Beste klant, " * 99}
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", given)
    expect(page.locator("[data-part=problem]")).to_contain_text("Dit lijkt geen filmpje of geluid")
    expect(page.locator("[data-part=use]")).to_be_visible()
    assert site.takes() == [(TakeState.RECORDING, None)]


def test_a_file_that_lasts_too_long_is_refused_before_it_is_sent(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    site.limit(10)
    long = tmp_path / "long.webm"
    tone = ["-f", "lavfi", "-i", "sine", "-t", "13", "-c:a", "libopus"]
    subprocess.run(["ffmpeg", "-v", "error", *tone, str(long)], check=True)
    page = visit()
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", long)
    expect(page.locator("[data-part=problem]")).to_contain_text("Dit filmpje duurt te lang")
    assert site.takes() == []


# --- limits, keys and help --------------------------------------------------------------------


def test_by_keyboard_alone_until_the_time_is_up(site: Site, visit: Visit) -> None:
    site.limit(10)
    page = visit(size=DESK)
    page.locator("[data-do=camera]").focus()
    page.keyboard.press("Enter")
    on_screen(page, "ready")
    assert page.evaluate("document.activeElement.dataset.part") == "toggle"
    page.keyboard.press("Space")
    on_screen(page, "recording")
    assert page.evaluate("document.activeElement.dataset.part") == "toggle"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    on_screen(page, "paused")
    expect(page.locator("[data-part=pause-label]")).to_have_text("Verder")
    page.keyboard.press("Enter")
    on_screen(page, "review")
    expect(page.locator("[data-part=status]")).to_contain_text("De tijd is om")
    expect(page.locator("[data-part=length]")).to_have_text(re.compile("De tijd is om.* 0:10"))
    assert page.evaluate("document.activeElement.dataset.part") == "title"
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_axe_finds_nothing_on_any_screen(site: Site, visit: Visit) -> None:
    site.limit(10)
    for size in (PHONE, DESK):
        page = visit(size=size)
        page.evaluate(AXE)
        clean(page, "start")
        press(page, "camera")
        on_screen(page, "ready")
        clean(page, "ready")
        press(page, "toggle")
        on_screen(page, "recording")
        clean(page, "recording")
        press(page, "pause")
        on_screen(page, "paused")
        clean(page, "paused")
        stop(page)
        clean(page, "review")
        page.evaluate("document.querySelector('[data-part=problem]').hidden = false")


def clean(page: Page, screen: str) -> None:
    run = "(tags) => axe.run({ runOnly: tags })"
    found = page.evaluate(run, [*WCAG, "best-practice"])["violations"]
    told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
    assert told == [], screen


def test_a_refused_camera_says_what_to_do(site: Site, launch: Launch) -> None:
    with visiting(launch(), site) as visit:
        page = visit()
        press(page, "camera")
        problem = page.locator("[data-part=problem]")
        expect(problem).to_contain_text("We mogen je camera of microfoon niet gebruiken")
        expect(problem).to_contain_text("slotje")
        expect(page.locator("[data-do=camera]")).to_be_visible()
        assert site.takes() == []


def test_a_page_without_https_explains_and_takes_files(site: Site, visit: Visit) -> None:
    page = visit(script="Object.defineProperty(window, 'isSecureContext', { value: false });")
    expect(page.locator("[data-part=problem]")).to_contain_text("https://")
    expect(page.locator("[data-do=camera]")).to_be_hidden()
    expect(page.locator("[data-part=phone]")).to_be_visible()
    clip = ROOT / "lms/demo/clips/example-greeting.mp4"
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", clip)
    expect(note(page)).to_contain_text("veilig bewaard")
    use(page)
    assert site.blob() == clip.read_bytes()
