"""Unfinished uploads of one person: so many, so large, and what does not count (S6)."""

from __future__ import annotations

import base64
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from support.browser import Browser
from support.databases import make_settings
from support.factories import NOW
from support.site import Site, at
from werkzeug.test import TestResponse

from courses.models import Take
from lms.audit import Act
from media.models import Upload

MEGABYTE = 1024 * 1024


@pytest.fixture
def strict_site(site: Site) -> Site:
    """A site where three open uploads of four megabytes together are enough."""
    site.app.extensions["lms_settings"] = make_settings(
        site.settings.data,
        site.settings.database_url,
        open_uploads=3,
        open_upload_mb=4,
        max_upload_mb=4,
    )
    return site


def ask(browser: Browser, take: UUID, length: int | None = None) -> TestResponse:
    """Open an upload as the recorder does."""
    headers = {
        "Tus-Resumable": "1.0.0",
        "Accept": "application/json",
        "X-CSRFToken": browser.token,
        "Upload-Metadata": f"take {base64.b64encode(str(take).encode()).decode()}",
    }
    headers |= {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
    return browser.open("/uploads", method="POST", headers=headers)


def begin(browser: Browser, site: Site) -> UUID:
    lesson = site.world.lessons["greeting"].public_id
    told = browser.send(f"/lessons/{lesson}/takes", {}, headers={"Accept": "application/json"})
    return UUID(told.get_json()["take"])


def fill(site: Site, take: UUID, size: int) -> None:
    """Let bytes have come in for the newest upload of a take."""
    newest = select(Upload.public_id).where(Upload.target == take).order_by(Upload.id.desc())
    upload = site.all(newest)[0]
    (site.settings.uploads / f"{upload}.part").write_bytes(b"x" * size)


def test_more_open_uploads_than_anybody_needs_are_refused(strict_site: Site) -> None:
    browser = strict_site.browser("lotte")
    takes = [begin(browser, strict_site) for _ in range(4)]
    assert [ask(browser, take).status_code for take in takes] == [201, 201, 201, 422]
    refused = ask(browser, takes[3])
    assert refused.get_json()["error"] == "uploads_open"
    assert "Er staan nog opnames van jou open" in refused.get_json()["message"]
    browser.send("/language", {"language": "en"})
    assert "unfinished recordings" in ask(browser, takes[3]).get_json()["message"]

    other = strict_site.browser("mo")
    assert ask(other, begin(other, strict_site)).status_code == HTTPStatus.CREATED
    with at(NOW + timedelta(hours=48)):  # the sweeper has yet to come by
        assert ask(strict_site.browser("lotte"), takes[3]).status_code == HTTPStatus.CREATED


def test_what_is_thrown_away_makes_room(strict_site: Site) -> None:
    browser = strict_site.browser("lotte")
    takes = [begin(browser, strict_site) for _ in range(4)]
    for take in takes[:3]:
        ask(browser, take)
    browser.send(f"/takes/{takes[0]}/delete")
    assert ask(browser, takes[3]).status_code == HTTPStatus.CREATED


def test_together_they_may_be_so_large(strict_site: Site) -> None:
    browser = strict_site.browser("lotte")
    takes = [begin(browser, strict_site) for _ in range(3)]
    assert ask(browser, takes[0], 2 * MEGABYTE).status_code == HTTPStatus.CREATED
    assert ask(browser, takes[1]).status_code == HTTPStatus.CREATED
    fill(strict_site, takes[1], MEGABYTE)  # nobody said how long it will be
    assert ask(browser, takes[2], MEGABYTE + 1).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ask(browser, takes[2], MEGABYTE).status_code == HTTPStatus.CREATED


def test_a_client_that_never_hears_the_answer_is_not_locked_out(strict_site: Site) -> None:
    """It opens the same again and again; the empty ones make room, one with bytes stays."""
    browser = strict_site.browser("lotte")
    take = begin(browser, strict_site)
    assert [ask(browser, take).status_code for _ in range(8)] == [HTTPStatus.CREATED] * 8
    fill(strict_site, take, 10)
    ask(browser, take)
    living = select(Upload.public_id).where(Upload.target == take, Upload.expires_at > NOW)
    sizes = [
        (strict_site.settings.uploads / f"{upload}.part").stat().st_size
        for upload in strict_site.all(living)
    ]
    assert 10 in sizes
    assert len(sizes) <= 3


def test_s63_a_refused_upload_is_written_down(site: Site) -> None:
    """An upload that is not theirs, and one for a take that is not theirs."""
    browser, before = site.browser("lotte"), site.last_event()
    theirs = site.world.takes["samira-recording"].public_id
    assert ask(browser, theirs).status_code == HTTPStatus.NOT_FOUND
    nowhere = uuid4()
    headers = {"Tus-Resumable": "1.0.0"}
    assert browser.open(f"/uploads/{nowhere}", method="HEAD", headers=headers).status_code == 404
    trail = [(row.act, row.subject_type, row.subject, row.actor_id) for row in site.trail(before)]
    lotte = site.world.people["lotte"].id
    assert trail == [
        (Act.ACCESS_REFUSED, "take", str(theirs), lotte),
        (Act.ACCESS_REFUSED, "upload", str(nowhere), lotte),
    ]
    assert site.all(select(Take.person_id).where(Take.public_id == theirs)) != [lotte]
