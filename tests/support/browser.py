"""A browser for tests: Flask's test client, which checks every page that any test fetches.

It keeps cookies, follows no redirect by itself, and sends forms as they stand on the page. Signing
somebody in opens a real session row; the product has no door for tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from lms import clock
from lms.accounts import sessions
from lms.accounts.models import Account
from lms.config import Settings
from lms.db import Database
from support.factories import Human
from support.language import foreign_words
from support.markup import Tree, parse, problems, text_of

HTTPS = "https://localhost"
FRAGMENTS = re.compile(r"/takes/[0-9a-f-]{36}/status")
"""Addresses that answer with a piece of a page."""
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
"""What browsers say they want when somebody opens a page."""
TOKEN = re.compile(r'(name="csrf_token" value|data-csrf)="[^"]+"')
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NONCE = re.compile(r"'nonce-([^']+)'")


GOOD: set[int] = set()
"""What was checked before and found good; the same page need not be parsed again."""


def same_each_time(html: str, nonce: str) -> str:
    """A page without what differs every time: nonce, tokens, and which ids it is about."""
    names: dict[str, str] = {}
    html = TOKEN.sub(r"\1=", html.replace(f'nonce="{nonce}"', "nonce"))
    return UUID_TEXT.sub(lambda one: names.setdefault(one.group(), f"id-{len(names)}"), html)


@dataclass
class Form:
    """A form as it stands on a page, with the values a browser would send."""

    action: str
    values: dict[str, str]
    buttons: list[tuple[str, str, str]]
    """Name, value and words of each button that sends it."""


class Page:
    """An answer that was read."""

    def __init__(self, response: TestResponse, *, fragment: bool = False) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.get_data(as_text=True)
        self.is_fragment = fragment

    @cached_property
    def tree(self) -> Tree:
        return parse(self.html, fragment=self.is_fragment)

    @property
    def h1(self) -> str:
        return text_of(self.tree.all("h1")[0])

    @property
    def text(self) -> str:
        """Everything to read on the page."""
        body = self.tree.all("body")
        return text_of(body[0] if body else self.tree.root)

    def links(self, part: str = "") -> list[str]:
        return [a.get("href", "") for a in self.tree.all("a") if part in a.get("href", "")]

    def find(self, name: str) -> Element:
        """The element with this id."""
        found = self.tree.find_id(name)
        assert found is not None, f"no element has the id {name}"
        return found

    def field(self, name: str) -> str:
        """What stands in the one text area or input of that name."""
        fields = [one for one in self.tree.all("textarea", "input") if one.get("name") == name]
        assert len(fields) == 1, f"{len(fields)} fields are called {name}"
        value: str = fields[0].get("value", "")
        return fields[0].text or value

    def forms(self, part: str = "") -> list[Form]:
        """The forms whose address holds `part`."""
        found = [form for form in self.tree.all("form") if part in form.get("action", "")]
        return [_read(form, _outside(self.tree, form.get("id", ""))) for form in found]

    @property
    def remark_form(self) -> Form:
        """The form in which a top, tip or question is left."""
        (found,) = [form for form in self.forms("/comments/") if "body" in form.values]
        return found

    def form(self, part: str) -> Form:
        """The one form whose address holds `part`."""
        found = self.forms(part)
        assert len(found) == 1, f"{len(found)} forms go to {part}: {[f.action for f in found]}"
        return found[0]


def _outside(tree: Tree, form_id: str) -> list[Element]:
    """What stands elsewhere on the page and goes along with this form."""
    return [one for one in tree.all("input", "button") if form_id and one.get("form") == form_id]


def _read(form: Element, outside: list[Element]) -> Form:
    values: dict[str, str] = {}
    buttons = []
    for one in (*form.iter(), *outside):
        name = one.get("name", "")
        if one.tag == "input" and name and one.get("type") not in {"checkbox", "radio", "submit"}:
            values[name] = one.get("value", "")
        elif one.tag == "textarea" and name:
            values[name] = one.text or ""
        elif one.tag == "button" and one.get("type", "submit") == "submit":
            buttons.append((name, one.get("value", ""), text_of(one)))
    return Form(form.get("action", ""), values, buttons)


class Browser(FlaskClient):
    """A client that speaks https and fails the test on a page with something wrong."""

    language = "nl"
    """What its pages must be in; a test that switches language says so here."""
    checks = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._token: str | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if isinstance(args[0] if args else None, str):
            kwargs.setdefault("base_url", HTTPS)
        kwargs.setdefault("buffered", True)  # read to the end, so that files are closed
        kwargs["headers"] = {"Accept": ACCEPT, **dict(kwargs.get("headers") or {})}
        response = super().open(*args, **kwargs)
        self._check(response)
        return response

    def _check(self, response: TestResponse) -> None:
        path = response.request.path
        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR or not self.checks, (
            f"{response.request.method} {path} answered {response.status_code}"
        )
        if response.mimetype != "text/html" or response.request.method == "HEAD":
            return
        html = response.get_data(as_text=True)
        if not html or response.status_code in {301, 302, 303, 307, 308}:
            return
        fragment = bool(FRAGMENTS.fullmatch(path)) and response.status_code == HTTPStatus.OK
        nonces = NONCE.findall(response.headers.get("Content-Security-Policy", ""))
        nonce = nonces[0] if nonces else ""
        look = hash((self.language, nonce in html, same_each_time(html, nonce)))
        if look in GOOD:
            return
        tree = parse(html, fragment=fragment)
        found = problems(tree, nonce=nonce, language=self.language, fragment=fragment)
        found += foreign_words(tree, self.language)
        assert not found, f"{response.request.method} {path}:\n  " + "\n  ".join(found)
        GOOD.add(look)

    # --- who it is ----------------------------------------------------------------------

    def sign_in(self, who: Human) -> Browser:
        """Open a session for somebody, in the database and in the cookie."""
        app = self.application
        database: Database = app.extensions["lms_database"]
        settings: Settings = app.extensions["lms_settings"]
        with database.transaction() as session:
            account = session.get_one(Account, who.account_id)
            token = sessions.open_session(
                session, account=account, settings=settings, now=clock.now()
            )
        with self.session_transaction(base_url=HTTPS) as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        self._token = None
        return self

    @property
    def cookie(self) -> str:
        """The session cookie as it is sent."""
        found = self.get_cookie("__Host-gg")
        assert found is not None, "no session cookie"
        return found.value

    # --- reading and sending ------------------------------------------------------------

    def page(self, path: str, status: int = HTTPStatus.OK) -> Page:
        """Read a page that must answer with `status`."""
        response = self.get(path)
        assert response.status_code == status, f"GET {path}: {response.status_code}"
        return Page(response, fragment=bool(FRAGMENTS.fullmatch(path)))

    @property
    def token(self) -> str:
        """A token of this session against forged requests, as its pages carry them."""
        if self._token is None:
            assert self.application.secret_key
            signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
            with self.session_transaction(base_url=HTTPS) as cookie:
                secret = cookie.setdefault("csrf_token", uuid4().hex)
            self._token = str(signer.dumps(secret))
        return self._token

    def send(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """POST with the token of this session."""
        return self.post(path, data={"csrf_token": self.token, **(data or {})}, **options)

    def submit(self, form: Form, button: str = "", **typed: str) -> TestResponse:
        """Send a form as it stands, with what was typed and the button that was pressed."""
        pressed = [one for one in form.buttons if button in one[2]]
        assert pressed, f"no button {button!r} in {form.buttons}"
        name, value, _words = pressed[0]
        assert set(typed) <= set(form.values), f"{set(typed)} are not all in {set(form.values)}"
        data = form.values | typed | ({name: value} if name else {})
        return self.post(form.action, data=data)


def take_of(location: str) -> UUID:
    """The take that an address is about."""
    found = re.search(r"/takes/([0-9a-f-]{36})", location)
    assert found is not None, location
    return UUID(found.group(1))
