"""What the acts of the trail, their details and subjects are called in the log book."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from lms.audit import Act

ACTS = {
    Act.SIGNED_IN: lazy_gettext("Ingelogd"),
    Act.SIGN_IN_REFUSED: lazy_gettext("Inloggen geweigerd"),
    Act.SIGNED_OUT: lazy_gettext("Uitgelogd"),
    Act.ACCESS_REFUSED: lazy_gettext("Toegang geweigerd"),
    Act.TAKE_STARTED: lazy_gettext("Opname begonnen"),
    Act.TAKE_KEPT: lazy_gettext("Opname bewaard"),
    Act.TAKE_WRITTEN: lazy_gettext("Antwoord geschreven"),
    Act.TAKE_LOOKED_BACK: lazy_gettext("Tekst teruggelezen"),
    Act.TAKE_SHARED: lazy_gettext("Poging gedeeld"),
    Act.TAKE_ACCEPTED: lazy_gettext("Poging goedgekeurd"),
    Act.TAKE_RETAKE_ASKED: lazy_gettext("Nog een poging gevraagd"),
    Act.TAKE_DECISION_UNDONE: lazy_gettext("Besluit over een poging teruggenomen"),
    Act.TAKE_DELETED: lazy_gettext("Poging weggegooid"),
    Act.TAKE_WATCHED: lazy_gettext("Filmpje bekeken"),
    Act.TRANSCRIPT_CORRECTED: lazy_gettext("Tekst verbeterd"),
    Act.COMMENT_ADDED: lazy_gettext("Reactie geschreven"),
    Act.COMMENT_EDITED: lazy_gettext("Reactie aangepast"),
    Act.COMMENT_DELETED: lazy_gettext("Reactie weggehaald"),
    Act.COMMENT_REPLIED: lazy_gettext("Antwoord op een reactie"),
    Act.COMMENT_RESOLVED: lazy_gettext("Reactie opgelost"),
    Act.TIP_FOLLOWED_UP: lazy_gettext("Gezegd of een tip is gebruikt"),
    Act.CONTENT_REPORTED: lazy_gettext("Inhoud gemeld"),
    Act.REPORT_DECIDED: lazy_gettext("Over een melding beslist"),
    Act.CLIP_ERASED: lazy_gettext("Filmpje gewist"),
    Act.CLIP_READY: lazy_gettext("Filmpje klaargemaakt"),
    Act.CLIP_FAILED: lazy_gettext("Filmpje klaarmaken mislukt"),
    Act.TRANSCRIPT_READY: lazy_gettext("Tekst gemaakt"),
    Act.WRITING_GRANTED: lazy_gettext("Schriftelijk antwoorden toegestaan"),
    Act.WRITING_ENDED: lazy_gettext("Schriftelijk antwoorden gestopt"),
    Act.DEMO_RESET: lazy_gettext("Demo teruggezet"),
}


def say_act(act: str) -> str:
    """The words for an act; one of a version we do not know stays its code."""
    return str(ACTS.get(Act(act), act)) if act in set(Act) else act


SUBJECTS = {
    "account": lazy_gettext("inlogaccount"),
    "clip": lazy_gettext("filmpje"),
    "comment": lazy_gettext("reactie"),
    "content": lazy_gettext("melding"),
    "job": lazy_gettext("taak"),
    "lesson": lazy_gettext("les"),
    "organisation": lazy_gettext("organisatie"),
    "page": lazy_gettext("pagina"),
    "person": lazy_gettext("persoon"),
    "reply": lazy_gettext("antwoord"),
    "take": lazy_gettext("poging"),
}


def say_subject(subject_type: str) -> str:
    """The words for a kind of thing; one we do not know stays its code."""
    return str(SUBJECTS.get(subject_type, subject_type))


DETAILS = {
    ("way", "demo"): lazy_gettext("via de rondleiding"),
    ("way", "password"): lazy_gettext("met een wachtwoord"),
    ("kind", "top"): lazy_gettext("top"),
    ("kind", "tip"): lazy_gettext("tip"),
    ("kind", "question"): lazy_gettext("vraag"),
    ("author_role", "self"): lazy_gettext("van de maker zelf"),
    ("author_role", "peer"): lazy_gettext("van een collega"),
    ("author_role", "coach"): lazy_gettext("van een coach"),
    ("role", "trainee"): lazy_gettext("volgens de deelnemer"),
    ("role", "coach"): lazy_gettext("volgens de coach"),
    ("verdict", "taken_up"): lazy_gettext("gebruikt"),
    ("verdict", "partly"): lazy_gettext("een beetje gebruikt"),
    ("verdict", "not_yet"): lazy_gettext("nog niet gebruikt"),
    ("resolved", "True"): lazy_gettext("opgelost"),
    ("resolved", "False"): lazy_gettext("weer open"),
    ("from_state", "recording"): lazy_gettext("was nog niet af"),
    ("from_state", "kept"): lazy_gettext("was alleen voor de maker"),
    ("from_state", "shared"): lazy_gettext("was gedeeld"),
    ("from_state", "retake_asked"): lazy_gettext("was teruggevraagd"),
    ("from_state", "accepted"): lazy_gettext("was goedgekeurd"),
    ("state", "restored"): lazy_gettext("teruggezet"),
    ("state", "removed"): lazy_gettext("blijft verborgen"),
    ("subject_type", "take"): lazy_gettext("een poging"),
    ("subject_type", "comment"): lazy_gettext("een reactie"),
    ("method", "GET"): lazy_gettext("wilde iets bekijken"),
    ("method", "POST"): lazy_gettext("wilde iets veranderen"),
}


def say_detail(detail: Mapping[str, object]) -> str:
    """The details that have words, in one line; numbers and unknown codes are left to the code."""
    said = [
        str(DETAILS[pair])
        for key, value in detail.items()
        if (pair := (key, str(value))) in DETAILS
    ]
    if "position" in detail:
        said.append(gettext("zin %(n)s", n=detail["position"]))
    return ", ".join(said)
