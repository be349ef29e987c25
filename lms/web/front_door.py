"""Lets nobody hold a thread who does not send: gunicorn's threads, behind a patient front door.

gunicorn's own gthread worker gives a connection a thread at its first byte, and waits in that
thread without end: for the rest of the header, for the body, for a reader. As many half-sent
requests as there are threads stop the site. Here

- the one loop that accepts connections also collects requests. A request gets a thread when its
  header is here, with its body, unless that is an upload or longer than any form may be: those
  are read, or refused unread, by the application;
- uploads get all threads but some that are kept for pages: fifty phones that send and twenty that
  fell silent hold every thread there is. The others wait their turn, unread;
- in a thread, whoever sends or reads keeps a pace (`lms.web.lines`), or the line is cut;
- goodbyes are said in the loop without waiting. gunicorn waits two seconds for each, in the loop
  that lets everybody in;
- when the house is full, the one who has been coming longest makes room.

Headers are looked at only to know what to wait for: gunicorn parses and refuses. Many people who
each keep just above the pace still hold a thread each; how many uploads one person may have under
way at a time is decided where uploads are received.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from lms.web import lines
from lms.web.lines import Line, Pace

LEAVING_SECONDS = 5.0
DRAIN_SECONDS = 0.05
MOST_HEADER = 64 * 1024
MOST_BODY = 1_000_000
"""Of a form; the application refuses longer ones without reading them."""
MOST_HELD = 64 * 1024 * 1024
"""Of all requests that are coming in together."""
SPARE_CONNECTIONS = 32
READ_AT_ONCE = 64 * 1024
"""Of a body. gunicorn reads a megabyte, and copies what is left of it at every block handed out."""
THREADS_A_PAGE_KEEPS = 8
"""One thread in so many is for pages, and at least one."""
TURN_SECONDS = 20.0
"""An upload that has no thread by then is told to come back: its client knows how."""
UPLOAD_TYPE = b"application/offset+octet-stream"
REFUSED = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def _fields(head: bytes) -> dict[bytes, bytes]:
    fields = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    return fields


def is_upload(held: bytes | bytearray) -> bool:
    """Whether this request, whose header is here, says that it is one."""
    head = bytes(held).partition(b"\r\n\r\n")[0]
    return _fields(head).get(b"content-type", b"").lower().startswith(UPLOAD_TYPE)


def still_needed(held: bytes | bytearray) -> int:
    """How many bytes must come before a thread can do something with this request; 0: none.

    An upload is read as it comes. What gunicorn or the application will refuse needs no body.
    """
    head, end, body = bytes(held).partition(b"\r\n\r\n")
    if not end:
        return 1
    length = _fields(head).get(b"content-length", b"0")
    if is_upload(held) or not length.isdigit():
        return 0
    announced = int(length[:20])
    return 0 if announced > MOST_BODY else max(0, announced - len(body))


def refusal(held: bytes | bytearray) -> bytes | None:
    """The status of a request that is not even looked at.

    A body of unknown length would be waited for in a thread: only uploads may have one.
    """
    head, end, _ = bytes(held).partition(b"\r\n\r\n")
    if not end:
        return b"431 Request Header Fields Too Large" if len(held) > MOST_HEADER else None
    low = head.lower()
    pieces, told = b"\r\ntransfer-encoding:" in low, b"\r\ncontent-length:" in low
    return b"411 Length Required" if pieces and not told and UPLOAD_TYPE not in low else None


def most_uploads(threads: int) -> int:
    """How many threads uploads may hold at a time."""
    return max(1, threads - max(1, threads // THREADS_A_PAGE_KEEPS))


class FrontDoor(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's worker with threads; named to it by `lms.cli.server.web_command`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._coming: dict[TConn, None] = {}  # oldest first
        self._leaving: dict[TConn, float] = {}
        self._queue: dict[TConn, float] = {}  # uploads in their turn, and until when they wait
        self._uploads = 0
        self._most_uploads = most_uploads(self.cfg.threads)

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._send_oldest_away()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        line = Line(client.detach())
        self._wait_for_request(TConn(self.cfg, line, address, listener.getsockname()))
        while self.nr_conns > self.worker_connections - SPARE_CONNECTIONS:
            if not self._send_oldest_away():
                break

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The next request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait_for_request(conn)

    def _wait_for_request(self, conn: TConn) -> None:
        conn.sock.settimeout(0)
        conn.sock.since = time.monotonic()
        self._coming[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._collect, conn))
        self._look(conn)

    def _collect(self, conn: TConn, _sock: socket.socket) -> None:
        try:
            there = conn.sock.collect()
        except BlockingIOError:
            return
        except OSError:
            there = False
        if not there:
            self._drop(conn)
            return
        self._look(conn)
        large = len(conn.sock.held) > MOST_HEADER
        if large and sum(len(other.sock.held) for other in self._coming) > MOST_HELD:
            self._drop(next(iter(self._coming)))

    def _look(self, conn: TConn) -> None:
        """Give the request a thread when all that it needs is here."""
        held = conn.sock.held
        status = refusal(held)
        if status is None and still_needed(held):
            return
        self._forget(conn)
        if status is not None:
            self._refuse(conn, status)
        elif self._uploads >= self._most_uploads and is_upload(held):
            self._queue[conn] = time.monotonic() + TURN_SECONDS
        else:
            self._give_thread(conn)

    def _refuse(self, conn: TConn, status: bytes) -> None:
        with suppress(OSError):
            conn.sock.send(REFUSED % status)
        self._say_goodbye(conn)

    def _send_back(self, conn: TConn) -> None:
        del self._queue[conn]
        self._refuse(conn, b"503 Service Unavailable\r\nRetry-After: 5")

    def _give_thread(self, conn: TConn) -> None:
        conn.data_ready = True
        conn.sock.is_upload = is_upload(conn.sock.held)
        self._uploads += conn.sock.is_upload
        self.enqueue_req(conn)

    def _take_thread_back(self, conn: TConn) -> None:
        self._uploads -= conn.sock.is_upload
        conn.sock.is_upload = False
        while self._queue and self._uploads < self._most_uploads:
            first = next(iter(self._queue))
            del self._queue[first]
            self._give_thread(first)

    def handle_request(self, req: Any, conn: TConn) -> bool:  # noqa: ANN401 -- gunicorn's request
        """In a thread. A body nobody read is not waited for: then the connection ends."""
        conn.sock.pace = Pace()
        conn.sock.settimeout(lines.SILENCE_SECONDS)
        conn.parser.unreader.max_body_chunk = READ_AT_ONCE
        if not super().handle_request(req, conn):
            return False
        return bool(conn.parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))

    def finish_request(self, conn: TConn, fs: Any) -> None:  # noqa: ANN401 -- a future
        """Back in the loop: keep the connection, or end it without waiting for its goodbye."""
        self._take_thread_back(conn)
        if fs.cancelled() or fs.exception() or not fs.result():
            self._say_goodbye(conn)
            return
        conn.sock.held[:0] = conn.parser.unreader.take_buffered()
        if conn.sock.held:  # it said more already: the beginning of its next request
            self._wait_for_request(conn)
        else:
            super().finish_request(conn, fs)

    def _say_goodbye(self, conn: TConn) -> None:
        """Close our side and read on for a while, so that the last answer is not cut off."""
        conn.sock.settimeout(0)
        conn.sock.held.clear()
        self._leaving[conn] = time.monotonic() + LEAVING_SECONDS
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)

    def _drain(self, conn: TConn, _sock: socket.socket) -> None:
        with suppress(BlockingIOError):
            try:
                more = conn.sock.recv(64 * 1024)
            except ConnectionError:
                more = b""
            if not more:
                self._drop(conn)

    def murder_pending(self) -> None:
        """Called by gunicorn at every turn of its loop: cut what is late."""
        now = time.monotonic()
        late = [conn for conn in self._coming if conn.sock.is_late(now)]
        late += [conn for conn, until in self._leaving.items() if until < now]
        for conn in late:
            self._drop(conn)
        for conn in [conn for conn, until in self._queue.items() if until < now]:
            self._send_back(conn)

    def _send_oldest_away(self) -> bool:
        if self._queue and not self._leaving and not self._coming:
            self._send_back(next(iter(self._queue)))
            return True
        for waiting in (self._leaving, self._coming, self.keepalived_conns):
            if waiting:
                self._drop(next(iter(waiting)))
                return True
        return False

    def _forget(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        self._coming.pop(conn, None)
        self._leaving.pop(conn, None)
        with suppress(ValueError):
            self.keepalived_conns.remove(conn)

    def _drop(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()
