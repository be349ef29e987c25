"""A recording on its way to a site of a test: as the recorder sends it, without its browser."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from uuid import UUID

from werkzeug.test import TestResponse

from support.browser import Browser

STREAM = "application/offset+octet-stream"


@dataclass(frozen=True)
class Begun:
    """A take that waits for its recording, its page, and where its upload goes."""

    take: UUID
    page: str
    place: str


def _tus(browser: Browser) -> dict[str, str]:
    return {"Tus-Resumable": "1.0.0", "X-CSRFToken": browser.token}


def begin_take(browser: Browser, lesson: UUID) -> Begun:
    """Bind a take and open its upload, of which nobody knows the length yet."""
    json = {"Accept": "application/json"}
    started = browser.send(f"/lessons/{lesson}/takes", {}, headers=json).get_json()
    target = base64.b64encode(started["take"].encode()).decode()
    told = {"Upload-Defer-Length": "1", "Upload-Metadata": f"take {target}"}
    opened = browser.post("/uploads", headers=_tus(browser) | told)
    return Begun(UUID(started["take"]), started["take_url"], opened.headers["Location"])


def send_piece(
    browser: Browser, begun: Begun, data: bytes, *, offset: int = 0, is_last: bool = True
) -> TestResponse:
    """Send bytes from an offset on; with the last of them comes the length."""
    told = {"Upload-Offset": str(offset)}
    if is_last:
        told["Upload-Length"] = str(offset + len(data))
    return browser.patch(begun.place, headers=_tus(browser) | told, data=data, content_type=STREAM)
