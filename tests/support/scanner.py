"""A clamd that says what a test wants: the real protocol over a real socket, without signatures.

For what a real one cannot be made to do on demand (hang up, stay silent, talk nonsense). That the
adapter and a real clamd understand each other is in tests/integration/test_real_clamd.py.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

VIRUS = b"GOED-GESPREK-TEST-VIRUS"
"""What counts as one in tests."""


@dataclass
class Pretender:
    """`answer` goes out as it is; empty: a verdict on what came in. `limit` as StreamMaxLength."""

    address: str
    answer: bytes = b""
    version: bytes = b"ClamAV 1.0.0/27000/Mon Jan  1 00:00:00 2024\0"
    is_silent: bool = False
    limit: int = 2**40
    heard: list[bytes] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def verdict(self, content: bytes) -> bytes:
        found = VIRUS in content or b"EICAR-" in content
        return self.answer or (b"stream: Test.Virus FOUND\0" if found else b"stream: OK\0")


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        pretender: Pretender = self.server.pretender  # type: ignore[attr-defined]
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if pretender.is_silent:
            pretender.stopped.wait(10)
        elif command == b"zVERSION\0":
            self.wfile.write(pretender.version)
        elif command == b"zINSTREAM\0":
            self.take(pretender)

    def take(self, pretender: Pretender) -> None:
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > pretender.limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        pretender.heard.append(content)
        self.wfile.write(pretender.verdict(content))


@contextmanager
def pretending(path: Path) -> Iterator[Pretender]:
    """Somebody who listens at a unix socket and speaks as clamd does."""
    pretender = Pretender(str(path))
    with socketserver.ThreadingUnixStreamServer(str(path), _Handler) as server:
        server.daemon_threads = True
        server.pretender = pretender  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield pretender
        finally:
            pretender.stopped.set()
            server.shutdown()
            thread.join()
            path.unlink()
