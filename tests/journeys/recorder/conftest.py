"""What the recorder's journeys share: see live/booth.py."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from live.booth import ALLOWED, FLAGS, PATIENCE, Site, Visit, serving, visiting
from playwright.sync_api import Browser, Playwright, expect
from sqlalchemy import select

from courses.models import Take

Launch = Callable[..., Browser]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(served: Site) -> Iterator[Site]:
    """The same site without takes."""
    served.limit(90)
    yield served
    with served.database.transaction() as session:
        for take in session.scalars(select(Take)):
            session.delete(take)


@pytest.fixture(scope="module")
def launch(playwright: Playwright) -> Iterator[Launch]:
    """Starts Chromium with a fake camera, and with more flags where wanted."""
    expect.set_options(timeout=PATIENCE * 1000)
    with ExitStack() as opened:

        def start(*flags: str) -> Browser:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=[*FLAGS, *flags]
            )
            opened.callback(browser.close)
            return browser

        yield start


@pytest.fixture(scope="module")
def chromium(launch: Launch) -> Browser:
    return launch(ALLOWED)


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    with visiting(chromium, site) as visit:
        yield visit
