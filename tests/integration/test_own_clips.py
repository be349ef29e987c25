"""Clips of one's own phone complete a lesson like a recording of the site (I86).

Real files of each kind, through the real upload, the real queue and the real ffmpeg. What comes out
of them exactly (upright, in step, SDR, private) stands in tests/video.
"""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from support.browser import Browser
from support.corpus import Bench, Canary
from support.factories import NOW
from support.footage import FIRST, close_jobs, write_down
from support.sending import begin_take, send_piece
from support.site import Site

from courses.models import Take
from courses.terms import TakeState
from lms.jobs.models import Job, Lane
from media.models import Clip, ClipState, RenditionKind

FILMED = ("hevc.mov", "hlg.mov", "turned.mov", "uneven.mov", "old.3gp", "mpeg4.3gp", "opus.mp4")
SPOKEN = ("voice.m4a", "voice.ogg", "sound.webm")
"""Sound alone."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("phone")
    return Bench(folder, Canary(folder))


@pytest.fixture
def lotte(site: Site) -> Browser:
    """With nothing else before her: an older try would be asked about first."""
    lotte = site.browser("lotte")
    old = site.world.takes["lotte-kept"].public_id
    lotte.submit(lotte.page(f"/takes/{old}").form("/delete"))
    with site.acting() as session:
        session.execute(delete(Job))
    return lotte


@pytest.mark.parametrize("name", [*FILMED, *SPOKEN])
def test_a_clip_of_ones_own_phone_completes_the_lesson(
    site: Site, lotte: Browser, bench: Bench, name: str
) -> None:
    has_picture = name in FILMED
    begun = begin_take(lotte, site.world.lessons["greeting"].public_id)
    assert send_piece(lotte, begun, bench.base(name)).status_code == 204
    assert site.runner.run_one([Lane.MEDIA])
    clip = site.clip_of(begun.take)
    assert (clip.state, clip.has_video) == (ClipState.READY, has_picture), clip.failure_code
    with site.acting() as session:
        fresh = session.get_one(Clip, clip.id)
        kinds = {one.kind for one in fresh.renditions}
        write_down(session, site.bus, fresh, FIRST, NOW)
        close_jobs(session, fresh, NOW)
    assert (RenditionKind.VIDEO in kinds) is has_picture
    assert (RenditionKind.AUDIO in kinds) is not has_picture
    page = lotte.page(begun.page)
    assert page.tree.all("video" if has_picture else "audio")
    (address,) = {one.get("src", "").partition("?")[0] for one in page.tree.all("source")}
    assert address.startswith(f"/clips/{clip.public_id}/")
    assert lotte.get(address).status_code == 200
    lotte.submit(page.form("/share"), top="Ik groet eerst.", tip="Rustiger praten.")
    carla = site.browser("carla")
    carla.submit(carla.page(f"/inbox/{begun.take}").form("/accept"))
    states = site.all(select(Take.state).where(Take.public_id == begun.take))
    assert states == [TakeState.ACCEPTED]
    assert "Goedgekeurd" in lotte.page(begun.page).text
