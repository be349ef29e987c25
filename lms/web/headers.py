"""Security headers on every answer, errors included (S12-S17, S59)."""

from __future__ import annotations

import secrets

from flask import Flask, current_app, g, request
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from lms.web.identity import find_identity
from lms.web.urls import path_of

HSTS = "max-age=63072000; includeSubDomains"


def csp_nonce() -> str:
    """The nonce of this request's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_camera() -> None:
    """Let this page ask for camera and microphone; every other page may not."""
    g.camera_allowed = True


def _policy() -> str:
    origin = current_app.config.get("CLIPS_ORIGIN")
    elsewhere = f" {origin}" if origin else ""
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'nonce-{csp_nonce()}'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{elsewhere}",
            f"media-src 'self' blob:{elsewhere}",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ]
    )


def _protect(response: Response) -> Response:
    headers = response.headers
    if isinstance(request.routing_exception, RequestRedirect):
        # The router sends //path on to a whole address, made of whatever Host the request named.
        headers["Location"] = path_of(request.routing_exception.new_url)
    camera = "(self)" if g.get("camera_allowed", False) else "()"
    headers.setdefault("Content-Security-Policy", _policy())
    headers["Strict-Transport-Security"] = HSTS
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = (
        f"camera={camera}, microphone={camera}, geolocation=(), payment=(), usb=()"
    )
    personal = request.endpoint != "assets.file" and find_identity() is not None
    if personal and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask, *, clips_origin: str | None = None) -> None:
    """`clips_origin`: where browsers fetch clips by themselves, when that is not this site."""
    app.config["CLIPS_ORIGIN"] = clips_origin
    app.after_request(_protect)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
