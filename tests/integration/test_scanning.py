"""A virus scanner before anything opens a recording: it fails closed, and nobody loses a take."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from support.scanner import VIRUS, Pretender, pretending
from support.site import Site

from courses.models import Take
from lms import clock, doctor
from lms.audit import Act
from lms.config import Environment, Settings
from lms.doctor import Level
from lms.jobs.models import Job, JobState, Lane
from lms.learning import sweeps
from lms.learning.job_rows import NORMALISE, SCANNER, SCANNER_LIMIT
from lms.notices.models import Notice, NoticeKind
from media.actions import open_upload
from media.models import Clip, ClipState, Rendition

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def scanner(site: Site) -> Iterator[Pretender]:
    """A scanner that the site is set to ask."""
    folder = Path(tempfile.mkdtemp(prefix="scan-"))
    with pretending(folder / "s") as somebody:
        set_scanner(site.settings, somebody.address)
        yield somebody
    shutil.rmtree(folder)


def set_scanner(settings: Settings, address: str) -> None:
    object.__setattr__(settings, "clamd", address)  # frozen, and this site is only ours


def sweep(site: Site) -> None:
    sweeps.sweep(site.settings, site.database, site.bus)


@pytest.fixture
def sent(site: Site, scanner: Pretender) -> Take:  # noqa: ARG001 -- set before the worker comes
    """A take of Samira of which the last byte came in."""
    return send(site, site.footage.recording.path.read_bytes())


def send(site: Site, content: bytes) -> Take:
    take = site.take("samira-recording")
    with site.acting() as session:
        session.execute(delete(Job))
        upload = open_upload(
            session,
            organisation_id=take.organisation_id,
            owner_id=take.person_id,
            target=take.public_id,
            length=len(content),
            max_bytes=len(content),
            language="nl",
            now=clock.now(),
            expires_at=clock.now() + timedelta(hours=1),
        )
    (site.settings.uploads / f"{upload.public_id}.part").write_bytes(content)
    sweep(site)
    return site.take("samira-recording")


def work(site: Site) -> None:
    site.runner.drain([Lane.MEDIA])


def clip_of(site: Site, take: Take) -> Clip:
    (clip,) = site.all(select(Clip).where(Clip.id == take.clip_id))
    return clip


def job_of(site: Site) -> Job:
    (job,) = site.all(select(Job).where(Job.kind == NORMALISE))
    return job


def raw_status(site: Site, clip: Clip) -> int:
    return site.browser("samira").get(f"/clips/{clip.public_id}/raw").status_code


def test_a_clean_recording_is_scanned_first_and_served_only_then(
    site: Site, scanner: Pretender, sent: Take
) -> None:
    clip = clip_of(site, sent)
    page = site.browser("samira").page(f"/takes/{sent.public_id}")
    assert raw_status(site, clip) == 404
    assert "/raw" not in page.html
    work(site)
    assert scanner.heard == [site.footage.recording.path.read_bytes()]
    assert clip_of(site, sent).state is ClipState.READY
    assert raw_status(site, clip) == 200


def test_without_an_answer_the_take_is_safe_and_waits(
    site: Site, scanner: Pretender, sent: Take
) -> None:
    scanner.answer = b"stream: out of memory ERROR\0"
    work(site)
    clip, job = clip_of(site, sent), job_of(site)
    assert (job.state, job.reason, job.attempts) == (JobState.WAITING, SCANNER, 0)
    assert clip.state is ClipState.RECEIVED
    assert site.all(select(Rendition).where(Rendition.clip_id == clip.id)) == []
    assert (site.settings.blobs / clip.original_key).is_file()
    assert raw_status(site, clip) == 404
    page = site.browser("samira").page(f"/takes/{sent.public_id}")
    assert "Hij wacht op de virusscanner." in page.text
    assert "every 1500ms" in page.html
    scanner.version = b"nobody\0"
    sweep(site)
    assert job_of(site).state is JobState.WAITING


def test_when_the_scanner_is_back_the_work_goes_on_by_itself(
    site: Site, scanner: Pretender, sent: Take
) -> None:
    set_scanner(site.settings, f"{scanner.address}-away")
    work(site)
    assert job_of(site).reason == SCANNER
    set_scanner(site.settings, scanner.address)
    sweep(site)
    work(site)
    assert clip_of(site, sent).state is ClipState.READY
    assert job_of(site).attempts == 1


def test_when_no_scanner_is_wanted_any_more_nothing_waits_for_it(site: Site, sent: Take) -> None:
    set_scanner(site.settings, "/nowhere/clamd")
    work(site)
    set_scanner(site.settings, "")
    sweep(site)
    work(site)
    assert clip_of(site, sent).state is ClipState.READY


def test_what_is_too_large_for_the_scanner_waits_and_is_not_sent_all_the_time(
    site: Site, scanner: Pretender, sent: Take
) -> None:
    scanner.limit = 1000
    work(site)
    assert job_of(site).reason == SCANNER_LIMIT
    sweep(site)
    assert job_of(site).state is JobState.WAITING
    scanner.limit = 2**30
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        sweep(site)
        work(site)
    assert clip_of(site, sent).state is ClipState.READY


@pytest.mark.usefixtures("scanner")
def test_an_infected_file_is_refused_said_written_down_and_never_served(site: Site) -> None:
    before = site.last_event()
    take = send(site, site.footage.recording.path.read_bytes() + VIRUS)
    work(site)
    clip, job = clip_of(site, take), job_of(site)
    assert (clip.state, clip.failure_code) == (ClipState.FAILED, "infected")
    assert clip.failure_params == {"signature": "Test.Virus"}
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert site.all(select(Rendition).where(Rendition.clip_id == clip.id)) == []
    failed = [row for row in site.trail(before) if row.act == Act.CLIP_FAILED]
    assert [row.detail["code"] for row in failed] == ["infected"]
    told = site.all(select(Notice).where(Notice.take == take.public_id))
    assert [notice.kind for notice in told] == [NoticeKind.CLIP_FAILED]
    page = site.browser("samira").page(f"/takes/{take.public_id}")
    assert "De virusscanner vond iets gevaarlijks" in page.text
    assert "/raw" not in page.html
    assert raw_status(site, clip) == 404
    set_scanner(site.settings, "")
    assert raw_status(site, clip) == 404


@pytest.mark.usefixtures("scanner")
def test_a_job_that_crashed_before_the_scan_does_not_open_the_door(site: Site, sent: Take) -> None:
    """Only what fails in a program behind the scanner is known to be scanned."""
    clip = clip_of(site, sent)
    for code, status in (("crashed", 404), ("worker_lost", 404), ("unreadable", 200)):
        with site.acting() as session:
            row = session.get_one(Clip, clip.id)
            row.state, row.failure_code = ClipState.FAILED, code
        assert raw_status(site, clip) == status


def test_the_doctor_tells_how_the_scanner_is(
    site: Site,
    scanner: Pretender,
    sent: Take,  # noqa: ARG001 -- it waits
) -> None:
    def look() -> tuple[Level, str]:
        found = doctor.look_at_scanner(site.settings, site.database)
        json.dumps(found.params)
        return found.level, found.code

    assert look() == (Level.OK, "scanner_ready")
    scanner.answer = b"stream: OK\0"
    assert look() == (Level.BROKEN, "scanner_blind")
    scanner.answer, scanner.limit = b"", 1000
    work(site)
    assert look() == (Level.BROKEN, "scanner_limit")
    set_scanner(site.settings, "/nowhere/clamd")
    assert look() == (Level.BROKEN, "scanner_away")
    set_scanner(site.settings, "")
    assert look() == (Level.OK, "scanner_none")
    object.__setattr__(site.settings, "env", Environment.PRODUCTION)
    assert look() == (Level.TODO, "scanner_none")
