"""Journeys: real browsers against a real site with a real worker (see live/ and pages/).

Chromium is Debian's, or $LMS_TEST_CHROMIUM. $LMS_TEST_DEMO names a data folder in which
`lms demo` has run, to save half a minute; $LMS_TEST_PICTURES a folder to keep pictures in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Playwright, expect

sys.path.insert(0, str(Path(__file__).parent))  # test folders are no packages

from live.browser import WAIT_MS, Arrive, Visitor, launch
from live.site import Site, demo_folder

expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)  # to this machine only


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with the demo in it, never run itself: sites begin with a copy."""
    own = tmp_path_factory.getbasetemp()
    return demo_folder(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site most journeys share. Each brings its own people and leaves others' takes alone."""
    site = Site.from_demo(demo, tmp_path_factory.mktemp("site") / "data")
    yield site
    site.check()
    site.stop()
    assert not site.crashes(), site.tail(200)


@pytest.fixture
def fresh_site(demo: Path, tmp_path: Path) -> Iterator[Site]:
    """A site for one test alone, with the demo just as it was built."""
    site = Site.from_demo(demo, tmp_path / "data")
    yield site
    site.check()
    site.stop()
    assert not site.crashes(), site.tail(200)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser with a silent microphone, for everybody who does not record by voice."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def arrive(browser: Browser, site: Site) -> Iterator[Arrive]:
    """Lets somebody come to the site with a browser of their own; checks them all at the end."""
    visitors: list[Visitor] = []

    def come(browser: Browser = browser, site: Site = site, **more: Any) -> Visitor:
        visitor = Visitor.arrive(browser, site.address, **more)
        visitors.append(visitor)
        return visitor

    yield come
    for visitor in visitors:
        with suppress(Error):  # a browser that the test closed itself
            visitor.leave()
    for visitor in visitors:
        visitor.watch.check()
