"""The web application, put together in reading order."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import logs, wiring
from lms.accounts import sessions
from lms.accounts.views import blueprint as accounts
from lms.config import Environment, Settings
from lms.db import Database
from lms.demo.views import blueprint as demo
from lms.learning.views import blueprints as learning
from lms.notices.views import blueprint as notices
from lms.privacy.views import blueprint as privacy
from lms.reports.views import blueprint as reports
from lms.storage import link_origin
from lms.web import (
    access,
    assets,
    characters,
    edge,
    errors,
    forgery,
    headers,
    i18n,
    pages,
    theme_views,
)
from lms.web.identity import set_loader
from media import failpoints


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The WSGI application. Refuses to start with a view that does not say who it is for."""
    settings = settings or Settings()
    settings.make_folders()
    logs.configure(settings)
    failpoints.arm(settings.armed)

    app = Flask("lms", static_folder=None)
    _configure(app, settings)
    app.extensions["lms_settings"] = settings
    app.extensions["lms_database"] = database or Database.at(settings.url)
    app.extensions["lms_events"] = wiring.connected_bus()
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    edge.init_app(app)
    headers.init_app(app, clips_origin=link_origin(settings))
    assets.init_app(app)
    sessions.init_app(app, settings)
    i18n.init_app(app)
    errors.init_app(app)
    forgery.init_app(app)
    characters.init_app(app)
    app.before_request(access.guard)
    pages.init_app(app)
    pages.set_counter(app, wiring.nav_counts)
    pages.set_news(app, wiring.news)
    pages.set_feedback_news(app, wiring.feedback_news)
    with app.app_context():
        set_loader(sessions.current_identity)

    for blueprint in (accounts, *learning, notices, reports, privacy, demo, theme_views.blueprint):
        app.register_blueprint(blueprint)
    access.refuse_undeclared(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.signing_key(),
        TESTING=settings.env is Environment.TEST,
        SESSION_COOKIE_NAME="__Host-gg",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may wait for courage
        WTF_CSRF_SSL_STRICT=False,  # Sec-Fetch-Site and SameSite do this without the referrer
        MAX_CONTENT_LENGTH=1_000_000,  # forms; the upload blueprint streams and has its own limit
        MAX_FORM_MEMORY_SIZE=500_000,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
