"""Remarks on a take: top, tip, question, reply, solved, and what became of a tip."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from courses import policies
from courses.actions import feedback as feedback_actions
from courses.actions import own_remarks
from courses.models import TimedComment
from courses.queries import takes as take_queries
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import CommentKind, FollowUpVerdict, Relation, Role
from lms import clock
from lms.learning.views.base import blueprint, get_comment, get_take
from lms.learning.views.review import render_review
from lms.web import edge
from lms.web.access import for_roles
from lms.web.identity import get_identity
from lms.web.refusals import note_refusal
from lms.web.urls import local_path

LOOP = (Role.TRAINEE, Role.COACH)


def _back(public_id: UUID, anchor: str) -> Response:
    target = url_for("learning.review", public_id=public_id)
    return redirect(f"{local_path(request.form.get('next'), default=target)}#{anchor}")


def _moment() -> int:
    typed = request.form.get("at_ms", "")
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:  # noqa: PLR2004 -- 11 days
        abort(HTTPStatus.BAD_REQUEST)
    return int(typed)


@blueprint.post("/takes/<uuid:public_id>/comments/<uuid:client_key>")
@for_roles(*LOOP)
def add_comment(public_id: UUID, client_key: UUID) -> Response:
    """Leave a top, tip or question. The key in the address makes a double click harmless."""
    take, relation = get_take(public_id)
    kind = request.form.get("kind", "")
    if kind not in set(CommentKind):
        abort(HTTPStatus.BAD_REQUEST)
    if not policies.may_comment(relation, take):
        raise RuleBroken(Wrong.TAKE_NOT_SHARED)
    at_ms = _moment()
    try:
        happened = feedback_actions.add_comment(
            edge.db(),
            take=take,
            author_id=get_identity().actor.person_id,
            relation=relation,
            kind=CommentKind(kind),
            text=request.form.get("body", ""),
            at_ms=at_ms,
            language=take.lesson.language,
            client_key=client_key,
            now=clock.now(),
        )
    except RuleBroken as broken:
        edge.db().rollback()
        return render_review(public_id, broken=broken, part="comment")
    edge.emit(happened)
    anchor = f"comment-{happened[0].subject}" if happened else "reactions"
    return _back(public_id, anchor)


def _comment(public_id: UUID, comment_id: UUID) -> tuple[TimedComment, Relation]:
    take, relation = get_take(public_id)
    return get_comment(take, relation, comment_id), relation


@blueprint.post("/takes/<uuid:public_id>/comments/<uuid:comment_id>/replies")
@for_roles(*LOOP)
def reply(public_id: UUID, comment_id: UUID) -> Response:
    comment, relation = _comment(public_id, comment_id)
    try:
        happened = feedback_actions.reply_to(
            edge.db(),
            comment=comment,
            author_id=get_identity().actor.person_id,
            relation=relation,
            text=request.form.get("text", ""),
            language=comment.language,
            now=clock.now(),
        )
    except RuleBroken as broken:
        edge.db().rollback()
        return render_review(public_id, broken=broken, part=f"reply-{comment_id}")
    edge.emit(happened)
    return _back(public_id, f"comment-{comment_id}")


@blueprint.post("/takes/<uuid:public_id>/comments/<uuid:comment_id>/resolve")
@for_roles(*LOOP)
def resolve(public_id: UUID, comment_id: UUID) -> Response:
    """Whose take it is, or who asked the question, marks it solved, and may undo it."""
    comment, relation = _comment(public_id, comment_id)
    me = get_identity().actor.person_id
    if not policies.may_resolve(relation, comment, person_id=me):
        abort(404)
    edge.emit(
        feedback_actions.resolve_comment(
            edge.db(),
            comment=comment,
            resolved=request.form.get("resolved") == "yes",
            actor_id=me,
            now=clock.now(),
        )
    )
    return _back(public_id, f"comment-{comment_id}")


@blueprint.post("/takes/<uuid:public_id>/comments/<uuid:comment_id>/edit")
@for_roles(*LOOP)
def edit_comment(public_id: UUID, comment_id: UUID) -> Response:
    comment = _own_comment(public_id, comment_id)
    try:
        happened = own_remarks.edit_comment(
            edge.db(),
            comment=comment,
            author_id=comment.author_id,
            text=request.form.get("text", ""),
            now=clock.now(),
        )
    except RuleBroken as broken:
        edge.db().rollback()
        return render_review(public_id, broken=broken, part=f"edit-{comment_id}")
    edge.emit(happened)
    return _back(public_id, f"comment-{comment_id}")


@blueprint.post("/takes/<uuid:public_id>/comments/<uuid:comment_id>/delete")
@for_roles(*LOOP)
def delete_comment(public_id: UUID, comment_id: UUID) -> Response:
    comment = _own_comment(public_id, comment_id)
    try:
        happened = own_remarks.delete_comment(
            edge.db(), comment=comment, author_id=comment.author_id
        )
    except RuleBroken as broken:
        edge.db().rollback()
        return render_review(public_id, broken=broken, part=f"delete-{comment_id}")
    edge.emit(happened)
    return _back(public_id, "reactions")


def _own_comment(public_id: UUID, comment_id: UUID) -> TimedComment:
    """A remark of the asker; 404 for everybody else's."""
    comment, _relation = _comment(public_id, comment_id)
    if comment.author_id != get_identity().actor.person_id:
        note_refusal("comment", comment_id)
        abort(404)
    return comment


@blueprint.post("/takes/<uuid:public_id>/follow-ups/<uuid:comment_id>")
@for_roles(*LOOP)
def follow_up(public_id: UUID, comment_id: UUID) -> Response:
    """What became of a tip on an earlier take: the maker first, then a reviewer."""
    take, relation = get_take(public_id)
    verdict = request.form.get("verdict", "")
    if verdict not in set(FollowUpVerdict):
        abort(HTTPStatus.BAD_REQUEST)
    identity = get_identity()
    tips = take_queries.list_tips_before(edge.db(), identity.actor, take, today=identity.today)
    comment = next((tip for tip in tips if tip.public_id == comment_id), None)
    if comment is None:
        abort(404)
    edge.emit(
        feedback_actions.follow_up(
            edge.db(),
            comment=comment,
            take=take,
            relation=relation,
            verdict=FollowUpVerdict(verdict),
            person_id=identity.actor.person_id,
            now=clock.now(),
        )
    )
    return _back(public_id, f"tip-{comment_id}")
