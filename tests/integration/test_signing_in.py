"""Getting in and out: passwords, slowing down, sessions and roles with their dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from support.browser import Browser, same_each_time
from support.factories import NOW, PASSWORD, TODAY
from support.site import Site, at
from werkzeug.test import TestResponse

from lms.accounts.actions import Credentials
from lms.accounts.models import Account, RoleGrant, SignInAttempts, UserSession
from lms.audit import Act

OFFICE = {"REMOTE_ADDR": "192.0.2.10"}
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


def email_of(site: Site, name: str) -> str:
    return site.world.people[name].email


def try_in(
    browser: Browser, email: str, password: str, *, address: dict[str, str] = OFFICE, goal: str = ""
) -> TestResponse:
    """Fill in the form of the sign-in page and send it."""
    form = browser.page("/sign-in" + (f"?next={goal}" if goal else "")).form("/sign-in")
    data = form.values | {"email": email, "password": password}
    return browser.post(form.action, data=data, environ_base=address)


def test_the_right_password_opens_the_first_page(site: Site) -> None:
    browser, before = site.browser(), site.last_event()
    answer = try_in(browser, email_of(site, "samira"), PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Hoi Samira" in browser.page("/").h1
    assert [event.act for event in site.trail(before)] == [Act.SIGNED_IN]


def test_an_address_is_recognised_however_it_is_typed(site: Site) -> None:
    typed = f"  {email_of(site, 'samira').upper()} "
    assert try_in(site.browser(), typed, PASSWORD).status_code == 302


def test_who_asked_for_a_page_gets_it_after_signing_in(site: Site) -> None:
    browser = site.browser()
    asked = browser.get("/lessons?from=mail")
    goal = asked.headers["Location"]
    assert goal == "/sign-in?next=/lessons?from%3Dmail"
    answer = try_in(
        browser, email_of(site, "samira"), PASSWORD, goal=goal.removeprefix("/sign-in?next=")
    )
    assert answer.headers["Location"] == "/lessons?from=mail"


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.example",
        "https://evil.example/",
        "/%5Cevil.example",
        "/%09/evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "javascript:alert(1)",
        "evil.example",
    ],
)
def test_s20_nobody_is_led_away_by_next(goal: str, site: Site) -> None:
    browser = site.browser()
    assert try_in(browser, email_of(site, "samira"), PASSWORD, goal=goal).headers["Location"] == "/"
    assert browser.get(f"/sign-in?next={goal}").headers["Location"] == "/"


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(site: Site) -> None:
    """Nobody learns which addresses have an account, and both are written down."""
    before = site.last_event()
    pages = [
        try_in(site.browser(), email, password)
        for email, password in (
            (email_of(site, "samira"), "not the password"),
            ("nobody@vogelwijk.example", "not the password"),
            (email_of(site, "jeroen"), "has no password at all"),
        )
    ]
    said = [_without_the_name(page) for page in pages]
    assert {page.status_code for page in pages} == {422}
    assert said[0] == said[1] == said[2]
    assert "horen niet bij elkaar" in said[0]
    trail = site.trail(before)
    assert {event.act for event in trail} == {Act.SIGN_IN_REFUSED}
    assert [event.subject for event in trail] == [
        str(site.world.people["samira"].account_id),
        "unknown",
        str(site.world.people["jeroen"].account_id),
    ]
    assert all("@" not in str(event.detail) + event.subject for event in trail)


def _without_the_name(answer: TestResponse) -> str:
    html = answer.get_data(as_text=True)
    nonce = answer.headers["Content-Security-Policy"].split("nonce-")[1].split("'")[0]
    for name in ("samira", "nobody", "jeroen"):
        html = html.replace(name, "NAME")
    return same_each_time(html, nonce)


def test_a_refused_form_keeps_the_address_and_not_the_password(site: Site) -> None:
    html = try_in(site.browser(), "samira@vogelwijk.example", "wrong-one-1").get_data(as_text=True)
    assert "samira@vogelwijk.example" in html
    assert "wrong-one-1" not in html


@pytest.mark.parametrize(
    ("email", "password"),
    [("", PASSWORD), ("samira@vogelwijk.example", ""), ("a" * 300, "b"), ("a@b.nl", "x" * 300)],
)
def test_s2_a_form_that_is_not_filled_in_is_refused(email: str, password: str, site: Site) -> None:
    assert try_in(site.browser(), email, password).status_code == 422


def test_a_session_is_new_at_every_sign_in(site: Site) -> None:
    """S46: what the browser held before is worth nothing afterwards."""
    browser = site.browser()
    try_in(browser, email_of(site, "samira"), PASSWORD)
    old = browser.cookie
    data = {"email": email_of(site, "carla"), "password": PASSWORD}
    assert browser.send("/sign-in", data).status_code == 302
    assert browser.cookie != old
    assert "Carla" in browser.page("/").h1
    replay = site.browser()
    replay.set_cookie("__Host-gg", old, domain="localhost", secure=True)
    assert replay.get("/").status_code == 302


# --- slowed, never locked out -----------------------------------------------------------------


def fail(site: Site, times: int, address: dict[str, str] = OFFICE) -> list[int]:
    browser = site.browser()
    email = email_of(site, "samira")
    return [try_in(browser, email, "wrong", address=address).status_code for _ in range(times)]


def test_s37_guessing_is_slowed_after_five_tries(site: Site) -> None:
    assert fail(site, 7) == [422] * 5 + [429] * 2
    slow = try_in(site.browser(), email_of(site, "samira"), PASSWORD)
    assert slow.status_code == 429
    assert int(slow.headers["Retry-After"]) in {1, 2}
    assert "Wacht" in slow.get_data(as_text=True)


def test_s37_the_wait_ends_and_the_right_password_forgets_it(site: Site) -> None:
    fail(site, 6)
    with at(NOW + timedelta(seconds=3)):
        assert try_in(site.browser(), email_of(site, "samira"), PASSWORD).status_code == 302
    kept = site.all(select(SignInAttempts.failures).where(SignInAttempts.scope == "account"))
    assert kept == [0]


def test_s37_a_stranger_cannot_lock_the_owner_out(site: Site) -> None:
    assert fail(site, 9)[-1] == 429
    answer = try_in(site.browser(), email_of(site, "samira"), PASSWORD, address=ELSEWHERE)
    assert answer.status_code == 302


def spoil(site: Site, failures: int, address: dict[str, str] = OFFICE) -> None:
    """Let others fail so often from a network: so many tries would take the test a while."""
    with site.acting() as session:
        session.add(
            SignInAttempts(
                scope="address",
                key_hash=Credentials("", "", address["REMOTE_ADDR"]).keys[1][1],
                failures=failures,
                began_at=NOW,
                last_at=NOW,
            )
        )


def test_s37_one_network_that_tries_many_names_is_slowed(site: Site) -> None:
    spoil(site, 300)
    assert try_in(site.browser(), "anybody@vogelwijk.example", "wrong").status_code == 429
    assert (
        try_in(site.browser(), "anybody@vogelwijk.example", "wrong", address=ELSEWHERE).status_code
        == 422
    )
    with at(NOW + timedelta(seconds=2)):
        assert try_in(site.browser(), email_of(site, "samira"), PASSWORD).status_code == 302


def test_s37_the_mistakes_of_colleagues_stop_nobody(site: Site) -> None:
    """Fifty wrong passwords from one town hall were enough; three hundred in an hour are not."""
    spoil(site, 299)
    assert try_in(site.browser(), email_of(site, "samira"), PASSWORD).status_code == 302


def test_s37_mistakes_of_a_network_are_those_of_one_hour(site: Site) -> None:
    spoil(site, 10_000)
    with at(NOW + timedelta(hours=1, seconds=1)):
        assert try_in(site.browser(), email_of(site, "samira"), "wrong").status_code == 422
        kept = site.all(select(SignInAttempts.failures).where(SignInAttempts.scope == "address"))
    assert kept == [1]


def test_s37_who_came_in_here_before_waits_for_nobody_else(site: Site) -> None:
    """A colleague who guesses at others keeps out no one who works there."""
    assert try_in(site.browser(), email_of(site, "samira"), PASSWORD).status_code == 302
    spoil(site, 10_000)
    assert try_in(site.browser(), email_of(site, "samira"), PASSWORD).status_code == 302
    assert try_in(site.browser(), email_of(site, "carla"), PASSWORD).status_code == 429
    assert fail(site, 6) == [422] * 5 + [429]  # for their own mistakes they wait all the same
    with at(NOW + timedelta(days=31)):
        spoil_later = update(SignInAttempts).where(SignInAttempts.scope == "address")
        with site.acting() as session:
            later = NOW + timedelta(days=31)
            session.execute(spoil_later.values(began_at=later, last_at=later))
        assert try_in(site.browser(), email_of(site, "samira"), PASSWORD).status_code == 429


def test_s37_an_ipv6_household_is_one_place(site: Site) -> None:
    """Somebody with a /64 has more addresses than there are guesses to make."""
    for host in range(6):
        address = {"REMOTE_ADDR": f"2001:db8:1:2::{host:x}"}
        last = try_in(site.browser(), email_of(site, "samira"), "wrong", address=address)
    assert last.status_code == 429
    neighbour = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    answer = try_in(site.browser(), email_of(site, "samira"), PASSWORD, address=neighbour)
    assert answer.status_code == 302


def test_s37_an_hour_of_rest_forgets_failures(site: Site) -> None:
    fail(site, 6)
    with at(NOW + timedelta(hours=1, seconds=1)):
        assert fail(site, 1) == [422]
        counts = site.all(select(SignInAttempts.failures))
    assert set(counts) == {1}


def test_after_thousands_of_failures_the_answer_is_still_to_wait(site: Site) -> None:
    """Somebody who keeps guessing for days gets 429, not an error."""
    fail(site, 1)
    with site.acting() as session:
        session.execute(update(SignInAttempts).values(failures=10_000, last_at=NOW))
    slow = try_in(site.browser(), email_of(site, "samira"), PASSWORD)
    assert (slow.status_code, slow.headers["Retry-After"]) == (429, "900")


# --- out, idle, absolute ----------------------------------------------------------------------


def test_s48_a_cookie_is_worth_nothing_after_signing_out(site: Site) -> None:
    browser = site.browser("samira")
    page = browser.page("/")
    stolen = browser.cookie
    before = site.last_event()
    assert browser.submit(page.form("/sign-out")).headers["Location"] == "/sign-in"
    assert [event.act for event in site.trail(before)] == [Act.SIGNED_OUT]
    replay = site.browser()
    replay.set_cookie("__Host-gg", stolen, domain="localhost", secure=True)
    assert replay.get("/lessons").headers["Location"] == "/sign-in?next=/lessons"
    take = site.world.takes["samira-second"]
    assert replay.get(f"/clips/{take.clip}/video", headers={"Accept": "video/*"}).status_code == 401
    assert replay.send(f"/takes/{take.public_id}/delete").status_code == 401


def test_s47_a_session_ends_after_an_hour_of_silence(site: Site) -> None:
    browser = site.browser("samira")
    for minutes in (59, 118, 177):  # every visit begins the hour anew
        with at(NOW + timedelta(minutes=minutes)):
            assert browser.get("/").status_code == 200
    with at(NOW + timedelta(minutes=177 + 61)):
        assert browser.get("/").headers["Location"] == "/sign-in"


def test_s47_a_session_ends_after_twelve_hours_whatever_happens(site: Site) -> None:
    browser = site.browser("samira")
    for half_hours in range(1, 24):
        with at(NOW + timedelta(minutes=30 * half_hours)):
            assert browser.get("/").status_code == 200
    with at(NOW + timedelta(hours=12)):
        assert browser.get("/").status_code == 302


def test_a_visit_is_noted_at_most_once_a_minute(site: Site) -> None:
    browser = site.browser("samira")
    for seconds in (0, 30, 59, 61, 100):
        with at(NOW + timedelta(seconds=seconds)):
            browser.get("/")
    assert max(site.all(select(UserSession.seen_at))) == NOW + timedelta(seconds=61)


def test_s49_a_disabled_account_is_out_at_its_next_request(site: Site) -> None:
    browser = site.browser("samira")
    clip = f"/clips/{site.world.takes['samira-second'].clip}/video"
    assert browser.get(clip).status_code == 200
    with site.acting() as session:
        session.execute(
            update(Account)
            .where(Account.id == site.world.people["samira"].account_id)
            .values(disabled_at=NOW)
        )
    assert browser.get("/").status_code == 302
    assert browser.get(clip, headers={"Accept": "video/mp4"}).status_code == 401
    refused = try_in(site.browser(), email_of(site, "samira"), PASSWORD)
    assert refused.status_code == 422
    assert "horen niet bij elkaar" in refused.get_data(as_text=True)


def end_role(site: Site, name: str, day: date) -> None:
    with site.acting() as session:
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.person_id == site.world.people[name].id)
            .values(valid_to=day)
        )


def test_a_role_that_ended_yesterday_opens_nothing(site: Site) -> None:
    browser = site.browser("carla")
    take = site.world.takes["samira-second"].public_id
    end_role(site, "carla", TODAY)
    assert browser.get(f"/takes/{take}").status_code == 200
    end_role(site, "carla", TODAY - timedelta(days=1))
    assert browser.get(f"/takes/{take}").status_code == 404
    assert browser.get("/inbox").status_code == 404


@pytest.mark.parametrize(
    ("instant", "status"),
    [
        (datetime.fromisoformat("2026-11-24T23:59:00+01:00"), 200),
        (datetime.fromisoformat("2026-11-25T00:01:00+01:00"), 404),
    ],
)
def test_a_day_ends_at_midnight_where_the_organisation_is(
    instant: datetime, status: int, fresh_site: Callable[[], Site]
) -> None:
    site = fresh_site()
    end_role(site, "carla", TODAY)
    with at(instant):
        assert site.browser("carla").get("/inbox").status_code == status


def test_a_role_that_begins_tomorrow_opens_nothing_yet(site: Site) -> None:
    with site.acting() as session:
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.person_id == site.world.people["carla"].id)
            .values(valid_from=TODAY + timedelta(days=1))
        )
    assert site.browser("carla").get("/inbox").status_code == 404
    with at(NOW + timedelta(days=1)):
        assert site.browser("carla").get("/inbox").status_code == 200


def test_a_cookie_somebody_made_up_is_nobody(site: Site) -> None:
    browser = site.browser()
    browser.set_cookie("__Host-gg", "made.up.cookie", domain="localhost", secure=True)
    assert browser.get("/").headers["Location"] == "/sign-in"


def test_the_database_knows_no_session_secret(site: Site) -> None:
    """Only a hash is kept: who reads the table cannot sign in with it."""
    browser = site.browser("samira")
    with browser.session_transaction(base_url="https://localhost") as cookie:
        secret = cookie["_user_id"]
    hashes = site.all(select(UserSession.token_hash))
    assert secret not in hashes
    assert all(len(found) == 64 for found in hashes)
