"""Reading changes nothing (S19, habit 4), and no route can be changed by another site (S18)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from support.browser import Browser
from support.routes import BODIES, ROWS, STREAM, Row, open_upload, path_of, report_for_desk
from support.rows import changed, dump
from support.site import Site

ROLES = ("stranger", "samira", "jeroen", "carla", "ingrid", "esther", "olaf")
SAFE = [row for row in ROWS if row.method in {"GET", "HEAD", "OPTIONS"}]
UNSAFE = [row for row in ROWS if row not in SAFE]


@pytest.mark.parametrize("person", ROLES)
def test_s19_no_get_changes_a_row(person: str, site: Site) -> None:
    """All GET routes one after the other, the refused ones too. The trail is the exception."""
    browser = site.browser(None if person == "stranger" else person)
    paths = [path_of(row, site) for row in SAFE]
    before = dump(site.database)
    for row, path in zip(SAFE, paths, strict=True):
        browser.open(path, method=row.method)
        browser.open(path, method="HEAD")
    assert changed(before, dump(site.database)) == []


def test_s19_every_page_of_every_take_changes_nothing(site: Site) -> None:
    before = None
    for person in ("samira", "carla"):
        browser = site.browser(person)
        before = dump(site.database)
        for take in site.world.takes.values():
            for page in ("", "/status", "/compare"):
                browser.get(f"/takes/{take.public_id}{page}")
        assert changed(before, dump(site.database)) == []


def who_may(row: Row) -> str:
    """Somebody who gets through, so that only the token can be what refuses."""
    return next(person for person, status in row.expected.items() if status < 400)


def request(row: Row, site: Site, browser: Browser, token: str | None, **extra: str) -> int:
    """The request of the row with a token of the test's choice."""
    path, headers = path_of(row, site), dict(extra)
    if row.endpoint.startswith("uploads."):
        headers |= {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Defer-Length": "1"}
        headers |= {} if token is None else {"X-CSRFToken": token}
        return browser.open(
            path, method=row.method, headers=headers, data=b"1234", content_type=STREAM
        ).status_code
    body = BODIES.get(row.endpoint, {}) | ({} if token is None else {"csrf_token": token})
    return browser.open(path, method=row.method, data=body, headers=headers).status_code


FORGED = [row for row in UNSAFE if min(row.expected.values()) < 400]


@pytest.mark.parametrize("row", FORGED, ids=lambda row: row.id)
def test_s18_a_missing_foreign_or_borrowed_token_is_refused(row: Row, site: Site) -> None:
    person = who_may(row)
    browser = site.browser(None if person == "stranger" else person)
    other = site.browser(None if person == "stranger" else person).token
    open_upload(site)  # so that they are there in both pictures
    report_for_desk(site)
    before = dump(site.database, ignoring={"upload": None, "user_session": None})
    for token in (None, "", "made-up", uuid4().hex, other):
        assert request(row, site, browser, token) == 403, token
    after = dump(site.database, ignoring={"upload": None, "user_session": None})
    assert changed(before, after) == []


@pytest.mark.parametrize("row", FORGED, ids=lambda row: row.id)
@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_s18_what_the_browser_calls_foreign_is_refused(row: Row, origin: str, site: Site) -> None:
    person = who_may(row)
    browser = site.browser(None if person == "stranger" else person)
    assert request(row, site, browser, browser.token, **{"Sec-Fetch-Site": origin}) == 403


@pytest.mark.parametrize("origin", ["same-origin", "none"])
def test_what_the_browser_calls_its_own_is_let_in(origin: str, site: Site) -> None:
    row = next(row for row in FORGED if row.endpoint == "learning.add_comment")
    browser = site.browser("samira")
    assert request(row, site, browser, browser.token, **{"Sec-Fetch-Site": origin}) == 302


def test_a_token_does_not_outlive_its_session(site: Site) -> None:
    browser = site.browser("samira")
    token = browser.token
    browser.send("/sign-out")
    again = browser.sign_in(site.world.people["samira"])
    take = site.world.takes["samira-second"].public_id
    assert again.post(f"/takes/{take}/delete", data={"csrf_token": token}).status_code == 403


def test_a_form_cannot_be_sent_by_reading(site: Site) -> None:
    """The addresses of forms answer 404 or 405 to a GET, whoever asks."""
    browser = site.browser("samira")
    for row in UNSAFE:
        if not any(row.address == other.address for other in SAFE):
            assert browser.get(path_of(row, site)).status_code in {404, 405}, row.id


def test_a_method_cannot_be_changed_by_a_field_or_header(site: Site) -> None:
    """Only the upload protocol knows X-HTTP-Method-Override, and there with the token."""
    browser = site.browser("samira")
    take = site.world.takes["samira-second"].public_id
    before = dump(site.database)
    answer = browser.get(
        f"/takes/{take}/delete?_method=POST", headers={"X-HTTP-Method-Override": "POST"}
    )
    assert answer.status_code == 405
    assert changed(before, dump(site.database)) == []
