"""A notice that was read: the reader says so."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from lms import clock
from lms.notices import actions
from lms.web import edge
from lms.web.access import for_signed_in
from lms.web.identity import get_identity
from lms.web.urls import local_path

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.post("/<uuid:public_id>/read")
@for_signed_in
def read(public_id: UUID) -> Response:
    """Somebody else's notice, or none, is answered like one's own: it tells nothing."""
    actions.read_one(
        edge.db(),
        person_id=get_identity().actor.person_id,
        notice=public_id,
        now=clock.now(),
    )
    return redirect(local_path(request.form.get("next")))


@blueprint.post("/<uuid:public_id>/read-until")
@for_signed_in
def read_until(public_id: UUID) -> Response:
    """The page of one's feedback was opened, and showed everything up to this notice."""
    actions.read_feedback(
        edge.db(),
        person_id=get_identity().actor.person_id,
        newest=public_id,
        now=clock.now(),
    )
    return make_response("", HTTPStatus.NO_CONTENT)
