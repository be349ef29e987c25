"""Sign in, sign out, choose a language."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask import session as browser_session
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from courses.models import Person
from lms import clock
from lms.accounts import actions, sessions
from lms.accounts.forms import SignInForm
from lms.accounts.models import Account
from lms.accounts.queries import has_demo
from lms.audit import Act, record
from lms.config import Environment, Settings
from lms.web import edge
from lms.web.access import for_everybody, for_signed_in
from lms.web.i18n import LANGUAGES, SESSION_KEY
from lms.web.identity import find_identity, get_identity
from lms.web.urls import local_path

blueprint = Blueprint("accounts", __name__)


def settings() -> Settings:
    return cast("Settings", current_app.extensions["lms_settings"])


def _page(form: SignInForm) -> str:
    # Browsers keep no sign-in cookie over plain HTTP, except on this machine itself.
    here = request.host.rsplit(":", 1)[0] in {"localhost", "127.0.0.1", "[::1]"}
    return render_template(
        "accounts/sign_in.html",
        form=form,
        secure_enough=request.is_secure or here,
        demo_offered=settings().env is not Environment.PRODUCTION and has_demo(edge.db()),
    )


@blueprint.get("/sign-in")
@for_everybody
def sign_in() -> Response | str:
    if find_identity() is not None:
        return redirect(local_path(request.args.get("next")))
    form = SignInForm(formdata=None, next=request.args.get("next", ""))
    return _page(form)


@blueprint.post("/sign-in")
@for_everybody
def submit_sign_in() -> Response | str:
    form = SignInForm()
    if not form.validate():
        return _refuse(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    given = actions.Credentials(form.email.data, form.password.data, request.remote_addr or "")
    try:
        account_id = actions.authenticate(edge.database(), given, now=clock.now())
    except actions.TooManyTries as slow:
        form.form_errors = [
            ngettext(
                "Je probeerde het te vaak. Wacht %(num)s seconde en probeer het opnieuw.",
                "Je probeerde het te vaak. Wacht %(num)s seconden en probeer het opnieuw.",
                slow.seconds,
            )
        ]
        response = _refuse(form, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(slow.seconds)
        return response
    if account_id is None:
        form.form_errors = [
            gettext("Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer het opnieuw.")
        ]
        return _refuse(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    account = edge.db().get_one(Account, account_id)
    actions.welcome(edge.db(), account=account, given=given, now=clock.now())
    sessions.remember(
        sessions.open_session(edge.db(), account=account, settings=settings(), now=clock.now())
    )
    return redirect(local_path(form.next.data))


def _refuse(form: SignInForm, status: HTTPStatus) -> Response:
    return make_response(_page(form), status)


@blueprint.post("/sign-out")
@for_signed_in
def sign_out() -> Response:
    identity = get_identity()
    record(
        edge.db(),
        Act.SIGNED_OUT,
        now=clock.now(),
        organisation_id=identity.organisation.id,
        actor_id=identity.actor.person_id,
        subject_type="account",
        subject=str(identity.account_id),
    )
    sessions.forget()
    response = redirect(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.post("/language")
@for_everybody
def choose_language() -> Response:
    """Keep the page and change its words."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        browser_session[SESSION_KEY] = chosen
        identity = find_identity()
        # In the demo a person is lent to many visitors: the choice stays with the browser.
        if identity is not None and not identity.organisation.is_demo:
            person = edge.db().get_one(Person, identity.actor.person_id)
            person.language = chosen
    return redirect(local_path(request.form.get("next")))
