"""Sees whether anybody opens another person's files: inotify on their folder (Linux)."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

IN_OPEN = 0x20
EVENT = struct.Struct("iIII")
BUFFER = 65536


class Watch:
    """The names of files in a folder that were opened since the last question."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._handle < 0 or libc.inotify_add_watch(self._handle, bytes(folder), IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "inotify")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._handle)

    def opened(self) -> set[str]:
        names: set[str] = set()
        while True:
            try:
                events = os.read(self._handle, BUFFER)
            except OSError as error:
                if error.errno == errno.EAGAIN:
                    return names
                raise
            at = 0
            while at < len(events):
                _watch, _mask, _cookie, length = EVENT.unpack_from(events, at)
                at += EVENT.size
                names.add(events[at : at + length].rstrip(b"\0").decode())
                at += length
