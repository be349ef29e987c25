"""Clips as the site itself sends them: ranges to the byte, and the right looked at for each.

The same behind nginx is in `test_behind_nginx`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from support.factories import TODAY
from support.site import Site

from courses.actions import takes as take_actions
from courses.models import Take
from courses.terms import Role
from lms import clock
from lms.accounts.models import RoleGrant
from media.models import Clip, Rendition, RenditionKind


def video_of(site: Site, take: str) -> tuple[str, bytes]:
    """The address of a take's video, and its bytes as they lie in the store."""
    clip = site.world.takes[take].clip
    (key,) = site.all(
        select(Rendition.key)
        .join(Rendition.clip)
        .where(Clip.public_id == clip, Rendition.kind == RenditionKind.VIDEO)
    )
    return f"/clips/{clip}/video", (site.settings.blobs / key).read_bytes()


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=0-99", slice(0, 100)),
        ("bytes=1000-", slice(1000, None)),
        ("bytes=-500", slice(-500, None)),
    ],
)
def test_a_range_is_exact_and_kept_by_nobody(site: Site, wanted: str, place: slice) -> None:
    video, data = video_of(site, "samira-second")
    answer = site.browser("carla").get(video, headers={"Range": wanted})
    assert (answer.status_code, answer.data) == (206, data[place])
    assert answer.headers["Content-Range"].endswith(f"/{len(data)}")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_is_no_range_of_it_gets_no_other_bytes(site: Site) -> None:
    video, data = video_of(site, "samira-second")
    carla = site.browser("carla")
    assert carla.get(video, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    whole = carla.get(video)
    assert (whole.status_code, whole.data) == (200, data)
    assert whole.headers["Accept-Ranges"] == "bytes"
    head = carla.head(video)
    assert (head.content_length, head.data) == (len(data), b"")


def end_role(site: Site) -> None:
    carla = site.world.people["carla"].id
    with site.acting() as session:
        coaching = (RoleGrant.person_id == carla) & (RoleGrant.role == Role.COACH)
        ended = update(RoleGrant).where(coaching).values(valid_to=TODAY - timedelta(days=1))
        session.execute(ended)


def throw_away(site: Site) -> None:
    with site.acting() as session:
        take = session.get_one(Take, site.world.takes["samira-second"].id)
        take_actions.delete_take(session, take=take, now=clock.now())


@pytest.mark.parametrize("end", [end_role, throw_away])
def test_who_loses_the_right_is_refused_at_the_next_range(
    site: Site, end: Callable[[Site], None]
) -> None:
    video, _data = video_of(site, "samira-second")
    carla = site.browser("carla")
    assert carla.get(video, headers={"Range": "bytes=0-999"}).status_code == 206
    end(site)
    assert carla.get(video, headers={"Range": "bytes=1000-1999"}).status_code == 404
