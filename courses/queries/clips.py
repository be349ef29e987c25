"""Which clips somebody may watch, and through what: a take or a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from courses.models import Lesson, Organisation, Take
from courses.policies import Actor, visible_lessons, visible_takes
from media.models import Clip, Rendition, RenditionKind, Segment, Transcript


@dataclass(frozen=True)
class Watched:
    """A clip with what lets the asker see it: `take` for a trainee's, None for a lesson's."""

    clip: Clip
    take: Take | None
    is_example: bool = False


def find_watchable(
    session: Session, actor: Actor, public_id: UUID, *, today: date
) -> Watched | None:
    """The clip with its renditions when a take or lesson of this actor shows it, else None."""
    take = session.scalars(
        select(Take)
        .join(Take.clip)
        .where(Clip.public_id == public_id, visible_takes(actor, today=today))
        .options(contains_eager(Take.clip).selectinload(Clip.renditions))
    ).first()
    if take is not None and take.clip is not None:
        return Watched(take.clip, take)
    clip = session.scalars(
        select(Clip)
        .where(Clip.public_id == public_id, Clip.organisation_id == actor.organisation_id)
        .options(selectinload(Clip.renditions))
    ).first()
    if clip is None:
        return None
    lesson = session.execute(
        select(Lesson.example_clip_id)
        .where(
            or_(Lesson.clip_id == clip.id, Lesson.example_clip_id == clip.id),
            visible_lessons(actor, today=today),
        )
        .limit(1)
    ).first()
    return None if lesson is None else Watched(clip, None, is_example=lesson[0] == clip.id)


def list_caption_segments(session: Session, clip: Clip) -> list[Segment]:
    """What is said in a clip, in order, without what the engine invented."""
    return list(
        session.scalars(
            select(Segment)
            .join(Transcript, Transcript.id == Segment.transcript_id)
            .where(Transcript.clip_id == clip.id, Segment.omitted.is_(False))
            .order_by(Segment.position)
        )
    )


def find_clip(session: Session, public_id: UUID) -> Clip | None:
    """A clip by its public id, for the work behind it: no one asks, so nothing is filtered."""
    return session.scalars(select(Clip).where(Clip.public_id == public_id)).first()


def find_take_of(session: Session, clip: Clip) -> Take | None:
    return session.scalars(select(Take).where(Take.clip_id == clip.id)).first()


def find_max_seconds(session: Session, clip: Clip) -> int | None:
    """The length limit of the lesson a clip answers; None for a clip that is no take."""
    return session.scalar(
        select(Lesson.max_seconds)
        .join(Take, Take.lesson_id == Lesson.id)
        .where(Take.clip_id == clip.id)
    )


def find_rendition(session: Session, clip: Clip, kind: RenditionKind) -> Rendition | None:
    return session.scalars(
        select(Rendition).where(Rendition.clip_id == clip.id, Rendition.kind == kind)
    ).first()


def is_of_demo(session: Session, clip: Clip) -> bool:
    """Whether the clip lies in a demo organisation, where everything is invented."""
    found = session.scalar(
        select(Organisation.is_demo).where(Organisation.id == clip.organisation_id)
    )
    return bool(found)
