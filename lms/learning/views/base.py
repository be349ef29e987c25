"""The blueprint of the learning pages, and how they find what the asker may see."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort

from courses.models import Lesson, Take, TimedComment
from courses.policies import relation_to
from courses.queries import lessons as lesson_queries
from courses.queries import takes as take_queries
from courses.terms import Relation
from lms.web import edge
from lms.web.identity import get_identity
from lms.web.refusals import note_refusal

blueprint = Blueprint("learning", __name__)

SECTIONS = {
    Relation.OWNER: "learning.list_lessons",
    Relation.COACH: "learning.inbox",
    Relation.PEER: "learning.feedback",
}
"""Where a take stands in the navigation, by what the reader is to it: as its breadcrumbs say."""


def get_take(public_id: UUID) -> tuple[Take, Relation]:
    """The take and what the asker is to it; 404 where they may not know of it."""
    identity = get_identity()
    take = take_queries.find_take(edge.db(), identity.actor, public_id, today=identity.today)
    if take is None:
        note_refusal("take", public_id)
        abort(404)
    return take, relation_to(identity.actor, take)


def get_own_take(public_id: UUID) -> Take:
    """A take of the asker; 404 for everybody else's."""
    take, relation = get_take(public_id)
    if relation is not Relation.OWNER:
        note_refusal("take", public_id)
        abort(404)
    return take


def get_comment(take: Take, relation: Relation, public_id: UUID) -> TimedComment:
    comment = take_queries.find_comment(edge.db(), get_identity().actor, take, public_id, relation)
    if comment is None:
        note_refusal("comment", public_id)
        abort(404)
    return comment


def get_lesson(public_id: UUID) -> Lesson:
    identity = get_identity()
    lesson = lesson_queries.find_lesson(edge.db(), identity.actor, public_id, today=identity.today)
    if lesson is None:
        note_refusal("lesson", public_id)
        abort(404)
    return lesson
