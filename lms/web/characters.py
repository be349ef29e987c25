"""Refuses what no database keeps: a NUL in an address, a form or a JSON text.

PostgreSQL stores no NUL and SQLite cuts texts off at one. Nobody types it; it comes with a crafted
request or a damaged paste. Refused here, once, so that no view has to think of it.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Flask, Response, request
from flask_babel import gettext

from lms.web.errors import error_page

NUL = "\0"
JSON_NUL = re.compile(rb"\x00|(?<!\\)(?:\\\\)*\\u0000")
"""A NUL, or the escape of one: looked for without reading the JSON, however deep it nests."""

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def _has_nul() -> bool:
    if NUL in request.path or "%00" in request.query_string.decode("latin-1"):
        return True
    if request.is_json:
        return JSON_NUL.search(request.get_data()) is not None
    if request.mimetype not in FORMS:
        return False  # merely asking for the form of an upload refuses what is longer than a form
    return any(NUL in name or NUL in value for name, value in request.form.items(multi=True))


def refuse_nul() -> Response | None:
    """Before every request. What was typed stands on the page of the refusal."""
    if not _has_nul():
        return None
    text = gettext(
        "In je tekst staat een onzichtbaar teken dat we niet kunnen bewaren. "
        "Typ de tekst opnieuw, of plak hem zonder opmaak."
    )
    return error_page(HTTPStatus.BAD_REQUEST, text=text, code="nul")


def init_app(app: Flask) -> None:
    app.before_request(refuse_nul)
