"""A line between a client and a server that breaks where chance says, to the byte.

Chance is seeded: a run that fails can be had again, as far as the client sends the same bytes.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from contextlib import suppress
from typing import Self

PIECE = 4_096
RESET = struct.pack("ii", 1, 0)
"""Linger for no time: closing tells the other side by a reset, as a lost line does."""


class CuttingLine:
    """Passes bytes on to `port` and breaks connections, inside a `with`.

    `cuts` positions in the first `span` bytes that go up are drawn, over all connections together:
    the byte there does not arrive. At a third of them it does, and the answer is lost instead.
    """

    def __init__(self, port: int, *, seed: int, cuts: int, span: int) -> None:
        chance = random.Random(seed)  # noqa: S311 -- no secret
        places = sorted(chance.sample(range(span), cuts))
        self.cuts = [(place, chance.random() < 1 / 3) for place in places]
        self.broken_up = self.broken_down = 0
        self.is_good = False
        """Breaks nothing, and counts nothing, while this is set."""
        self._target = port
        self._passed = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen)]
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone would not wake who accepts
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def broken(self) -> int:
        return self.broken_up + self.broken_down

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._carry, args=(client,))
                self._threads.append(thread)
                thread.start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            ends = _Ends(client, server)
            back = threading.Thread(target=self._bring_back, args=(ends,))
            back.start()
            with suppress(OSError):
                while block := client.recv(PIECE):
                    safe = self._up_to_cut(len(block), ends)
                    server.sendall(block[:safe])
                    if safe < len(block):
                        ends.reset()
                        break
            if not ends.is_broken:
                ends.hang_up()
            back.join()

    def _up_to_cut(self, size: int, ends: _Ends) -> int:
        """How many of the next bytes arrive; notes when their answer is to be lost."""
        if self.is_good:
            return size
        with self._lock:
            before, self._passed = self._passed, self._passed + size
            while self.cuts and self.cuts[0][0] < self._passed:
                place, is_answer = self.cuts.pop(0)
                if not is_answer:
                    self.broken_up += 1
                    self._passed = place
                    return place - before
                ends.loses_answer = True
            return size

    def _bring_back(self, ends: _Ends) -> None:
        with suppress(OSError):
            while block := ends.server.recv(65_536):
                if ends.loses_answer:
                    self.broken_down += 1
                    ends.reset()
                    return
                ends.client.sendall(block)
            ends.client.shutdown(socket.SHUT_WR)


class _Ends:
    """Both sides of one connection."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.loses_answer = self.is_broken = False

    def reset(self) -> None:
        """Break it for both. Who waits in `recv` wakes; closing sends the reset."""
        self.is_broken = True
        for end in (self.client, self.server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RD)

    def hang_up(self) -> None:
        """The client said all it wanted to; what is on its way back still comes."""
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_WR)
