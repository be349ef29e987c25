"""The audit log for the privacy officer, and the public texts about this software."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from courses.terms import Role
from lms.accounts.queries import find_gate
from lms.privacy import queries
from lms.web import edge
from lms.web.access import for_everybody, for_roles
from lms.web.identity import find_identity, get_identity

blueprint = Blueprint("privacy", __name__)

PER_PAGE = 50


@blueprint.get("/privacy/log")
@for_roles(Role.PRIVACY_OFFICER)
def audit_log() -> str:
    """Who did what to which thing, and when: ids and codes, no content."""
    session = edge.db()
    organisation_id = get_identity().organisation.id
    total = queries.count_events(session, organisation_id)
    pages = max(1, -(-total // PER_PAGE))
    page = min(pages, max(1, request.args.get("page", 1, type=int)))
    return render_template(
        "privacy/audit_log.html",
        events=queries.list_events(
            session, organisation_id, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
        ),
        total=total,
        page=page,
        pages=pages,
        unsealed=queries.count_unsealed(session, organisation_id),
    )


@blueprint.get("/about")
@for_everybody
def about() -> str:
    return render_template("privacy/about.html")


@blueprint.get("/purpose")
@for_everybody
def purpose() -> str:
    """What the software is for, what the computer does and never does."""
    identity = find_identity()
    gate = find_gate(edge.db(), identity.organisation.id) if identity else None
    return render_template("privacy/purpose.html", gate=gate)


@blueprint.get("/accessibility")
@for_everybody
def accessibility() -> str:
    return render_template("privacy/accessibility.html")
