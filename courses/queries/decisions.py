"""Reads of what a coach just decided and may still take back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from courses.models import Take
from courses.policies import Actor, visible_takes
from courses.rules.decisions import UNDO_WITHIN
from courses.terms import TakeState


def find_undoable(
    session: Session, actor: Actor, *, today: date, now: datetime, take: Take | None = None
) -> Take | None:
    """The take this coach decided about last, while that can be undone; or `take` if it can."""
    since, me, later = now - UNDO_WITHIN, actor.person_id, aliased(Take)
    accepted, asked = Take.state == TakeState.ACCEPTED, Take.state == TakeState.RETAKE_ASKED
    decided_at = case((accepted, Take.accepted_at), else_=Take.retake_asked_at)
    went_on = select(later.id).where(
        later.person_id == Take.person_id, later.created_at > decided_at
    )
    statement = (
        select(Take)
        .where(
            visible_takes(actor, today=today),
            or_(
                and_(accepted, Take.accepted_by_id == me),
                and_(asked, Take.retake_asked_by_id == me),
            ),
            decided_at >= since,
            ~went_on.exists(),
        )
        .options(joinedload(Take.person))
        .order_by(decided_at.desc(), Take.id.desc())
        .limit(1)
    )
    if take is not None:
        statement = statement.where(Take.id == take.id)
    return session.scalars(statement).first()
