"""Two takes side by side, aligned where both say the same thing, and what became of each tip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from courses import policies
from courses.actions.feedback import FOLLOWS_UP_AS
from courses.models import Take, TimedComment, TipFollowUp
from courses.queries import takes as take_queries
from courses.rules.alignment import Pair, Sentence, align
from courses.rules.texts import split_sentences
from courses.terms import FollowUpRole, Relation, Role
from lms.learning.views.base import SECTIONS, blueprint, get_take
from lms.web import edge
from lms.web.access import for_roles
from lms.web.identity import get_identity
from lms.web.pages import show_as
from media.models import ClipState


@blueprint.get("/takes/<uuid:public_id>/compare")
@for_roles(Role.TRAINEE, Role.COACH)
def compare(public_id: UUID) -> Response | str:
    """The take beside an earlier one: the one just before it unless `with` names another."""
    identity = get_identity()
    take, relation = get_take(public_id)
    show_as(SECTIONS[relation])
    siblings = take_queries.list_siblings(edge.db(), identity.actor, take, today=identity.today)
    earlier = [one for one in siblings if one.number < (take.number or 0)]
    if not earlier:
        return redirect(url_for("learning.review", public_id=public_id))
    offered = [one for one in earlier if not one.is_failed]
    chosen = request.args.get("with", str((offered or earlier)[-1].public_id))
    if chosen not in {str(one.public_id) for one in earlier}:
        abort(404)
    other, _relation = get_take(UUID(chosen))
    left, right = _sentences(other, relation), _sentences(take, relation)
    pairs = align(left, right)
    return render_template(
        "learning/compare.html",
        earlier=other,
        take=take,
        relation=relation,
        choices=offered,
        pairs=pairs,
        rows=_rows(pairs, left, right),
        matched=[
            [left[pair.left].start_ms, right[pair.right].start_ms]
            for pair in pairs
            if pair.left is not None and pair.right is not None
        ],
        in_step=take.written is None and other.written is None,
        playable=all(
            one.written is not None or (one.clip is not None and one.clip.state is ClipState.READY)
            for one in (other, take)
        ),
        failed=next((one for one in (other, take) if _state(one) is ClipState.FAILED), None),
        tips=[
            _tip(tip, take, relation)
            for tip in take_queries.list_tips_before(
                edge.db(), identity.actor, take, today=identity.today
            )
        ],
    )


def _state(take: Take) -> ClipState | None:
    return take.clip.state if take.clip else None


def _sentences(take: Take, relation: Relation) -> list[Sentence]:
    if take.written is not None:
        return [Sentence(0, 0, sentence) for sentence in split_sentences(take.written)]
    clip = take.clip
    if clip is None or clip.transcript is None:
        return []
    if not policies.may_read_transcript(relation, take):
        return []
    return [
        Sentence(segment.start_ms, segment.end_ms, segment.spoken_text)
        for segment in take_queries.list_segments(edge.db(), clip.transcript)
        if not segment.omitted
    ]


def _rows(pairs: list[Pair], left: list[Sentence], right: list[Sentence]) -> list[dict[str, Any]]:
    """Table rows; `same` numbers the rows in which both takes say the same thing."""
    rows: list[dict[str, Any]] = []
    matches = 0
    for pair in pairs:
        both = pair.left is not None and pair.right is not None
        rows.append(
            {
                "left": None if pair.left is None else left[pair.left],
                "right": None if pair.right is None else right[pair.right],
                "same": matches if both else None,
            }
        )
        matches += both
    return rows


def _tip(tip: TimedComment, take: Take, relation: Relation) -> dict[str, Any]:
    """A tip, what each role said became of it, and what the asker may say and said."""
    said: dict[FollowUpRole, TipFollowUp] = {
        row.role: row for row in tip.follow_ups if row.take_id == take.id
    }
    may_speak = policies.may_follow_up(
        relation, author_id=tip.author_id, person_id=get_identity().actor.person_id
    )
    return {
        "comment": tip,
        "trainee": said.get(FollowUpRole.TRAINEE),
        "peer": said.get(FollowUpRole.PEER),
        "coach": said.get(FollowUpRole.COACH),
        "may_speak": may_speak,
        "mine": said.get(FOLLOWS_UP_AS[relation]),
    }
