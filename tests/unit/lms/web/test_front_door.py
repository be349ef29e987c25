"""What the front door waits for, and the pace it asks of a line."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator

import pytest
from gunicorn.http.unreader import SocketUnreader

from lms.web import front_door, lines
from lms.web.front_door import is_upload, most_uploads, refusal, still_needed
from lms.web.lines import Line, Pace

pytestmark = pytest.mark.enable_socket


def request(*fields: str, body: str = "") -> bytes:
    return "\r\n".join(["POST /x HTTP/1.1", *fields, "", body]).encode()


@pytest.mark.parametrize(
    ("held", "needed"),
    [
        (b"", 1),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", 1),
        (request(), 0),
        (request("Content-Length: 10"), 10),
        (request("content-length:10", body="1234"), 6),
        (request("Content-Length: 4", body="1234GET /"), 0),
        (request("Content-Length: 1000001"), 0),
        (request("Content-Length: " + "9" * 5_000), 0),
        (request("Content-Length: -5"), 0),
        (request("Content-Length: 10", "Content-Type: application/offset+octet-stream"), 0),
    ],
)
def test_what_is_still_needed(held: bytes, needed: int) -> None:
    assert still_needed(held) == needed


def test_only_uploads_may_have_a_body_of_unknown_length() -> None:
    pieces = "Transfer-Encoding: chunked"
    assert refusal(request(pieces)) == b"411 Length Required"
    assert refusal(request(pieces, "Content-Type: application/offset+octet-stream")) is None
    assert refusal(request(pieces, "Content-Length: 3")) is None  # gunicorn refuses both together
    assert refusal(request("Content-Length: 3")) is None


def test_an_upload_is_known_by_its_type() -> None:
    assert is_upload(request("content-type:Application/Offset+Octet-Stream"))
    assert not is_upload(request("Content-Type: application/x-www-form-urlencoded"))
    assert not is_upload(request(body="Content-Type: application/offset+octet-stream"))


@pytest.mark.parametrize(("threads", "most"), [(64, 56), (16, 14), (4, 3), (2, 1), (1, 1)])
def test_pages_keep_a_thread(threads: int, most: int) -> None:
    assert most_uploads(threads) == most


def test_gunicorn_still_reads_bodies_in_larger_pieces_unless_told() -> None:
    """The name that the front door sets; when it is gone, so is what it does."""
    assert SocketUnreader.max_body_chunk > front_door.READ_AT_ONCE


def test_a_header_without_end_is_refused() -> None:
    assert refusal(b"x" * front_door.MOST_HEADER) is None
    assert refusal(b"x" * (front_door.MOST_HEADER + 1)) == b"431 Request Header Fields Too Large"


def test_the_pace_is_kept_over_a_window_of_waiting() -> None:
    pace = Pace()
    pace.add(0.0, 1)  # what is here already costs nobody time
    pace.add(19.9, 39_000)
    pace.add(0.2, 2_000)
    for _ in range(3):
        pace.add(4.9, 10)  # the fast moment before counts for its own window only
    pace.add(4.9, 10)
    with pytest.raises(ConnectionResetError):
        pace.add(4.9, 10)


@pytest.fixture
def ends() -> Iterator[tuple[Line, socket.socket]]:
    """A line as a thread has it, and its other side."""
    ours, theirs = socket.socketpair()
    line = Line(ours.detach())
    line.settimeout(lines.SILENCE_SECONDS)
    with line, theirs:
        yield line, theirs


def test_what_was_collected_is_read_first(ends: tuple[Line, socket.socket]) -> None:
    line, theirs = ends
    theirs.sendall(b"collected")
    assert line.collect()
    theirs.sendall(b" and later")
    assert [line.recv(7), line.recv(100), line.recv(100)] == [b"collect", b"ed", b" and later"]


@pytest.mark.parametrize("what", ["recv", "sendall", "sendfile"])
def test_a_thread_does_not_wait_for_silence(ends: tuple[Line, socket.socket], what: str) -> None:
    line, _theirs = ends
    line.settimeout(0.05)
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * 10_000_000)
        file.flush()
        calls = {
            "recv": lambda: line.recv(1),
            "sendall": lambda: line.sendall(b"x" * 10_000_000),
            "sendfile": lambda: line.sendfile(file, 0, 10_000_000),
        }
        with pytest.raises(ConnectionResetError):
            calls[what]()


def test_all_that_is_sent_arrives_in_order(ends: tuple[Line, socket.socket]) -> None:
    line, theirs = ends
    whole = bytes(range(256)) * 20_000
    arrived = bytearray()

    def read() -> None:
        while data := theirs.recv(10_000):
            arrived.extend(data)

    reader = threading.Thread(target=read)
    reader.start()
    with tempfile.TemporaryFile() as file:
        file.write(whole)
        file.flush()
        line.sendall(whole)
        assert line.sendfile(file, 5, 1_000_000) == 1_000_000
        assert line.sendfile(file, 5) == len(whole) - 5
    line.shutdown(socket.SHUT_WR)
    reader.join()
    assert arrived == whole + whole[5:1_000_005] + whole[5:]


def test_who_is_late_depends_on_how_much_came(ends: tuple[Line, socket.socket]) -> None:
    line, theirs = ends
    assert not line.is_late(line.since + lines.COMING_SECONDS)
    assert line.is_late(line.since + lines.COMING_SECONDS + 0.1)
    theirs.sendall(b"x" * lines.SLOWEST_BYTES_A_SECOND * 3)
    line.collect()
    assert not line.is_late(line.since + lines.COMING_SECONDS + 2.9)
