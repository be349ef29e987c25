"""The page of one take: player, remarks, what was said, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext

from courses import policies
from courses.events import TakeOpened
from courses.models import Take, TimedComment
from courses.queries import decisions
from courses.queries import takes as take_queries
from courses.queries.takes import Sibling, TakeRow
from courses.rules.errors import RuleBroken
from courses.terms import CommentKind, Relation, Role, TakeState
from lms import clock
from lms.learning import queries as processing
from lms.learning import reported
from lms.learning.queries import Processing
from lms.learning.views.base import SECTIONS, blueprint, get_take
from lms.learning.views.clips import raw_is_shown
from lms.web import edge, messages
from lms.web.access import for_roles
from lms.web.i18n import language_name
from lms.web.identity import get_identity
from lms.web.pages import show_as
from media.models import Segment

UNSURE_BELOW = 0.5
"""Words the engine was less sure of are marked for the speaker, as a help in reading back."""


@dataclass(frozen=True)
class ReviewPage:
    """Everything the review template shows."""

    take: Take
    relation: Relation
    processing: Processing
    segments: list[Segment]
    comments: list[TimedComment]
    siblings: list[Sibling]
    undecided: set[UUID]
    """Public ids of what was reported and waits for a coach: the take, or remarks on it."""
    may_undo: bool
    """Whether the asker just decided about this take and may take that back."""
    me: int
    raw_is_shown: bool
    """Whether the recording may be played as it came, until it is made ready."""

    @property
    def tops(self) -> int:
        return self._count(CommentKind.TOP)

    @property
    def tips(self) -> int:
        return self._count(CommentKind.TIP)

    def _count(self, kind: CommentKind) -> int:
        return sum(comment.kind is kind for comment in self.comments)

    @property
    def own_top(self) -> TimedComment | None:
        return self._own(CommentKind.TOP)

    @property
    def own_tip(self) -> TimedComment | None:
        return self._own(CommentKind.TIP)

    def _own(self, kind: CommentKind) -> TimedComment | None:
        mine = (c for c in self.comments if c.author_id == self.take.person_id)
        return next((c for c in mine if c.kind is kind), None)

    @property
    def earlier(self) -> Sibling | None:
        """The take just before this one that can be compared with it."""
        here = self.take.number or 0
        if any(one.is_failed for one in self.siblings if one.number == here):
            return None
        before = [one for one in self.siblings if one.number < here and not one.is_failed]
        return before[-1] if before else None

    @property
    def later(self) -> Sibling | None:
        after = [s for s in self.siblings if s.number > (self.take.number or 0)]
        return after[0] if after else None

    @property
    def is_owner(self) -> bool:
        return self.relation is Relation.OWNER

    @property
    def may_comment(self) -> bool:
        return policies.may_comment(self.relation, self.take)

    @property
    def may_decide(self) -> bool:
        return policies.may_decide(self.relation, self.take)

    def may_change(self, comment: TimedComment) -> bool:
        return policies.may_change_remark(comment, self.take, person_id=self.me)

    def may_resolve(self, comment: TimedComment) -> bool:
        return policies.may_resolve(self.relation, comment, person_id=self.me)

    @property
    def may_delete(self) -> bool:
        return policies.may_delete(self.relation, self.take)

    @property
    def may_read(self) -> bool:
        return policies.may_read_transcript(self.relation, self.take)

    @property
    def gave_top(self) -> bool:
        """Whether the asker gave a top already: only then may a tip follow."""
        return any(c.author_id == self.me and c.kind is CommentKind.TOP for c in self.comments)

    @property
    def helped(self) -> bool:
        """Whether the asker is a peer who said something: then somebody else is next."""
        return self.relation is Relation.PEER and any(c.author_id == self.me for c in self.comments)

    @property
    def is_private(self) -> bool:
        return self.take.state is TakeState.KEPT


def load_page(public_id: UUID) -> ReviewPage:
    identity = get_identity()
    take, relation = get_take(public_id)
    show_as(SECTIONS[relation])
    session = edge.db()
    clip = take.clip
    readable = policies.may_read_transcript(relation, take)
    segments = (
        take_queries.list_segments(session, clip.transcript)
        if clip is not None and clip.transcript is not None and readable
        else []
    )
    comments = take_queries.list_comments(session, identity.actor, take, relation)
    return ReviewPage(
        take=take,
        relation=relation,
        processing=processing.get_processing(session, take),
        segments=segments,
        comments=comments,
        siblings=take_queries.list_siblings(session, identity.actor, take, today=identity.today),
        undecided=_undecided(take, relation, comments),
        may_undo=_may_undo(take, relation),
        me=identity.actor.person_id,
        raw_is_shown=clip is not None and raw_is_shown(clip),
    )


def _may_undo(take: Take, relation: Relation) -> bool:
    identity = get_identity()
    deciders = {take.accepted_by_id, take.retake_asked_by_id}
    if relation is not Relation.COACH or identity.actor.person_id not in deciders:
        return False
    found = decisions.find_undoable(
        edge.db(), identity.actor, today=identity.today, now=clock.now(), take=take
    )
    return found is not None


def _undecided(take: Take, relation: Relation, comments: list[TimedComment]) -> set[UUID]:
    hidden = take.hidden_at or any(comment.hidden_at for comment in comments)
    if relation is not Relation.COACH or not hidden:
        return set()
    return reported.list_open_subjects(edge.db(), take)


def page_context(page: ReviewPage) -> dict[str, Any]:
    """What the review templates need beside the page itself."""
    clip = page.take.clip
    return {
        "page": page,
        "take": page.take,
        "sentences": [_sentence(page, segment) for segment in page.segments],
        "marks": [
            {
                "at_ms": comment.at_ms,
                "kind": comment.kind.value,
                "id": comment.public_id,
                "author": comment.author.first_name,
                "text": comment.text,
            }
            for comment in page.comments
            if comment.hidden_at is None
        ],
        "captions": _captions(page),
        "comment_url": url_for(
            "learning.add_comment", public_id=page.take.public_id, client_key=uuid4()
        ),
        "next_peer": _next_peer(page),
        "failure": messages.say_clip(clip.failure_code, clip.failure_params)
        if clip and clip.failure_code
        else None,
    }


def _next_peer(page: ReviewPage) -> TakeRow | None:
    """Whom a trainee who just helped a colleague may help now."""
    if not page.helped:
        return None
    identity = get_identity()
    return take_queries.find_next_peer(
        edge.db(), identity.actor, after=page.take, today=identity.today
    )


def _sentence(page: ReviewPage, segment: Segment) -> dict[str, Any]:
    corrected = segment.corrected_text is not None
    words = (
        [
            {"text": word["text"].strip(), "unsure": word["probability"] < UNSURE_BELOW}
            for word in segment.words
        ]
        if page.is_owner and not corrected
        else []
    )
    return {
        "position": segment.position,
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "text": segment.spoken_text,
        "heard": segment.text,
        "corrected": corrected,
        "words": words,
        "omitted": segment.omitted,
    }


def _captions(page: ReviewPage) -> list[dict[str, Any]]:
    clip = page.take.clip
    if clip is None or not page.segments:
        return []
    label = gettext("%(language)s (automatisch)", language=language_name(clip.language))
    return [
        {
            "url": url_for("clips.captions", clip=clip.public_id),
            "language": clip.language,
            "label": label,
            "default": False,
        }
    ]


def render_review(
    public_id: UUID,
    *,
    broken: RuleBroken | None = None,
    part: str = "",
    template: str = "learning/review.html",
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """The review page; with a broken rule, beside the field it is about and with what was typed."""
    page = load_page(public_id)
    error = messages.say_rule(broken.code, broken.params) if broken else None
    body = render_template(
        template,
        **page_context(page),
        error=error,
        error_code=broken.code if broken else "",
        error_part=part,
        typed=request.form if broken else {},
        **(extra or {}),
    )
    return make_response(body, messages.status_of(broken.code) if broken else HTTPStatus.OK)


@blueprint.get("/takes/<uuid:public_id>")
@for_roles(Role.TRAINEE, Role.COACH)
def review(public_id: UUID) -> Response:
    return render_review(public_id)


@blueprint.get("/takes/<uuid:public_id>/status")
@for_roles(Role.TRAINEE)
def status(public_id: UUID) -> str:
    """How far the work is: a piece of the page that asks again by itself while it moves."""
    page = load_page(public_id)
    return render_template("learning/_processing.html", **page_context(page))


@blueprint.post("/takes/<uuid:public_id>/seen")
@for_roles(Role.TRAINEE, Role.COACH)
def seen(public_id: UUID) -> Response:
    """The page was opened: what was told about this take is read. A POST, for it changes rows."""
    take, _relation = get_take(public_id)
    edge.emit([TakeOpened(take.organisation_id, get_identity().actor.person_id, take.public_id)])
    return make_response("", HTTPStatus.NO_CONTENT)
