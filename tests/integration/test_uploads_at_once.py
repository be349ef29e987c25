"""Several requests write to one upload at the same moment: one wins, and the file is exactly its.

Over the wire, on both kinds of database. The winner's bytes complete the recording, so that the
losers also meet an upload that becomes a clip under their hands.
"""

from __future__ import annotations

import http.client
import itertools
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from support.databases import Backend
from support.served import PATIENCE, Answer, Browser, Site, served

pytestmark = pytest.mark.enable_socket

SIZES = (1, 40_000, 700_000)
RIVALS = 3
FIRST = b"first"


@pytest.fixture(scope="module")
def site(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    many = {"uploads_per_minute": 10_000, "open_uploads": 10_000}
    empty = backend.snapshot(tmp_path_factory.mktemp("empty"), lambda _store: None)
    data = tmp_path_factory.mktemp("served")
    with (
        backend.copied(empty, data) as store,
        served(data, url=store.settings.database_url, **many) as site,
    ):
        yield site


def send_at(gate: threading.Barrier, browser: Browser, path: str, body: bytes) -> Answer:
    """One PATCH at the offset all use; its bytes go out at the moment all are ready."""
    head = browser.patch_head(path, len(FIRST), Content_Length=str(len(body)))
    with socket.create_connection(("127.0.0.1", browser.port), PATIENCE) as line:
        gate.wait(PATIENCE)
        with suppress(ConnectionError):  # refused while it was still talking
            line.sendall(head)
            line.sendall(body)
        response = http.client.HTTPResponse(line)
        response.begin()
        return Answer(response.status, response.headers, response.read())


def rival(site: Site, path: str, bodies: list[bytes]) -> dict[int, Answer]:
    """The answers by the number of who asked; all ask at once."""
    gate = threading.Barrier(len(bodies))
    answers: dict[int, Answer] = {}

    def send(number: int) -> None:
        answers[number] = send_at(gate, site.samira, path, bodies[number])

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(answers) == len(bodies)
    return answers


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.matrix)])
def test_of_three_at_one_offset_one_wins_and_the_file_is_exact(site: Site, rounds: int) -> None:
    for size in itertools.islice(itertools.cycle(SIZES), rounds):
        take, before = site.start_take(), site.clips()
        path = site.samira.create(take, length=len(FIRST) + size)
        assert site.samira.patch(path, 0, FIRST).offset == len(FIRST)
        bodies = [os.urandom(size) for _ in range(RIVALS)]
        answers = rival(site, path, bodies)
        winners = [number for number, answer in answers.items() if answer.status == 204]
        told = sorted((answer.status, answer.body) for answer in answers.values())
        assert len(winners) == 1, told
        assert {answer.status for answer in answers.values()} <= {204, 409, 423}, told
        assert answers[winners[0]].offset == len(FIRST) + size
        assert site.kept(take) == FIRST + bodies[winners[0]]
        assert site.clips() == before + 1


def test_of_three_that_go_on_one_wins_and_the_upload_goes_on_from_there(site: Site) -> None:
    """The length is not known yet, as while somebody records."""
    take = site.start_take()
    path = site.samira.create(take)
    site.samira.patch(path, 0, FIRST)
    bodies = [bytes([number]) * 50_000 for number in range(RIVALS)]
    answers = rival(site, path, bodies)
    (winner,) = [number for number, answer in answers.items() if answer.status == 204]
    assert {answer.status for answer in answers.values()} <= {204, 409, 423}
    whole = FIRST + bodies[winner]
    assert site.samira.head(path).offset == len(whole)
    last = site.samira.patch(path, len(whole), b"end", Upload_Length=str(len(whole) + 3))
    assert last.status == 204
    assert site.kept(take) == whole + b"end"
