"""Inputs for the tests that run the real ffmpeg, made on the spot and kept for the session."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from media.video import sandbox
from media.video.sandbox import SandboxDetail, SandboxKind, SandboxStatus

PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30"]
SINE = ["-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000"]
VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "400k"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
OPUS = ["-c:a", "libopus", "-b:a", "32k"]
LIVE_WEBM = ["-f", "webm", "-live", "1"]


def ffmpeg(*words: str | Path) -> None:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)]
    subprocess.run(command, check=True, timeout=60)


class Clips:
    """Makes each input once. Names tell what a browser, a phone or an attacker would send."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._recipes: dict[str, tuple[str | Path, ...]] = {}

    def made(self, name: str, *words: str | Path) -> Path:
        path = self.folder / name
        if name not in self._recipes:
            ffmpeg(*words, path)
            self._recipes[name] = words
        assert self._recipes[name] == words, f"two different files are called {name}"
        return path

    def written(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def chromium_webm(self) -> Path:
        """VP8 and Opus with uneven times, no duration and no frame rate: ffmpeg guesses 1000."""
        path = self.folder / "chromium.webm"
        if not path.exists():
            uneven = "settb=1/1000,setpts='floor(N*33.3)+mod(N*N*7,17)'"
            timing = ["-vf", uneven, "-vsync", "passthrough", "-enc_time_base:v", "1/1000"]
            ffmpeg(*PICTURE, *SINE, "-t", "2", *timing, *VP8, *OPUS, *LIVE_WEBM, path)
            # The muxer writes a frame duration that MediaRecorder leaves out: make it void.
            void = b"\xec\x86" + b"\x00" * 6
            content, found = re.subn(
                rb"\x23\xe3\x83\x84....", void, path.read_bytes(), flags=re.DOTALL
            )
            assert found == 1
            path.write_bytes(content)
        return path

    def h264_webm(self) -> Path:
        return self.made(
            "h264.webm", *PICTURE, *SINE, "-t", "2", *X264, *OPUS, "-f", "matroska", "-live", "1"
        )

    def vp8_webm(self) -> Path:
        return self.made("vp8.webm", *PICTURE, *SINE, "-t", "2", *VP8, *OPUS, *LIVE_WEBM)

    def opus_webm(self) -> Path:
        return self.made("opus.webm", *SINE, "-t", "2", *OPUS, *LIVE_WEBM)

    def phone_mov(self) -> Path:
        """HEVC, 10 bit, HLG, held upright, with the place where it was recorded."""
        flat = self.made(
            *("flat.mov", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30", *SINE, "-t", "1"),
            *("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast"),
            "-x265-params",
            "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc",
            *("-tag:v", "hvc1", "-c:a", "aac"),
        )
        return self.made(
            *("phone.mov", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90"),
            *("-movflags", "use_metadata_tags", "-metadata", "location=+52.0907+005.1214/"),
            *("-metadata", "artist=Canary"),
        )


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(params=list(SandboxKind))
def each_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> SandboxKind:
    """Run a test inside bubblewrap and with the fallback, whatever this machine would choose."""
    kind: SandboxKind = request.param
    if kind is SandboxKind.BUBBLEWRAP and sandbox.sandbox_status().kind is not kind:
        pytest.skip("this machine forbids user namespaces")
    status = SandboxStatus(kind, SandboxDetail.READY)
    monkeypatch.setattr(sandbox, "sandbox_status", lambda: status)
    return kind


@pytest.fixture
def inside() -> None:
    """Skip where there is no bubblewrap: the test is about what it hides."""
    if sandbox.sandbox_status().kind is not SandboxKind.BUBBLEWRAP:
        pytest.skip("this machine forbids user namespaces")
