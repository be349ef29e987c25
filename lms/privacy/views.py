"""The audit log for the privacy officer, and the public texts about this software."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request

from courses.terms import Role
from lms.accounts.queries import find_gate
from lms.audit import Act
from lms.privacy import queries
from lms.privacy.words import ACTS, say_act
from lms.web import edge
from lms.web.access import for_everybody, for_roles
from lms.web.identity import find_identity, get_identity

blueprint = Blueprint("privacy", __name__)

PER_PAGE = 50
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]*)?")


@blueprint.get("/privacy/log")
@for_roles(Role.PRIVACY_OFFICER)
def audit_log() -> str:
    """Who did what to which thing, and when: ids and codes, no content."""
    session = edge.db()
    organisation_id = get_identity().organisation.id
    wanted = _wanted()
    total = queries.count_events(session, organisation_id, wanted)
    pages = max(1, -(-total // PER_PAGE))
    page = min(pages, max(1, request.args.get("page", 1, type=int)))
    return render_template(
        "privacy/audit_log.html",
        events=queries.list_events(
            session, organisation_id, wanted, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
        ),
        total=total,
        wanted=wanted,
        acts=[(act.value, str(words)) for act, words in ACTS.items()],
        say_act=say_act,
        page=page,
        pages=pages,
        unsealed=queries.count_unsealed(session, organisation_id),
    )


def _wanted() -> queries.Wanted:
    """What the filter asks for; a kind or a number that cannot be one is left out."""
    act = request.args.get("act", "")
    person = request.args.get("person", "").strip().lower()
    return queries.Wanted(
        act=act if act in set(Act) else "",
        person=person[: queries.SHORT] if NUMBER.fullmatch(person) else "",
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
