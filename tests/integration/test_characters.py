"""A NUL, which no database keeps, is refused at the edge wherever it stands (S2)."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from support.browser import Page
from support.site import Site

from courses.models import TimedComment

TOLD = "onzichtbaar teken dat we niet kunnen bewaren"


@pytest.mark.parametrize("email", ["sam\0ira@vogelwijk.example", "\0", "samira@example\0"])
def test_s2_a_nul_in_an_address_to_sign_in_with_is_refused(email: str, site: Site) -> None:
    answer = site.browser().send("/sign-in", {"email": email, "password": "wrong\0pass"})
    assert answer.status_code == 400
    page = Page(answer)
    assert TOLD in page.text
    assert "pass" not in page.text


def test_s2_a_nul_in_a_remark_is_refused_and_what_was_typed_stands_there(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    answer = site.browser("carla").send(
        f"/takes/{take}/comments/{uuid4()}",
        {"kind": "top", "body": "Een mooi\0 begin.", "at_ms": "1"},
    )
    assert answer.status_code == 400
    page = Page(answer)
    assert TOLD in page.text
    assert "Een mooi begin." in page.text
    assert "\0" not in page.html
    written = select(func.count(TimedComment.id)).where(TimedComment.text.like("Een mooi%"))
    assert site.all(written) == [0]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/takes/{take}/comments/{question}/replies", "text"),
        ("/takes/{take}/report", "reason"),
        ("/takes/{take}/text", "text-1"),
        ("/takes/{take}/follow-ups/{tip}", "verdict"),
        ("/takes/{take}/seen", "a name\0nobody knows"),
        ("/language", "next"),
    ],
)
def test_s2_a_nul_in_any_form_is_refused(address: str, field: str, site: Site) -> None:
    path = address.format(
        take=site.world.takes["samira-second"].public_id,
        question=site.world.comments["jeroen-question"].public_id,
        tip=site.world.comments["carla-tip"].public_id,
    )
    assert site.browser("samira").send(path, {field: "Ja\0nee"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/privacy/log?page=%00",
        "/reports/cohort?cohort=1%00",
        "/sign-in?next=/%00",
        "/takes?%00=1",
        "/org/vogel%00wijk/theme.abc.css",
        "/nothing%00here",
    ],
)
def test_s2_a_nul_in_an_address_is_refused(path: str, site: Site) -> None:
    for person in (None, "carla", "olaf"):
        assert site.browser(person).get(path).status_code == 400, person


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (json.dumps({"body": "a\0b"}), 400),
        ('{"body": "a\0b"}', 400),
        ('{"body": "\\\\\\u0000"}', 400),  # a backslash, and then a NUL
        ("[" * 200_000 + '"\\u0000"', 400),
        (json.dumps({"body": "over \\u0000 geschreven"}), 204),
        (json.dumps({"body": "niets aan de hand"}), 204),
    ],
)
def test_s2_a_nul_in_json_is_refused(body: str, status: int, site: Site) -> None:
    browser = site.browser("samira")
    answer = browser.post(
        f"/takes/{site.world.takes['samira-second'].public_id}/seen",
        data=body,
        content_type="application/json",
        headers={"X-CSRFToken": browser.token, "Accept": "application/json"},
    )
    assert answer.status_code == status
    if status == 400:
        assert answer.get_json()["error"] == "nul"
