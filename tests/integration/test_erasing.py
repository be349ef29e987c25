"""Throwing a take away (I78): rows, tombstone and job in one transaction, then the bytes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session
from support.factories import NOW
from support.routes import open_upload
from support.rows import changed, dump
from support.site import Site, at

from courses.models import CommentReply, ContentReport, Take, TimedComment, TipFollowUp
from courses.terms import TakeState
from lms.audit import Act
from lms.db import BUSY_TIMEOUT_MS
from lms.jobs.models import Job, JobState, Lane
from lms.learning.job_rows import ERASE
from lms.learning.sweeps import sweep
from media.models import Clip, Rendition, Segment, Tombstone, Transcript, Upload


def throw_away(site: Site, name: str, person: str = "samira") -> int:
    take = site.world.takes[name].public_id
    return site.browser(person).send(f"/takes/{take}/delete").status_code


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def count(site: Site, model: type) -> int:
    return site.all(select(func.count()).select_from(model))[0]


def test_i78_a_take_goes_with_everything_that_hangs_on_it(site: Site) -> None:
    """First and second take of the lesson, with remarks, answers, a report and a follow-up."""
    take = site.world.takes["samira-second"]
    samira, jeroen = site.browser("samira"), site.browser("jeroen")
    question = site.world.comments["jeroen-question"].public_id
    samira.send(f"/takes/{take.public_id}/comments/{question}/replies", {"text": "Dank je."})
    tip = site.world.comments["carla-tip"].public_id
    samira.send(f"/takes/{take.public_id}/follow-ups/{tip}", {"verdict": "partly"})
    jeroen.send(f"/takes/{take.public_id}/report")
    clip = take.clip
    assert clip is not None
    assert len(files(site.settings.blobs / str(clip))) == 5  # original, video, poster, peaks, wav

    assert throw_away(site, "samira-second") == 302

    assert site.all(select(Take).where(Take.id == take.id)) == []
    assert site.all(select(Clip).where(Clip.public_id == clip)) == []
    assert site.all(select(TimedComment).where(TimedComment.take_id == take.id)) == []
    assert [count(site, model) for model in (CommentReply, TipFollowUp)] == [0, 0]
    assert site.all(select(ContentReport.take_id)) == [site.world.takes["mo-hidden"].id]
    left = site.all(select(Clip.id))
    for model in (Rendition, Transcript):
        assert set(site.all(select(model.clip_id))) <= set(left)
    known = site.all(select(Transcript.id))
    assert set(site.all(select(Segment.transcript_id))) <= set(known)
    assert site.all(select(Tombstone.thing)) == [clip]
    jobs = site.all(select(Job).where(Job.kind == ERASE))
    assert [(job.subject_id, job.state) for job in jobs] == [(str(clip), JobState.QUEUED)]


def test_i78_the_worker_removes_the_bytes_of_that_clip_only(site: Site) -> None:
    clip = site.world.takes["samira-second"].clip
    before = {path.parent.name for path in files(site.settings.blobs)}
    throw_away(site, "samira-second")
    assert files(site.settings.blobs / str(clip))
    assert site.runner.run_one([Lane.QUICK])
    assert {path.parent.name for path in files(site.settings.blobs)} == before - {str(clip)}
    assert not site.runner.run_one([Lane.QUICK])


def test_i78_no_word_stays_in_the_files_of_sqlite(site: Site) -> None:
    """Neither in the file nor in the log beside it, once the sweeper has been there."""
    if not site.database.is_sqlite:
        pytest.skip("PostgreSQL clears what was deleted when it vacuums")
    secret = b"een zin die niemand meer mag lezen"
    take = site.take("samira-second")
    chosen = select(Segment).join(Transcript).where(Transcript.clip_id == take.clip_id)
    with site.acting() as session:
        session.scalars(chosen).all()[0].corrected_text = secret.decode()
    assert site.database.engine.url.database is not None
    file = Path(site.database.engine.url.database)
    kept = [file, file.with_name(f"{file.name}-wal")]
    assert any(secret in path.read_bytes() for path in kept)
    site.database.forget_erased()
    assert secret in file.read_bytes()

    throw_away(site, "samira-second")
    site.database.forget_erased()
    assert not any(secret in path.read_bytes() for path in kept)
    with site.database.reading() as session:  # the connection waits for a writer as before
        assert session.scalar(text("PRAGMA busy_timeout")) == BUSY_TIMEOUT_MS


def test_i78_the_log_is_left_while_somebody_reads(site: Site) -> None:
    if not site.database.is_sqlite:
        pytest.skip("SQLite only")
    with site.database.reading() as session:
        session.scalar(select(func.count(Take.id)))
        throw_away(site, "samira-second")
        site.database.forget_erased()
        assert session.scalar(select(func.count(Take.id))) == len(site.world.takes)
    site.database.forget_erased()
    assert site.database.engine.url.database is not None
    assert Path(f"{site.database.engine.url.database}-wal").stat().st_size == 0


def test_i78_the_trail_holds_ids_only(site: Site) -> None:
    take, before = site.world.takes["samira-second"], site.last_event()
    throw_away(site, "samira-second")
    trail = [(event.act, event.subject, event.detail) for event in site.trail(before)]
    assert trail == [
        (Act.TAKE_DELETED, str(take.public_id), {"from_state": "shared"}),
        (Act.CLIP_ERASED, str(take.clip), {}),
    ]


def test_s7_throwing_away_is_all_or_nothing(site: Site) -> None:
    browser = site.browser("samira")
    before = dump(site.database)
    take = site.world.takes["samira-second"].public_id

    def fail(_session: Session) -> None:
        raise ConnectionError("the power is gone")

    event.listen(Session, "before_commit", fail)
    try:
        with pytest.raises(ConnectionError):
            browser.send(f"/takes/{take}/delete")
    finally:
        event.remove(Session, "before_commit", fail)
    assert changed(before, dump(site.database)) == []
    assert browser.get(f"/takes/{take}").status_code == 200


def test_an_accepted_take_cannot_be_thrown_away(site: Site) -> None:
    before = dump(site.database, ignoring={"user_session": None})
    assert throw_away(site, "samira-accepted") == 422
    assert changed(before, dump(site.database, ignoring={"user_session": None})) == []
    page = site.browser("samira").page(f"/takes/{site.world.takes['samira-accepted'].public_id}")
    assert page.forms("/delete") == []


@pytest.mark.parametrize(
    "name", ["samira-kept", "samira-processing", "samira-recording", "samira-first"]
)
def test_every_other_take_can(name: str, site: Site) -> None:
    assert throw_away(site, name) == 302
    assert site.all(select(Take).where(Take.id == site.world.takes[name].id)) == []


def test_a_failed_take_can_be_thrown_away(site: Site) -> None:
    assert throw_away(site, "jeroen-failed", "jeroen") == 302


def test_a_running_upload_ends_with_its_take(site: Site) -> None:
    """Its next byte finds nothing, and what came already is swept."""
    upload = UUID(open_upload(site))
    browser = site.browser("samira")
    tus = {"Tus-Resumable": "1.0.0", "X-CSRFToken": browser.token, "Upload-Offset": "0"}
    stream = "application/offset+octet-stream"
    browser.patch(f"/uploads/{upload}", headers=tus, data=b"half", content_type=stream)
    assert files(site.settings.uploads)
    throw_away(site, "samira-recording")
    tus["Upload-Offset"] = "4"
    late = browser.patch(f"/uploads/{upload}", headers=tus, data=b"more", content_type=stream)
    assert late.status_code == 410
    with at(NOW + timedelta(seconds=5)):
        sweep(site.settings, site.database, site.bus)
    assert files(site.settings.uploads) == []
    assert site.all(select(Upload).where(Upload.public_id == upload)) == []


def test_a_recording_thrown_away_in_mid_work_leaves_no_bytes(site: Site) -> None:
    """The clip is erased while it waits for the worker, whichever job comes first."""
    clip = site.world.takes["samira-processing"].clip
    throw_away(site, "samira-processing")
    runner = site.runner
    while runner.run_one([Lane.QUICK, Lane.MEDIA]):
        pass
    assert files(site.settings.blobs / str(clip)) == []
    states = site.all(select(Job.state).where(Job.subject_id == str(clip), Job.kind != ERASE))
    assert states == [JobState.FAILED]


def test_the_next_take_gets_a_number_again(site: Site) -> None:
    throw_away(site, "samira-second")
    lesson = site.world.lessons["waiting"].public_id
    page = site.browser("samira").page(f"/lessons/{lesson}/record")
    assert "Poging 2" in page.text


def test_only_the_maker_throws_away(site: Site) -> None:
    for person in ("jeroen", "carla", "erik", "thea", "ingrid"):
        assert throw_away(site, "samira-second", person) == 404
    assert site.take("samira-second").state is TakeState.SHARED


def test_a_script_is_answered_without_a_page(site: Site) -> None:
    take = site.world.takes["samira-kept"].public_id
    answer = site.browser("samira").send(
        f"/takes/{take}/delete", headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.data) == (204, b"")


def test_what_was_told_about_a_take_that_is_gone_is_no_news(site: Site) -> None:
    """A number behind "Feedback" that no page can ever take away would stay for good."""
    samira = site.browser("samira")
    assert "nieuw" in samira.page("/about").text
    for name in ("samira-first", "samira-second"):
        samira.send(f"/takes/{site.world.takes[name].public_id}/delete")
    samira.send(f"/takes/{site.world.takes['samira-accepted'].public_id}/seen")
    assert "nieuw" not in samira.page("/about").text
