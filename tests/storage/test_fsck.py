"""`lms media fsck` and `lms doctor` on both places: what they find, and what they mend."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy import select
from support.served import free_port

from lms import clock
from lms.cli import main, texts
from lms.config import Settings
from lms.db import Database
from lms.demo.actions import find_demo
from lms.jobs.models import Job
from lms.learning.job_rows import NORMALISE
from lms.storage import store_of
from media.models import Clip, ClipState, Rendition, RenditionKind
from media.storage.port import BlobStore
from media.storage.s3 import Bucket, S3Store

CONTENT = b"a recording"
OTHER = b"A RECORDING"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Installation:
    """A fresh installation with its clips in one of the two places."""

    settings: Settings
    database: Database
    store: BlobStore

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    def put(self, key: str, content: bytes) -> str:
        source = self.settings.work / "source"
        source.write_bytes(content)
        self.store.put(key, source)
        return key

    def keep_clip(self) -> tuple[UUID, str, str]:
        """A clip with its bytes and one rendition: its id, and the keys of the two."""
        clip = Clip(
            public_id=uuid4(),
            organisation_id=1,
            original_sha256=SHA256,
            original_bytes=len(CONTENT),
            media_type="video/webm",
            state=ClipState.READY,
            created_at=clock.now(),
        )
        key = f"{clip.public_id}/video-1-1.mp4"
        clip.renditions = [
            Rendition(
                organisation_id=1,
                kind=RenditionKind.VIDEO,
                key=key,
                bytes=len(CONTENT),
                sha256=SHA256,
                created_at=clock.now(),
            )
        ]
        public_id, original = clip.public_id, f"{clip.public_id}/{SHA256}"
        for place in (original, key):
            self.put(place, CONTENT)
        with self.database.transaction() as session:
            session.add(clip)
        return public_id, original, key

    def leave_half(self) -> str:
        """What a put that was killed leaves; the clip it was for."""
        clip = uuid4()
        if isinstance(self.store, S3Store):
            self.store._client.create_multipart_upload(  # noqa: SLF001 -- half a put
                Bucket=self.store.bucket.name, Key=f"{clip}/x"
            )
        else:
            (self.settings.blobs / str(clip)).mkdir()
        return str(clip)

    def keys(self) -> list[str]:
        return [blob.key for blob in self.store.list_blobs()]

    def clip(self, public_id: UUID) -> Clip:
        with self.database.reading() as session:
            return session.scalars(select(Clip).where(Clip.public_id == public_id)).one()

    def jobs(self, public_id: UUID) -> list[Job]:
        with self.database.reading() as session:
            return list(
                session.scalars(
                    select(Job).where(Job.kind == NORMALISE, Job.subject_id == str(public_id))
                )
            )


@pytest.fixture(params=["disk", "s3"])
def lms(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    for name in (*texts.LOCALE_VARIABLES, *(n for n in os.environ if n.startswith("LMS_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LMS_ENV", "test")
    monkeypatch.setenv("LMS_DATA", str(tmp_path / "data"))
    if request.param == "s3":
        bucket: Bucket = request.getfixturevalue("bucket")
        secret = tmp_path / "secret"
        secret.write_text(f"{bucket.secret_key}\n")
        for name, value in {
            "STORAGE": "s3",
            "S3_BUCKET": bucket.name,
            "S3_ENDPOINT": bucket.endpoint,
            "S3_ACCESS_KEY": bucket.access_key,
            "S3_SECRET_KEY_FILE": str(secret),
        }.items():
            monkeypatch.setenv(f"LMS_{name}", value)
    texts.language.cache_clear()
    logging = structlog.get_config()
    settings = Settings()
    settings.make_folders()
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    database = Database.at(settings.url)
    yield Installation(settings, database, store_of(settings))
    database.engine.dispose()
    structlog.configure(**logging)
    texts.language.cache_clear()


@pytest.fixture
def tomorrow() -> Iterator[datetime]:
    """What was put just now is older than a day."""
    then = datetime.now(UTC) + timedelta(hours=25)
    with clock.frozen_at(then):
        yield then


def test_what_belongs_together_is_fine(lms: Installation) -> None:
    lms.keep_clip()
    told = lms("media", "fsck", "--checksums", "--mend")
    assert told.exit_code == 0, told.output
    assert "1 opnames met samen 2 bestanden" in told.output
    assert "Alles klopt" in told.output


def test_only_what_is_left_over_for_a_day_is_removed_and_only_when_asked(
    lms: Installation, tomorrow: datetime
) -> None:
    _clip, original, video = lms.keep_clip()
    loser = lms.put(video.replace("1-1", "1-0"), b"of an attempt that lost its lease")
    nobody = lms.put(f"{uuid4()}/{SHA256}", CONTENT)
    half = lms.leave_half()
    part = lms.settings.uploads / f"{uuid4()}.part"
    part.write_bytes(b"x")
    left = (loser, nobody, half, str(part))

    with clock.frozen_at(tomorrow - timedelta(hours=24)):
        fresh = lms("media", "fsck", "--mend")
    assert "Alles klopt" in fresh.output

    dry = lms("media", "fsck")
    assert dry.exit_code == 0
    assert all(f"hoort nergens bij: {key}" in dry.output for key in left)
    assert len(lms.keys()) == 4
    assert part.exists()

    mended = lms("media", "fsck", "--mend")
    assert mended.exit_code == 0
    assert all(f"verwijderd: {key}" in mended.output for key in left)
    assert lms.keys() == sorted([original, video])
    assert list(lms.store.list_unfinished()) == []
    assert not part.exists()
    assert "Alles klopt" in lms("media", "fsck").output


def test_a_file_that_is_gone_is_made_again_from_the_recording(lms: Installation) -> None:
    clip, _original, video = lms.keep_clip()
    lms.store.remove(video)
    dry = lms("media", "fsck")
    assert dry.exit_code == 1
    assert f"kwijt: {video}" in dry.output
    assert lms.jobs(clip) == []

    mended = lms("media", "fsck", "--mend")
    assert f"wordt opnieuw gemaakt door de worker: {clip}" in mended.output
    assert len(lms.jobs(clip)) == 1
    assert lms.clip(clip).state is ClipState.READY


def test_bytes_that_changed_are_found_by_reading_them(lms: Installation) -> None:
    clip, _original, video = lms.keep_clip()
    lms.put(video, OTHER)
    assert "Alles klopt" in lms("media", "fsck").output
    told = lms("media", "fsck", "--checksums", "--mend")
    assert told.exit_code == 1
    assert f"beschadigd: {video}" in told.output
    assert len(lms.jobs(clip)) == 1


def test_a_file_of_another_size_is_found_without_reading(lms: Installation) -> None:
    _clip, _original, video = lms.keep_clip()
    lms.put(video, CONTENT[:-1])
    assert f"beschadigd: {video}" in lms("media", "fsck").output


def test_a_recording_that_is_gone_while_its_film_is_there_stays_watchable(
    lms: Installation,
) -> None:
    clip, original, _video = lms.keep_clip()
    lms.store.remove(original)
    told = lms("media", "fsck", "--mend")
    assert told.exit_code == 1
    assert "Alleen een back-up helpt" in told.output
    assert lms.clip(clip).state is ClipState.READY


def test_a_clip_of_which_nothing_is_left_is_given_up_until_its_bytes_return(
    lms: Installation,
) -> None:
    clip, original, video = lms.keep_clip()
    lms.store.erase(clip)
    told = lms("media", "fsck", "--mend")
    assert told.exit_code == 1
    assert f"opname is weg, de maker krijgt bericht: {clip}" in told.output
    assert (lms.clip(clip).state, lms.clip(clip).failure_code) == (ClipState.FAILED, "file_lost")
    again = lms("media", "fsck", "--mend")
    assert f"kwijt, de maker weet het: {original}" in again.output
    assert lms.jobs(clip) == []

    lms.put(original, CONTENT)  # from a backup
    back = lms("media", "fsck", "--mend")
    assert f"weer terug: {original}" in back.output
    assert f"wordt opnieuw gemaakt door de worker: {clip}" in back.output
    assert f"kwijt, de maker weet het: {video}" in back.output
    assert len(lms.jobs(clip)) == 1


def test_the_wrong_database_or_the_wrong_store_is_not_mended_away(
    lms: Installation, tomorrow: datetime
) -> None:
    assert tomorrow
    foreign = sorted(lms.put(f"{uuid4()}/{SHA256}", b"x") for _ in range(21))
    lms.keep_clip()
    told = lms("media", "fsck", "--mend")
    assert told.exit_code == 1
    assert "Er is niets veranderd" in told.output
    assert set(foreign) < set(lms.keys())
    forced = lms("media", "fsck", "--mend", "--force")
    assert forced.exit_code == 0
    assert len(lms.keys()) == 2


@pytest.mark.parametrize("lms", ["s3"], indirect=True)
def test_a_bucket_that_is_away_is_told_in_one_line_and_nothing_is_given_up(
    lms: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, _original, _video = lms.keep_clip()
    monkeypatch.setenv("LMS_S3_BUCKET", "mistyped")
    told = lms("media", "fsck", "--mend", "--force")
    assert told.exit_code == 1
    assert told.output.strip().splitlines()[-1].startswith("De opslag doet het niet (NoSuchBucket)")
    assert lms.clip(clip).state is ClipState.READY


@pytest.mark.parametrize("lms", ["s3"], indirect=True)
@pytest.mark.parametrize("command", [("demo",), ("demo", "--reset"), ("run", "--demo")])
def test_no_demo_is_begun_while_the_bucket_is_away(
    lms: Installation, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LMS_S3_BUCKET", "mistyped")
    monkeypatch.setenv("LMS_PORT", str(free_port()))
    told = lms(*command)
    assert told.exit_code == 1
    last = told.stderr.strip().splitlines()[-1]
    assert last.startswith("De demo is niet gemaakt: de opslag doet het niet (NoSuchBucket)")
    assert last.endswith("lms demo --reset")
    with lms.database.reading() as session:
        assert find_demo(session) is None


# --- doctor -----------------------------------------------------------------------------


def look(lms: Installation) -> dict[str, str]:
    checks = json.loads(lms("doctor", "--json").stdout)["checks"]
    (found,) = (check for check in checks if check["check"] == "storage")
    return {name: found[name] for name in ("level", "code", "text")}


def test_doctor_tries_the_storage_out_and_leaves_nothing(lms: Installation) -> None:
    found = look(lms)
    assert (found["level"], found["code"]) == ("ok", f"storage_ready_{lms.settings.storage}")
    assert lms.keys() == []
    assert list(lms.settings.work.iterdir()) == []


@pytest.mark.parametrize("lms", ["s3"], indirect=True)
def test_doctor_says_why_the_bucket_does_not_work_and_never_the_secret(
    lms: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = lms.settings.s3_secret()
    monkeypatch.setenv("LMS_S3_BUCKET", "mistyped")
    found = look(lms)
    assert (found["level"], found["code"]) == ("broken", "storage_unreachable")
    assert "NoSuchBucket" in found["text"]
    monkeypatch.setenv("LMS_S3_ENDPOINT", "http://127.0.0.1:9")
    told = lms("doctor")
    assert told.exit_code == 1
    assert "EndpointConnectionError" in told.output
    assert secret not in told.output
    assert secret not in repr(Settings())


# --- settings ---------------------------------------------------------------------------

GOOD = {
    "LMS_STORAGE": "s3",
    "LMS_S3_BUCKET": "clips",
    "LMS_S3_ACCESS_KEY": "somebody",
    "LMS_S3_SECRET_KEY": "hush-hush",
}
Start = Callable[[dict[str, str]], Result]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    def call(environment: dict[str, str]) -> Result:
        for name in (n for n in os.environ if n.startswith("LMS_")):
            monkeypatch.delenv(name)
        return CliRunner().invoke(
            main, ["media", "fsck"], env={"LMS_DATA": str(tmp_path), **environment}
        )

    return call


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"LMS_S3_BUCKET": ""}, "LMS_S3_BUCKET"),
        ({"LMS_S3_ACCESS_KEY": ""}, "LMS_S3_ACCESS_KEY"),
        ({"LMS_S3_SECRET_KEY": ""}, "LMS_S3_SECRET_KEY_FILE"),
        ({"LMS_S3_SECRET_KEY_FILE": "/nowhere"}, "LMS_S3_SECRET_KEY_FILE"),
        ({"LMS_S3_SECRET_KEY": "", "LMS_S3_SECRET_KEY_FILE": "/nowhere"}, "cannot be read"),
        ({"LMS_S3_ENDPOINT": "s3.example.org"}, "LMS_S3_ENDPOINT"),
        ({"LMS_S3_PRESIGN_SECONDS": "86400"}, "LMS_S3_PRESIGN_SECONDS"),
        ({"LMS_STORAGE": "floppy"}, "LMS_STORAGE"),
    ],
)
def test_a_setting_that_is_wrong_is_named_and_no_secret_is_told(
    start: Start, changed: dict[str, str], named: str
) -> None:
    told = start(GOOD | changed)
    assert told.exit_code == 1
    assert named in told.output
    assert "hush-hush" not in told.output
