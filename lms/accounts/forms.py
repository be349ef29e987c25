"""The sign-in form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from lms.accounts.passwords import MAX_LENGTH


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    email = EmailField(
        _l("E-mailadres"),
        validators=[InputRequired(_l("Vul je e-mailadres in.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Wachtwoord"),
        validators=[InputRequired(_l("Vul je wachtwoord in.")), Length(max=MAX_LENGTH)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
