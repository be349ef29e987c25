"""Lessons: the list, one lesson, its recorder, and the start of a take."""

from __future__ import annotations

from datetime import datetime, time
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import (
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)

from courses.actions import takes as take_actions
from courses.models import Lesson
from courses.queries import lessons as lesson_queries
from courses.queries.writing import find_open_grant
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import Role
from lms import clock
from lms.accounts.queries import upload_gate_is_open
from lms.audit import Act, count_since
from lms.config import Environment, Settings
from lms.learning.views.base import blueprint, get_lesson
from lms.learning.views.home import lesson_cards
from lms.web import edge, headers
from lms.web.access import for_roles
from lms.web.errors import error_page
from lms.web.identity import Identity, get_identity
from lms.web.pages import nav_section

READERS = (Role.TRAINEE, Role.COACH, Role.EDITOR)


@blueprint.get("/lessons")
@for_roles(*READERS)
def list_lessons() -> str:
    identity = get_identity()
    return render_template(
        "learning/list_lessons.html",
        cards=lesson_cards(identity),
        answers=identity.actor.has(Role.TRAINEE),
    )


@blueprint.get("/lessons/<uuid:public_id>")
@for_roles(*READERS)
@nav_section("learning.list_lessons")
def show_lesson(public_id: UUID) -> str:
    identity = get_identity()
    lesson = get_lesson(public_id)
    return render_template(
        "learning/show_lesson.html",
        lesson=lesson,
        takes=lesson_queries.list_own_takes(
            edge.db(), person_id=identity.actor.person_id, lesson_id=lesson.id
        ),
        answers=identity.actor.has(Role.TRAINEE),
        may_record=find_cohort(identity, lesson) is not None,
        may_write=identity.actor.has(Role.TRAINEE) and may_write(identity),
    )


def find_cohort(identity: Identity, lesson: Lesson) -> int | None:
    """The cohort in which the asker may answer this lesson today, or None."""
    if not identity.actor.has(Role.TRAINEE) or lesson.published_at is None:
        return None
    return lesson_queries.find_open_cohort(
        edge.db(), identity.actor, course_id=lesson.course_id, today=identity.today
    )


def may_write(identity: Identity) -> bool:
    """Whether a coach lets the asker answer in writing."""
    return find_open_grant(edge.db(), person_id=identity.actor.person_id) is not None


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["lms_settings"])


def gate_is_open(identity: Identity) -> bool:
    """Whether the organisation decided that its people may be recorded."""
    return upload_gate_is_open(
        edge.db(),
        identity.organisation.id,
        in_production=_settings().env is Environment.PRODUCTION,
    )


def next_attempt(identity: Identity, lesson: Lesson) -> dict[str, int | str | None]:
    """For the pages on which somebody answers: the number it gets, and the tip of last time."""
    takes = lesson_queries.list_own_takes(
        edge.db(), person_id=identity.actor.person_id, lesson_id=lesson.id
    )
    tips = [take.newest_tip for take in takes if take.newest_tip]
    return {
        "number": max((take.number or 0 for take in takes), default=0) + 1,
        "last_tip": tips[-1] if tips else None,
    }


@blueprint.get("/lessons/<uuid:public_id>/record")
@for_roles(Role.TRAINEE)
@nav_section("learning.record_next")
def record(public_id: UUID) -> str:
    identity = get_identity()
    lesson = get_lesson(public_id)
    if find_cohort(identity, lesson) is None:
        abort(404)
    headers.allow_camera()
    example = lesson_queries.find_example_clip(edge.db(), lesson)
    return render_template(
        "learning/record.html",
        lesson=lesson,
        takes_url=url_for("learning.start_take", public_id=public_id),
        example_url=url_for("clips.raw", clip=example) if example else None,
        gate_open=gate_is_open(identity),
        may_write=may_write(identity),
        **next_attempt(identity, lesson),
    )


def check_day_limit(identity: Identity) -> None:
    """Raise when the asker made as many takes today as one may."""
    most = _settings().takes_per_day
    day = datetime.combine(identity.today, time(), ZoneInfo(identity.organisation.time_zone))
    # Counted in the trail: what was thrown away was made all the same (S6).
    made = count_since(edge.db(), Act.TAKE_STARTED, actor_id=identity.actor.person_id, since=day)
    if made >= most:
        raise RuleBroken(Wrong.DAY_LIMIT, limit=most)


@blueprint.post("/lessons/<uuid:public_id>/takes")
@for_roles(Role.TRAINEE)
def start_take(public_id: UUID) -> Response:
    """Bind a recording before its first second. Answers JSON for the recorder."""
    identity = get_identity()
    settings = _settings()
    lesson = get_lesson(public_id)
    cohort_id = find_cohort(identity, lesson)
    if cohort_id is None:
        raise RuleBroken(Wrong.LESSON_CLOSED)
    if not gate_is_open(identity):
        return error_page(403, code="gate_closed")
    check_day_limit(identity)
    take, happened = take_actions.start_take(
        edge.db(),
        person_id=identity.actor.person_id,
        lesson=lesson,
        cohort_id=cohort_id,
        is_example=identity.organisation.is_demo and request.form.get("source") == "example",
        now=clock.now(),
    )
    edge.emit(happened)
    answer = {
        "take": str(take.public_id),
        "uploads_url": "/uploads",
        "take_url": url_for("learning.review", public_id=take.public_id),
        "max_bytes": settings.max_upload_bytes,
        "max_seconds": lesson.max_seconds,
    }
    return make_response(jsonify(answer), 201)
