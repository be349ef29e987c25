"""Debian's Chromium for tests, by Playwright: one driver a test process, whoever asks for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from playwright.sync_api import Browser, Playwright

CHROMIUM = os.environ.get("LMS_TEST_CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_node() -> None:
    """Playwright's newest wheels come without Node.js: point it at the system's own."""
    node = shutil.which("node")
    if node:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node)


def launch(playwright: Playwright, *flags: str) -> Browser:
    """A Chromium with a new profile that asks nothing of the network outside."""
    told: Sequence[str] = (*QUIET, *flags)
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(told))
