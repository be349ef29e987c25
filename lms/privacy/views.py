"""The audit log for the privacy officer, and the public texts about this software."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request
from flask_babel import gettext

from courses.terms import Role
from lms.accounts.queries import find_gate
from lms.audit import Act
from lms.privacy import queries
from lms.privacy.words import ACTS, say_act, say_detail, say_subject
from lms.web import edge
from lms.web.access import for_everybody, for_roles
from lms.web.identity import find_identity, get_identity

blueprint = Blueprint("privacy", __name__)

PER_PAGE = 50
MOST_TYPED = 36
"""As long as a whole number; the field takes no more."""
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]*)?")


@blueprint.get("/privacy/log")
@for_roles(Role.PRIVACY_OFFICER)
def audit_log() -> str:
    """Who did what to which thing, and when: ids and codes, no content."""
    session = edge.db()
    organisation_id = get_identity().organisation.id
    wanted, wrong = _wanted()
    # A question that cannot be answered finds nothing: all lines would look like an answer.
    total = 0 if wrong else queries.count_events(session, organisation_id, wanted)
    pages = max(1, -(-total // PER_PAGE))
    page = min(pages, max(1, request.args.get("page", 1, type=int)))
    return render_template(
        "privacy/audit_log.html",
        events=[]
        if wrong
        else queries.list_events(
            session, organisation_id, wanted, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
        ),
        total=total,
        wanted=wanted,
        wrong=wrong,
        typed_person=request.args.get("person", "").strip()[:MOST_TYPED],
        acts=[(act.value, str(words)) for act, words in ACTS.items()],
        say_act=say_act,
        say_detail=say_detail,
        say_subject=say_subject,
        page=page,
        pages=pages,
        unsealed=queries.count_unsealed(session, organisation_id),
    )


def _wanted() -> tuple[queries.Wanted, dict[str, str]]:
    """What the filter asks for, and by field what is wrong with the rest of it."""
    act = request.args.get("act", "")
    person = request.args.get("person", "").strip().lower()
    wrong = {}
    if act and act not in set(Act):
        wrong["act"] = gettext("Dit soort gebeurtenis kennen we niet. Kies er een uit de lijst.")
    if person and not NUMBER.fullmatch(person):
        wrong["person"] = gettext(
            "In het logboek staan geen namen. Typ de eerste 8 tekens van een nummer, zoals"
            " 4f7a09c2. Of klik in de lijst op een nummer onder Wie."
        )
    wanted = queries.Wanted(
        act="" if "act" in wrong else act,
        person="" if "person" in wrong else person[: queries.SHORT],
    )
    return wanted, wrong


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
