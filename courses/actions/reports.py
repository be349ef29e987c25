"""The verbs of a report of content: say that something is not right, and decide about it.

Session first, flush, never commit; each returns the events of what happened.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import events
from courses.models import ContentReport, Take, TimedComment
from courses.rules import limits, texts
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import ReportState


def report_content(
    session: Session,
    *,
    take: Take,
    comment: TimedComment | None,
    reporter_id: int,
    reason: str,
    now: datetime,
) -> list[events.Event]:
    """Hide a take, or a remark on it, at once until somebody who is not its subject decides.

    One person reports one thing once. Raises RuleBroken for something of the reporter's own,
    once it was decided about, for a reason that may not stand, and for too many in a day.
    """
    owner_id = _owner(take, comment)
    if owner_id == reporter_id:
        raise RuleBroken(Wrong.OWN_CONTENT)
    reason = texts.clean(reason) if reason.strip() else ""
    earlier = session.scalar(
        select(ContentReport.state).where(
            _about(take, comment), ContentReport.reporter_id == reporter_id
        )
    )
    if earlier is ReportState.OPEN:
        return []
    if earlier is not None:
        raise RuleBroken(Wrong.REPORTED_BEFORE)
    _check_pace(session, reporter_id, now)
    report = ContentReport(
        organisation_id=take.organisation_id,
        reporter_id=reporter_id,
        take_id=take.id if comment is None else None,
        comment_id=comment.id if comment else None,
        reason=reason,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(report)
    except IntegrityError:  # its twin was quicker: the same form, sent twice at one moment
        return []
    _hide(session, take, comment, now)
    return [
        events.ContentReported(
            take.organisation_id,
            reporter_id,
            (comment or take).public_id,
            subject_type="take" if comment is None else "comment",
            take=take.public_id,
            cohort_id=take.cohort_id,
            person_id=owner_id,
        )
    ]


def decide_report(
    session: Session,
    *,
    take: Take,
    comment: TimedComment | None,
    decider_id: int,
    restore: bool,
    now: datetime,
) -> list[events.Event]:
    """Somebody who is not its subject shows it again, or leaves it hidden for good.

    What was left hidden may still be shown again later. Nothing happens where somebody else
    decided first.
    """
    if _owner(take, comment) == decider_id:
        raise RuleBroken(Wrong.NOT_ALLOWED)
    undecided = ContentReport.state == ReportState.OPEN
    if restore:
        undecided = or_(undecided, ContentReport.state == ReportState.REMOVED)
    reports = session.scalars(
        select(ContentReport).where(_about(take, comment), undecided).with_for_update()
    ).all()
    if not reports:
        return []
    state = ReportState.RESTORED if restore else ReportState.REMOVED
    for report in reports:
        report.state, report.decided_at, report.decided_by_id = state, now, decider_id
    if restore:
        _hide(session, take, comment, None)
    session.flush()
    return [
        events.ReportDecided(
            take.organisation_id,
            decider_id,
            (comment or take).public_id,
            state=state,
            subject_type="take" if comment is None else "comment",
            take=take.public_id,
            person_id=_owner(take, comment),
            people=tuple(sorted({report.reporter_id for report in reports})),
        )
    ]


def _owner(take: Take, comment: TimedComment | None) -> int:
    return take.person_id if comment is None else comment.author_id


def _about(take: Take, comment: TimedComment | None) -> ColumnElement[bool]:
    if comment is None:
        return ContentReport.take_id == take.id
    return ContentReport.comment_id == comment.id


def _hide(session: Session, take: Take, comment: TimedComment | None, at: datetime | None) -> None:
    """Set `hidden_at` by itself: nobody who changes the take meanwhile is outrun by a report."""
    model = Take if comment is None else TimedComment
    subject = take if comment is None else comment
    session.execute(update(model).where(model.id == subject.id).values(hidden_at=at))


def _check_pace(session: Session, reporter_id: int, now: datetime) -> None:
    done = session.scalar(
        select(func.count(ContentReport.id)).where(
            and_(
                ContentReport.reporter_id == reporter_id,
                ContentReport.created_at > now - limits.REPORTS.within,
            )
        )
    )
    limits.check_pace(limits.REPORTS, done or 0)
