"""What every page shows around its content: navigation, organisation, person, language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext

from courses.terms import Role
from lms.web import theme_views
from lms.web.i18n import current_language
from lms.web.identity import Identity, find_identity, get_identity
from lms.web.urls import local_path


@dataclass(frozen=True)
class NavItem:
    """A place in the navigation. Only areas that work are offered."""

    endpoint: str
    label: str
    icon: str
    active: bool
    count: int = 0
    primary: bool = False


@dataclass(frozen=True)
class Link:
    url: str
    label: str
    icon: str = ""


Counter = Callable[[Identity], dict[str, int]]
"""Numbers behind navigation items, by endpoint."""


def show_as(endpoint: str) -> None:
    """Count the page of this request to a navigation item, where that depends on the reader."""
    g.nav_section = endpoint


def set_counter(app: Flask, counter: Counter) -> None:
    app.extensions["lms_nav_counter"] = counter


Teller = Callable[[Identity], Sequence[object]]
"""What somebody was told and has not read yet."""


def set_news(app: Flask, teller: Teller) -> None:
    app.extensions["lms_news"] = teller


def _news() -> Sequence[object]:
    """Asked for by the pages that show it, so that no other page asks the database."""
    teller = cast("Teller | None", current_app.extensions.get("lms_news"))
    identity = find_identity()
    return teller(identity) if teller and identity else ()


def set_feedback_news(app: Flask, teller: Callable[[Identity], object]) -> None:
    """Who knows what is new on the page of somebody's feedback."""
    app.extensions["lms_feedback_news"] = teller


def _feedback_news() -> object:
    """Asked for by that page alone, which only somebody who is signed in can open."""
    teller = cast("Callable[[Identity], object]", current_app.extensions["lms_feedback_news"])
    return teller(get_identity())


def _items(identity: Identity) -> list[tuple[str, str, str]]:
    has = identity.actor.has
    if has(Role.TRAINEE):
        return [
            ("learning.home", gettext("Start"), "home"),
            ("learning.list_lessons", gettext("Lessen"), "book-open"),
            ("learning.record_next", gettext("Opnemen"), "video"),
            ("learning.feedback", gettext("Feedback"), "message-circle"),
            ("learning.progress", gettext("Voortgang"), "route"),
        ]
    items = [("learning.home", gettext("Start"), "home")]
    if has(Role.COACH):
        items.append(("learning.inbox", gettext("Postvak"), "inbox"))
    if has(Role.COACH, Role.EDITOR):
        items.append(("learning.list_lessons", gettext("Lessen"), "book-open"))
    if has(Role.HR, Role.COACH, Role.SCHOOL_ADMIN):
        items.append(("reports.cohort_progress", gettext("Voortgang"), "users"))
    if has(Role.PRIVACY_OFFICER):
        items.append(("privacy.audit_log", gettext("Logboek"), "shield"))
    return items


def _nav(identity: Identity) -> list[NavItem]:
    counter = cast("Counter | None", current_app.extensions.get("lms_nav_counter"))
    counts = counter(identity) if counter else {}
    active = request.endpoint or ""
    marked = getattr(current_app.view_functions.get(active), "nav_section", active)
    section = g.get("nav_section", marked)
    return [
        NavItem(
            endpoint=endpoint,
            label=label,
            icon=icon,
            active=endpoint == section,
            count=counts.get(endpoint, 0),
            primary=endpoint == "learning.record_next",
        )
        for endpoint, label, icon in _items(identity)
    ]


def nav_section(endpoint: str) -> Callable[[Any], Any]:
    """Mark a view as part of the navigation item of `endpoint`."""

    def mark(view: Any) -> Any:  # noqa: ANN401 -- any view function
        view.nav_section = endpoint
        return view

    return mark


def _around() -> dict[str, Any]:
    identity = find_identity()
    home = identity.organisation if identity else None
    path = local_path(request.full_path.rstrip("?")) if request.method == "GET" else "/"
    return {
        "nav": _nav(identity) if identity else [],
        "news": _news,
        "feedback_news": _feedback_news,
        "org": {
            "name": home.name,
            "tagline": home.tagline,
            "language": home.language,
            "theme_url": theme_views.theme_url(home),
            "logo_url": None,
            "logo_letter": None,
        }
        if home
        else None,
        "person": _person(identity),
        "is_demo": bool(home and home.is_demo),
        "tour_url": url_for("demo.tour") if home and home.is_demo else None,
        "current_language": current_language(),
        "language_url": url_for("accounts.choose_language"),
        "language_next": path,
        "home_url": url_for("learning.home"),
        "sign_out_url": url_for("accounts.sign_out") if identity else None,
        "account_links": _account_links(identity),
        "footer_links": [
            Link(url_for("privacy.about"), gettext("Over Goed Gesprek")),
            Link(url_for("privacy.purpose"), gettext("Waarvoor en wat niet")),
            Link(url_for("privacy.accessibility"), gettext("Toegankelijkheid")),
        ],
    }


def _person(identity: Identity | None) -> dict[str, str] | None:
    """Who is signed in. `key` binds what a browser keeps to one person, whatever the name."""
    if identity is None:
        return None
    return {
        "name": identity.name,
        "initials": identity.initials,
        "key": str(identity.public_id),
    }


def _account_links(identity: Identity | None) -> list[Link]:
    if identity and identity.organisation.is_demo:
        return [Link(url_for("demo.tour"), gettext("Rondleiding"), "route")]
    return []


def init_app(app: Flask) -> None:
    app.context_processor(_around)
