"""What happens when something happened: connects events to audit, notices and jobs.

And which function does which kind of job. Above every area, so that no area knows another.
"""

from __future__ import annotations

from courses.events import Event
from courses.terms import Role
from lms.demo import rebuilding
from lms.demo.actions import build_demo
from lms.demo.content import is_demo_file
from lms.events import EventBus
from lms.jobs.registry import JobContext, Registry
from lms.jobs.runner import Runner
from lms.learning import audit_trail, job_rows, jobs
from lms.notices import actions as notices
from lms.notices.models import FEEDBACK, NoticeKind
from lms.notices.queries import (
    IN_WORDS,
    FeedbackNews,
    News,
    count_unread,
    find_feedback_news,
    list_news,
)
from lms.web import edge
from lms.web.identity import Identity


def connected_bus() -> EventBus:
    """The handlers in their order: the trail first, then work to do, then who is told."""
    bus = EventBus()
    bus.on(Event, audit_trail.write)
    job_rows.connect(bus)
    notices.connect(bus)
    return bus


NEW_BEHIND: dict[Role, tuple[str, tuple[NoticeKind, ...]]] = {
    Role.TRAINEE: ("learning.feedback", FEEDBACK),
    Role.COACH: ("learning.inbox", (NoticeKind.REPORT_RECEIVED,)),
    Role.EDITOR: ("learning.home", (NoticeKind.REPORT_RECEIVED,)),
    Role.ADMIN: ("learning.home", ()),
}
"""Where each role finds what is new, and what that is; the first role that somebody holds."""


def nav_counts(identity: Identity) -> dict[str, int]:
    """What is new behind a navigation item, by endpoint. One query a page."""
    for role, (endpoint, kinds) in NEW_BEHIND.items():
        if identity.actor.has(role):
            me = identity.actor.person_id
            return {endpoint: count_unread(edge.db(), person_id=me, kinds=(*kinds, *IN_WORDS))}
    return {}


def news(identity: Identity) -> list[News]:
    """What this person was told in words and has not read yet."""
    return list_news(edge.db(), person_id=identity.actor.person_id)


def feedback_news(identity: Identity) -> FeedbackNews:
    """What is new for this trainee on the page of their feedback."""
    return find_feedback_news(edge.db(), identity.actor, today=identity.today)


def registry() -> Registry:
    """Every kind of job this version knows."""
    kinds = Registry()
    jobs.register(kinds, is_demo_file=is_demo_file)

    def rebuild(context: JobContext) -> None:
        runner = Runner(context.settings, context.database, kinds, connected_bus())
        # Every step reports, and so learns when the worker must stop or has lost the job.
        build_demo(
            context.settings, context.database, runner, say=lambda _text: context.report(0.5)
        )

    rebuilding.register(kinds, build=rebuild)
    return kinds
