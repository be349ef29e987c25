"""Writes down that somebody was refused: who asked for what, in a transaction of its own.

The request itself is answered with the 404 of a thing that does not exist, and commits nothing.
"""

from __future__ import annotations

from flask import request

from lms import clock
from lms.audit import Act, record
from lms.web import edge
from lms.web.identity import find_identity


def note_refusal(subject_type: str, subject: object) -> None:
    """Record a refusal. Whether the thing exists is not looked up, so both take the same time."""
    identity = find_identity()
    edge.give_up()  # a writer of this request would keep the trail's own transaction waiting
    with edge.database().transaction() as session:
        record(
            session,
            Act.ACCESS_REFUSED,
            now=clock.now(),
            organisation_id=identity.organisation.id if identity else None,
            actor_id=identity.actor.person_id if identity else None,
            subject_type=subject_type,
            subject=str(subject)[:60],
            detail={"method": request.method, "endpoint": request.endpoint},
        )
