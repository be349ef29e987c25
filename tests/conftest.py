"""Fixtures of the tests that need a database or the site; unit tests need none of them.

The world (support/world.py) is built once a run on each kind of database, by the real actions;
every test works on a copy of its own. The network is blocked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Playwright, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))  # test folders are no packages

from support.chromium import find_node
from support.databases import (
    NO_POSTGRES,
    POSTGRES_VARIABLE,
    Backend,
    Postgres,
    Snapshot,
    Sqlite,
)
from support.factories import NOW
from support.footage import Footage, make_footage
from support.site import Site, lent, make_app
from support.world import World, build_world

from lms import clock

hypothesis_settings.register_profile("quick", deadline=None, max_examples=100)
hypothesis_settings.load_profile("quick")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nobody talks to a network, but tests that say that they do (to this machine only)."""
    for item in items:
        if item.get_closest_marker("enable_socket") is None:
            item.add_marker(pytest.mark.disable_socket)


@pytest.fixture(scope="session")
def own_settings() -> Iterator[None]:
    """None of the caller's own LMS_… variables reach the site under test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("LMS_") and not name.startswith("LMS_TEST_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """One recording with all its files, made by the real ffmpeg."""
    return make_footage(tmp_path_factory.mktemp("footage"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both kinds of database for whoever needs one; tests/site and tests/storage need only SQLite.

    One parametrised fixture for all folders: an override in a folder would leave the world of
    the other kind behind for the next folder.
    """
    if "backend" in metafunc.fixturenames:
        kinds: list[Any] = ["sqlite"]
        if metafunc.definition.path.parent.name not in ("site", "storage"):
            kinds.append(pytest.param("postgresql", marks=pytest.mark.postgres))
        metafunc.parametrize("backend", kinds, indirect=True, scope="session")


class Kept:
    """What is made once a run for each kind of database."""

    def __init__(self) -> None:
        self.backends: dict[str, Backend] = {}
        self.worlds: dict[str, Snapshot[World]] = {}

    def backend(self, kind: str) -> Backend:
        if kind not in self.backends:
            server = os.environ.get(POSTGRES_VARIABLE)
            if kind == "postgresql" and not server:
                pytest.skip(NO_POSTGRES)
            self.backends[kind] = Postgres(server) if kind == "postgresql" and server else Sqlite()
        return self.backends[kind]


@pytest.fixture(scope="session")
def kept() -> Iterator[Kept]:
    made = Kept()
    yield made
    for backend in made.backends.values():
        backend.clear()


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest, kept: Kept, own_settings: None) -> Backend:  # noqa: ARG001 -- for its effect
    """The kind of database that `pytest_generate_tests` chose."""
    return kept.backend(request.param)


@pytest.fixture(scope="session")
def world_snapshot(
    backend: Backend, kept: Kept, footage: Footage, tmp_path_factory: pytest.TempPathFactory
) -> Snapshot[World]:
    if backend.name not in kept.worlds:
        with clock.frozen_at(NOW):
            kept.worlds[backend.name] = backend.snapshot(
                tmp_path_factory.mktemp("world"), lambda store: build_world(store, footage)
            )
    return kept.worlds[backend.name]


@pytest.fixture(scope="session")
def app(
    backend: Backend, world_snapshot: Snapshot[World], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application; on its own it works on a copy that no test looks at."""
    with backend.copied(world_snapshot, tmp_path_factory.mktemp("app")) as store:
        yield make_app(store)


@pytest.fixture
def fresh_site(
    app: Flask,
    backend: Backend,
    world_snapshot: Snapshot[World],
    footage: Footage,
    tmp_path: Path,
) -> Iterator[Callable[[], Site]]:
    """Makes sites, each with a new copy of the world; the last one made is the one that works."""
    with clock.frozen_at(NOW), ExitStack() as stack:
        made = 0

        def make() -> Site:
            nonlocal made
            made += 1
            folder = tmp_path / f"site-{made}"
            folder.mkdir()
            store = stack.enter_context(backend.copied(world_snapshot, folder))
            return stack.enter_context(lent(app, store, world_snapshot.content, footage))

        yield make


@pytest.fixture
def site(fresh_site: Callable[[], Site]) -> Site:
    """The site on a copy of the world, with its clock standing still at NOW."""
    return fresh_site()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of browsers in this process: a second would not start beside it."""
    find_node()
    with sync_playwright() as running:
        yield running
