"""The site and its worker with their clips in a bucket: sent, made ready, watched, erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from support.browser import Browser
from support.databases import make_settings
from support.sending import begin_take, send_piece
from support.site import Site

from courses.models import Take
from courses.terms import TakeState
from lms.app import create_app
from lms.demo.content import clips
from lms.jobs.models import Job, JobState, Lane
from lms.learning import sweeps
from lms.learning.job_rows import STORAGE
from lms.storage import store_of
from media.models import ClipState, Upload
from media.storage.s3 import Bucket


def send_take(site: Site, browser: Browser) -> tuple[UUID, str, int]:
    """Record and send a take: its id, the place of its upload, the status of the last piece."""
    begun = begin_take(browser, site.world.lessons["greeting"].public_id)
    sent = send_piece(browser, begun, clips()["samira-waiting-1"].path.read_bytes())
    return begun.take, begun.place, sent.status_code


def keys(site: Site, clip: UUID) -> list[str]:
    """The names of the blobs of one clip in the bucket."""
    found = (blob.key for blob in store_of(site.settings).list_blobs())
    return [key.partition("/")[2] for key in found if key.startswith(str(clip))]


def test_a_take_goes_through_the_bucket_and_the_worker_and_is_erased(
    make_site: Callable[..., Site],
) -> None:
    site = make_site()
    lotte = site.browser("lotte")
    take, _place, status = send_take(site, lotte)
    assert status == 204
    clip = site.clip_of(take)
    assert keys(site, clip.public_id) == [clip.original_sha256]
    assert list(site.settings.uploads.iterdir()) == []

    assert site.runner.run_one([Lane.MEDIA])
    clip = site.clip_of(take)
    assert clip.state is ClipState.READY
    names = [name.partition("-")[0] for name in keys(site, clip.public_id)]
    assert sorted(names) == sorted(["peaks", "poster", "speech", "video", clip.original_sha256])
    assert not (site.settings.blobs / str(clip.public_id)).exists()
    assert list(site.settings.work.iterdir()) == []

    address = f"/clips/{clip.public_id}/video"
    whole = lotte.get(address)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "video/mp4")
    assert int(whole.headers["Content-Length"]) == len(whole.data)
    part = lotte.get(address, headers={"Range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.data == whole.data[1000:2000]
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(whole.data)}"
    assert part.headers["Cache-Control"] == "private, no-store"
    last = lotte.get(address, headers={"Range": "bytes=-500"})
    assert last.data == whole.data[-500:]
    past = lotte.get(address, headers={"Range": f"bytes={len(whole.data)}-"})
    assert past.status_code == 416
    assert lotte.head(address).headers["Content-Length"] == str(len(whole.data))
    assert lotte.get(f"/clips/{clip.public_id}/peaks").get_json()
    assert site.browser("jeroen").get(address).status_code == 404

    assert lotte.send(f"/takes/{take}/delete").status_code == 302
    site.runner.drain([Lane.QUICK])
    assert keys(site, clip.public_id) == []


def test_the_wav_for_the_transcriber_comes_from_the_bucket(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real engine on the demo's own model; waits for nothing but the storage."""
    site = make_site(whisper_model="demomodel")
    take, _place, _status = send_take(site, site.browser("lotte"))
    site.runner.drain([Lane.MEDIA])
    (job,) = site.all(select(Job).where(Job.lane == Lane.TRANSCRIPTION))
    heard: list[Path] = []
    from lms.learning import jobs  # noqa: PLC0415 -- patched below

    real = jobs.read_wav
    monkeypatch.setattr(jobs, "read_wav", lambda path: heard.append(path) or real(path))
    site.runner.drain([Lane.TRANSCRIPTION])
    (job,) = site.all(select(Job).where(Job.id == job.id))
    assert job.state is JobState.DONE, job.last_error
    assert heard[0].is_relative_to(site.settings.work)
    assert site.clip_of(take).state is ClipState.READY


