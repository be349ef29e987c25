"""A worker that dies after it put the files of a clip leaves none when the clip is gone (I78)."""

from __future__ import annotations

from sqlalchemy import select
from support.site import Site

from lms.jobs.models import Job, JobState, Lane


def test_i78_the_files_of_a_killed_attempt_go_with_the_next_one(site: Site) -> None:
    take = site.world.takes["samira-processing"]
    folder = site.settings.blobs / str(take.clip)
    assert folder.is_dir()
    assert site.browser("samira").send(f"/takes/{take.public_id}/delete").status_code == 302
    site.runner.drain([Lane.QUICK])
    assert not folder.exists()

    folder.mkdir()  # what the attempt put that was running all the while, before it was killed
    (folder / "video-1.mp4").write_bytes(b"a face")
    site.runner.drain([Lane.MEDIA])

    jobs = select(Job).where(Job.subject_id == str(take.clip), Job.lane == Lane.MEDIA)
    assert [job.state for job in site.all(jobs)] == [JobState.FAILED]
    assert not folder.exists()
