"""The site tests ask about pages and routes: one kind of database is enough for them."""

from __future__ import annotations

import pytest
from support.databases import Backend, Sqlite


@pytest.fixture(scope="session")
def backend(own_settings: None) -> Backend:  # noqa: ARG001 -- for its effect
    return Sqlite()
