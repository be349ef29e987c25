"""Clips and uploads through a real nginx that is set as the manual says (`LMS_ACCEL`).

nginx hands out the bytes; the site is asked for each range whether it may.
"""

from __future__ import annotations

import stat
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update
from support.nginx import in_front_of
from support.served import Answer, Browser, Site, served

from courses.actions import takes as take_actions
from courses.models import Cohort, Person, Take
from courses.terms import Role
from lms import wiring
from lms.accounts.actions import grant_role
from lms.accounts.models import RoleGrant
from lms.demo.content import clips
from lms.jobs.models import Lane
from lms.jobs.runner import Runner
from media.models import Clip, Rendition, RenditionKind

pytestmark = pytest.mark.enable_socket

SAID_BY_THE_SITE = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Resource-Policy",
    "Strict-Transport-Security",
    "Cache-Control",
    "Content-Disposition",
    "Content-Type",
)


@dataclass
class Behind:
    """A site with nginx in front, and a shared clip in it: Samira made it, Bram may watch it."""

    site: Site
    samira: Browser
    bram: Browser
    take: UUID
    clip: UUID
    key: str

    @property
    def video(self) -> str:
        return f"/clips/{self.clip}/video"

    @property
    def file(self) -> Path:
        return self.site.settings.blobs / self.key


def settle(site: Site, take: UUID) -> tuple[UUID, str]:
    """Let a worker make the clip of a take playable, and its maker share it; clip and video."""
    runner = Runner(site.settings, site.database, wiring.registry(), wiring.connected_bus())
    assert runner.run_one([Lane.MEDIA])
    now = datetime.now(UTC)
    with site.database.transaction() as session:
        row = session.scalars(select(Take).where(Take.public_id == take)).one()
        take_actions.add_self_review(
            session,
            take=row,
            top="Rustig begonnen.",
            top_at_ms=10,
            tip="Meer doorvragen.",
            tip_at_ms=20,
            language="nl",
            now=now,
        )
        take_actions.share_take(session, take=row, text_was_shown=False, now=now)
        made = select(Clip.public_id, Rendition.key).join(Rendition.clip)
        of_take = made.where(Clip.id == row.clip_id, Rendition.kind == RenditionKind.VIDEO)
        clip, key = session.execute(of_take).one()
        return clip, key


def make_coach(site: Site, who: Browser) -> None:
    with site.database.transaction() as session:
        grant_role(
            session,
            person=session.get_one(Person, who.person_id),
            role=Role.COACH,
            valid_from=date(2020, 1, 1),
            cohort_id=session.scalars(select(Cohort.id)).one(),
        )


@pytest.fixture(scope="module")
def behind() -> Iterator[Behind]:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to the group
        folder = Path(name)
        folder.chmod(0o711)
        told = {"accel": "/-blobs", "trusted_proxies": 1}
        with (
            served(folder / "data", **told) as site,
            in_front_of(site.settings, folder) as port,
        ):
            samira, bram = replace(site.samira, port=port), replace(site.bram, port=port)
            make_coach(site, bram)
            recording = clips()["samira-waiting-1"].path.read_bytes()
            take = site.start_take()
            path = samira.create(take)
            half = len(recording) // 2
            samira.patch(path, 0, recording[:half])
            length = {"Upload_Length": str(len(recording))}
            assert samira.patch(path, half, recording[half:], **length).status == 204
            assert site.kept(take) == recording
            clip, key = settle(site, take)
            yield Behind(site, samira, bram, take, clip, key)


def span(browser: Browser, path: str, wanted: str) -> Answer:
    return browser.call("GET", path, Range=wanted)


def test_a_clip_comes_from_nginx_with_all_that_the_site_says_of_it(behind: Behind) -> None:
    """The same headers as without nginx; the test would see one that nginx leaves out."""
    plain = behind.site.settings.model_copy(update={"accel": ""})
    assert plain.group_reads_blobs is False
    answer = behind.samira.call("GET", behind.video)
    assert answer.status == 200
    assert answer.body == behind.file.read_bytes()
    assert answer.headers["Server"].startswith("nginx")
    assert "X-Accel-Redirect" not in answer.headers
    direct = behind.site.samira.call("GET", behind.video)
    assert direct.headers["X-Accel-Redirect"] == f"/-blobs/{behind.key}"
    assert direct.body == b""
    for name in SAID_BY_THE_SITE:
        assert answer.headers.get_all(name) == direct.headers.get_all(name), name
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "video/mp4"


