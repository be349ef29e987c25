"""The stylesheet of an organisation: generated, under its own hash, cached for a year."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, abort
from sqlalchemy import select

from courses.models import Organisation
from lms.web import edge
from lms.web.access import for_everybody
from lms.web.identity import Home
from lms.web.theme import Theme, ThemeChoice, generate_theme

blueprint = Blueprint("theme", __name__)


@lru_cache(maxsize=256)
def _theme(brand: str) -> Theme:
    return generate_theme(ThemeChoice(brand=brand))


def theme_url(home: Home) -> str:
    return f"/org/{home.slug}/theme.{_theme(home.brand_colour).hash}.css"


@blueprint.get("/org/<slug>/theme.<digest>.css")
@for_everybody
def stylesheet(slug: str, digest: str) -> Response:
    brand = edge.db().scalar(select(Organisation.brand_colour).where(Organisation.slug == slug))
    if brand is None or _theme(brand).hash != digest:
        abort(404)
    response = Response(_theme(brand).css, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
