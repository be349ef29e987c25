"""What happens when something happened: connects events to audit, notices and jobs.

And which function does which kind of job. Above every area, so that no area knows another.
"""

from __future__ import annotations

from courses.events import Event
from courses.terms import Role
from lms.demo.content import is_demo_file
from lms.events import EventBus
from lms.jobs.registry import Registry
from lms.learning import audit_trail, job_rows, jobs
from lms.notices import actions as notices
from lms.notices.queries import count_unread_feedback
from lms.web import edge
from lms.web.identity import Identity


def connected_bus() -> EventBus:
    """The handlers in their order: the trail first, then work to do, then who is told."""
    bus = EventBus()
    bus.on(Event, audit_trail.write)
    job_rows.connect(bus)
    notices.connect(bus)
    return bus


def nav_counts(identity: Identity) -> dict[str, int]:
    """What is new behind a navigation item, by endpoint. One query a page."""
    if not identity.actor.has(Role.TRAINEE):
        return {}
    unread = count_unread_feedback(edge.db(), person_id=identity.actor.person_id)
    return {"learning.feedback": unread}


def registry() -> Registry:
    """Every kind of job this version knows."""
    kinds = Registry()
    jobs.register(kinds, is_demo_file=is_demo_file)
    return kinds
