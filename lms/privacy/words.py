"""What each act of the trail is called, for people who read the log book."""

from __future__ import annotations

from flask_babel import lazy_gettext

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
