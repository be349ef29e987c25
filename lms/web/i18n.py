"""Languages: Dutch first. Message ids are Dutch; English is a catalogue.

Also the one way dates, times and numbers are written: `di 24 nov 10:05`, `0:36`, `1.234,5`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from gettext import NullTranslations
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from flask import Flask, g, request, session
from flask_babel import Babel, get_locale, get_translations, gettext, ngettext
from flask_babel import format_decimal as babel_decimal
from markupsafe import Markup

from lms import clock
from lms.web.identity import find_identity

LANGUAGES = {"nl": "Nederlands", "en": "English"}
DEFAULT = "nl"
SESSION_KEY = "language"
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
TIME_ZONE = "Europe/Amsterdam"


def current_language() -> str:
    """The person's own choice, else this browser's, else the organisation's.

    Whoever is nobody yet gets what the browser asks for, and so does a visitor of the demo: its
    people are lent, so what one visitor chose is not the language of the next.
    """
    identity = find_identity()
    lent = identity is not None and identity.organisation.is_demo
    choices = [session.get(SESSION_KEY)]
    if identity and not lent:
        choices = [identity.language, *choices, identity.organisation.language]
    for chosen in choices:
        if chosen in LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES), default=DEFAULT) or DEFAULT


def _time_zone() -> str:
    identity = find_identity()
    return identity.organisation.time_zone if identity else TIME_ZONE


def at_time(instant: datetime) -> str:
    """The time of day of an instant: `10:42`."""
    local = instant.astimezone(ZoneInfo(_time_zone()))
    return str(format_datetime(local, "H:mm", locale=get_locale()))


def when(instant: datetime) -> str:
    """An instant as a person says it: `vandaag 10:42`, `gisteren 9:05`, `di 24 nov 10:05`."""
    local = instant.astimezone(ZoneInfo(_time_zone()))
    day, today = local.date(), clock.today(_time_zone())
    clock_time = at_time(instant)
    if day == today:
        return str(gettext("vandaag %(time)s", time=clock_time))
    if day == today - timedelta(days=1):
        return str(gettext("gisteren %(time)s", time=clock_time))
    pattern = "EEE d MMM H:mm" if day.year == today.year else "d MMM y H:mm"
    return format_datetime(local, pattern, locale=get_locale()).replace(".", "")


def on_day(day: date) -> str:
    """A date in full: `dinsdag 24 november 2026`."""
    return format_date(day, "EEEE d MMMM y", locale=get_locale())


def upper_first(text: str) -> str:
    """A text at the start of a line. Jinja's `capitalize` would make `November` small."""
    return text[:1].upper() + text[1:]


def language_name(code: str) -> str:
    """What the reader calls a language: `nl` is Nederlands, or Dutch."""
    return Locale.parse(code).get_display_name(get_locale()) or code


def in_language(text: str | None, code: str) -> str | Markup:
    """Text that people wrote, marked where it is not in the page's language (WCAG 3.1.2)."""
    if not text or code == str(get_locale()):
        return text or ""
    return Markup('<span lang="{}">{}</span>').format(code, text)


def moment(milliseconds: int | None) -> str:
    """A moment in a clip: `0:36`. Nothing known gives an empty text."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02d}"


def time_span(seconds: int) -> str:
    """A length that was agreed, in words: `45 seconden`, `1 minuut`, `1 minuut en 30 seconden`."""
    minutes, rest = divmod(seconds, 60)
    long = str(ngettext("%(num)s minuut", "%(num)s minuten", minutes))
    short = str(ngettext("%(num)s seconde", "%(num)s seconden", rest))
    if minutes and rest:
        return str(gettext("%(minutes)s en %(seconds)s", minutes=long, seconds=short))
    return long if minutes else short


def waiting_time(since: datetime) -> str:
    """How long something waits: `12 min`, `3 uur`, `2 dagen`."""
    minutes = max(0, int((clock.now() - since).total_seconds() // 60))
    if minutes < 60:  # noqa: PLR2004 -- an hour
        return str(gettext("%(n)s min", n=max(1, minutes)))
    hours = minutes // 60
    if hours < 24:  # noqa: PLR2004 -- a day
        return str(ngettext("%(num)s uur", "%(num)s uur", hours))
    return str(ngettext("%(num)s dag", "%(num)s dagen", hours // 24))


def _catalogue() -> NullTranslations:
    """The texts of this request's language, looked up once: a page asks for some ninety."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return cast("NullTranslations", g.catalogue)


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone="UTC",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=current_language,
    )
    # The ones of Flask-Babel find the application, its language and its catalogue anew each time.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension puts it there
        gettext=lambda text: _catalogue().gettext(text),
        ngettext=lambda one, more, count: _catalogue().ngettext(one, more, count),
        newstyle=True,
        pgettext=lambda context, text: _catalogue().pgettext(context, text),
        npgettext=lambda context, one, more, count: _catalogue().npgettext(
            context, one, more, count
        ),
    )
    app.jinja_env.filters.update(
        when=when,
        at_time=at_time,
        on_day=on_day,
        upper_first=upper_first,
        moment=moment,
        time_span=time_span,
        waiting_time=waiting_time,
        number=babel_decimal,
        in_language=in_language,
        language_name=language_name,
    )
    app.jinja_env.globals.update(current_language=current_language, languages=LANGUAGES)
