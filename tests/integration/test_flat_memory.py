"""Limits hold while bytes come in, and the web process stays as small as it was (S6).

Over the wire, by sockets that send on until they are answered. Memory is what the kernel says that
the serving process holds.
"""

from __future__ import annotations

import http.client
import re
import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.served import PATIENCE, Answer, Browser, Site, served

pytestmark = pytest.mark.enable_socket

MEGABYTE = 1024 * 1024
LIMIT_MB = 48
MOST_GROWTH = 8 * MEGABYTE
"""Of the process while 48 MB and more pass through it; allocators round up."""
MOST_UNREAD = 16 * MEGABYTE
"""Of what a client can push after a refusal: buffers of the system, and what is drained."""
ZEROS = bytes(MEGABYTE // 4)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("site"), max_upload_mb=LIMIT_MB) as site:
        path = site.samira.create(site.start_take())
        site.samira.patch(path, 0, ZEROS)  # all that a first upload loads is there
        yield site


class Memory:
    """What a process holds now, and the most it held while `look` was called."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self.before = self.most = self._now()

    def _now(self) -> int:
        found = re.search(r"^VmRSS:\s+(\d+) kB", self._status.read_text(), re.MULTILINE)
        assert found
        return int(found[1]) * 1024

    def look(self) -> None:
        self.most = max(self.most, self._now())

    @property
    def growth(self) -> int:
        return self.most - self.before


def pour(line: socket.socket, memory: Memory, most: int, *, chunked: bool) -> int:
    """Send zeros until an answer comes or `most` is reached; how many were sent."""
    sent = 0
    frame = b"%x\r\n%s\r\n" % (len(ZEROS), ZEROS) if chunked else ZEROS
    with suppress(ConnectionError):
        while sent < most and not select.select([line], [], [], 0)[0]:
            line.sendall(frame)
            sent += len(ZEROS)
            memory.look()
        if chunked and sent >= most:
            line.sendall(b"0\r\n\r\n")
    return sent


def send(
    site: Site, browser: Browser, path: str, most: int, **headers: str
) -> tuple[Answer, int, Memory]:
    memory = Memory(site.worker)
    with socket.create_connection(("127.0.0.1", browser.port), PATIENCE) as line:
        line.sendall(browser.patch_head(path, 0, **headers))
        sent = pour(line, memory, most, chunked="Transfer_Encoding" in headers)
        response = http.client.HTTPResponse(line)
        response.begin()
        answer = Answer(response.status, response.headers, response.read())
    memory.look()
    return answer, sent, memory


def test_s6_a_body_without_end_is_stopped_in_the_middle(site: Site) -> None:
    """Nobody said how long it would be, neither the upload nor the request."""
    path = site.samira.create(site.start_take())
    answer, sent, memory = send(
        site, site.samira, path, 8 * LIMIT_MB * MEGABYTE, Transfer_Encoding="chunked"
    )
    assert (answer.status, answer.error) == (413, "too_large")
    assert sent > LIMIT_MB * MEGABYTE
    assert sent <= LIMIT_MB * MEGABYTE + MOST_UNREAD
    assert memory.growth < MOST_GROWTH
    assert site.samira.head(path).offset == 0
    (part,) = site.settings.uploads.glob(f"{path.rsplit('/', 1)[1]}.part")
    assert part.stat().st_size == 0


def test_s6_an_announced_body_beyond_the_limit_is_refused_unread(site: Site) -> None:
    path = site.samira.create(site.start_take())
    length = 8 * LIMIT_MB * MEGABYTE
    answer, sent, memory = send(site, site.samira, path, length, Content_Length=str(length))
    assert (answer.status, answer.error) == (413, "too_large")
    assert sent <= MOST_UNREAD
    assert memory.growth < MOST_GROWTH


def test_s6_a_told_length_is_a_limit_too(site: Site) -> None:
    path = site.samira.create(site.start_take(), length=4 * MEGABYTE)
    answer, sent, memory = send(
        site, site.samira, path, LIMIT_MB * MEGABYTE, Transfer_Encoding="chunked"
    )
    assert (answer.status, answer.error) == (413, "too_large")
    assert sent <= 4 * MEGABYTE + MOST_UNREAD
    assert memory.growth < MOST_GROWTH
    assert site.samira.head(path).offset == 0


@pytest.mark.parametrize("chunked", [False, True])
def test_a_recording_as_large_as_may_be_passes_through_without_being_held(
    site: Site, *, chunked: bool
) -> None:
    """From the first byte to the clip in its place, checksum and all."""
    take, whole = site.start_take(), LIMIT_MB * MEGABYTE
    path = site.samira.create(take, length=whole)
    said = {"Transfer_Encoding": "chunked"} if chunked else {"Content_Length": str(whole)}
    answer, sent, memory = send(site, site.samira, path, whole, **said)
    assert (answer.status, answer.offset, sent) == (204, whole, whole)
    assert memory.growth < MOST_GROWTH
    assert site.kept(take) == bytes(whole)
