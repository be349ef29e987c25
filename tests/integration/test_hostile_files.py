"""Crafted files through the real queue: the worker goes on, and every maker hears what is wrong.

A handful, one of each way to be stopped; all of the corpus is in tests/video/test_corpus.py.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select
from support.corpus import Bench, Canary, list_cases
from support.site import Site

from courses.models import Take
from lms import clock
from lms.jobs.models import Job, JobState, Lane
from lms.learning.job_rows import NORMALISE, process_clip
from lms.web.messages import CLIPS
from media.actions import ReceivedFile, receive_clip
from media.models import Clip, ClipState
from media.storage.disk import DiskStore

CASES = {
    "list-hls-file.mp4": "playlist",
    "text-nothing.mp4": "empty_file",
    "other-still-png.webm": "picture",
    "disguised-concat-ftyp-file.mp4": "unreadable",
    "streams-500-sound.mkv": "too_many_streams",
    "still-4096x2160-300-40.mkv": "too_many_packets",
    "grown-4096x2160-25-4.mkv": "too_many_pixels",
    "hidden-zip-free.mp4": "decoder_failed",
    "odd-mute.mp4": "no_audio",
}


def receive(site: Site, content: bytes, folder: Path) -> UUID:
    """A clip of which the bytes came in, and its job."""
    source = folder / "received"
    source.write_bytes(content)
    public_id, sha256 = uuid4(), f"{len(content):064x}"
    DiskStore(site.settings.blobs).put(f"{public_id}/{sha256}", source)
    with site.acting() as session:
        organisation_id = session.scalars(select(Take.organisation_id).limit(1)).one()
        received = ReceivedFile(public_id, sha256, len(content), "video/mp4")
        receive_clip(
            session,
            organisation_id=organisation_id,
            owner_id=None,
            received=received,
            language="nl",
            now=clock.now(),
        )
        process_clip(session, organisation_id=organisation_id, clip=public_id, now=clock.now())
    return public_id


def test_the_worker_goes_on_after_each_of_them(
    site: Site, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bench = Bench(tmp_path_factory.mktemp("corpus"), Canary(tmp_path))
    made = {case.name: case for case in list_cases()}
    with site.acting() as session:
        session.execute(delete(Job))
    sent = {receive(site, made[name].make(bench), tmp_path): code for name, code in CASES.items()}
    honest = receive(site, site.footage.recording.path.read_bytes(), tmp_path)
    for _attempt in range(3):  # a decoder that gave up is asked again, a little later
        site.runner.drain([Lane.MEDIA])
        with site.acting() as session:
            for job in session.scalars(select(Job).where(Job.state == JobState.QUEUED)):
                job.run_after = clock.now()
    clips = {clip.public_id: clip for clip in site.all(select(Clip))}
    assert {clip: clips[clip].failure_code for clip in sent} == sent
    assert all(clips[clip].state is ClipState.FAILED for clip in sent)
    assert clips[honest].state is ClipState.READY
    assert set(CASES.values()) <= set(CLIPS)
    kinds = site.all(select(Job.state).where(Job.kind == NORMALISE))
    assert sorted(kinds) == sorted([JobState.FAILED] * len(sent) + [JobState.DONE])
