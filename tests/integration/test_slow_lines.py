"""Lines that say half a request, drip, or never read: the site goes on for everybody else.

Over the wire, to the command that serves people with four threads. Most tests use a front door
with seconds of patience where the real one has a quarter of a minute (`support.hasty`).
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from support.served import PATIENCE, Browser, Site, served

from lms.web.assets import tree_hash

pytestmark = pytest.mark.enable_socket

HALF_HEADER = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HALF_FORM = (
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
)
BOTH_LENGTHS = (
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
)
WHOLE = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Served as it is delivered."""
    with served(tmp_path_factory.mktemp("patient")) as site:
        yield site


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Served with less patience."""
    with served(tmp_path_factory.mktemp("hasty"), front_door="support.hasty.Hasty") as site:
        yield site


def connect(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", site.settings.port), PATIENCE)


@contextmanager
def said(site: Site, words: bytes, times: int) -> Iterator[list[socket.socket]]:
    """Lines on which just these words were said, and that stay."""
    with ExitStack() as stack:
        lines = [stack.enter_context(connect(site)) for _ in range(times)]
        for line in lines:
            line.sendall(words)
        yield lines


def hears(line: socket.socket) -> bytes:
    """All that comes until the other side ends the line."""
    heard = b""
    with suppress(ConnectionError):
        while data := line.recv(65_536):
            heard += data
    return heard


def answer(line: socket.socket) -> int:
    """Read one answer and leave the line at the next."""
    response = http.client.HTTPResponse(line)
    response.begin()
    response.read()
    return response.status


@pytest.mark.parametrize("words", [b"", HALF_HEADER, HALF_FORM], ids=["nothing", "header", "form"])
def test_half_requests_hold_no_thread(patient: Site, words: bytes) -> None:
    """Ten times as many as there are threads; none has been given up when the page comes."""
    with said(patient, words, 40) as lines:
        assert patient.samira.call("GET", "/sign-in").status == 302
        assert patient.bram.call("GET", "/").status == 200
        for line in lines:
            line.settimeout(0)
            with pytest.raises(BlockingIOError):
                line.recv(1)


def test_more_half_requests_than_there_is_room_for_make_room(patient: Site) -> None:
    with said(patient, HALF_HEADER, 600):
        assert patient.bram.call("GET", "/").status == 200


@pytest.mark.parametrize("words", [b"", HALF_HEADER, HALF_FORM], ids=["nothing", "header", "form"])
def test_who_never_finishes_is_sent_away(hasty: Site, words: bytes) -> None:
    with said(hasty, words, 1) as [line]:
        assert hears(line) == b""


def test_a_slow_request_is_answered_all_the_same(patient: Site) -> None:
    with connect(patient) as line:
        for byte in WHOLE:
            line.sendall(bytes([byte]))
            time.sleep(0.01)
        assert answer(line) == 200


def test_a_kept_line_serves_request_after_request(patient: Site) -> None:
    with connect(patient) as line:
        line.sendall(WHOLE)
        assert answer(line) == 200
        line.sendall(WHOLE[:20])
        time.sleep(0.2)
        line.sendall(WHOLE[20:])
        assert answer(line) == 200
        line.sendall(WHOLE + WHOLE[:30])  # the beginning of the next comes along
        heard = line.recv(65_536, socket.MSG_PEEK)
        assert heard
        assert answer(line) == 200
        line.sendall(WHOLE[30:])
        assert answer(line) == 200


def test_half_of_a_second_request_holds_no_thread_either(patient: Site) -> None:
    with said(patient, WHOLE + WHOLE[:30], 12) as lines:
        for line in lines:
            assert answer(line) == 200
        assert patient.bram.call("GET", "/").status == 200


def test_a_long_form_comes_in_whole_and_a_longer_one_is_refused(patient: Site) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    for length, status in ((900_000, 403), (1_100_000, 413)):
        body = b"next=" + b"x" * length
        refused = patient.samira.call("POST", "/language", body, without="X-CSRFToken", **form)
        assert refused.status == status


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b" 411 "),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 70_000, b" 431 "),
        (BOTH_LENGTHS, b" 400 "),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", b" 400 "),
        (b"nonsense\r\n\r\n", b" 400 "),
    ],
)
def test_what_is_no_request_of_ours_is_refused_at_once(
    patient: Site, words: bytes, status: bytes
) -> None:
    with said(patient, words, 1) as [line]:
        assert status in hears(line).partition(b"\r\n")[0] + b" "


def test_goodbyes_do_not_keep_others_waiting(patient: Site) -> None:
    """Gunicorn waits up to two seconds for each who is told goodbye and does not go."""
    before = time.monotonic()
    words = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with said(patient, words, 20) as lines:
        for line in lines:
            assert answer(line) == 200
        assert patient.bram.call("GET", "/").status == 200
        took = time.monotonic() - before
    assert took < 20  # twenty goodbyes of two seconds are forty


# --- uploads ----------------------------------------------------------------------------------


def begin_upload(browser: Browser, path: str, announced: int) -> bytes:
    return browser.patch_head(path, 0, Content_Length=str(announced))


def test_an_upload_that_drips_is_cut_and_what_came_is_kept(hasty: Site) -> None:
    path = hasty.samira.create(hasty.start_take())
    with said(hasty, begin_upload(hasty.samira, path, 100_000) + b"x" * 16_384, 1) as [line]:
        heard = b""
        line.settimeout(0.3)
        with suppress(ConnectionError):
            for _ in range(40):
                line.sendall(b"y")
                with suppress(TimeoutError):
                    heard += line.recv(65_536)
                if heard:
                    break
        assert b" 408 " in heard.partition(b"\r\n")[0]
    assert hasty.samira.head(path).offset == 16_384


def test_a_slow_but_steady_upload_goes_on(hasty: Site) -> None:
    """2.5 kB a second, one bar, for more than two windows of the pace."""
    path = hasty.samira.create(hasty.start_take())
    with said(hasty, begin_upload(hasty.samira, path, 12_500), 1) as [line]:
        for _ in range(25):
            line.sendall(b"x" * 500)
            time.sleep(0.2)
        assert answer(line) == 204
    assert hasty.samira.head(path).offset == 12_500


def test_one_person_sends_two_at_a_time(hasty: Site) -> None:
    samira, bram = hasty.samira, hasty.bram
    paths = [samira.create(hasty.start_take()) for _ in range(3)]
    with samira.half_said(paths[0], 0, b"x", 100), samira.half_said(paths[1], 0, b"x", 100):
        for path in paths[:2]:  # both have their turn when nobody else may write to them
            while samira.patch(path, 0, b"x").status not in {423, 429}:
                threading.Event().wait(0.02)
        third = samira.patch(paths[2], 0, b"x")
        assert (third.status, third.error, third.headers["Retry-After"]) == (429, "busy", "2")
        assert bram.patch(bram.create(hasty.start_take(bram)), 0, b"x").status == 204
    while (again := samira.patch(paths[2], 0, b"x")).status == 429:
        threading.Event().wait(0.02)
    assert again.status == 204


@contextmanager
def four_uploads(site: Site, words: bytes = b"") -> Iterator[list[socket.socket]]:
    """One more than uploads may have threads: the last of them waits its turn."""
    with ExitStack() as stack:
        lines = []
        for browser in (site.samira, site.samira, site.bram, site.bram):
            path = browser.create(site.start_take(browser))
            [line] = stack.enter_context(said(site, begin_upload(browser, path, 50_000) + words, 1))
            lines.append(line)
        yield lines


def test_uploads_leave_a_thread_for_pages(patient: Site) -> None:
    """They have all fallen silent, and none has been given up when the page comes."""
    with four_uploads(patient, b"x" * 20_000) as lines:
        assert patient.bram.call("GET", "/").status == 200
        for line in lines:
            line.settimeout(0)
            with pytest.raises(BlockingIOError):
                line.recv(1)


def test_an_upload_that_waits_gets_its_turn(patient: Site) -> None:
    with four_uploads(patient) as lines:
        for line in lines[:3]:
            line.sendall(b"x" * 50_000)
        lines[3].sendall(b"x" * 50_000)
        assert [answer(line) for line in lines] == [204] * 4


def test_an_upload_whose_turn_never_comes_is_told_to_come_back(hasty: Site) -> None:
    with four_uploads(hasty) as lines:
        lines[3].settimeout(0)
        for _ in range(90):  # 2.5 kB a second is enough to keep a thread
            for line in lines[:3]:
                line.sendall(b"x" * 500)
            with suppress(BlockingIOError):
                assert lines[3].recv(65_536).startswith(b"HTTP/1.1 503 ")
                break
            time.sleep(0.2)
        else:
            pytest.fail("it was left waiting")
        assert hasty.bram.call("GET", "/").status == 200


# --- who does not read ------------------------------------------------------------------------


def test_who_does_not_read_is_cut(hasty: Site) -> None:
    """More answers are asked for than the line holds, and none is read."""
    ask = WHOLE.replace(b"/sign-in", f"/s/{tree_hash()}/js/player.js".encode())
    with said(hasty, ask, 1) as [line]:
        assert answer(line) == 200
    with ExitStack() as stack:
        for _ in range(8):
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            line.connect(("127.0.0.1", hasty.settings.port))
            line.sendall(ask * 200)
        assert hasty.bram.call("GET", "/").status == 200


# --- headers of proxies -----------------------------------------------------------------------


@pytest.mark.parametrize("proxies", [0, 1])
def test_s22_forwarded_headers_count_only_where_a_proxy_is_named(
    tmp_path_factory: pytest.TempPathFactory, proxies: int
) -> None:
    """Gunicorn believes this machine by itself; only our own setting decides."""
    forged = {"Host": "leren.example.org", "X_Forwarded_Proto": "https"}
    with served(tmp_path_factory.mktemp("proxy"), trusted_proxies=proxies) as site:
        page = site.bram.call("GET", "/sign-in", without="Cookie", **forged).body.decode()
    assert ("https" in page) is not bool(proxies)
