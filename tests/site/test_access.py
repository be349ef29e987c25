"""Who may do what: every route says who it is for, and answers each role as the table says (S53).

The table is access.txt: a row a route, a column a role. A new route without a row fails, and so
does a row without a route. `samira` made the take the addresses name; `jeroen` shared one for the
same lesson, `lotte` did not; `tom` and `daan` are of another group, `berta` and `karel` of another
organisation.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask, Response
from support.routes import ROWS, UNSAFE, Row, call, names
from support.site import Site

from lms.app import create_app
from lms.web import access


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_s53_each_role_gets_the_answer_of_the_table(
    row: Row, fresh_site: Callable[[], Site]
) -> None:
    site = fresh_site()
    got = {}
    for person in row.expected:
        browser = site.browser(None if person == "stranger" else person)
        got[person] = call(site, browser, row).status_code
        if row.method in UNSAFE and got[person] < 400:
            site = fresh_site()  # the next person finds the world as it was
    assert got == row.expected, f"{row.id} answered {' '.join(map(str, got.values()))}"


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    methods = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    methods |= {("HEAD", "uploads.upload"), ("OPTIONS", "uploads.tell_abilities")}
    assert methods == {(row.method, row.endpoint) for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_addresses_of_the_table_lead_to_their_routes(row: Row, app: Flask, site: Site) -> None:
    path = row.address.format(**names(site), upload=uuid4(), report=uuid4())
    found, _arguments = app.url_map.bind("localhost").match(path, method=row.method)
    assert found == row.endpoint


def test_an_application_with_an_undeclared_view_does_not_start(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = Flask.register_blueprint

    def with_a_stray_view(app: Flask, *args: object, **kwargs: object) -> None:
        register(app, *args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        if "stray" not in app.view_functions:
            app.add_url_rule("/stray", "stray", lambda: Response("open to all"))

    monkeypatch.setattr(Flask, "register_blueprint", with_a_stray_view)
    with pytest.raises(RuntimeError, match="without an access declaration: stray"):
        create_app(site.settings, site.database)


def test_a_view_added_later_without_a_declaration_is_denied(site: Site) -> None:
    app = create_app(site.settings, site.database)
    app.add_url_rule("/late", "late", lambda: Response("open to all"))
    answer = app.test_client().get("/late", base_url="https://localhost")
    assert answer.status_code == 404
    assert b"open to all" not in answer.data


def test_every_declaration_names_who_or_says_everybody(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        declared = access.declared_access(app, rule.endpoint)
        assert declared is not None
        assert bool(declared.roles) == (declared.audience is access.Audience.ROLES)
