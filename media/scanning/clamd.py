"""ClamAV's daemon as a scanner: INSTREAM over a unix socket or TCP, as in clamd(8).

The bytes go over the socket, so that clamd needs no right to our folders and may run on another
host. clamd must be set to take what we take: `StreamMaxLength`, `MaxFileSize` and `MaxScanSize` at
least the largest upload, and `AlertExceedsMax yes`, since it calls larger files clean otherwise.
"""

from __future__ import annotations

import io
import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from media.scanning.port import Cancel, ScanLimit, ScannerAway, Verdict

CHUNK_BYTES = 256 * 1024
ANSWER_BYTES = 4096
TALK_SECONDS = 10.0
"""For a connection, for taking one chunk, and for an answer to a question about itself."""
VERDICT_SECONDS = 300.0
"""From the last byte to the verdict: large files are unpacked and looked through first."""

_TCP = re.compile(r"(?:tcp:(?://)?)?(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})")
_TOO_MUCH = "size limit exceeded"
_HEURISTIC_LIMIT = "Heuristics.Limits.Exceeded"


@dataclass(frozen=True)
class Address:
    """Where clamd listens: the path of a unix socket, or a host with a port."""

    path: str = ""
    host: str = ""
    port: int = 0

    @classmethod
    def read(cls, text: str) -> Address:
        """From `/run/clamav/clamd.ctl`, `unix:/…`, `host:3310` or `tcp:host:3310`.

        Raises ValueError for anything else.
        """
        path = text.removeprefix("unix:").removeprefix("//")
        if path.startswith("/"):
            return cls(path=path)
        found = _TCP.fullmatch(text)
        if found is None or not 0 < int(found["port"]) < 2**16:
            raise ValueError("not a unix socket (/run/clamav/clamd.ctl) or host:port")
        return cls(host=found["host"].strip("[]"), port=int(found["port"]))


class Clamd:
    """A clamd at an address. Safe between threads: every question has its own connection."""

    def __init__(
        self,
        address: Address,
        *,
        talk_seconds: float = TALK_SECONDS,
        verdict_seconds: float = VERDICT_SECONDS,
    ) -> None:
        self.address = address
        self._talk_seconds = talk_seconds
        self._verdict_seconds = verdict_seconds

    def scan(self, path: Path, *, cancel: Cancel | None = None) -> Verdict:
        with path.open("rb") as file:
            return self._scan(file, cancel)

    def scan_bytes(self, content: bytes) -> Verdict:
        return self._scan(io.BytesIO(content), None)

    def version(self) -> str:
        with self._connected() as line:
            line.sendall(b"zVERSION\0")
            answer = _answer(line)
        if not answer.startswith("ClamAV"):
            raise ScannerAway("what answers is no clamd")
        return answer

    def _scan(self, file: BinaryIO, cancel: Cancel | None) -> Verdict:
        with self._connected() as line:
            try:
                line.sendall(b"zINSTREAM\0")
                for chunk in _chunks(file):
                    if cancel is not None and cancel():
                        raise ScannerAway("cancelled")
                    line.sendall(struct.pack(">I", len(chunk)) + chunk)
                line.sendall(struct.pack(">I", 0))
            except (BrokenPipeError, ConnectionResetError):
                # clamd hangs up once it has heard too much, and says so first.
                return _verdict(_answer(line))
            line.settimeout(self._verdict_seconds)
            return _verdict(_answer(line))

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        """A connection of which every failure is ScannerAway."""
        try:
            with self._connect() as line:
                yield line
        except OSError as error:  # TimeoutError is one too
            raise ScannerAway(type(error).__name__) from error

    def _connect(self) -> socket.socket:
        where = self.address
        if where.host:
            return socket.create_connection((where.host, where.port), timeout=self._talk_seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(self._talk_seconds)
            line.connect(where.path)
        except OSError:
            line.close()
            raise
        return line


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _answer(line: socket.socket) -> str:
    """What clamd says, up to its NUL. An answer that breaks off is no answer."""
    said = b""
    while not said.endswith(b"\0"):
        more = line.recv(ANSWER_BYTES)
        if not more or len(said) > ANSWER_BYTES:
            raise ScannerAway("no whole answer")
        said += more
    return said.rstrip(b"\0").decode(errors="replace").strip()


def _verdict(answer: str) -> Verdict:
    """A verdict from an answer; whatever is not plainly "OK" or "FOUND" is none."""
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        signature = said.removesuffix(" FOUND").strip()
        if signature.startswith(_HEURISTIC_LIMIT):
            raise ScanLimit(signature)
        return Verdict(signature or "unnamed")
    if _TOO_MUCH in said:
        raise ScanLimit(said[:80])
    raise ScannerAway(f"clamd: {said[:80]}")
