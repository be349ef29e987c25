"""Codes of the domain, said in the reader's language: what is wrong and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask_babel import format_decimal, gettext, lazy_gettext

from courses.rules.errors import Wrong

RULES = {
    Wrong.TOP_FIRST: lazy_gettext(
        "Geef eerst een top: wat ging er goed? Daarna kun je een tip geven."
    ),
    Wrong.TEXT_EMPTY: lazy_gettext("Schrijf eerst iets. Eén zin is genoeg."),
    Wrong.TEXT_TOO_LONG: lazy_gettext(
        "Dit is te lang (%(length)s tekens). Maak het korter: maximaal %(limit)s tekens."
    ),
    Wrong.TEXT_HAS_CITIZEN_NUMBER: lazy_gettext(
        "In je tekst staat een nummer dat een burgerservicenummer kan zijn. Haal het nummer weg."
    ),
    Wrong.TIME_OUTSIDE_CLIP: lazy_gettext(
        "Dat moment ligt buiten het filmpje. Het filmpje duurt %(seconds)s seconden."
    ),
    Wrong.TAKE_NOT_READY: lazy_gettext(
        "Het filmpje wordt nog klaargemaakt. Wacht even en probeer het dan opnieuw."
    ),
    Wrong.TAKE_FAILED: lazy_gettext(
        "Dit filmpje kon niet worden klaargemaakt. Neem een nieuwe poging op."
    ),
    Wrong.TAKE_ACCEPTED: lazy_gettext(
        "Deze poging is goedgekeurd. Je kunt hem niet meer weggooien."
    ),
    Wrong.TAKE_NOT_SHARED: lazy_gettext(
        "Deze poging wacht niet op jouw oordeel. Ververs de pagina om te zien wat er is veranderd."
    ),
    Wrong.OWN_TOP_NEEDED: lazy_gettext("Schrijf eerst je eigen top: wat deed je goed?"),
    Wrong.OWN_TIP_NEEDED: lazy_gettext("Schrijf eerst je eigen tip: wat wil je beter doen?"),
    Wrong.TIP_FIRST: lazy_gettext(
        "Geef eerst een tip. Dan weet %(name)s wat er beter kan. Vraag daarna nog een poging."
    ),
    Wrong.TIPS_STAND: lazy_gettext("Je gaf ook een tip. Haal eerst je tip weg. Of pas je top aan."),
    Wrong.REMARK_STANDS: lazy_gettext(
        "Je kunt deze reactie niet meer veranderen: iemand deed er al iets mee, of de poging is "
        "goedgekeurd. Geef een antwoord of een nieuwe reactie."
    ),
    Wrong.DECISION_STANDS: lazy_gettext(
        "Dit kun je niet meer terugdraaien. Het is langer dan %(minutes)s minuten geleden, of de "
        "deelnemer is al verder gegaan. Geef een reactie of praat met de deelnemer."
    ),
    Wrong.NOT_ALLOWED: lazy_gettext("Dit kun jij niet doen. Vraag het aan een andere coach."),
    Wrong.DAY_LIMIT: lazy_gettext(
        "Je hebt vandaag al %(limit)s opnames gemaakt. Morgen kun je verder. "
        "Je opnames blijven bewaard."
    ),
    Wrong.UPLOADS_OPEN: lazy_gettext(
        "Er staan nog opnames van jou open. Verstuur die eerst of gooi ze weg. "
        "Na twee dagen verdwijnen ze vanzelf."
    ),
    Wrong.LESSON_CLOSED: lazy_gettext("Deze les is niet open. Kies een andere les."),
    Wrong.WRITING_ENDED: lazy_gettext(
        "Je kunt deze opdracht nu niet schriftelijk doen. Je tekst staat er nog: kopieer hem als "
        "je hem wilt bewaren, en vraag je coach om hulp."
    ),
    Wrong.NOT_A_TIP: lazy_gettext("Alleen bij een tip kun je zeggen wat je ermee deed."),
    Wrong.TRAINEE_FIRST: lazy_gettext(
        "Eerst zegt de deelnemer zelf wat er met de tip is gedaan. Daarna jij."
    ),
    Wrong.NOT_YOUR_TIP: lazy_gettext(
        "Deze tip is van iemand anders. Alleen wie de tip gaf of een coach zegt of hij is gebruikt."
    ),
    Wrong.OWN_CONTENT: lazy_gettext("Dit heb je zelf gemaakt. Je kunt het niet melden."),
    Wrong.REPORTED_BEFORE: lazy_gettext(
        "Je hebt dit al een keer gemeld. Er is toen over beslist. "
        "Ben je het er niet mee eens? Praat met je coach."
    ),
    Wrong.REMARK_LIMIT: lazy_gettext(
        "Je schreef het afgelopen uur al %(limit)s reacties. Wacht even en probeer het later "
        "opnieuw. Je tekst staat er nog."
    ),
    Wrong.REPORT_LIMIT: lazy_gettext(
        "Je deed het afgelopen etmaal al %(limit)s meldingen. Probeer het morgen opnieuw. "
        "Is er haast bij? Bel je coach."
    ),
}

CLIPS = {
    "not_media": lazy_gettext(
        "Dit bestand is geen filmpje dat we kennen. Kies een mp4, mov of webm."
    ),
    "empty_file": lazy_gettext("Dit bestand is leeg. Kies een ander bestand of neem opnieuw op."),
    "unsupported_codec": lazy_gettext(
        "Dit soort filmpje kunnen we niet lezen. Neem op in deze pagina of kies een mp4."
    ),
    "too_many_streams": lazy_gettext(
        "Dit is geen gewoon filmpje. Neem opnieuw op of kies een ander bestand."
    ),
    "no_audio": lazy_gettext("We vonden geen geluid. Zet je microfoon aan en neem opnieuw op."),
    "no_video_and_no_audio": lazy_gettext(
        "We vonden geen beeld en geen geluid. Neem opnieuw op of kies een ander bestand."
    ),
    "zero_length": lazy_gettext(
        "De opname is te kort: er staat niets in. Neem opnieuw op en praat minstens een seconde."
    ),
    "too_long": lazy_gettext("Je filmpje is te lang voor deze les. Neem een korter filmpje op."),
    "too_many_pixels": lazy_gettext("Het beeld is te groot. Film in full hd of kleiner."),
    "too_many_packets": lazy_gettext(
        "Dit filmpje heeft te veel beelden per seconde. Neem opnieuw op."
    ),
    "picture": lazy_gettext("Dit is een foto en geen filmpje. Kies een filmpje of neem er een op."),
    "playlist": lazy_gettext("Dit is een afspeellijst en geen filmpje. Kies het filmpje zelf."),
    "file_lost": lazy_gettext(
        "Je opname is bij ons kwijtgeraakt. Dat ligt niet aan jou. Neem opnieuw op."
    ),
    "infected": lazy_gettext(
        "De virusscanner vond iets gevaarlijks in dit bestand. Niemand kan het openen, jij ook "
        "niet. Neem opnieuw op in deze pagina. Vraag je beheerder om je apparaat na te kijken."
    ),
    "decoder_failed": lazy_gettext(
        "Dit bestand begint goed, maar het beeld of het geluid is kapot. "
        "Neem opnieuw op of kies een ander bestand."
    ),
    "resource_limit": lazy_gettext(
        "Dit filmpje is te zwaar om klaar te maken. Film korter of in full hd en probeer opnieuw."
    ),
    "unreadable": lazy_gettext(
        "Dit bestand is beschadigd. Kies een ander bestand of neem opnieuw op."
    ),
}
CLIP_DEFAULT = lazy_gettext(
    "Het klaarmaken van je filmpje is niet gelukt. Je opname is bewaard. "
    "Probeer een nieuwe poging, of vraag je coach om hulp."
)


TOO_OFTEN = {Wrong.REMARK_LIMIT, Wrong.REPORT_LIMIT}


def status_of(code: Wrong) -> HTTPStatus:
    """The HTTP status of a rule that refuses: 429 where waiting helps, else 422."""
    return HTTPStatus.TOO_MANY_REQUESTS if code in TOO_OFTEN else HTTPStatus.UNPROCESSABLE_ENTITY


def say_rule(code: Wrong, params: Mapping[str, Any]) -> str:
    """What a broken rule means for the reader."""
    return str(RULES[code]) % _readable(params)


def say_clip(code: str | None, params: Mapping[str, Any] | None) -> str:
    """Why a clip could not be made ready, and what to do."""
    text = CLIPS.get(code or "")
    if text is None:
        return str(CLIP_DEFAULT)
    return str(text) % _readable(params or {})


def _readable(params: Mapping[str, Any]) -> dict[str, str]:
    """Figures as the reader writes them: `1.000` in Dutch, `1,000` in English."""
    return {
        name: format_decimal(value) if isinstance(value, int | float) else str(value)
        for name, value in params.items()
    }


def say_status(status: int) -> tuple[str, str]:
    """Title and text of an error page by HTTP status."""
    texts = {
        400: (
            gettext("Dat ging niet goed"),
            gettext("We begrepen je verzoek niet. Ga terug en probeer het opnieuw."),
        ),
        401: (
            gettext("Log opnieuw in"),
            gettext("Je bent niet meer ingelogd. Log in en ga verder waar je was."),
        ),
        403: (
            gettext("Dat ging niet goed"),
            gettext(
                "Deze pagina was te lang open. Ga terug, ververs de pagina en probeer het opnieuw."
            ),
        ),
        404: (
            gettext("Deze pagina bestaat niet"),
            gettext("Misschien is het adres verkeerd of is de pagina weg. Ga naar Start."),
        ),
        405: (gettext("Dat kan hier niet"), gettext("Ga terug en probeer het opnieuw.")),
        409: (
            gettext("Iemand was je voor"),
            gettext(
                "Dit is net veranderd. Bekijk de nieuwe versie. Wat je typte, staat hieronder."
            ),
        ),
        413: (
            gettext("Dit bestand is te groot"),
            gettext("Kies een korter filmpje of neem opnieuw op."),
        ),
        422: (gettext("Dat lukte niet"), gettext("Ga terug en probeer het opnieuw.")),
        429: (
            gettext("Even wachten"),
            gettext(
                "Je probeert het te vaak achter elkaar. Wacht een minuut en probeer het opnieuw."
            ),
        ),
        503: (
            gettext("We kunnen even niet bij onze gegevens"),
            gettext(
                "Wat al bewaard is, blijft bewaard. Wacht een minuut en probeer het dan opnieuw. "
                "Een opname die wordt verzonden, gaat vanzelf verder."
            ),
        ),
        507: (
            gettext("Er is bij ons even geen ruimte"),
            gettext(
                "De opslag bij ons is vol. Wat al bewaard is, blijft bewaard. "
                "Je opname blijft op dit apparaat staan en gaat verder als er weer ruimte is. "
                "Lukt het na een uur nog niet? Bel dan de beheerder."
            ),
        ),
    }
    return texts.get(
        status,
        (
            gettext("Er ging iets mis bij ons"),
            gettext("Het ligt niet aan jou. Probeer het over een paar minuten opnieuw."),
        ),
    )
