"""“Meld dit”, and the decision about it by somebody who is not its subject."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from courses.actions import reports as report_actions
from courses.models import Take, TimedComment
from courses.rules.errors import RuleBroken
from courses.terms import Relation, Role
from lms import clock
from lms.learning import reported
from lms.learning.views.base import blueprint, get_comment, get_take
from lms.learning.views.review import render_review
from lms.web import edge
from lms.web.access import for_roles
from lms.web.identity import get_identity
from lms.web.refusals import note_refusal
from lms.web.urls import local_path

LOOP = (Role.TRAINEE, Role.COACH)


@blueprint.post("/takes/<uuid:public_id>/report")
@for_roles(*LOOP)
def report_take(public_id: UUID) -> Response:
    take, relation = get_take(public_id)
    try:
        _report(take, None)
    except RuleBroken as broken:
        edge.db().rollback()
        return render_review(public_id, broken=broken, part="report")
    flash(gettext("Dank je. Dit is nu verborgen. Een coach kijkt ernaar."), "ok")
    if relation is Relation.PEER:
        return redirect(url_for("learning.feedback"))
    return redirect(_review(public_id, "main"))


@blueprint.post("/takes/<uuid:public_id>/comments/<uuid:comment_id>/report")
@for_roles(*LOOP)
def report_comment(public_id: UUID, comment_id: UUID) -> Response:
    take, relation = get_take(public_id)
    try:
        _report(take, get_comment(take, relation, comment_id))
    except RuleBroken as broken:
        edge.db().rollback()
        return render_review(public_id, broken=broken, part=f"report-{comment_id}")
    flash(gettext("Dank je. De reactie is nu verborgen. Een coach kijkt ernaar."), "ok")
    return redirect(_review(public_id, "reactions"))


def _report(take: Take, comment: TimedComment | None) -> None:
    edge.emit(
        report_actions.report_content(
            edge.db(),
            take=take,
            comment=comment,
            reporter_id=get_identity().actor.person_id,
            reason=request.form.get("reason", ""),
            now=clock.now(),
        )
    )


def _review(public_id: UUID, anchor: str) -> str:
    return f"{url_for('learning.review', public_id=public_id)}#{anchor}"


@blueprint.post("/takes/<uuid:public_id>/reports/decide")
@for_roles(Role.COACH)
def decide_report(public_id: UUID) -> Response:
    """A coach who is not its subject shows a reported take or remark again, or not."""
    take, relation = get_take(public_id)
    if relation is not Relation.COACH:
        abort(404)
    named = request.form.get("comment", "")
    comment = get_comment(take, relation, _uuid(named)) if named else None
    _decide(take, comment)
    target = _review(public_id, "reactions" if comment else "main")
    return redirect(local_path(request.form.get("next"), default=target))


@blueprint.post("/reports/<uuid:public_id>/decide")
@for_roles(Role.EDITOR)
def decide_at_desk(public_id: UUID) -> Response:
    """An editor decides where no coach is left who may: about the words, without the take."""
    identity = get_identity()
    found = reported.find_for_desk(edge.db(), identity.actor, public_id, today=identity.today)
    if found is None:
        note_refusal("report", public_id)
        abort(404)
    _decide(*found)
    return redirect(url_for("learning.home"))


def _decide(take: Take, comment: TimedComment | None) -> None:
    happened = report_actions.decide_report(
        edge.db(),
        take=take,
        comment=comment,
        decider_id=get_identity().actor.person_id,
        restore=request.form.get("restore") == "yes",
        now=clock.now(),
    )
    edge.emit(happened)
    if happened:
        flash(gettext("Je besluit is bewaard. Wie dit meldde, krijgt bericht."), "ok")
    else:
        flash(gettext("Hierover was al beslist."), "info")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(404)
