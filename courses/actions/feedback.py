"""The verbs of feedback: remark, reply, mark solved, follow up a tip.

Session first, flush, never commit; each returns the events of what happened.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import events, policies
from courses.models import CommentReply, Take, TimedComment, TipFollowUp
from courses.rules import limits, texts
from courses.rules.errors import RuleBroken, Wrong
from courses.rules.feedback import WHOLE, check_kind, moment_in_clip
from courses.terms import AuthorRole, CommentKind, FollowUpRole, FollowUpVerdict, Relation

ROLE_OF = {
    Relation.OWNER: AuthorRole.SELF,
    Relation.PEER: AuthorRole.PEER,
    Relation.COACH: AuthorRole.COACH,
}
FOLLOWS_UP_AS = {
    Relation.OWNER: FollowUpRole.TRAINEE,
    Relation.PEER: FollowUpRole.PEER,
    Relation.COACH: FollowUpRole.COACH,
}


def add_comment(
    session: Session,
    *,
    take: Take,
    author_id: int,
    relation: Relation,
    kind: CommentKind,
    text: str,
    at_ms: int,
    language: str,
    client_key: UUID,
    now: datetime,
) -> list[events.Event]:
    """Leave a top, tip or question at a moment of a take.

    Raises RuleBroken for a tip without an earlier top, a moment outside the clip, a text that
    may not stand, or too many in an hour. The same `client_key` twice leaves one comment.
    """
    text = texts.clean(text)
    if take.written is None:
        at_ms = moment_in_clip(at_ms, take.clip.duration_ms if take.clip else None)
    else:
        at_ms = WHOLE
    mine = session.execute(
        select(TimedComment.kind, TimedComment.client_key).where(
            TimedComment.take_id == take.id, TimedComment.author_id == author_id
        )
    ).all()
    if any(row.client_key == client_key for row in mine):
        return []
    check_kind(kind, [row.kind for row in mine])
    _check_pace(session, TimedComment, limits.REMARKS[relation], author_id, now)
    comment = TimedComment(
        organisation_id=take.organisation_id,
        take_id=take.id,
        author_id=author_id,
        author_role=ROLE_OF[relation],
        kind=kind,
        at_ms=at_ms,
        text=text,
        language=language,
        client_key=client_key,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(comment)
    except IntegrityError:  # its twin was quicker: the same form, sent twice at one moment
        return []
    return [
        events.CommentAdded(
            take.organisation_id,
            author_id,
            comment.public_id,
            take=take.public_id,
            person_id=take.person_id,
            kind=kind,
            author_role=comment.author_role,
        )
    ]


def _check_pace(
    session: Session,
    model: type[TimedComment | CommentReply],
    pace: limits.Pace,
    author_id: int,
    now: datetime,
) -> None:
    written = select(func.count(model.id)).where(
        model.author_id == author_id, model.created_at > now - pace.within
    )
    limits.check_pace(pace, session.scalar(written) or 0)


def reply_to(
    session: Session,
    *,
    comment: TimedComment,
    author_id: int,
    relation: Relation,
    text: str,
    language: str,
    now: datetime,
) -> list[events.Event]:
    """Answer in a thread. Everybody who spoke in it, and the maker, may be told."""
    text = texts.clean(text)
    _check_pace(session, CommentReply, limits.REPLIES[relation], author_id, now)
    reply = CommentReply(
        organisation_id=comment.organisation_id,
        comment_id=comment.id,
        author_id=author_id,
        text=text,
        language=language,
        created_at=now,
    )
    session.add(reply)
    session.flush()
    others = {comment.author_id, comment.take.person_id, *(r.author_id for r in comment.replies)}
    return [
        events.ReplyAdded(
            comment.organisation_id,
            author_id,
            reply.public_id,
            take=comment.take.public_id,
            people=tuple(sorted(others - {author_id})),
        )
    ]


def resolve_comment(
    session: Session, *, comment: TimedComment, resolved: bool, actor_id: int, now: datetime
) -> list[events.Event]:
    """Mark a comment solved, or open again."""
    if (comment.resolved_at is not None) == resolved:
        return []
    comment.resolved_at = now if resolved else None
    session.flush()
    return [events.CommentResolved(comment.organisation_id, actor_id, comment.public_id, resolved)]


def follow_up(
    session: Session,
    *,
    comment: TimedComment,
    take: Take,
    relation: Relation,
    verdict: FollowUpVerdict,
    person_id: int,
    now: datetime,
) -> list[events.Event]:
    """Say what became of an earlier tip in a later take: the maker first, then others.

    After the maker, a coach may say it, and the peer whose own tip it was. Each role keeps its
    own word; within a role the latest counts.
    """
    if comment.kind is not CommentKind.TIP:
        raise RuleBroken(Wrong.NOT_A_TIP)
    if not policies.may_follow_up(relation, author_id=comment.author_id, person_id=person_id):
        raise RuleBroken(Wrong.NOT_YOUR_TIP)
    role = FOLLOWS_UP_AS[relation]
    said = _said_about(session, comment, take)
    if role is not FollowUpRole.TRAINEE and FollowUpRole.TRAINEE not in said:
        raise RuleBroken(Wrong.TRAINEE_FIRST)
    row = TipFollowUp(
        organisation_id=take.organisation_id,
        comment_id=comment.id,
        take_id=take.id,
        role=role,
        verdict=verdict,
        person_id=person_id,
        decided_at=now,
    )
    if role not in said:
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another coach spoke at the same moment: the later word counts
            said = _said_about(session, comment, take)
    if role in said:
        earlier = said[role]
        earlier.verdict, earlier.person_id, earlier.decided_at = verdict, person_id, now
        session.flush()
    return [
        events.TipFollowedUp(
            take.organisation_id,
            person_id,
            comment.public_id,
            take=take.public_id,
            role=role,
            verdict=verdict,
        )
    ]


def _said_about(
    session: Session, comment: TimedComment, take: Take
) -> dict[FollowUpRole, TipFollowUp]:
    found = select(TipFollowUp).where(
        TipFollowUp.comment_id == comment.id, TipFollowUp.take_id == take.id
    )
    return {row.role: row for row in session.scalars(found)}
