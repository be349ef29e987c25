"""What somebody who just started the site can do next: a tour, a first account, a model."""

from __future__ import annotations

from sqlalchemy import exists, select

from courses.models import Organisation
from courses.terms import Role
from lms.accounts.models import Account, RoleGrant
from lms.cli.texts import say
from lms.config import Settings
from lms.db import Database
from lms.doctor import REQUIREMENTS
from media.transcription.factory import engine_installed, model_available


def hints(settings: Settings, database: Database, where: str) -> list[str]:
    """Lines for the terminal, the most useful first."""
    lines = []
    with database.reading() as session:
        has_demo = session.scalar(select(exists().where(Organisation.is_demo.is_(True))))
        can_sign_in = session.scalar(
            select(
                exists().where(
                    RoleGrant.role == Role.ADMIN,
                    RoleGrant.person_id == Account.person_id,
                    Account.password_hash.is_not(None),
                )
            )
        )
    if has_demo:
        lines.append(say("hint.demo", address=f"{where}/demo"))
    elif not can_sign_in:
        lines.append(say("hint.no_people"))
    lines += model_hint(settings)
    return lines


def model_hint(settings: Settings) -> list[str]:
    """How to get what turns speech into text, when it is not there. The site works without."""
    engine = settings.whisper_engine
    if not engine_installed(engine):
        return [say("hint.no_engine", engine=engine, file=REQUIREMENTS[engine])]
    if not model_available(engine, settings.whisper_model, settings.models):
        return [say("hint.no_model", model=settings.whisper_model)]
    return []
