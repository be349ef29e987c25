"""The demo's course: five lessons, each with a customer's clip and reviewed captions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from courses.models import Cohort, CohortCourse, Course, Lesson, LessonCriterion
from lms.demo.content import DemoClip, clips, story
from lms.demo.tools import Workshop
from lms.learning.job_rows import process_clip
from media import actions as media_actions
from media.models import Clip

REVIEWED = "reviewed"
"""Stands in the engine column of captions that a person checked."""


def make_course(shop: Workshop) -> dict[str, int]:
    """Make the course and give back the lesson ids by key."""
    shop.say("De filmpjes van de klanten worden klaargemaakt…")
    recordings: dict[str, int] = {}
    with shop.database.transaction() as session:
        for told in story()["lesson"]:
            for key in (told["clip"], told["example"]):
                recordings[key] = _receive(shop, session, clips()[key]).id
    shop.finish_clips()
    with shop.database.transaction() as session:
        return _write_lessons(shop, session, recordings)


def _receive(shop: Workshop, session: Session, recording: DemoClip) -> Clip:
    clip = media_actions.receive_clip(
        session,
        organisation_id=shop.people.organisation_id,
        owner_id=None,
        received=shop.store(recording),
        language="nl",
        now=shop.ago(60 * 24 * 90),
    )
    process_clip(session, organisation_id=clip.organisation_id, clip=clip.public_id, now=shop.now)
    return clip


def _write_lessons(shop: Workshop, session: Session, recordings: dict[str, int]) -> dict[str, int]:
    organisation_id = shop.people.organisation_id
    editor = shop.people.ids[story()["people"]["editor"][0]]
    course = Course(organisation_id=organisation_id, **story()["course"])
    session.add(course)
    session.flush()
    made: dict[str, int] = {}
    for position, told in enumerate(story()["lesson"], start=1):
        clip = session.get_one(Clip, recordings[told["clip"]])
        _review_captions(shop, session, clip, clips()[told["clip"]])
        lesson = Lesson(
            organisation_id=organisation_id,
            course_id=course.id,
            position=position,
            title=told["title"],
            situation=told["situation"],
            question=told["question"],
            clip_id=clip.id,
            example_clip_id=recordings[told["example"]],
            captions_reviewed_at=shop.ago(60 * 24 * 89),
            captions_reviewed_by_id=editor,
            max_seconds=told["max_seconds"],
            published_at=shop.ago(60 * 24 * 88),
            criteria=[
                LessonCriterion(organisation_id=organisation_id, position=place, text=text)
                for place, text in enumerate(told["criteria"], start=1)
            ],
        )
        session.add(lesson)
        session.flush()
        made[told["key"]] = lesson.id
    _open_for_cohort(shop, session, course)
    return made


def _review_captions(shop: Workshop, session: Session, clip: Clip, recording: DemoClip) -> None:
    media_actions.attach_transcript(
        session,
        clip=clip,
        heard=media_actions.Heard(
            language="nl",
            speech=True,
            engine=REVIEWED,
            engine_version="",
            model="",
            options={},
            segments=[
                media_actions.HeardSegment(
                    text=sentence.text,
                    start_ms=sentence.start_ms,
                    end_ms=sentence.end_ms,
                    words=(),
                )
                for sentence in recording.sentences
            ],
        ),
        now=shop.ago(60 * 24 * 89),
    )


def _open_for_cohort(shop: Workshop, session: Session, course: Course) -> None:
    cohort = session.get_one(Cohort, shop.people.cohort_id)
    session.add(
        CohortCourse(
            organisation_id=course.organisation_id,
            cohort_id=cohort.id,
            course_id=course.id,
            open_from=cohort.start_on,
        )
    )
