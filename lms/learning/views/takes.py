"""What a maker or a coach does with a whole take: look back, share, accept, ask again, delete."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from courses.actions import takes as take_actions
from courses.actions import transcripts as transcript_actions
from courses.queries import takes as take_queries
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import Relation, Role
from lms import clock
from lms.learning.views.base import blueprint, get_own_take, get_take
from lms.learning.views.review import render_review
from lms.web import edge, messages
from lms.web.access import for_roles
from lms.web.errors import wants_json
from lms.web.identity import get_identity
from lms.web.urls import local_path


def _review(public_id: UUID, anchor: str | None = None) -> str:
    return url_for("learning.review", public_id=public_id, _anchor=anchor)


def _back(public_id: UUID, anchor: str | None = None) -> Response:
    target = _review(public_id, anchor)
    return redirect(local_path(request.form.get("next"), default=target))


@blueprint.post("/takes/<uuid:public_id>/share")
@for_roles(Role.TRAINEE)
def share(public_id: UUID) -> Response:
    """Keep the own top and tip, and show the take to coach and peers, in one step."""
    take = get_own_take(public_id)
    try:
        if request.form.get("top", "") or request.form.get("tip", ""):
            edge.emit(
                take_actions.add_self_review(
                    edge.db(),
                    take=take,
                    top=request.form.get("top", ""),
                    top_at_ms=_milliseconds("top_at_ms"),
                    tip=request.form.get("tip", ""),
                    tip_at_ms=_milliseconds("tip_at_ms"),
                    language=take.lesson.language,
                    now=clock.now(),
                )
            )
        edge.emit(
            take_actions.share_take(
                edge.db(),
                take=take,
                text_was_shown="text_was_shown" in request.form,
                now=clock.now(),
            )
        )
    except RuleBroken as broken:
        edge.db().rollback()
        if broken.code in (Wrong.TAKE_NOT_READY, Wrong.TAKE_FAILED):
            raise  # the page of such a take has no form to say it beside
        return render_review(public_id, broken=broken, part=f"share-{broken.field}")
    flash(gettext("Gedeeld. Je coach en je groep kunnen nu reageren."), "ok")
    return _back(public_id)


def _milliseconds(name: str) -> int:
    value = request.form.get(name, "0") or "0"
    if not value.isascii() or not value.isdigit() or len(value) > 9:  # noqa: PLR2004 -- 11 days
        abort(HTTPStatus.BAD_REQUEST)
    return int(value)


@blueprint.post("/takes/<uuid:public_id>/looked-back")
@for_roles(Role.TRAINEE)
def look_back(public_id: UUID) -> Response:
    take = get_own_take(public_id)
    if take.clip is None or take.clip.transcript is None:
        raise RuleBroken(Wrong.TAKE_NOT_READY)
    edge.emit(take_actions.look_back(edge.db(), take=take, now=clock.now()))
    return _back(public_id, "text")


@blueprint.post("/takes/<uuid:public_id>/text")
@for_roles(Role.TRAINEE)
def correct_text(public_id: UUID) -> Response:
    """The maker writes down what was really said; what the computer heard stays beside it.

    All sentences come in one form (`text-1`, `text-2`, …). One that may not stand keeps them all
    on the page, each as it was typed.
    """
    take = get_own_take(public_id)
    if take.clip is None or take.clip.transcript is None:
        abort(404)
    segments = [
        one
        for one in take_queries.list_segments(edge.db(), take.clip.transcript)
        if not one.omitted
    ]
    form = request.form
    places = [one.position for one in segments if f"text-{one.position}" in form]
    happened, broken = transcript_actions.correct_text(
        edge.db(),
        take=take,
        segments=segments,
        written={place: form[f"text-{place}"] for place in places},
        now=clock.now(),
    )
    if broken:
        edge.db().rollback()
        errors = {place: messages.say_rule(one.code, one.params) for place, one in broken.items()}
        first = next(iter(broken.values()))
        return render_review(public_id, broken=first, part="text", extra={"text_errors": errors})
    edge.emit(happened)
    flash(
        gettext("Je tekst is bewaard.") if happened else gettext("Er is niets veranderd."),
        "ok" if happened else "info",
    )
    return _back(public_id, "text")


@blueprint.post("/takes/<uuid:public_id>/accept")
@for_roles(Role.COACH)
def accept(public_id: UUID) -> Response:
    take, relation = get_take(public_id)
    if relation is not Relation.COACH:
        abort(404)
    edge.emit(
        take_actions.accept_take(
            edge.db(), take=take, coach_id=get_identity().actor.person_id, now=clock.now()
        )
    )
    flash(gettext("Goedgekeurd. %(name)s krijgt bericht.", name=take.person.first_name), "decided")
    return _back(public_id)


@blueprint.post("/takes/<uuid:public_id>/ask-retake")
@for_roles(Role.COACH)
def ask_retake(public_id: UUID) -> Response:
    take, relation = get_take(public_id)
    if relation is not Relation.COACH:
        abort(404)
    try:
        happened = take_actions.ask_retake(
            edge.db(), take=take, coach_id=get_identity().actor.person_id, now=clock.now()
        )
    except RuleBroken as broken:
        if broken.code is not Wrong.TIP_FIRST:
            raise
        edge.db().rollback()
        flash(messages.say_rule(broken.code, broken.params), "warning")
        return redirect(local_path(request.form.get("here"), default=_review(public_id)))
    edge.emit(happened)
    name = take.person.first_name
    flash(
        gettext("Je vroeg %(name)s om nog een poging. %(name)s krijgt bericht.", name=name),
        "decided",
    )
    return _back(public_id)


@blueprint.post("/takes/<uuid:public_id>/undo")
@for_roles(Role.COACH)
def undo_decision(public_id: UUID) -> Response:
    """A coach takes back what was just decided, while the trainee did nothing with it."""
    take, relation = get_take(public_id)
    if relation is not Relation.COACH:
        abort(404)
    edge.emit(
        take_actions.undo_decision(
            edge.db(), take=take, coach_id=get_identity().actor.person_id, now=clock.now()
        )
    )
    flash(
        gettext("Teruggedraaid. De poging van %(name)s wacht weer.", name=take.person.first_name),
        "ok",
    )
    return _back(public_id)


@blueprint.post("/takes/<uuid:public_id>/delete")
@for_roles(Role.TRAINEE)
def delete(public_id: UUID) -> Response:
    take = get_own_take(public_id)
    lesson = take.lesson.public_id
    edge.emit(take_actions.delete_take(edge.db(), take=take, now=clock.now()))
    if wants_json():
        return make_response("", HTTPStatus.NO_CONTENT)
    flash(gettext("Je poging is weggegooid en gewist."), "ok")
    return redirect(url_for("learning.show_lesson", public_id=lesson))
