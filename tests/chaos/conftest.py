"""What the chaos tests share: databases of each kind, and a nursery of processes.

`make chaos` runs the same tests for longer: LMS_TEST_KILLS and LMS_TEST_OUTAGE_SECONDS say how.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url
from support.chaos.house import NURSERY
from support.chaos.processes import Nursery
from support.chaos.report import Report
from support.chaos.trainee import short_recording
from support.databases import NO_POSTGRES, POSTGRES_VARIABLE

REPORT = pytest.StashKey[Report]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[REPORT] = Report()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash.get(REPORT, Report()).lines():
        terminalreporter.write_line(line)


@pytest.fixture
def report(pytestconfig: pytest.Config) -> Report:
    """Collects what the run ends with: one table (with several test processes, none)."""
    return pytestconfig.stash.setdefault(REPORT, Report())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; an empty one is SQLite in the data folder."""
    if request.param == "sqlite":
        yield ""
        return
    server = os.environ.get(POSTGRES_VARIABLE)
    if not server:
        pytest.skip(NO_POSTGRES)
    name = f"chaos_{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery(NURSERY)
    yield made
    made.close()


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return short_recording(tmp_path_factory.mktemp("recording"))


@pytest.fixture
def kills() -> int:
    """How many processes die on each database."""
    return int(os.environ.get("LMS_TEST_KILLS", "20"))


@pytest.fixture
def outage_seconds() -> float:
    return float(os.environ.get("LMS_TEST_OUTAGE_SECONDS", "3"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder
