"""The adapter and a real clamd understand each other: a daemon with a signature list of ours."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.scanner import VIRUS

from lms.doctor import HARMLESS_TRIAL
from media.scanning.clamd import Address, Clamd
from media.scanning.port import ScanLimit, ScannerAway

pytestmark = pytest.mark.enable_socket

MEGABYTE = 1024 * 1024
PATIENCE_SECONDS = 60
SETTINGS = """
Foreground yes
LocalSocket {folder}/s
DatabaseDirectory {folder}/signatures
LogFile {folder}/log
StreamMaxLength 2M
MaxFileSize 1M
MaxScanSize 1M
AlertExceedsMax yes
"""


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("not run: clamd is not installed (apt install clamav-daemon)")
    folder = Path(tempfile.mkdtemp(prefix="scan-"))
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(
        f"Eicar-Test-Signature:0:0:{HARMLESS_TRIAL.hex()}\nOwn.Test:0:*:{VIRUS.hex()}\n"
    )
    (folder / "conf").write_text(SETTINGS.format(folder=folder))
    with subprocess.Popen(
        [program, "-c", folder / "conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            scanner = Clamd(Address.read(f"{folder}/s"))
            _wait_for(scanner, daemon)
            yield scanner
        finally:
            daemon.terminate()
    shutil.rmtree(folder)


def _wait_for(scanner: Clamd, daemon: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            scanner.version()
        except ScannerAway:
            assert daemon.poll() is None, "clamd did not start"
            assert time.monotonic() < until, "clamd does not answer"
            time.sleep(0.1)
        else:
            return


def test_it_says_who_it_is(clamd: Clamd) -> None:
    assert clamd.version().startswith("ClamAV ")


def test_the_test_virus_of_the_doctor_is_seen(clamd: Clamd) -> None:
    assert clamd.scan_bytes(HARMLESS_TRIAL).signature.startswith("Eicar-Test-Signature")


def test_a_real_clip_is_clean_until_something_is_hidden_in_it(
    clamd: Clamd, footage: object, tmp_path: Path
) -> None:
    recording = footage.recording.path.read_bytes()  # type: ignore[attr-defined]
    clip = tmp_path / "clip"
    clip.write_bytes(recording)
    assert clamd.scan(clip).is_clean
    clip.write_bytes(recording[:5000] + VIRUS + recording[5000:])
    assert clamd.scan(clip).signature.startswith("Own.Test")


def test_what_it_does_not_look_at_is_not_clean(clamd: Clamd) -> None:
    """Beyond MaxFileSize it would say OK, were it not set to tell (AlertExceedsMax)."""
    with pytest.raises(ScanLimit):
        clamd.scan_bytes(b"clip" * (MEGABYTE // 2 - 1))
    with pytest.raises(ScanLimit):
        clamd.scan_bytes(bytes(9 * MEGABYTE))
