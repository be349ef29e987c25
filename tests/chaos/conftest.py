"""What the chaos tests share: databases of each kind, and a nursery of processes.

`make chaos` runs the same tests for longer: LMS_TEST_KILLS and LMS_TEST_OUTAGE_SECONDS say how.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chaos.house import NURSERY
from support.chaos.processes import Nursery
from support.chaos.report import Report
from support.chaos.trainee import short_recording
from support.databases import empty_database

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
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database; an empty one is SQLite in the data folder."""
    if request.param == "sqlite":
        yield ""
        return
    with empty_database(request.param, tmp_path) as url:
        yield url


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