def test_ranges_are_exact(behind: Behind) -> None:
    data = behind.file.read_bytes()
    for wanted, piece in (
        ("bytes=0-99", data[:100]),
        ("bytes=1000-", data[1000:]),
        ("bytes=-500", data[-500:]),
    ):
        answer = span(behind.bram, behind.video, wanted)
        assert (answer.status, answer.body) == (206, piece)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Range"].endswith(f"/{len(data)}")
    past = span(behind.bram, behind.video, f"bytes={len(data)}-")
    assert past.status == 416
    assert behind.bram.call("HEAD", behind.video).headers["Content-Length"] == str(len(data))


def test_the_place_of_the_bytes_is_not_reached_from_outside(behind: Behind) -> None:
    for path in (
        f"/-blobs/{behind.key}",
        f"/-blobs//{behind.key}",
        f"/./-blobs/{behind.key}",
        f"/%2Dblobs/{behind.key}",
        f"/-blobs/../-blobs/{behind.key}",
        "/-blobs/",
        "/-blobs/../secret.key",
        "/-blobs../secret.key",
        "/-blobs../lms.sqlite3",
        "/uploads/../-blobs/" + behind.key,
    ):
        for browser in (behind.samira, behind.bram):
            answer = browser.call("GET", path)
            assert answer.status in {400, 404}, path
            assert answer.body[4:8] != b"ftyp"
        forged = behind.samira.call("GET", path, X_Accel_Redirect=f"/-blobs/{behind.key}")
        assert forged.status in {400, 404}


def test_nobody_without_a_right_gets_a_byte(behind: Behind) -> None:
    for headers in ({}, {"Range": "bytes=0-9"}):
        refused = behind.samira.call("GET", behind.video, without="Cookie", **headers)
        assert refused.status in {302, 401}
        assert refused.body[4:8] != b"ftyp"


def test_who_loses_the_right_is_refused_at_the_next_range(behind: Behind) -> None:
    """First the role of the coach ends, then, for its maker, the take."""
    assert span(behind.bram, behind.video, "bytes=0-999").status == 206
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 -- any day before now will do
    mine = (RoleGrant.person_id == behind.bram.person_id) & (RoleGrant.role == Role.COACH)
    with behind.site.database.transaction() as session:
        session.execute(update(RoleGrant).where(mine).values(valid_to=yesterday))
    refused = span(behind.bram, behind.video, "bytes=1000-1999")
    assert refused.status == 404
    assert "X-Accel-Redirect" not in refused.headers
    assert span(behind.samira, behind.video, "bytes=1000-1999").status == 206
    with behind.site.database.transaction() as session:
        session.execute(update(RoleGrant).where(mine).values(valid_to=None))
    assert span(behind.bram, behind.video, "bytes=1000-1999").status == 206


def test_a_take_thrown_away_ends_at_the_next_range(behind: Behind) -> None:
    """Its bytes still lie there until a worker removes them."""
    recording = clips()["samira-waiting-1"].path.read_bytes()
    take = behind.site.start_take()
    path = behind.samira.create(take, length=len(recording))
    assert behind.samira.patch(path, 0, recording).status == 204
    clip, key = settle(behind.site, take)
    video = f"/clips/{clip}/video"
    assert span(behind.bram, video, "bytes=0-999").status == 206
    with behind.site.database.transaction() as session:
        row = session.scalars(select(Take).where(Take.public_id == take)).one()
        take_actions.delete_take(session, take=row, now=datetime.now(UTC))
    assert (behind.site.settings.blobs / key).exists()
    for browser in (behind.bram, behind.samira):
        assert span(browser, video, "bytes=1000-1999").status == 404


def test_an_upload_reaches_the_site_while_it_is_still_being_sent(behind: Behind) -> None:
    """Nginx does not keep it to itself: what came before the line broke is safe."""
    path = behind.samira.create(behind.site.start_take())
    with behind.samira.half_said(path, 0, b"x" * 300_000, 600_000):
        part = behind.site.settings.uploads / f"{path.rsplit('/', 1)[1]}.part"
        for _ in range(200):
            if part.stat().st_size > 200_000:
                break
            threading.Event().wait(0.05)
        assert part.stat().st_size > 200_000


def test_the_group_sees_the_blobs_and_nothing_else(behind: Behind) -> None:
    settings = behind.site.settings
    assert modes(settings.data) == 0o710
    assert modes(settings.blobs) == modes(behind.file.parent) == 0o750
    assert modes(behind.file) == 0o640
    for place in settings.data.rglob("*"):
        if settings.blobs not in (place, *place.parents) and place.is_file():
            closed = [
                modes(one) & 0o077
                for one in (place, *place.parents[:-1])
                if settings.data in one.parents
            ]
            assert 0 in closed, place


def modes(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
