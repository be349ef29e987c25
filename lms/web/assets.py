"""Static files under a hash of the whole tree: cached for a year, relative links keep working."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path, PurePosixPath

import flask
from flask import Blueprint, Flask, request, send_from_directory
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response

from lms.web.access import for_everybody

STATIC = Path(__file__).resolve().parent.parent / "static"
YEAR = 31_536_000

blueprint = Blueprint("assets", __name__)


@cache
def tree_hash() -> str:
    """Ten hex digits over every file below static/, names included."""
    digest = hashlib.sha256()
    for path in sorted(p for p in STATIC.rglob("*") if p.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def static_url(path: str) -> str:
    """The address of a file below static/. A file that is not there is a bug in a template."""
    if not (STATIC / path).is_file():
        raise FileNotFoundError(path)
    return f"/s/{tree_hash()}/{path}"


SQUEEZED = {".css", ".js", ".svg", ".json", ".html"}
"""Text files; fonts and pictures are compressed already. Pages are left to the proxy in front:
they carry tokens, and what is compressed beside a secret tells its length."""


@cache
def _gzipped(path: str) -> bytes:
    return gzip.compress((STATIC / path).read_bytes(), compresslevel=9, mtime=0)


def _send(path: str) -> Response:
    response = send_from_directory(STATIC, path, conditional=True)
    if PurePosixPath(path).suffix not in SQUEEZED:
        return response
    response.vary.add("Accept-Encoding")
    whole = response.status_code == HTTPStatus.OK
    if whole and request.accept_encodings.quality("gzip") > 0:
        response.direct_passthrough = False
        response.set_data(_gzipped(path))
        response.headers["Content-Encoding"] = "gzip"
    return response


@blueprint.get("/s/<version>/<path:path>")
@for_everybody
def file(version: str, path: str) -> Response:
    response = _send(path)
    if version == tree_hash():
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:  # an older page during an upgrade: right content now, asked again later
        response.headers["Cache-Control"] = "no-cache"
    return response


class PagesOnlySession(SecureCookieSessionInterface):
    """Leaves the cookie out of static files: one browser cache entry, whoever is signed in."""

    def save_session(self, app: Flask, session: SessionMixin, response: flask.Response) -> None:
        if request.endpoint != "assets.file":
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = PagesOnlySession()
    app.register_blueprint(blueprint)
    app.jinja_env.globals["static_url"] = static_url
