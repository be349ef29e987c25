"""Every view says who it is for; one that does not is denied, and the app refuses to start.

Somebody without the right role gets the 404 of a page that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from courses.terms import Role
from lms.web.edge import SAFE_METHODS
from lms.web.identity import find_identity
from lms.web.refusals import note_refusal

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"
    ROLES = "roles"


@dataclass(frozen=True)
class Access:
    audience: Audience
    roles: tuple[Role, ...] = ()


def _declare(declared: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = declared  # type: ignore[attr-defined]  # read by `guard` below
        return view

    return mark


def for_everybody(view: View) -> View:
    """Open to strangers: sign-in, static files, the public texts."""
    return _declare(Access(Audience.EVERYBODY))(view)


def for_signed_in(view: View) -> View:
    """Open to every signed-in person; what they see is up to the policies."""
    return _declare(Access(Audience.SIGNED_IN))(view)


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Open to people who hold one of `roles` today."""
    return _declare(Access(Audience.ROLES, roles))


def declared_access(app: Flask, endpoint: str) -> Access | None:
    return getattr(app.view_functions[endpoint], "access", None)


def refuse_undeclared(app: Flask) -> None:
    """Raise at start-up when a route does not say who it is for."""
    missing = sorted(
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if declared_access(app, rule.endpoint) is None
        }
    )
    if missing:
        raise RuntimeError(f"views without an access declaration: {', '.join(missing)}")


def guard() -> Response | None:
    """Before every request: let through whom the view is for, closed by default."""
    if request.endpoint is None:
        return None  # the router answers 404 or 405 itself
    declared = declared_access(current_app, request.endpoint)
    if declared is None:
        abort(404)
    if declared.audience is Audience.EVERYBODY:
        if request.method not in SAFE_METHODS:
            # Now, before the view writes: to note that somebody was seen is a transaction of its
            # own, and would wait in vain for the writer of its own request.
            find_identity()
        return None
    identity = find_identity()
    if identity is None:
        return _ask_to_sign_in()
    if declared.audience is Audience.ROLES and not identity.actor.has(*declared.roles):
        note_refusal("page", request.endpoint)
        abort(404)
    return None


def _ask_to_sign_in() -> Response:
    if request.method == "GET" and request.accept_mimetypes.accept_html:
        target = request.full_path.rstrip("?") if request.path != "/" else None
        return redirect(url_for("accounts.sign_in", next=target))
    return abort(401)
