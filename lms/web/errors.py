"""Errors as pages: a clear message, what to do next, and nothing typed lost."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from courses.rules.errors import RuleBroken
from lms.db import Trouble, trouble_of
from lms.web import edge, messages
from lms.web.forgery import typed_here

log = structlog.get_logger(__name__)

NOT_TYPED = {"csrf_token", "password", "current_password", "new_password", "client_key", "version"}


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def typed_texts() -> list[str]:
    """What a person typed into the refused form, so that it can be copied back."""
    if not typed_here():
        return []
    try:
        fields = list(request.form.items(multi=True))
    except HTTPException:  # a form too large to be read is refused for just that
        return []
    typed = [value.replace("\0", "") for name, value in fields if name not in NOT_TYPED]
    return [text for text in typed if " " in text.strip()]


def error_page(
    status: int, *, title: str | None = None, text: str | None = None, code: str | None = None
) -> Response:
    """An answer with `status`, as a page or as JSON for our own scripts."""
    default_title, default_text = messages.say_status(status)
    title, text = title or default_title, text or default_text
    if wants_json():
        return make_response(jsonify(error=code or status, message=text), status)
    page = render_template("errors/error.html", title=title, text=text, typed=typed_texts())
    return make_response(page, status)


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = error_page(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _rule(error: RuleBroken) -> Response:
    text = messages.say_rule(error.code, error.params)
    return error_page(messages.status_of(error.code), text=text, code=error.code)


def _csrf(_error: CSRFError) -> Response:
    return error_page(HTTPStatus.FORBIDDEN, code="csrf")


def _stale(_error: StaleDataError) -> Response:
    edge.give_up()  # the session that failed cannot even be read with
    return error_page(HTTPStatus.CONFLICT, code="stale")


PASSES = {
    Trouble.AWAY: (HTTPStatus.SERVICE_UNAVAILABLE, "10"),
    Trouble.FULL: (HTTPStatus.INSUFFICIENT_STORAGE, "30"),
}
"""The status of what passes, and after how many seconds it is worth asking again."""


def _crash(error: Exception) -> Response:
    cause = getattr(error, "original_exception", None) or error
    trouble = trouble_of(cause)
    if trouble is None:
        log.error("request_crashed", path=request.path, method=request.method, exc_info=cause)
        status, wait = HTTPStatus.INTERNAL_SERVER_ERROR, None
    else:  # a line, not a page, for each of the hundreds that ask meanwhile
        what = {"path": request.path, "method": request.method, "error": type(cause).__name__}
        log.error("request_postponed", trouble=trouble, **what)
        status, wait = PASSES[trouble]
    # Perhaps it is the database that fails: the page of this error asks it for nothing.
    edge.give_up()
    g.identity = None
    response = error_page(status, code=trouble)
    response.headers["Cache-Control"] = "no-store"  # what was typed stands on it
    if wait:
        response.headers["Retry-After"] = wait
    return response


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RuleBroken, _rule)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(StaleDataError, _stale)
    if not app.config["TESTING"]:  # a test wants to see the crash itself
        app.register_error_handler(Exception, _crash)
        # What fails while a response is finished (the commit) comes as this.
        app.register_error_handler(InternalServerError, _crash)
