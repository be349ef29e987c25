"""Talking to clamd: what counts as a verdict, and that everything else fails closed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.scanner import VIRUS, Pretender, pretending

from media.scanning.clamd import CHUNK_BYTES, Address, Clamd
from media.scanning.port import ScanFailed, ScanLimit, ScannerAway

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def pretender() -> Iterator[Pretender]:
    # Not tmp_path: the name of a unix socket may be 107 bytes long.
    folder = Path(tempfile.mkdtemp(prefix="scan-"))
    with pretending(folder / "s") as somebody:
        yield somebody
    shutil.rmtree(folder)


@pytest.fixture
def clamd(pretender: Pretender) -> Clamd:
    return Clamd(Address.read(pretender.address), talk_seconds=0.5, verdict_seconds=0.5)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/run/clamav/clamd.ctl", Address(path="/run/clamav/clamd.ctl")),
        ("unix:/run/clamd", Address(path="/run/clamd")),
        ("unix:///run/clamd", Address(path="/run/clamd")),
        ("scanner:3310", Address(host="scanner", port=3310)),
        ("tcp:10.0.0.7:3310", Address(host="10.0.0.7", port=3310)),
        ("tcp://scanner.example:3310", Address(host="scanner.example", port=3310)),
        ("[::1]:3310", Address(host="::1", port=3310)),
    ],
)
def test_an_address_is_a_socket_or_a_host_with_a_port(text: str, address: Address) -> None:
    assert Address.read(text) == address


@pytest.mark.parametrize(
    "text", ["", "scanner", "run/clamd", "scanner:0", "scanner:65536", "scanner:x", "a b:3310"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unix socket"):
        Address.read(text)


def test_every_byte_is_heard_and_the_verdict_is_told(
    clamd: Clamd, pretender: Pretender, tmp_path: Path
) -> None:
    content = bytes(range(256)) * (CHUNK_BYTES // 100)
    file = tmp_path / "clip"
    file.write_bytes(content)
    assert clamd.scan(file).is_clean
    file.write_bytes(content + VIRUS)
    found = clamd.scan(file)
    assert (found.is_clean, found.signature) == (False, "Test.Virus")
    file.write_bytes(b"")
    assert clamd.scan(file).is_clean
    assert pretender.heard == [content, content + VIRUS, b""]
    assert clamd.version().startswith("ClamAV 1.0.0")


@pytest.mark.parametrize(
    "answer",
    [
        b"stream: OK",  # broken off before its NUL
        b"stream: OK\n but not really\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"\0",
        b"OKAY\0",
        b"stream: OK\0" * 1000,
        b"x" * 100_000,
        b"\xff\xfe\0",
    ],
)
def test_whatever_is_not_plainly_a_verdict_is_none(
    clamd: Clamd, pretender: Pretender, answer: bytes
) -> None:
    pretender.answer = answer
    with pytest.raises(ScannerAway):
        clamd.scan_bytes(b"clip")


def test_nobody_there_and_nobody_who_answers(clamd: Clamd, pretender: Pretender) -> None:
    pretender.is_silent = True
    for ask in (lambda: clamd.scan_bytes(b"clip"), clamd.version):
        with pytest.raises(ScannerAway):
            ask()
    for nobody in (f"{pretender.address}-not", "127.0.0.1:1"):
        with pytest.raises(ScannerAway):
            Clamd(Address.read(nobody), talk_seconds=0.5).scan_bytes(b"clip")


def test_something_else_that_listens_there_is_no_scanner(
    clamd: Clamd, pretender: Pretender
) -> None:
    pretender.version = b"220 mail.example ESMTP\0"
    with pytest.raises(ScannerAway):
        clamd.version()


def test_a_file_beyond_what_it_looks_at_is_not_called_clean(
    clamd: Clamd, pretender: Pretender
) -> None:
    pretender.limit = 1000
    with pytest.raises(ScanLimit):
        clamd.scan_bytes(bytes(20 * CHUNK_BYTES))
    pretender.answer = b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"
    with pytest.raises(ScanLimit):
        clamd.scan_bytes(b"clip")


def test_a_job_that_must_stop_does_not_send_on(
    clamd: Clamd, pretender: Pretender, tmp_path: Path
) -> None:
    file = tmp_path / "clip"
    file.write_bytes(bytes(5 * CHUNK_BYTES))
    with pytest.raises(ScanFailed):
        clamd.scan(file, cancel=lambda: True)
    assert pretender.heard == []
