"""The verbs of a take: start, keep, look back, share, accept, ask for another, delete.

Each takes the session first, flushes, never commits, and returns the events of what happened.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from courses import events
from courses.actions.feedback import add_comment
from courses.models import Lesson, Take, TimedComment
from courses.rules.decisions import check_undo
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import (
    OPEN_FOR_PEERS,
    SHARED_STATES,
    AuthorRole,
    CommentKind,
    Relation,
    TakeState,
)
from media.actions import ReceivedFile, erase_clip, finish_upload
from media.models import Clip, ClipState, Upload

NEEDED = {CommentKind.TOP: Wrong.OWN_TOP_NEEDED, CommentKind.TIP: Wrong.OWN_TIP_NEEDED}
"""What a maker says about an own take before sharing it, and what is wrong without it."""


def start_take(
    session: Session,
    *,
    person_id: int,
    lesson: Lesson,
    cohort_id: int,
    is_example: bool,
    now: datetime,
) -> tuple[Take, list[events.Event]]:
    """Bind a recording to its maker, lesson and cohort before its first second."""
    take = Take(
        organisation_id=lesson.organisation_id,
        person_id=person_id,
        lesson_id=lesson.id,
        cohort_id=cohort_id,
        is_example=is_example,
        created_at=now,
    )
    session.add(take)
    session.flush()
    return take, [
        events.TakeStarted(take.organisation_id, person_id, take.public_id, lesson.public_id)
    ]


def keep_take(
    session: Session, *, take: Take, upload: Upload, received: ReceivedFile, now: datetime
) -> list[events.Event]:
    """The last byte is safe: the recording becomes a numbered take that only its maker sees."""
    clip = finish_upload(session, upload=upload, received=received, now=now)
    take.clip_id = clip.id
    take.number = next_number(session, take)
    take.state = TakeState.KEPT
    take.kept_at = now
    session.flush()
    return [events.TakeKept(take.organisation_id, take.person_id, take.public_id, clip.public_id)]


def next_number(session: Session, take: Take) -> int:
    """The number of the next take of this maker for this lesson.

    The caller holds the maker's row (PostgreSQL), so that two takes are numbered one after the
    other; held before anything else, or two transactions would wait for each other.
    """
    highest = session.scalar(
        select(func.max(Take.number)).where(
            Take.person_id == take.person_id, Take.lesson_id == take.lesson_id
        )
    )
    return (highest or 0) + 1


def look_back(session: Session, *, take: Take, now: datetime) -> list[events.Event]:
    """The maker has read what was said; from now on others may read it where the take is shared."""
    if take.looked_back_at is not None:
        return []
    take.looked_back_at = now
    session.flush()
    return [events.TakeLookedBack(take.organisation_id, take.person_id, take.public_id)]


def add_self_review(
    session: Session,
    *,
    take: Take,
    top: str,
    top_at_ms: int,
    tip: str,
    tip_at_ms: int,
    language: str,
    now: datetime,
) -> list[events.Event]:
    """The maker's own top and tip, before anybody else speaks. Replaces earlier ones.

    Once the take is shared they stand: others may have answered them.
    """
    if take.state in SHARED_STATES:
        return []
    _check_ready(take)
    _own_remarks(session, take)
    made: list[events.Event] = []
    for kind, text, at_ms in (
        (CommentKind.TOP, top, top_at_ms),
        (CommentKind.TIP, tip, tip_at_ms),
    ):
        try:
            made += _own_remark(session, take, kind, text, at_ms, language, now)
        except RuleBroken as broken:
            broken.field = kind
            raise
    return made


def _own_remark(
    session: Session,
    take: Take,
    kind: CommentKind,
    text: str,
    at_ms: int,
    language: str,
    now: datetime,
) -> list[events.Event]:
    if not text.strip():
        raise RuleBroken(NEEDED[kind])
    return add_comment(
        session,
        take=take,
        author_id=take.person_id,
        relation=Relation.OWNER,
        kind=kind,
        text=text,
        at_ms=at_ms,
        language=language,
        client_key=uuid4(),
        now=now,
    )


def _own_remarks(session: Session, take: Take) -> None:
    mine = select(TimedComment).where(
        TimedComment.take_id == take.id, TimedComment.author_role == AuthorRole.SELF
    )
    for comment in session.scalars(mine):
        session.delete(comment)
    session.flush()


def _check_ready(take: Take) -> None:
    """Raise while others could not watch the take: an answer in writing is ready at once."""
    if take.written is not None:
        return
    if take.clip is None or take.clip.state is ClipState.RECEIVED:
        raise RuleBroken(Wrong.TAKE_NOT_READY)
    if take.clip.state is ClipState.FAILED:
        raise RuleBroken(Wrong.TAKE_FAILED)


def share_take(
    session: Session, *, take: Take, text_was_shown: bool, now: datetime
) -> list[events.Event]:
    """Show the take to the coach and to peers who shared theirs.

    Others may read the text as well when it stood on the page from which the maker shared. A text
    that came later waits until its maker has read it.
    Raises RuleBroken while the clip is not playable, or without an own top and tip.
    """
    if take.state is not TakeState.KEPT:
        return []
    _check_ready(take)
    own = set(
        session.scalars(
            select(TimedComment.kind).where(
                TimedComment.take_id == take.id, TimedComment.author_role == AuthorRole.SELF
            )
        )
    )
    for kind, needed in NEEDED.items():
        if kind not in own:
            broken = RuleBroken(needed)
            broken.field = kind
            raise broken
    has_read = text_was_shown and take.clip is not None and take.clip.transcript is not None
    made = look_back(session, take=take, now=now) if has_read else []
    take.state = TakeState.SHARED
    take.shared_at = now
    session.flush()
    return [
        *made,
        events.TakeShared(
            take.organisation_id, take.person_id, take.public_id, take.person_id, take.cohort_id
        ),
    ]


def accept_take(
    session: Session, *, take: Take, coach_id: int, now: datetime
) -> list[events.Event]:
    """A coach finds the take good: a decision of a person, never of the software.

    The same coach may say so twice: a form that was sent two times.
    """
    if take.state is TakeState.ACCEPTED and take.accepted_by_id == coach_id:
        return []
    if take.state not in OPEN_FOR_PEERS:
        raise RuleBroken(Wrong.TAKE_NOT_SHARED)
    take.state = TakeState.ACCEPTED
    take.accepted_at = now
    take.accepted_by_id = coach_id
    session.flush()
    return [events.TakeAccepted(take.organisation_id, coach_id, take.public_id, take.person_id)]


def ask_retake(session: Session, *, take: Take, coach_id: int, now: datetime) -> list[events.Event]:
    """A coach asks for another take; this one stays where it is, with its feedback.

    Asking again for what was asked for already changes nothing. Raises RuleBroken before this
    coach gave a tip on the take: without one nobody knows what to do better.
    """
    if take.state is TakeState.RETAKE_ASKED:
        return []
    if take.state is not TakeState.SHARED:
        raise RuleBroken(Wrong.TAKE_NOT_SHARED)
    tip = select(TimedComment.id).where(
        TimedComment.take_id == take.id,
        TimedComment.author_id == coach_id,
        TimedComment.kind == CommentKind.TIP,
    )
    if session.scalar(tip.limit(1)) is None:
        raise RuleBroken(Wrong.TIP_FIRST, name=take.person.first_name)
    take.state = TakeState.RETAKE_ASKED
    take.retake_asked_at = now
    take.retake_asked_by_id = coach_id
    session.flush()
    return [events.RetakeAsked(take.organisation_id, coach_id, take.public_id, take.person_id)]


def undo_decision(
    session: Session, *, take: Take, coach_id: int, now: datetime
) -> list[events.Event]:
    """A coach takes back an own decision: the take is again as it was before it.

    Raises RuleBroken once it is too long ago, or when the trainee recorded something since.
    Nothing happens to a take about which nothing is decided (any more).
    """
    from_state = take.state
    if from_state is TakeState.ACCEPTED:
        decided_at, by = take.accepted_at, take.accepted_by_id
    elif from_state is TakeState.RETAKE_ASKED:
        decided_at, by = take.retake_asked_at, take.retake_asked_by_id
    else:
        return []
    if by != coach_id or decided_at is None:
        raise RuleBroken(Wrong.NOT_ALLOWED)
    later = select(Take.id).where(Take.person_id == take.person_id, Take.created_at > decided_at)
    check_undo(decided_at, now, went_on=session.scalar(later.limit(1)) is not None)
    if from_state is TakeState.ACCEPTED:
        take.accepted_at = take.accepted_by_id = None
        take.state = TakeState.RETAKE_ASKED if take.retake_asked_at else TakeState.SHARED
    else:
        take.retake_asked_at = take.retake_asked_by_id = None
        take.state = TakeState.SHARED
    session.flush()
    return [
        events.DecisionUndone(
            take.organisation_id, coach_id, take.public_id, take.person_id, from_state=from_state
        )
    ]


def delete_take(session: Session, *, take: Take, now: datetime) -> list[events.Event]:
    """Erase a take that is not accepted, with its clip, text and remarks (I78).

    An upload that still runs is closed with it: its next byte finds nothing.
    """
    if take.state is TakeState.ACCEPTED:
        raise RuleBroken(Wrong.TAKE_ACCEPTED)
    made: list[events.Event] = [
        events.TakeDeleted(
            take.organisation_id, take.person_id, take.public_id, from_state=take.state
        )
    ]
    clip = session.get(Clip, take.clip_id) if take.clip_id else None
    session.execute(update(Upload).where(Upload.target == take.public_id).values(expires_at=now))
    session.delete(take)
    session.flush()
    if clip is not None:
        erased = erase_clip(session, clip=clip, now=now)
        made.append(events.ClipErased(take.organisation_id, take.person_id, erased))
    return made


def is_shared(take: Take) -> bool:
    return take.state in SHARED_STATES
