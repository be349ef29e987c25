"""What the sweeper mends: uploads whose process died, files nobody needs, texts that waited.

And that a take thrown away while its clip is being made leaves no byte behind (I78).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from support.site import Site

from courses.actions.takes import delete_take
from courses.models import Take
from courses.terms import TakeState
from lms import clock
from lms.accounts.models import UserSession
from lms.jobs.models import Job, JobState, Lane
from lms.jobs.registry import Commit, JobContext, JobKind, Registry
from lms.jobs.runner import Runner
from lms.learning import jobs, sweeps
from lms.learning.job_rows import ERASE, MODEL, NORMALISE, TRANSCRIBE, process_clip
from lms.learning.renditions import key_of
from media.actions import open_upload
from media.models import Clip, Rendition, RenditionKind, Upload, UploadState
from media.storage.disk import DiskStore
from media.video.outputs import NAMES, FileKind


def _open_upload(site: Site, take: Take, length: int) -> Upload:
    with site.acting() as session:
        return open_upload(
            session,
            organisation_id=take.organisation_id,
            owner_id=take.person_id,
            target=take.public_id,
            length=length,
            max_bytes=length,
            language="nl",
            now=clock.now(),
            expires_at=clock.now() + timedelta(hours=48),
        )


def _sweep(site: Site) -> None:
    sweeps.sweep(site.settings, site.database, site.bus)


def _age(file: Path, *, hours: float) -> None:
    then = clock.now().timestamp() - hours * 3600
    os.utime(file, (then, then))


def test_an_upload_whose_process_died_after_its_last_byte_becomes_a_take(site: Site) -> None:
    take = site.take("samira-recording")
    source = site.footage.recording.path
    upload = _open_upload(site, take, source.stat().st_size)
    shutil.copyfile(source, site.settings.uploads / f"{upload.public_id}.part")

    _sweep(site)

    kept = site.take("samira-recording")
    assert kept.state is TakeState.KEPT
    assert kept.clip_id is not None
    (clip,) = site.all(select(Clip).where(Clip.id == kept.clip_id))
    assert clip.original_sha256 == site.footage.recording.sha256
    assert site.all(select(Job).where(Job.kind == NORMALISE, Job.subject_id == str(clip.public_id)))


def test_an_upload_that_is_not_whole_is_left_to_its_client(site: Site) -> None:
    take = site.take("samira-recording")
    upload = _open_upload(site, take, 1_000)
    part = site.settings.uploads / f"{upload.public_id}.part"
    part.write_bytes(b"half")
    _age(part, hours=5)

    _sweep(site)

    assert site.take("samira-recording").state is TakeState.RECORDING
    assert part.read_bytes() == b"half"


def test_an_upload_nobody_finished_goes_with_its_take_when_its_time_is_over(site: Site) -> None:
    take = site.take("samira-recording")
    upload = _open_upload(site, take, 1_000)
    part = site.settings.uploads / f"{upload.public_id}.part"
    part.write_bytes(b"half")

    with clock.frozen_at(clock.now() + timedelta(hours=49)):
        _sweep(site)

    assert not part.exists()
    assert site.all(select(Upload).where(Upload.id == upload.id)) == []
    assert site.all(select(Take).where(Take.id == take.id)) == []


def test_sessions_that_ended_are_removed_and_others_are_not(site: Site) -> None:
    """Whoever is silent for an hour, and whoever came in twelve hours ago, has to sign in again."""
    samira, carla = site.browser("samira"), site.browser("carla")
    _sweep(site)
    assert len(site.all(select(UserSession.id))) == 2
    with clock.frozen_at(clock.now() + timedelta(minutes=59)):
        assert carla.get("/").status_code == 200
    with clock.frozen_at(clock.now() + timedelta(minutes=61)):
        _sweep(site)
        assert len(site.all(select(UserSession.id))) == 1
        assert samira.get("/").status_code == 302
        assert carla.get("/").status_code == 200
    with site.acting() as session:
        far = clock.now() + timedelta(hours=13)
        session.execute(update(UserSession).values(seen_at=far))
    with clock.frozen_at(far):
        _sweep(site)
    assert site.all(select(UserSession.id)) == []


def test_files_of_finished_uploads_go_after_an_hour_and_not_before(site: Site) -> None:
    take = site.take("samira-kept")
    upload = _open_upload(site, take, 3)
    with site.acting() as session:
        session.execute(
            update(Upload).where(Upload.id == upload.id).values(state=UploadState.FINISHED)
        )
    young = site.settings.uploads / f"{upload.public_id}.part"
    young.write_bytes(b"abc")
    _age(young, hours=0.5)
    _sweep(site)
    assert young.exists()

    _age(young, hours=1.5)
    _sweep(site)
    assert not young.exists()


def test_a_take_that_never_got_a_byte_is_gone_after_two_days(site: Site) -> None:
    take = site.take("samira-recording")
    with clock.frozen_at(clock.now() + timedelta(hours=40)):
        _sweep(site)
        assert site.all(select(Take).where(Take.id == take.id))
    with clock.frozen_at(clock.now() + timedelta(hours=49)):
        _sweep(site)
    assert site.all(select(Take).where(Take.id == take.id)) == []


def test_texts_that_waited_are_queued_once_the_model_is_there(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = site.take("samira-processing")
    with site.acting() as session:
        session.add(
            Job(
                organisation_id=take.organisation_id,
                kind=TRANSCRIBE,
                lane=Lane.TRANSCRIPTION,
                subject_type="clip",
                subject_id="a clip",
                input_hash="x",
                params={},
                state=JobState.WAITING,
                reason=MODEL,
                run_after=clock.now(),
                created_at=clock.now(),
            )
        )
    monkeypatch.setattr(sweeps, "can_transcribe", lambda _settings: False)
    _sweep(site)
    waiting = select(Job).where(Job.subject_id == "a clip")
    assert site.all(waiting)[0].state is JobState.WAITING

    monkeypatch.setattr(sweeps, "can_transcribe", lambda _settings: True)
    _sweep(site)
    assert site.all(waiting)[0].state is JobState.QUEUED


def test_a_take_thrown_away_while_its_clip_is_made_leaves_no_byte(site: Site) -> None:
    """I78: the erase job may run before the other job puts its files."""
    take = site.take("samira-processing")
    (clip,) = site.all(select(Clip).where(Clip.id == take.clip_id))

    def throw_away_meanwhile(context: jobs.JobContext) -> jobs.Commit:
        commit = jobs.make_playable(context)
        with site.acting() as session:
            doomed = session.get_one(Take, take.id)
            site.happen(session, delete_take(session, take=doomed, now=clock.now()))
        erase = Registry()
        erase.add(ERASE, JobKind(jobs.erase_blobs))
        Runner(site.settings, site.database, erase, site.bus).drain([Lane.QUICK])
        # What a slower disk does: the files arrive after the erase job has been there.
        late = site.settings.blobs / str(clip.public_id)
        late.mkdir()
        (late / "video-1.mp4").write_bytes(b"a face")
        return commit

    registry = Registry()
    registry.add(NORMALISE, JobKind(throw_away_meanwhile))
    Runner(site.settings, site.database, registry, site.bus).run_one([Lane.MEDIA])
    site.runner.drain([Lane.QUICK])

    assert site.all(select(Clip).where(Clip.id == clip.id)) == []
    assert not (site.settings.blobs / str(clip.public_id)).exists()


def test_files_of_an_attempt_that_came_to_nothing_go_and_others_stay(site: Site) -> None:
    """A worker that was killed after it put them; another has the job under the next fence."""
    take = site.take("lotte-kept")
    (clip,) = site.all(select(Clip).where(Clip.id == take.clip_id))
    (promised,) = site.all(
        select(Rendition.key).where(
            Rendition.clip_id == clip.id, Rendition.kind == RenditionKind.VIDEO
        )
    )
    with site.acting() as session:
        session.execute(delete(Job))
        process_clip(
            session,
            organisation_id=clip.organisation_id,
            clip=clip.public_id,
            now=clock.now(),
        )
        job = session.scalars(select(Job)).one()
        job.state, job.fence = JobState.RUNNING, 2
        number = job.id
    store = DiskStore(site.settings.blobs)
    places = {}
    for fence in (1, 2):
        for kind in (FileKind.VIDEO, FileKind.WAV):
            source = site.settings.work / f"{number}-{fence}" / NAMES[kind]
            source.parent.mkdir(exist_ok=True)
            source.write_bytes(b"x")
            place = key_of(clip.public_id, kind, job=number, fence=fence)
            store.put(place, source)
            places.setdefault(fence, []).append(place)

    _sweep(site)

    assert [store.find(place) for place in places[1]] == [None, None]
    assert all(store.find(place) for place in (*places[2], clip.original_key, promised))
    assert [folder.name for folder in site.settings.work.iterdir()] == [f"{number}-2"]


def test_a_worker_that_comes_too_late_takes_its_files_back(site: Site) -> None:
    """It has put them, and only then learns that the job is somebody else's."""
    take = site.take("lotte-kept")
    (clip,) = site.all(select(Clip).where(Clip.id == take.clip_id))
    before = {blob.key for blob in DiskStore(site.settings.blobs).list_blobs()}
    with site.acting() as session:
        session.execute(delete(Job))
        process_clip(
            session,
            organisation_id=clip.organisation_id,
            clip=clip.public_id,
            now=clock.now(),
        )
    real = Registry()
    jobs.register(real, is_demo_file=lambda _sha256: False)
    kind = real.find(NORMALISE)
    assert kind is not None

    def late(context: JobContext) -> Commit:
        commit = kind.run(context)
        assert len(list(DiskStore(site.settings.blobs).list_blobs())) > len(before)
        with site.acting() as session:
            session.execute(update(Job).values(fence=Job.fence + 1))
        return commit

    registry = Registry()
    registry.add(NORMALISE, replace(kind, run=late))
    assert Runner(site.settings, site.database, registry, site.bus).run_one([Lane.MEDIA])
    assert {blob.key for blob in DiskStore(site.settings.blobs).list_blobs()} == before
    assert not list(site.settings.work.iterdir())
