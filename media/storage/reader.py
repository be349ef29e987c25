"""A file that is read over a network in pieces: seekable, and only what is asked for comes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FIRST_BYTES = 256 * 1024
"""A player that only looks at the head of a clip costs no more than this."""
MOST_BYTES = 4 * 1024 * 1024
BUFFER_BYTES = 64 * 1024


class Body(Protocol):
    """An answer that is still coming in."""

    def read(self, amount: int, /) -> bytes: ...
    def close(self) -> None: ...


Ask = Callable[[int, int], Body]
"""Asks for the bytes from the first up to but without the second position."""


class RemoteFile(io.RawIOBase):
    """Asks for a small piece first and for larger ones while reading goes on in order."""

    def __init__(self, ask: Ask, size: int) -> None:
        super().__init__()
        self._ask = ask
        self._size = size
        self._at = 0
        self._body: Body | None = None
        self._until = 0
        self._piece = FIRST_BYTES

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        target = max(0, start + offset)
        if target != self._at:
            self._let_go()
            self._piece = FIRST_BYTES
            self._at = target
        return target

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._at >= self._size:
            return 0
        if self._body is None:
            self._until = min(self._at + self._piece, self._size)
            self._body = self._ask(self._at, self._until)
            self._piece = min(self._piece * 2, MOST_BYTES)
        room = memoryview(buffer).cast("B")
        block = self._body.read(min(len(room), self._until - self._at))
        if not block:
            raise OSError("the answer ended before its announced length")
        room[: len(block)] = block
        self._at += len(block)
        if self._at == self._until:
            self._let_go()
        return len(block)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


def buffered(ask: Ask, size: int) -> io.BufferedReader:
    """A reader of `size` bytes that `ask` hands out."""
    return io.BufferedReader(RemoteFile(ask, size), BUFFER_BYTES)
