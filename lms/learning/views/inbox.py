"""The coach's inbox: what waits, oldest first, worked through without page loads in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import abort, render_template

from courses.models import Take
from courses.queries import decisions
from courses.queries import takes as take_queries
from courses.queries.takes import TakeRow
from courses.rules.decisions import UNDO_WITHIN
from courses.terms import Relation, Role, TakeState
from lms import clock
from lms.learning import reported
from lms.learning.views.base import blueprint
from lms.learning.views.review import load_page, page_context
from lms.web import edge
from lms.web.access import for_roles
from lms.web.identity import get_identity
from lms.web.pages import nav_section

LATE_AFTER = timedelta(days=2)


def _waiting() -> list[TakeRow]:
    identity = get_identity()
    return take_queries.list_waiting_for_coach(edge.db(), identity.actor, today=identity.today)


def _undo_until(take: Take | None) -> datetime | None:
    """Until when the decision about this take can be taken back."""
    if take is None:
        return None
    accepted = take.state is TakeState.ACCEPTED
    decided_at = take.accepted_at if accepted else take.retake_asked_at
    return decided_at + UNDO_WITHIN if decided_at else None


def _render(waiting: list[TakeRow], opened: UUID | None) -> str:
    identity = get_identity()
    page = load_page(opened) if opened else None
    if page is not None and page.relation is not Relation.COACH:
        abort(404)
    undoable = decisions.find_undoable(
        edge.db(), identity.actor, today=identity.today, now=clock.now()
    )
    return render_template(
        "learning/inbox.html",
        waiting=waiting,
        opened=opened,
        late_before=clock.now() - LATE_AFTER,
        handled=take_queries.count_handled_since(
            edge.db(), identity.actor, since=clock.now() - timedelta(hours=12)
        ),
        undoable=undoable,
        undo_until=_undo_until(undoable),
        reported=reported.list_reported(edge.db(), identity.actor, today=identity.today),
        typed={},
        error=None,
        error_code="",
        error_part="",
        **(page_context(page) if page else {"page": None}),
    )


@blueprint.get("/inbox")
@for_roles(Role.COACH)
def inbox() -> str:
    """What waits, with the longest waiting take open beside the list on a wide screen."""
    waiting = _waiting()
    return _render(waiting, waiting[0].public_id if waiting else None)


@blueprint.get("/inbox/<uuid:public_id>")
@for_roles(Role.COACH)
@nav_section("learning.inbox")
def open_in_inbox(public_id: UUID) -> str:
    return _render(_waiting(), public_id)
