"""The tour: one-click stations through the demo, without passwords. Absent in production."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from courses.models import Organisation
from courses.terms import Role
from lms import clock
from lms.accounts import actions as account_actions
from lms.accounts import sessions
from lms.config import Environment, Settings
from lms.demo import queries, rebuilding
from lms.demo.actions import find_demo
from lms.web import edge
from lms.web.access import for_everybody

blueprint = Blueprint("demo", __name__)


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["lms_settings"])


def _demo_or_404() -> Organisation:
    """The demo organisation; in production there is none, whatever the database holds."""
    organisation = None if _settings().env is Environment.PRODUCTION else find_demo(edge.db())
    if organisation is None:
        abort(404)
    return organisation


@dataclass(frozen=True)
class Station:
    """One stop: who you are for a moment, what you see there, and where it is."""

    key: str
    person: str
    title: str
    text: str
    action: str
    icon: str


def _stations() -> list[Station]:
    return [
        Station(
            "home",
            "Samira El Idrissi",
            gettext("Samira begint haar dag"),
            gettext("Eén duidelijke volgende stap, en collega's die op haar wachten."),
            gettext("Kijk mee met Samira"),
            "home",
        ),
        Station(
            "record",
            "Samira El Idrissi",
            gettext("Samira neemt een antwoord op"),
            gettext("Met de camera, met alleen geluid, of met de voorbeeldopname."),
            gettext("Neem een antwoord op"),
            "video",
        ),
        Station(
            "read-back",
            "Samira El Idrissi",
            gettext("Samira leest terug wat ze zei"),
            gettext("Ze verbetert de tekst, kiest een eigen top en tip, en deelt haar poging."),
            gettext("Lees mee"),
            "file-text",
        ),
        Station(
            "peer",
            "Jeroen de Kok",
            gettext("Jeroen geeft een top en een tip"),
            gettext("Een collega reageert op een seconde van Samira's filmpje."),
            gettext("Reageer als Jeroen"),
            "message-circle",
        ),
        Station(
            "inbox",
            "Carla Blom",
            gettext("Coach Carla werkt haar postvak weg"),
            gettext("Wie het langst wacht, staat bovenaan. Met toetsen van poging naar poging."),
            gettext("Open het postvak"),
            "inbox",
        ),
        Station(
            "compare",
            "Samira El Idrissi",
            gettext("Samira vergelijkt twee pogingen"),
            gettext("Naast elkaar, zin voor zin. Bij elke tip: gebruikt of nog niet?"),
            gettext("Vergelijk"),
            "columns-2",
        ),
        Station(
            "numbers",
            "Ingrid Postma",
            gettext("HR volgt de voortgang"),
            gettext("Ingrid ziet wie een les af heeft. Filmpjes ziet zij niet."),
            gettext("Bekijk de voortgang"),
            "users",
        ),
    ]


TAKES = {
    "peer": ("samira-waiting-2", "learning.review"),
    "compare": ("samira-waiting-2", "learning.compare"),
}
"""Stops at a take of the story, by the clip it was recorded with, and the page that shows it."""
READ_BACK = "samira-question-1"
"""What is read back, and shared at the end: after that, another take of its maker will do."""


def _target(key: str) -> str | None:
    """Where a stop is; None once a visitor used up, threw away or reported what it shows."""
    session = edge.db()
    match key:
        case "record":
            lesson = queries.find_lesson_id(session, "closing")
            return url_for("learning.record", public_id=lesson) if lesson else None
        case "read-back":
            take = queries.find_unshared_id(session, READ_BACK)
            return url_for("learning.review", public_id=take) if take else None
        case "inbox":
            return url_for("learning.inbox")
        case "numbers":
            return url_for("reports.cohort_progress")
        case "home":
            return url_for("learning.home")
        case _:
            clip, endpoint = TAKES[key]
            take = queries.find_take_id(session, clip)
            return url_for(endpoint, public_id=take) if take else None


@blueprint.get("/demo")
@for_everybody
def tour() -> str:
    organisation = _demo_or_404()
    session = edge.db()
    people = queries.list_people(session, organisation.id)
    stations = _stations()
    return render_template(
        "demo/tour.html",
        organisation=organisation,
        stations=stations,
        gone={station.key for station in stations if _target(station.key) is None},
        rebuilding=rebuilding.is_being_rebuilt(session, organisation),
        people=[(role, name, _of(people, role)) for role, name in _role_names().items()],
    )


@blueprint.post("/demo/stations/<key>")
@for_everybody
def go_to_station(key: str) -> Response:
    organisation = _demo_or_404()
    station = next((one for one in _stations() if one.key == key), None)
    if station is None:
        abort(404)
    target = _target(key)
    if target is None:  # it went after the page was opened: the tour says what happened
        return redirect(url_for("demo.tour"))
    _become(organisation, station.person)
    return redirect(target)


@blueprint.post("/demo/reset")
@for_everybody
def put_back() -> Response:
    """Build the demo anew in the background, where a stop has nothing left to show."""
    organisation = _demo_or_404()
    if any(_target(station.key) is None for station in _stations()):
        rebuilding.ask_for_rebuild(edge.db(), organisation=organisation, now=clock.now())
    return redirect(url_for("demo.tour"))


@blueprint.post("/demo/people")
@for_everybody
def become_person() -> Response:
    """Sign in as one of the invented people and start at their own first page."""
    organisation = _demo_or_404()
    _become(organisation, request.form.get("name", ""))
    return redirect(url_for("learning.home"))


def _become(organisation: Organisation, name: str) -> None:
    db = edge.db()
    account = queries.find_account(db, organisation.id, name)
    if account is None:
        abort(404)
    account_actions.record_sign_in(db, account=account, way="demo", now=clock.now())
    sessions.remember(
        sessions.open_session(db, account=account, settings=_settings(), now=clock.now())
    )


def _of(people: list[queries.DemoPerson], role: Role) -> list[str]:
    return [person.name for person in people if person.role is role]


def _role_names() -> dict[Role, str]:
    return {
        Role.TRAINEE: gettext("Deelnemer"),
        Role.COACH: gettext("Coach"),
        Role.TEAM_LEADER: gettext("Teamleider"),
        Role.WORKPLACE_TRAINER: gettext("Praktijkopleider"),
        Role.HR: gettext("HR"),
        Role.SCHOOL_ADMIN: gettext("Schooladministratie"),
        Role.EDITOR: gettext("Centrale redactie"),
        Role.PRIVACY_OFFICER: gettext("Privacy officer"),
        Role.ADMIN: gettext("Beheerder"),
    }
