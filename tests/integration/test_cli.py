"""The commands of an operator, on real files, a real ffmpeg and real processes."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click
import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy import select

from courses.models import Organisation
from courses.terms import Role
from lms import clock, doctor
from lms.accounts.actions import Credentials, authenticate
from lms.accounts.models import RoleGrant
from lms.cli import main, texts
from lms.cli.mending import Step
from lms.cli.words_en import ENGLISH
from lms.cli.words_nl import DUTCH
from lms.config import Environment, Settings
from lms.db import Database
from lms.demo.content import clips
from lms.heartbeats import HeartbeatFile
from lms.jobs import rows
from lms.jobs.models import Lane
from media.transcription.models import NEEDED_FILES
from media.video.errors import FailureCode, RefusalCode
from media.video.sandbox import SandboxDetail

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120
"""A deadline for a test that hangs, no measure of speed."""

WEAK = ("public", "versioned")
"""What `BlobStore.weaknesses` may say."""

Lms = Callable[..., Result]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A fresh installation whose operator speaks Dutch."""
    for name in (*texts.LOCALE_VARIABLES, *(n for n in os.environ if n.startswith("LMS_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LMS_ENV", "test")
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "data"))
    texts.language.cache_clear()
    logging = structlog.get_config()
    yield Settings()
    structlog.configure(**logging)
    texts.language.cache_clear()


@pytest.fixture
def lms(settings: Settings) -> Lms:  # noqa: ARG001 -- sets the environment
    def call(*arguments: str | Path, given: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(a) for a in arguments], input=given)

    return call


@pytest.fixture
def database(settings: Settings, lms: Lms) -> Iterator[Database]:
    assert lms("db", "upgrade").exit_code == 0
    made = Database.at(settings.url)
    yield made
    made.engine.dispose()


# --- words and help ---------------------------------------------------------------------


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences_with_the_same_parameters() -> None:
    assert set(DUTCH) == set(ENGLISH)
    for name in DUTCH:
        assert fields(DUTCH[name]) == fields(ENGLISH[name]), name


