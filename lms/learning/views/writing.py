"""Answering in writing: a coach allows it, and the answer takes the place of a recording (I86)."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID, uuid4

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from courses.actions import writing as writing_actions
from courses.models import Lesson
from courses.queries import writing as writing_queries
from courses.rules.errors import RuleBroken
from courses.rules.texts import MAX_ANSWER
from courses.terms import Role
from lms import clock
from lms.learning.views.base import blueprint, get_lesson
from lms.learning.views.lessons import (
    check_day_limit,
    find_cohort,
    gate_is_open,
    may_write,
    next_attempt,
)
from lms.web import edge, messages
from lms.web.access import for_roles
from lms.web.errors import error_page
from lms.web.identity import get_identity
from lms.web.pages import nav_section
from lms.web.refusals import note_refusal
from lms.web.urls import local_path


def _writable_lesson(public_id: UUID) -> tuple[Lesson, int]:
    """The lesson and the cohort for which the asker may write; 404 for who may not."""
    identity = get_identity()
    lesson = get_lesson(public_id)
    cohort_id = find_cohort(identity, lesson)
    if cohort_id is None:
        abort(404)
    return lesson, cohort_id


def _render(lesson: Lesson, key: UUID, broken: RuleBroken | None = None) -> Response:
    body = render_template(
        "learning/write.html",
        lesson=lesson,
        key=key,
        most=MAX_ANSWER,
        text=request.form.get("text", ""),
        error=messages.say_rule(broken.code, broken.params) if broken else None,
        **next_attempt(get_identity(), lesson),
    )
    return make_response(body, messages.status_of(broken.code) if broken else HTTPStatus.OK)


@blueprint.get("/lessons/<uuid:public_id>/write")
@for_roles(Role.TRAINEE)
@nav_section("learning.record_next")
def write(public_id: UUID) -> Response:
    lesson, _cohort_id = _writable_lesson(public_id)
    if not may_write(get_identity()):
        abort(404)
    if not gate_is_open(get_identity()):
        return error_page(HTTPStatus.FORBIDDEN, code="gate_closed")
    return _render(lesson, uuid4())


@blueprint.post("/lessons/<uuid:public_id>/write")
@for_roles(Role.TRAINEE)
@nav_section("learning.record_next")
def keep_written(public_id: UUID) -> Response:
    """Keep the answer. The key of the form makes a double click harmless."""
    identity = get_identity()
    lesson, cohort_id = _writable_lesson(public_id)
    if not writing_queries.had_grant(edge.db(), person_id=identity.actor.person_id):
        abort(404)  # who had it and lost it meanwhile keeps the text, below
    if not gate_is_open(identity):
        return error_page(HTTPStatus.FORBIDDEN, code="gate_closed")
    try:
        key = UUID(request.form.get("key", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        check_day_limit(identity)
        take, happened = writing_actions.write_answer(
            edge.db(),
            person_id=identity.actor.person_id,
            lesson=lesson,
            cohort_id=cohort_id,
            text=request.form.get("text", ""),
            key=key,
            now=clock.now(),
        )
    except RuleBroken as broken:
        edge.db().rollback()
        return _render(lesson, key, broken)
    edge.emit(happened)
    flash(gettext("Je antwoord is bewaard. Alleen jij kunt het zien."), "ok")
    return redirect(url_for("learning.review", public_id=take.public_id))


@blueprint.post("/learners/<uuid:public_id>/writing")
@for_roles(Role.COACH)
def allow_writing(public_id: UUID) -> Response:
    """A coach lets a learner of the own group answer in writing, or ends that."""
    identity = get_identity()
    person = writing_queries.find_learner(edge.db(), identity.actor, public_id)
    if person is None:
        note_refusal("person", public_id)
        abort(404)
    allowed = request.form.get("allow") == "yes"
    verb = writing_actions.grant_writing if allowed else writing_actions.end_writing
    edge.emit(verb(edge.db(), person=person, coach_id=identity.actor.person_id, now=clock.now()))
    flash(
        gettext("%(name)s kan nu ook schriftelijk antwoorden.", name=person.first_name)
        if allowed
        else gettext(
            "%(name)s antwoordt weer met beeld of geluid. Wat geschreven is, blijft staan.",
            name=person.first_name,
        ),
        "writing",  # the page on which it was changed says it beside the list
    )
    return redirect(local_path(request.form.get("next"), default=url_for("learning.home")))
