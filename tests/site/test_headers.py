"""What every answer carries, errors included: headers (S10, S12-S17, S59) and cookies (S11)."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from http.cookies import SimpleCookie
from uuid import uuid4

import pytest
from sqlalchemy import text
from structlog.testing import CapturingLogger
from support.browser import Browser
from support.databases import Store, make_settings
from support.routes import ROWS, call
from support.site import Site, make_app
from werkzeug.test import TestResponse

ALWAYS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
YEAR_SECONDS = 31_536_000


def assert_protected(answer: TestResponse, what: str) -> None:
    headers = answer.headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS, what
    policy = headers["Content-Security-Policy"]
    if "sandbox" in policy:
        assert policy == "default-src 'none'; sandbox", what
    else:
        rules = dict(part.split(" ", 1) for part in policy.split("; "))
        assert re.fullmatch(r"'self' 'nonce-[\w-]{16,}'", rules["script-src"]), what
        assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
        assert rules["default-src"] == rules["style-src"] == rules["form-action"] == "'self'"
        assert "unsafe" not in policy, what
        assert "*" not in policy, what
    assert not [name for name in dict(headers) if name.startswith("Access-Control-")], what
    camera = "(self)" if what.endswith("learning.record") and answer.status_code == 200 else "()"
    assert headers["Permissions-Policy"].startswith(f"camera={camera}, microphone={camera},"), what


@pytest.mark.parametrize("person", ["stranger", "samira", "carla"])
def test_s12_to_s17_every_route_answers_with_the_headers(person: str, site: Site) -> None:
    browser = site.browser(None if person == "stranger" else person)
    for row in ROWS:
        if row.endpoint == "accounts.sign_out":
            continue  # asked last, below
        assert_protected(call(site, browser, row), row.id)
    row = next(row for row in ROWS if row.endpoint == "accounts.sign_out")
    assert_protected(call(site, browser, row), row.id)


def test_s12_to_s17_every_error_answers_with_the_headers(site: Site) -> None:
    samira, take = site.browser("samira"), site.world.takes["samira-second"].public_id
    remark = f"/takes/{take}/comments/{take}"
    answers = {
        400: samira.send(remark, {"kind": "top", "body": "Goed.", "at_ms": "soon"}),
        401: site.browser().send(f"/takes/{take}/seen"),
        403: samira.post(f"/takes/{take}/seen"),
        404: samira.get("/nothing/here"),
        405: samira.get(f"/takes/{take}/delete"),
        413: samira.send(remark, {"kind": "top", "body": "a" * 1_100_000, "at_ms": "1"}),
        422: samira.send(remark, {"kind": "top", "body": " ", "at_ms": "1"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert_protected(answer, f"an answer with {status}")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_s13_no_other_origin_is_let_in(origin: str, site: Site) -> None:
    browser = site.browser("samira")
    for path in ("/", "/nothing/here", f"/clips/{site.world.takes['samira-second'].clip}/video"):
        answer = browser.get(path, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers
        asked = browser.options(path, headers={"Access-Control-Request-Method": "GET"})
        assert "Access-Control-Allow-Origin" not in asked.headers


def test_s14_a_nonce_is_never_used_twice(site: Site) -> None:
    browser = site.browser()
    policies = {browser.get("/about").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


def test_the_camera_is_for_the_recorder_only(site: Site) -> None:
    lesson = site.world.lessons["waiting"].public_id
    browser = site.browser("samira")
    recorder = browser.get(f"/lessons/{lesson}/record").headers["Permissions-Policy"]
    assert recorder.startswith("camera=(self), microphone=(self)")
    for path in ("/", "/lessons", f"/lessons/{lesson}", "/sign-in"):
        assert browser.get(path).headers["Permissions-Policy"].startswith("camera=(), micro")


def test_s10_a_clip_opened_directly_is_never_a_page(site: Site) -> None:
    clip = site.world.takes["samira-second"].clip
    browser = site.browser("samira")
    types = {
        "video": "video/mp4",
        "poster": "image/jpeg",
        "peaks": "application/json",
        "raw": "video/mp4",
        "captions.vtt": "text/vtt; charset=utf-8",
    }
    for file, kind in types.items():
        answer = browser.get(f"/clips/{clip}/{file}")
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for file in ("video", "poster", "peaks", "raw"):
        policy = browser.get(f"/clips/{clip}/{file}").headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; sandbox"


def test_s21_every_text_says_its_character_set(site: Site) -> None:
    browser = site.browser("samira")
    for row in ROWS:
        if row.method == "GET":
            answer = call(site, browser, row)
            if answer.mimetype.startswith("text/"):
                assert "charset=utf-8" in answer.headers["Content-Type"].lower(), row.id


def test_s59_what_is_personal_is_never_stored(site: Site) -> None:
    """Pages and clips of somebody signed in; static files and stylesheets may be kept."""
    shared = {"assets.file", "theme.stylesheet"}
    browser = site.browser("samira")
    for row in ROWS:
        if row.method == "GET":
            kept = call(site, browser, row).headers["Cache-Control"]
            assert ("no-store" in kept) == (row.endpoint not in shared), row.id


def test_static_files_are_kept_for_a_year_and_carry_no_cookie(site: Site) -> None:
    row = next(row for row in ROWS if row.endpoint == "assets.file")
    answer = call(site, site.browser("samira"), row)
    assert answer.headers["Cache-Control"] == f"public, max-age={YEAR_SECONDS}, immutable"
    assert "Set-Cookie" not in answer.headers


# --- cookies --------------------------------------------------------------------------------


def assert_safe_cookies(answer: TestResponse) -> int:
    lines = answer.headers.getlist("Set-Cookie")
    for line in lines:
        (name, morsel), *others = SimpleCookie(line).items()
        assert not others
        assert name.startswith("__Host-"), line
        assert morsel["secure"], line
        assert morsel["httponly"], line
        assert morsel["samesite"] in {"Lax", "Strict"}, line
        assert morsel["path"] == "/", line
        assert not morsel["domain"], line
    return len(lines)


@pytest.mark.parametrize("person", ["stranger", "samira"])
def test_s11_every_cookie_is_bound_to_this_site(person: str, site: Site) -> None:
    browser = site.browser(None if person == "stranger" else person)
    seen = sum(assert_safe_cookies(call(site, browser, row)) for row in ROWS)
    assert seen, "no route sets a cookie: this test looks at nothing"


def test_s60_signing_out_clears_the_browser(site: Site) -> None:
    answer = site.browser("samira").send("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Location"] == "/sign-in"


# --- when things break ------------------------------------------------------------------------


@dataclass
class Crashing:
    """A site as people meet it (a test's own lets crashes through), and what it logs."""

    site: Site
    browser: Browser
    log: CapturingLogger

    def lose(self, table: str) -> None:
        with self.site.acting() as session:
            session.execute(text(f"ALTER TABLE {table} RENAME TO gone"))


@pytest.fixture
def crashing(site: Site, monkeypatch: pytest.MonkeyPatch) -> Crashing:
    log = CapturingLogger()
    monkeypatch.setattr("lms.web.errors.log", log)
    monkeypatch.setattr(Browser, "checks", False)  # a 500 is what is asked for
    settings = make_settings(site.settings.data, site.settings.database_url, env="development")
    store = Store(settings, site.database)
    lived_in = Site(make_app(store), store, site.world, site.footage)
    return Crashing(lived_in, lived_in.browser("samira"), log)


@pytest.mark.parametrize("table", ["timed_comment", "user_session"])
def test_s64_a_crash_tells_nothing_and_is_still_protected(table: str, crashing: Crashing) -> None:
    """Also when nobody can be looked up any more: the page comes, and nobody is let in."""
    crashing.lose(table)
    answer = crashing.browser.get("/")
    assert answer.status_code == 500
    html = answer.get_data(as_text=True)
    assert "Er ging iets mis bij ons" in html
    for tell_tale in ("Traceback", "sqlite", "SELECT", "OperationalError", ".py"):
        assert tell_tale.lower() not in html.lower()
    assert_protected(answer, "a crash")
    assert [call.args for call in crashing.log.calls] == [("request_crashed",)]


def test_s62_a_crash_logs_nothing_that_was_typed(crashing: Crashing) -> None:
    take = crashing.site.world.takes["samira-second"].public_id
    crashing.lose("audit_event")
    typed = {"kind": "top", "body": "Mijn moeder is ziek.", "at_ms": "10"}
    answer = crashing.browser.send(f"/takes/{take}/comments/{uuid4()}", typed)
    assert answer.status_code == 500
    error = crashing.log.calls[0].kwargs["exc_info"]
    logged = "".join(traceback.format_exception(error))
    assert "audit_event" in logged
    assert "moeder" not in logged


def test_s62_a_refused_row_logs_nothing_that_was_typed(crashing: Crashing) -> None:
    """The database itself quotes what it was given, unless it is told not to."""
    take = crashing.site.world.takes["samira-second"].public_id
    crashing.lose("timed_comment")
    typed = {"top": "Mijn moeder is ziek.", "tip": "Meer slapen."}
    own = crashing.site.world.takes["samira-kept"].public_id
    assert crashing.browser.send(f"/takes/{own}/share", typed).status_code == 500
    logged = "".join(traceback.format_exception(crashing.log.calls[0].kwargs["exc_info"]))
    assert "moeder" not in logged
    assert str(take) not in logged


def test_s22_headers_of_a_proxy_nobody_set_up_are_ignored(site: Site) -> None:
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "Forwarded": "host=evil.example",
    }
    answer = site.browser().get("/sign-in", headers=forged)
    assert "evil.example" not in answer.get_data(as_text=True)
    refused = site.browser().get("/lessons", headers=forged)
    assert refused.headers["Location"] == "/sign-in?next=/lessons"