def test_every_code_has_a_sentence() -> None:
    codes = set(
        re.findall(
            r'"((?:database|data|storage|ffmpeg|sandbox|model|engine|worker|lanes|queue|mail)'
            r'_[a-z_]+)"',
            Path(doctor.__file__).read_text(),
        )
    )
    assert codes
    wanted = {f"doctor.{code}" for code in codes}
    wanted |= {f"doctor.sandbox_{detail.value}" for detail in SandboxDetail}
    wanted |= {f"doctor.storage_{code}" for code in ("ready_disk", "ready_s3", *WEAK)}
    wanted |= {f"fsck.{step.value}" for step in Step}
    wanted |= {f"refused.{code.value}" for code in RefusalCode}
    wanted |= {f"failed.{code.value}" for code in FailureCode}
    assert wanted <= set(DUTCH)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "nl"),
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "C.UTF-8"}, "nl"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "nl_NL.UTF-8"}, "nl"),
    ],
)
def test_the_locale_chooses_the_language(
    variables: dict[str, str],
    expected: str,
    settings: Settings,  # noqa: ARG001 -- clears the locale
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    texts.language.cache_clear()
    assert texts.language() == expected


def commands(command: click.Command, path: Sequence[str] = ()) -> Iterator[Sequence[str]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, (*path, name))


def test_every_command_explains_itself(lms: Lms) -> None:
    paths = list(commands(main))
    assert ("media", "process") in paths
    for path in paths:
        told = lms(*path, "--help")
        assert told.exit_code == 0, path
        assert "Usage" in told.output


def test_a_wrong_setting_is_named(lms: Lms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_WHISPER_ENGINE", "parrot")
    told = lms("doctor")
    assert told.exit_code == 1
    assert "LMS_WHISPER_ENGINE" in told.stderr


# --- db ---------------------------------------------------------------------------------


def test_upgrade_and_check(lms: Lms) -> None:
    assert lms("db", "check").exit_code == 1
    assert lms("db", "upgrade").exit_code == 0
    assert lms("db", "check").exit_code == 0


def test_an_unreachable_database_is_one_line(lms: Lms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_DATABASE_URL", "postgresql+psycopg://nobody@/x?host=/nowhere")
    for command in (("db", "upgrade"), ("db", "check"), ("media", "fsck")):
        told = lms(*command)
        assert told.exit_code == 1
        assert told.stderr.startswith("De database is niet te bereiken")
        assert told.stderr.count("\n") == 1


# --- doctor -----------------------------------------------------------------------------


def findings(lms: Lms) -> dict[str, dict[str, object]]:
    told = json.loads(lms("doctor", "--json").stdout)
    return {found["check"]: found for found in told["checks"]}


def test_doctor_on_a_fresh_machine_says_what_to_do_and_makes_nothing(
    lms: Lms, settings: Settings
) -> None:
    told = lms("doctor")
    assert told.exit_code == 1
    assert "db upgrade" in told.stdout
    assert not (settings.data / "lms.sqlite3").exists()


def test_doctor_is_content_with_a_good_installation(lms: Lms, database: Database) -> None:  # noqa: ARG001 -- upgraded
    assert lms("doctor").exit_code == 0
    found = findings(lms)
    assert [found[name]["level"] for name in ("database", "data", "ffmpeg")] == ["ok"] * 3
    assert (found["whisper"]["code"], found["whisper"]["level"]) == ("model_missing", "todo")
    assert "model fetch small" in str(found["whisper"]["text"])
    assert found["worker"]["level"] == "todo"
    assert found["mail"]["code"] == "mail_not_yet"


def test_doctor_sees_a_worker_live_fall_silent_and_miss_a_lane(
    lms: Lms,
    database: Database,  # noqa: ARG001 -- upgraded
    settings: Settings,
) -> None:
    heart = HeartbeatFile(settings.data, list(Lane), now=clock.now())
    assert findings(lms)["worker"]["code"] == "worker_alive"
    heart.beat(clock.now() - timedelta(minutes=5))
    assert findings(lms)["worker"]["code"] == "worker_silent"
    assert lms("doctor").exit_code == 1
    heart.remove()
    HeartbeatFile(settings.data, ["quick"], now=clock.now())
    found = findings(lms)["worker"]
    assert (found["code"], found["params"]) == (
        "lanes_unserved",
        {"lanes": "media, transcription"},
    )


def test_doctor_is_worried_when_work_waits_for_nobody(lms: Lms, database: Database) -> None:
    spec = rows.JobSpec(
        kind="media.normalise",
        lane=Lane.MEDIA,
        organisation_id=1,
        subject_type="clip",
        subject_id="a",
        params={},
    )
    with database.transaction() as session:
        rows.enqueue(session, spec, now=clock.now() - timedelta(hours=2))
    found = findings(lms)
    assert (found["worker"]["code"], found["worker"]["level"]) == ("worker_absent", "broken")
    assert found["queue"]["code"] == "queue_slow"


@pytest.mark.parametrize(
    ("env", "public_url", "proxies", "code"),
    [
        ("production", "https://leren.example.org", 0, "proxy_unnamed"),
        ("production", "https://leren.example.org", 1, "proxy_named"),
        ("production", "", 0, "proxy_none"),
        ("development", "https://leren.example.org", 0, "proxy_none"),
    ],
)
def test_doctor_misses_the_proxy_that_must_be_there(
    database: Database, tmp_path: Path, env: str, public_url: str, proxies: int, code: str
) -> None:
    settings = Settings(
        env=Environment(env), data=tmp_path, public_url=public_url, trusted_proxies=proxies
    )
    assert doctor.look_at_proxy(settings, database).code == code


def test_doctor_notices_a_data_folder_it_cannot_write(
    lms: Lms, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    # Root may write everywhere, so the refusal itself has to be played.
    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    assert doctor.look_at_data(settings, database).code == "data_not_writable"
    assert lms("doctor").exit_code == 1


# --- model ------------------------------------------------------------------------------


def test_a_model_without_a_download_is_refused_by_name(lms: Lms) -> None:
    for name in ("parrot", "demomodel"):
        told = lms("model", "fetch", name)
        assert told.exit_code == 2
        assert name in told.stderr
        assert "small" in told.stderr


def test_a_model_that_is_there_is_listed_and_not_fetched_again(
    lms: Lms, settings: Settings
) -> None:
    place = settings.models / "faster" / "small"
    place.mkdir(parents=True)
    for name in NEEDED_FILES:
        (place / name).write_bytes(b"\0" * 1_000_000)
    assert "(3 MB)" in lms("model", "fetch", "small").stdout
    listed = lms("model", "list").stdout
    assert re.search(r"^\* small +aanwezig, 3 MB$", listed, re.MULTILINE)
    assert re.search(r"^  tiny +niet aanwezig$", listed, re.MULTILINE)


# --- user -------------------------------------------------------------------------------


PASSWORD = "lang-genoeg-1"


def create(lms: Lms, *, email: str = "ada@voorbeeld.nl", password: str = PASSWORD) -> Result:
    who = ("--organisation", "Gemeente Voorbeeld", "--name", "Ada de Wit", "--email", email)
    return lms("user", "create-admin", *who, "--password-stdin", given=f"{password}\n")


def test_the_first_administrator_can_sign_in(lms: Lms, database: Database) -> None:
    assert create(lms).exit_code == 0
    given = Credentials("Ada@Voorbeeld.nl", PASSWORD, "127.0.0.1")
    assert authenticate(database, given, now=clock.now()) is not None
    with database.reading() as session:
        assert session.scalars(select(RoleGrant.role)).all() == [Role.ADMIN]
        assert session.scalars(select(Organisation.slug)).all() == ["gemeente-voorbeeld"]


def test_a_second_administrator_joins_the_same_organisation(lms: Lms, database: Database) -> None:
    assert create(lms).exit_code == 0
    assert create(lms, email="bea@voorbeeld.nl").exit_code == 0
    with database.reading() as session:
        assert len(session.scalars(select(Organisation)).all()) == 1


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("ada@voorbeeld.nl", "kort", "wachtwoord"),
        ("ada", PASSWORD, "e-mailadres"),
        ("taken@voorbeeld.nl", PASSWORD, "al een account"),
    ],
)
def test_what_makes_no_good_account_is_refused(
    lms: Lms, database: Database, email: str, password: str, said: str
) -> None:
    assert create(lms, email="TAKEN@voorbeeld.nl").exit_code == 0
    told = create(lms, email=email, password=password)
    assert told.exit_code == 2
    assert said in told.stderr
    with database.reading() as session:
        assert len(session.scalars(select(RoleGrant)).all()) == 1


# --- demo -------------------------------------------------------------------------------


def test_no_demo_in_production(lms: Lms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_ENV", "production")
    told = lms("demo")
    assert told.exit_code == 1
    assert "LMS_ENV=production" in told.stderr


# --- media process ----------------------------------------------------------------------


def test_process_writes_what_the_worker_would(
    lms: Lms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_WHISPER_MODEL", "demomodel")
    clip = clips()["samira-waiting-2"]
    told = lms("media", "process", clip.path, "--json", "--out", tmp_path / "out")
    assert told.exit_code == 0, told.stderr
    made = json.loads(told.stdout)
    assert made["duration_seconds"] == pytest.approx(clip.duration_ms / 1000, abs=0.2)
    [video] = made["renditions"]
    assert video["codecs"] == ["h264", "aac"]
    assert (video["width"], video["height"]) == (640, 360)
    assert video["bytes"] == Path(video["path"]).stat().st_size
    assert Path(made["captions"]).read_text().startswith("WEBVTT\n")
    heard = made["transcript"]
    assert (heard["language"], heard["speech"]) == ("nl", True)
    assert heard["segments"][0]["start"] == pytest.approx(
        clip.sentences[0].start_ms / 1000, abs=0.3
    )
    assert heard["segments"][-1]["end"] <= made["duration_seconds"] + 0.3
    assert all(set(segment) == {"start", "end", "text"} for segment in heard["segments"])


def test_process_without_a_model_makes_all_but_the_text(
    lms: Lms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = lms("media", "process", clips()["samira-greeting-1"].path, "--json")
    assert told.exit_code == 3
    assert told.stderr.count("\n") == 1
    assert "model fetch small" in told.stderr
    made = json.loads(told.stdout)
    assert (made["transcript"], made["captions"]) == (None, None)
    folder = tmp_path / "samira-greeting-1-processed"
    assert Path(made["renditions"][0]["path"]) == folder / "video.mp4"
    assert (folder / "video.mp4").is_file()


def test_process_tells_a_person_too(lms: Lms, tmp_path: Path) -> None:
    told = lms("media", "process", clips()["samira-greeting-1"].path, "--out", tmp_path / "out")
    assert "video.mp4" in told.stdout
    assert "640x360" in told.stdout


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.webm", b"", "leeg"),
        ("list.webm", b"#EXTM3U\nfile:///etc/passwd\n", "afspeellijst"),
        ("picture.mp4", PIXEL, "plaatje"),
        ("letter.mp4", b"Beste mensen, " * 100, "geen video of geluid"),
    ],
)
def test_process_refuses_in_one_line(
    lms: Lms, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    told = lms("media", "process", tmp_path / name, "--json", "--out", tmp_path / "out")
    assert (told.exit_code, told.stdout) == (2, "")
    assert said in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_process_refuses_what_is_not_there_and_what_is_too_large(
    lms: Lms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lms("media", "process", tmp_path / "gone.webm").exit_code == 2
    monkeypatch.setenv("LMS_MAX_UPLOAD_MB", "1")
    large = tmp_path / "large.webm"
    with large.open("wb") as file:
        file.truncate(1024 * 1024 + 1)
    told = lms("media", "process", large)
    assert (told.exit_code, "1 MB" in told.stderr) == (2, True)


# --- run --------------------------------------------------------------------------------


class Running:
    """`lms run` as a process of its own."""

    def __init__(self, tmp_path: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.log = tmp_path / "run.log"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LMS_", "LC_", "LANG"))
        } | {
            "LMS_DATA": str(tmp_path / "data"),
            "LMS_PORT": str(self.port),
            "LMS_WEB_THREADS": "4",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lms.cli", "run"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_until(self, is_so: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)

    def children(self) -> dict[str, int]:
        """Pids of web and worker."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                command = (folder / "cmdline").read_text()
            except (OSError, IndexError):
                continue
            if int(parent) == self.process.pid:
                found["worker" if "lms.worker" in command else "web"] = int(folder.name)
        return found

    def status(self) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path)
    yield made
    made.close()


def is_gone(pid: int) -> bool:
    """Whether the process ended; one that only waits for its parent counts as ended."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.enable_socket
def test_run_serves_restarts_and_stops_everything(running: Running) -> None:
    running.wait_until(lambda: f"http://localhost:{running.port}" in running.said())
    assert running.status() == 200
    running.wait_until(lambda: "user create-admin" in running.said())
    running.wait_until(lambda: "model fetch small" in running.said())
    taken = subprocess.run(
        [sys.executable, "-m", "lms.cli", "run"],
        env=running.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.returncode == 1
    assert f"Poort {running.port} is al bezet" in taken.stderr
    first = running.children()
    assert set(first) == {"web", "worker"}
    for pid in first.values():
        os.kill(pid, signal.SIGKILL)
    running.wait_until(lambda: len(running.children()) == 2 and running.status() == 200)
    second = running.children()
    assert not set(first.values()) & set(second.values())
    assert "worker is gestopt (code -9)" in running.said()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(PATIENCE_SECONDS) == 0
    assert all(is_gone(pid) for pid in second.values())
    assert running.status() is None
    assert "Alles is gestopt." in running.said()


@pytest.mark.enable_socket
def test_children_do_not_outlive_a_killed_run(running: Running) -> None:
    running.wait_until(lambda: "klaar op" in running.said())
    left = running.children()
    assert set(left) == {"web", "worker"}
    running.process.kill()
    running.process.wait()
    running.wait_until(lambda: all(is_gone(pid) for pid in left.values()))