def test_while_the_bucket_is_away_nothing_is_lost_and_no_attempt_is_used(
    make_site: Callable[..., Site], owner: Any
) -> None:
    name = f"later-{uuid4().hex}"
    site = make_site(s3_bucket=name)
    lotte = site.browser("lotte")
    lotte.checks = False  # that no page answers a 5xx
    take, place, status = send_take(site, lotte)
    lotte.checks = True
    assert status == 503
    (upload,) = site.all(select(Upload).where(Upload.public_id == UUID(place.split("/")[-1])))
    part = site.settings.uploads / f"{upload.public_id}.part"
    assert part.read_bytes() == clips()["samira-waiting-1"].path.read_bytes()
    sweeps.sweep(site.settings, site.database, site.bus)
    assert site.all(select(Take.state).where(Take.public_id == take)) == [TakeState.RECORDING]

    owner.create_bucket(Bucket=name)
    sweeps.sweep(site.settings, site.database, site.bus)
    assert site.all(select(Take.state).where(Take.public_id == take)) == [TakeState.KEPT]

    here = site.store
    rotated = here.settings.model_copy(update={"s3_secret_key": SecretStr("rotated")})
    site.store = replace(here, settings=rotated)
    assert site.runner.run_one([Lane.MEDIA])
    (job,) = site.all(select(Job).where(Job.lane == Lane.MEDIA))
    assert (job.state, job.reason, job.attempts) == (JobState.WAITING, STORAGE, 0)
    sweeps.sweep(rotated, site.database, site.bus)
    assert site.all(select(Job.state).where(Job.id == job.id)) == [JobState.WAITING]
    page = lotte.page(f"/takes/{take}")
    assert "Hij wacht tot de opslag weer werkt" in page.text

    site.store = here
    sweeps.sweep(here.settings, site.database, site.bus)
    assert site.runner.run_one([Lane.MEDIA])
    assert site.clip_of(take).state is ClipState.READY


def test_a_clip_of_a_bucket_that_is_away_answers_that_it_may_be_asked_again(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(s3_bucket="nobody-made-this")
    clip = site.world.takes["samira-first"].clip
    samira = site.browser("samira")
    samira.checks = False  # that no page answers a 5xx
    answer = samira.get(f"/clips/{clip}/video")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"


def test_links_are_for_who_has_the_right_and_for_what_we_made(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(s3_presign=True)
    lotte = site.browser("lotte")
    take, _place, _status = send_take(site, lotte)
    clip = site.clip_of(take).public_id
    assert lotte.get(f"/clips/{clip}/raw").status_code == 200
    assert site.runner.run_one([Lane.MEDIA])

    away = lotte.get(f"/clips/{clip}/video")
    assert away.status_code == 302
    assert away.headers["Cache-Control"] == "no-store"
    assert "X-Amz-Expires=60&" in away.headers["Location"]
    with urlopen(away.headers["Location"]) as answer:  # noqa: S310 -- our own server
        assert answer.headers["Content-Type"] == "video/mp4"
        assert answer.read(12)[4:8] == b"ftyp"
    assert lotte.get(f"/clips/{clip}/poster").status_code == 302
    assert lotte.get(f"/clips/{clip}/peaks").status_code == 200
    assert lotte.head(f"/clips/{clip}/video").status_code == 200
    assert site.browser("jeroen").get(f"/clips/{clip}/video").status_code == 404

    assert lotte.send(f"/takes/{take}/delete").status_code == 302
    assert lotte.get(f"/clips/{clip}/video").status_code == 404


@pytest.mark.parametrize("presign", [True, False])
def test_pages_allow_the_bucket_only_where_browsers_go_there(
    bucket: Bucket, bucket_knobs: dict[str, Any], tmp_path: Path, *, presign: bool
) -> None:
    settings = make_settings(tmp_path, **bucket_knobs, s3_presign=presign)
    with create_app(settings).test_client() as client:
        answer = client.get("/nowhere", base_url="https://localhost")
    policy = dict(
        line.split(" ", 1) for line in answer.headers["Content-Security-Policy"].split("; ")
    )
    for source in ("media-src", "img-src"):
        assert (bucket.endpoint in policy[source].split()) is presign
    for source in ("connect-src", "script-src", "default-src", "form-action"):
        assert bucket.endpoint not in policy[source]
