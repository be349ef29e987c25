"""What happens when something happened: connects events to audit, notices and jobs.

And which function does which kind of job. Above every area, so that no area knows another.
"""

from __future__ import annotations

from courses.events import Event
from lms.events import EventBus
from lms.jobs.registry import Registry
from lms.learning import audit_trail, job_rows, jobs
from lms.notices import actions as notices


def connected_bus() -> EventBus:
    """The handlers in their order: the trail first, then work to do, then who is told."""
    bus = EventBus()
    bus.on(Event, audit_trail.write)
    job_rows.connect(bus)
    notices.connect(bus)
    return bus


def registry() -> Registry:
    """Every kind of job this version knows."""
    kinds = Registry()
    jobs.register(kinds)
    return kinds
