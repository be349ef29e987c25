"""The verbs of feedback: remark, reply, mark solved, follow up a tip, report.

Session first, flush, never commit; each returns the events of what happened.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import events
from courses.models import CommentReply, ContentReport, Take, TimedComment, TipFollowUp
from courses.rules import texts
from courses.rules.errors import RuleBroken, Wrong
from courses.rules.feedback import check_kind, moment_in_clip
from courses.terms import (
    AuthorRole,
    CommentKind,
    FollowUpRole,
    FollowUpVerdict,
    Relation,
    ReportState,
)

ROLE_OF = {
    Relation.OWNER: AuthorRole.SELF,
    Relation.PEER: AuthorRole.PEER,
    Relation.COACH: AuthorRole.COACH,
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

    Raises RuleBroken for a tip without an earlier top, a moment outside the clip, or a text
    that may not stand. The same `client_key` twice leaves one comment.
    """
    text = texts.clean(text)
    at_ms = moment_in_clip(at_ms, take.clip.duration_ms if take.clip else None)
    mine = session.execute(
        select(TimedComment.kind, TimedComment.client_key).where(
            TimedComment.take_id == take.id, TimedComment.author_id == author_id
        )
    ).all()
    if any(row.client_key == client_key for row in mine):
        return []
    check_kind(kind, [row.kind for row in mine])
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


def reply_to(
    session: Session,
    *,
    comment: TimedComment,
    author_id: int,
    text: str,
    language: str,
    now: datetime,
) -> list[events.Event]:
    """Answer in a thread. Everybody who spoke in it, and the maker, may be told."""
    reply = CommentReply(
        organisation_id=comment.organisation_id,
        comment_id=comment.id,
        author_id=author_id,
        text=texts.clean(text),
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
    """Say what became of an earlier tip in a later take: the maker first, then a reviewer.

    The latest word of each role counts; the other role's word is never overwritten.
    """
    if comment.kind is not CommentKind.TIP:
        raise RuleBroken(Wrong.NOT_A_TIP)
    role = FollowUpRole.TRAINEE if relation is Relation.OWNER else FollowUpRole.REVIEWER
    said = {row.role: row for row in comment.follow_ups if row.take_id == take.id}
    if role is FollowUpRole.REVIEWER and FollowUpRole.TRAINEE not in said:
        raise RuleBroken(Wrong.TRAINEE_FIRST)
    row = said.get(role)
    if row is None:
        row = TipFollowUp(
            organisation_id=take.organisation_id,
            comment_id=comment.id,
            take_id=take.id,
            role=role,
            verdict=verdict,
            person_id=person_id,
            decided_at=now,
        )
        session.add(row)
    else:
        row.verdict, row.person_id, row.decided_at = verdict, person_id, now
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


def report_content(
    session: Session,
    *,
    take: Take,
    comment: TimedComment | None,
    reporter_id: int,
    reason: str,
    now: datetime,
) -> list[events.Event]:
    """Hide a take or a comment at once, until a coach who is not its subject decides."""
    subject = take if comment is None else comment
    session.add(
        ContentReport(
            organisation_id=take.organisation_id,
            reporter_id=reporter_id,
            take_id=take.id if comment is None else None,
            comment_id=comment.id if comment else None,
            reason=texts.clean(reason) if reason.strip() else "",
            created_at=now,
        )
    )
    subject.hidden_at = now
    session.flush()
    return [
        events.ContentReported(
            take.organisation_id,
            reporter_id,
            subject.public_id,
            subject_type="take" if comment is None else "comment",
        )
    ]


def decide_report(
    session: Session,
    *,
    take: Take,
    comment: TimedComment | None,
    coach_id: int,
    restore: bool,
    now: datetime,
) -> list[events.Event]:
    """A coach who is not its subject shows it again, or leaves it hidden for good."""
    subject = take if comment is None else comment
    author_id = take.person_id if comment is None else comment.author_id
    if author_id == coach_id:
        raise RuleBroken(Wrong.NOT_ALLOWED)
    state = ReportState.RESTORED if restore else ReportState.REMOVED
    about = (
        ContentReport.take_id == take.id
        if comment is None
        else ContentReport.comment_id == comment.id
    )
    for report in session.scalars(
        select(ContentReport).where(about, ContentReport.state == ReportState.OPEN)
    ):
        report.state, report.decided_at, report.decided_by_id = state, now, coach_id
    if restore:
        subject.hidden_at = None
    session.flush()
    return [events.ReportDecided(take.organisation_id, coach_id, subject.public_id, state=state)]
