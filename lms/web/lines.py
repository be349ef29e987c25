"""A connection on which no thread waits for ever, and the pace it asks of the other side.

Who gets a thread, and when, is decided by `lms.web.front_door`.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Moved = TypeVar("Moved")

SILENCE_SECONDS = 5.0
"""A line on which nothing moves for this long, while a thread waits, is cut."""
SLOWEST_BYTES_A_SECOND = 2_000
"""One bar of mobile network gives 2,500; measured over `WINDOW_SECONDS` of waiting."""
WINDOW_SECONDS = 20.0
COMING_SECONDS = 15.0
"""How long a request may take to come in, and `SLOWEST_BYTES_A_SECOND` beyond that."""


class Pace:
    """Counts what moves while somebody is waited for, and the seconds of that waiting only."""

    def __init__(self) -> None:
        self._waited = 0.0
        self._moved = 0

    def add(self, seconds: float, count: int) -> None:
        """Raise ConnectionResetError when too little came in a whole window of waiting."""
        self._waited += seconds
        self._moved += count
        if self._waited < WINDOW_SECONDS:
            return
        if self._moved < SLOWEST_BYTES_A_SECOND * self._waited:
            raise too_slow()
        self._waited, self._moved = 0.0, 0


def too_slow() -> ConnectionResetError:
    # With this number gunicorn takes it for a line that broke, and does not log a crash.
    return ConnectionResetError(errno.ECONNRESET, "the other side is too slow")


class Line(socket.socket):
    """A connection that holds what was collected, and on which a thread never waits for ever.

    Out of a thread (time-out 0) it is an ordinary socket that does not block.
    """

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        self.held = bytearray()
        self.pace = Pace()
        self.since = time.monotonic()
        self.is_upload = False
        """Whether its request counts as an upload while it has a thread."""

    def collect(self) -> bool:
        """Take what has come; False when the other side is gone. BlockingIOError: nothing yet."""
        data = super().recv(64 * 1024)
        self.held += data
        return bool(data)

    def is_late(self, now: float) -> bool:
        return now - self.since > COMING_SECONDS + len(self.held) / SLOWEST_BYTES_A_SECOND

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        if self.held:
            data = bytes(self.held[:bufsize])
            del self.held[:bufsize]
            return data
        if self.gettimeout() == 0:
            return super().recv(bufsize, flags)
        return self._in_time(partial(super().recv, bufsize, flags), len)

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:
        if self.gettimeout() == 0:
            super().sendall(data, flags)
            return
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[self._in_time(partial(super().send, rest, flags), int) :]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:  # noqa: ANN401 -- gunicorn hands on a file of the application
        """As the standard one, for a regular file and a line with a time-out."""
        end = os.fstat(file.fileno()).st_size if count is None else offset + count
        at = offset
        while at < end:
            sent = self._in_time(partial(self._send_some, file.fileno(), at, end - at), int)
            if sent == 0:  # the file became shorter
                break
            at += sent
        return at - offset

    def _send_some(self, file: int, offset: int, count: int) -> int:
        poll = select.poll()
        poll.register(self, select.POLLOUT)
        if not poll.poll((self.gettimeout() or SILENCE_SECONDS) * 1000):
            raise TimeoutError
        return os.sendfile(self.fileno(), file, offset, count)

    def _in_time(self, move: Callable[[], Moved], size: Callable[[Moved], int]) -> Moved:
        began = time.monotonic()
        try:
            moved = move()
        except TimeoutError:
            raise too_slow() from None
        self.pace.add(time.monotonic() - began, size(moved))
        return moved
