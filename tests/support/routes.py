"""The table of routes (tests/site/access.txt) and the requests it is about.

Every route has a row: its method, its endpoint, an address with things of Samira in it, and the
status that each person gets.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from courses.models import Take, TimedComment
from lms import clock
from lms.learning.receiving import Reception
from lms.web.assets import tree_hash
from lms.web.identity import Home
from lms.web.theme_views import theme_url
from support.browser import Browser
from support.factories import report
from support.site import Site

TABLE = Path(__file__).resolve().parent.parent / "site" / "access.txt"
UNSAFE = ("POST", "PATCH", "DELETE")
STREAM = "application/offset+octet-stream"

BODIES: dict[str, dict[str, str]] = {
    "accounts.submit_sign_in": {"email": "vogelwijk.example", "password": "not the one"},
    "accounts.choose_language": {"language": "nl", "next": "/about"},
    "learning.share": {"top": "Ik begin rustig.", "tip": "Ik vraag nog te weinig."},
    "learning.correct_text": {"text-2": "Het is hier erg druk."},
    "learning.edit_comment": {"text": "Wacht je expres even?"},
    "learning.add_comment": {"kind": "top", "body": "Je bent rustig.", "at_ms": "1000"},
    "learning.reply": {"text": "Dank je wel."},
    "learning.resolve": {"resolved": "yes"},
    "learning.follow_up": {"verdict": "partly"},
    "learning.decide_report": {"restore": "yes"},
    "learning.decide_at_desk": {"restore": "yes"},
    "learning.keep_written": {"text": "Goedemorgen, waarmee kan ik helpen?"},
    "learning.allow_writing": {"allow": "yes"},
    "demo.become_person": {"name": "Samira El Idrissi"},
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    endpoint: str
    address: str
    expected: dict[str, int]

    @property
    def id(self) -> str:
        return f"{self.method} {self.endpoint}"


def read_table() -> list[Row]:
    lines = [line.split() for line in TABLE.read_text().splitlines()]
    lines = [words for words in lines if words and words[0] != "#"]
    people = lines[0][3:]
    rows = []
    for method, endpoint, address, *statuses in lines[1:]:
        assert len(statuses) == len(people), f"{endpoint}: {len(statuses)} for {len(people)}"
        rows.append(
            Row(method, endpoint, address, dict(zip(people, map(int, statuses), strict=True)))
        )
    return rows


ROWS = read_table()


def names(site: Site) -> dict[str, object]:
    """What the addresses of the table are about."""
    world = site.world
    vogelwijk = Home(0, "", "vogelwijk", "", "", "nl", is_demo=False, brand_colour="#006b54")
    return {
        "take": world.takes["samira-second"].public_id,
        "clip": world.takes["samira-second"].clip,
        "question": world.comments["jeroen-question"].public_id,
        "tip": world.comments["carla-tip"].public_id,
        "learner": world.people["samira"].public_id,
        "lesson": world.lessons["waiting"].public_id,
        "new": uuid4(),
        "style": f"/s/{tree_hash()}/css/app.css",
        "theme": theme_url(vogelwijk),
    }


def path_of(row: Row, site: Site) -> str:
    """The address of a row on this site; an upload it names is opened first."""
    given = names(site)
    if "{upload}" in row.address:
        given["upload"] = open_upload(site)
    if "{report}" in row.address:
        given["report"] = report_for_desk(site)
    return row.address.format(**given)


def report_for_desk(site: Site) -> UUID:
    """Tom reports what Daan said, who is the only coach of their group."""
    with site.acting() as session:
        take = session.get_one(Take, site.world.takes["tom-shared"].id)
        comment = session.get_one(TimedComment, site.world.comments["daan-top"].id)
        return report(site.shop, session, take, comment, site.world.people["tom"]).public_id


def open_upload(site: Site) -> str:
    """An upload of Samira that has begun."""
    reception = Reception(site.settings, site.database, site.bus)
    ticket = reception.open(
        owner_id=site.world.people["samira"].id,
        target=site.world.takes["samira-recording"].public_id,
        length=None,
        now=clock.now(),
    )
    assert ticket is not None
    return str(ticket.public_id)


def call(site: Site, browser: Browser, row: Row) -> TestResponse:
    """One request as a page or the recorder would make it."""
    path = path_of(row, site)
    if row.endpoint.startswith("uploads."):
        return call_upload(site, browser, row.method, path)
    if row.method in UNSAFE:
        body = dict(BODIES.get(row.endpoint, {}))
        if "email" in body:  # each try is the first of its name, so that nobody has to wait
            body["email"] = f"{uuid4().hex}@{body['email']}"
        if row.endpoint == "learning.keep_written":
            body["key"] = str(uuid4())
        return browser.send(path, body)
    return browser.open(path, method=row.method)


def call_upload(site: Site, browser: Browser, method: str, path: str) -> TestResponse:
    target = str(site.world.takes["samira-recording"].public_id).encode()
    headers = {
        "Tus-Resumable": "1.0.0",
        "X-CSRFToken": browser.token,
        "Upload-Metadata": f"take {base64.b64encode(target).decode()}",
        "Upload-Offset": "0",
    }
    if path == "/uploads":
        headers["Upload-Defer-Length"] = "1"
        return browser.open(path, method=method, headers=headers)
    if method == "POST":
        headers["X-HTTP-Method-Override"] = "PATCH"
    return browser.open(path, method=method, headers=headers, data=b"1234", content_type=STREAM)
