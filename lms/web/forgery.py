"""Requests that another site made: a token per session, and the browser's own word for it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFProtect

from lms.web.edge import SAFE_METHODS

csrf = CSRFProtect()
OWN = {"same-origin", "none"}
"""What Sec-Fetch-Site says of a request that no other site made."""


def _refuse_foreign() -> None:
    """Refuse an unsafe request that the browser says comes from elsewhere (S18)."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in OWN:
        abort(403)


def typed_here() -> bool:
    """Whether the browser says that this form came from a page of ours.

    What another site put in a form is never shown: it would read as if we said it. A browser too
    old for Sec-Fetch-Site names the origin; behind a proxy that hides our name that is never ours.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in OWN
    return origin is None or urlsplit(origin).netloc == request.host


def init_app(app: Flask) -> None:
    app.before_request(_refuse_foreign)
    csrf.init_app(app)
