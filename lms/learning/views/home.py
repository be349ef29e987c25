"""The first page: for a trainee one clear next step, for others what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from courses.queries import lessons as lesson_queries
from courses.queries import takes as take_queries
from courses.queries.lessons import LessonRow, LessonState, OwnTake, lesson_state
from courses.queries.writing import find_open_grant
from courses.terms import SHARED_STATES, Role, TakeState
from lms import clock
from lms.learning import reported
from lms.learning.views.base import blueprint
from lms.web import edge
from lms.web.access import for_roles, for_signed_in
from lms.web.identity import Identity, get_identity
from lms.web.pages import nav_section

NEWEST = 3
"""How many remarks the first page shows; the others stand under Feedback."""


@dataclass(frozen=True)
class LessonCard:
    """A lesson with where its learner stands."""

    lesson: LessonRow
    state: LessonState
    takes: list[OwnTake]

    @property
    def attempts(self) -> list[OwnTake]:
        """Those that count: neither what failed nor what its maker has not used yet."""
        return [
            take for take in self.takes if not take.failed and take.state is not TakeState.RECORDING
        ]

    @property
    def newest(self) -> OwnTake | None:
        """The last one that something can be done with."""
        return next((take for take in reversed(self.takes) if not take.failed), None)

    @property
    def next_number(self) -> int:
        """What the next take will be called; a failed one keeps its number."""
        return max((take.number or 0 for take in self.takes), default=0) + 1

    @property
    def is_reported(self) -> bool:
        return any(take.hidden_at for take in self.takes)


@dataclass(frozen=True)
class NextStep:
    """The one thing to do now: `kind` picks the words, `card` says where."""

    kind: str
    card: LessonCard


def lesson_cards(identity: Identity) -> list[LessonCard]:
    lessons = lesson_queries.list_lessons(edge.db(), identity.actor, today=identity.today)
    own = lesson_queries.list_own_takes(edge.db(), person_id=identity.actor.person_id)
    takes = {key: list(group) for key, group in groupby(own, key=lambda take: take.lesson_id)}
    return [
        LessonCard(lesson, lesson_state(takes.get(lesson.id, [])), takes.get(lesson.id, []))
        for lesson in lessons
    ]


def next_step(cards: list[LessonCard]) -> NextStep | None:
    """What a trainee does now: finish what was begun, use feedback, else the next lesson."""
    for kind, fits in (
        ("look_back", lambda take: take.state is TakeState.KEPT),
        ("finish_sending", lambda take: take.state is TakeState.RECORDING),
        ("retake", lambda take: take.state is TakeState.RETAKE_ASKED),
        ("use_feedback", lambda take: take.state is TakeState.SHARED and take.remarks),
    ):
        for card in cards:
            if card.newest and card.state is not LessonState.DONE and fits(card.newest):
                return NextStep(kind, card)
    for card in cards:
        if card.state is LessonState.NEW:
            return NextStep("first_take", card)
    waiting = [card for card in cards if card.state is not LessonState.DONE]
    return NextStep("wait", waiting[0]) if waiting else None


@blueprint.get("/")
@for_signed_in
def home() -> str:
    identity = get_identity()
    if identity.actor.has(Role.TRAINEE):
        return _trainee(identity)
    if identity.actor.has(Role.COACH):
        return _coach(identity)
    return render_template(
        "learning/home_other.html",
        roles={grant.role for grant in identity.actor.grants},
        reported=reported.list_reported(edge.db(), identity.actor, today=identity.today),
    )


def _trainee(identity: Identity) -> str:
    cards = lesson_cards(identity)
    step = next_step(cards)
    return render_template(
        "learning/home_trainee.html",
        first_name=identity.first_name,
        today=identity.today,
        cards=cards,
        step=step,
        may_write=_may_write_again(identity, step),
        received=take_queries.list_received(edge.db(), identity.actor, limit=NEWEST),
        peers=take_queries.count_waiting_peers(edge.db(), identity.actor, today=identity.today),
        done=sum(card.state is LessonState.DONE for card in cards),
        takes=sum(len(card.attempts) for card in cards),
        shared=sum(take.state in SHARED_STATES for card in cards for take in card.takes),
    )


def _may_write_again(identity: Identity, step: NextStep | None) -> bool:
    """Asked only where the step follows an answer in writing, which is rare."""
    newest = step.card.newest if step else None
    if newest is None or not newest.is_written:
        return False
    return find_open_grant(edge.db(), person_id=identity.actor.person_id) is not None


def _coach(identity: Identity) -> str:
    waiting = take_queries.list_waiting_for_coach(edge.db(), identity.actor, today=identity.today)
    return render_template(
        "learning/home_coach.html",
        first_name=identity.first_name,
        today=identity.today,
        waiting=waiting,
        handled=take_queries.count_handled_since(
            edge.db(), identity.actor, since=clock.now() - timedelta(days=7)
        ),
        late_before=clock.now() - timedelta(days=2),
        reported=reported.list_reported(edge.db(), identity.actor, today=identity.today),
    )


@blueprint.get("/record")
@for_roles(Role.TRAINEE)
def record_next() -> Response:
    """The round button: to the recorder of the lesson whose turn it is."""
    step = next_step(lesson_cards(get_identity()))
    if step is None:
        return redirect(url_for("learning.list_lessons"))
    return redirect(url_for("learning.record", public_id=step.card.lesson.public_id))


@blueprint.get("/feedback")
@for_roles(Role.TRAINEE)
def feedback() -> str:
    """What others said about my takes, and whose takes wait for me."""
    identity = get_identity()
    own = lesson_queries.list_own_takes(edge.db(), person_id=identity.actor.person_id)
    return render_template(
        "learning/feedback.html",
        received=take_queries.list_received(edge.db(), identity.actor),
        peers=take_queries.list_of_peers(edge.db(), identity.actor, today=identity.today),
        shared=any(take.state in SHARED_STATES for take in own),
    )


@blueprint.get("/progress")
@for_roles(Role.TRAINEE)
def progress() -> str:
    """All lessons with all own takes: how far I am."""
    cards = lesson_cards(get_identity())
    return render_template(
        "learning/progress.html",
        cards=cards,
        done=sum(card.state is LessonState.DONE for card in cards),
    )


nav_section("learning.home")(home)
