"""Requests that another site made: a token per session, and the browser's own word for it."""

from __future__ import annotations

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFProtect

from lms.web.edge import SAFE_METHODS

csrf = CSRFProtect()


def _refuse_foreign() -> None:
    """Refuse an unsafe request that the browser says comes from elsewhere (S18)."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"}:
        abort(403)


def init_app(app: Flask) -> None:
    app.before_request(_refuse_foreign)
    csrf.init_app(app)
