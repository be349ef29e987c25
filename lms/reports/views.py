"""The progress of a cohort in counts."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from courses.queries.writing import list_writers
from lms.reports import queries
from lms.web import edge
from lms.web.access import for_roles
from lms.web.identity import get_identity

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports/cohort")
@for_roles(*queries.READERS)
def cohort_progress() -> str:
    """Who finished which lesson: yes or no, never how well."""
    cohorts = queries.list_cohorts(edge.db(), get_identity().actor)
    chosen = request.args.get("cohort", type=int)
    cohort = next(
        (one for one in cohorts if chosen is None or one.id == chosen),
        None,
    )
    if cohort is None and chosen is not None:
        abort(404)
    lessons, learners = queries.get_progress(edge.db(), cohort.id) if cohort else ([], [])
    return render_template(
        "reports/cohort_progress.html",
        cohorts=cohorts,
        cohort=cohort,
        lessons=lessons,
        learners=learners,
        finished=sum(learner.done for learner in learners),
        writers=list_writers(edge.db(), get_identity().actor, cohort_id=cohort.id)
        if cohort
        else [],
        started=sum(any(cell != "new" for cell in learner.cells) for learner in learners),
    )
