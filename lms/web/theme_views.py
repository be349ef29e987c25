"""The stylesheet of an organisation: generated, under its own hash, cached for a year.

Only its own people get it: the address tells nobody else which organisations there are.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort, request

from lms.web.access import for_signed_in
from lms.web.identity import Home, get_identity
from lms.web.theme import Theme, ThemeChoice, generate_theme

blueprint = Blueprint("theme", __name__)


@lru_cache(maxsize=256)
def _theme(brand: str) -> Theme:
    return generate_theme(ThemeChoice(brand=brand))


def theme_url(home: Home) -> str:
    return f"/org/{home.slug}/theme.{_theme(home.brand_colour).hash}.css"


@blueprint.get("/org/<slug>/theme.<digest>.css")
@for_signed_in
def stylesheet(slug: str, digest: str) -> Response:  # noqa: ARG001 -- both are in the address
    home = get_identity().organisation
    if request.path != theme_url(home):
        abort(404)
    response = Response(_theme(home.brand_colour).css, mimetype="text/css")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
