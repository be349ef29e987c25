"""Second thoughts about a remark: its author changes it, or takes it away.

Only while nobody did anything with it: afterwards words stand as others read them. Session first,
flush, never commit; each returns the events of what happened.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import events, policies
from courses.actions.takes import NEEDED
from courses.models import TimedComment
from courses.rules import texts
from courses.rules.errors import RuleBroken, Wrong
from courses.terms import AuthorRole, CommentKind


def edit_comment(
    session: Session, *, comment: TimedComment, author_id: int, text: str, now: datetime
) -> list[events.Event]:
    """Put other words in the place of one's own; whoever reads them sees that they changed.

    Raises RuleBroken for a text that may not stand, or once the remark may not change any more.
    """
    text = texts.clean(text)
    _check_own(session, comment, author_id)
    if text == comment.text:
        return []
    comment.text = text
    comment.edited_at = now
    session.flush()
    return [events.CommentEdited(comment.organisation_id, author_id, comment.public_id)]


def delete_comment(
    session: Session, *, comment: TimedComment, author_id: int
) -> list[events.Event]:
    """Take an own remark away.

    Raises RuleBroken once it may not go any more: others did something with it, a tip leans on
    this top, or the take was shared with it.
    """
    _check_own(session, comment, author_id)
    _check_leans_on(session, comment)
    deleted = events.CommentDeleted(
        comment.organisation_id,
        author_id,
        comment.public_id,
        take=comment.take.public_id,
        person_id=comment.take.person_id,
    )
    session.delete(comment)
    session.flush()
    return [deleted]


def _check_own(session: Session, comment: TimedComment, author_id: int) -> None:
    """Holds the row, so that no answer can come between looking and changing."""
    session.refresh(comment, ["replies", "follow_ups", "resolved_at"], with_for_update=True)
    if not policies.may_change_remark(comment, comment.take, person_id=author_id):
        raise RuleBroken(Wrong.REMARK_STANDS)


def _check_leans_on(session: Session, comment: TimedComment) -> None:
    others = session.scalars(
        select(TimedComment.kind).where(
            TimedComment.take_id == comment.take_id,
            TimedComment.author_id == comment.author_id,
            TimedComment.id != comment.id,
        )
    ).all()
    if comment.author_role is AuthorRole.SELF:
        if comment.kind in NEEDED and comment.kind not in others:
            raise RuleBroken(NEEDED[comment.kind])
        return
    is_only_top = comment.kind is CommentKind.TOP and CommentKind.TOP not in others
    if is_only_top and CommentKind.TIP in others:
        raise RuleBroken(Wrong.TIPS_STAND)
