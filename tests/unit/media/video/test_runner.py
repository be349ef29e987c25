"""What an ended program means, and how a command is confined. No program runs here."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.video.errors import FailureCode, ProcessingFailed, RefusalCode, Refused
from media.video.limits import Limits, render_limits
from media.video.runner import failure_code
from media.video.sandbox import SandboxDetail, SandboxKind, confine, refusal_of_bubblewrap

LIMITS = Limits(cpu_seconds=7, wall_seconds=20, file_bytes=1234)


@pytest.mark.parametrize(
    ("returncode", "stderr", "code"),
    [
        (0, "", None),
        (0, "[h264] error while decoding MB 3 4", None),
        # ffmpeg 5.1 ends with 0 when the last write fails.
        (0, "Error writing trailer of x: No space left on device", FailureCode.DISK_FULL),
        (1, "av_interleaved_write_frame(): No space left on device", FailureCode.DISK_FULL),
        (1, "x: Disk quota exceeded", FailureCode.DISK_FULL),
        (1, "Invalid data found when processing input", FailureCode.DECODER_FAILED),
        (-9, "", FailureCode.RESOURCE_LIMIT),
        (137, "", FailureCode.RESOURCE_LIMIT),
        (-24, "", FailureCode.RESOURCE_LIMIT),
        (153, "", FailureCode.RESOURCE_LIMIT),
        (-25, "", FailureCode.RESOURCE_LIMIT),
        (1, "x: Cannot allocate memory", FailureCode.RESOURCE_LIMIT),
        (1, "x: File too large", FailureCode.RESOURCE_LIMIT),
        (-11, "", FailureCode.DECODER_FAILED),
        (139, "", FailureCode.DECODER_FAILED),
        (255, "", FailureCode.DECODER_FAILED),
        (127, "nice: 'bwrap': No such file or directory", FailureCode.TOOL_MISSING),
    ],
)
def test_failure_codes(returncode: int, stderr: str, code: FailureCode | None) -> None:
    assert failure_code(returncode, stderr) is code


def test_an_exception_shows_its_code_and_never_the_detail() -> None:
    failed = ProcessingFailed(FailureCode.DECODER_FAILED, "/data/uploads/secret: bad")
    refused = Refused(RefusalCode.TOO_LONG, {"limit": 60, "found": 61.5})
    assert str(failed) == "decoder_failed"
    assert str(refused) == "too_long"
    assert refused.params == {"limit": 60, "found": 61.5}


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where the programs are is the machine's business; that they are looked up is tested by
    # running them.
    monkeypatch.setattr("media.video.sandbox.program", lambda name: f"/usr/bin/{name}")


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("kind", list(SandboxKind))
def test_every_program_is_limited_niced_and_dies_with_its_parent(kind: SandboxKind) -> None:
    command = confine(["ffmpeg", "-version"], limits=LIMITS, kind=kind)
    assert command[:3] == ["setpriv", "--pdeathsig", "KILL"]
    assert "--cpu=7:7" in command
    assert "--fsize=1234:1234" in command
    assert "--as=3221225472:3221225472" in command
    assert command[command.index("nice") : command.index("nice") + 3] == ["nice", "-n", "10"]
    assert command[-2:] == ["/usr/bin/ffmpeg", "-version"]


@pytest.mark.usefixtures("tools")
def test_bubblewrap_shows_the_input_and_the_output_folder_and_nothing_else(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.write_bytes(b"x")
    out.mkdir()
    command = confine(
        ["ffmpeg"],
        limits=LIMITS,
        readable=[source],
        writable=out,
        kind=SandboxKind.BUBBLEWRAP,
    )
    inside = command[command.index("bwrap") :]
    for option in ("--unshare-all", "--die-with-parent", "--new-session", "--clearenv"):
        assert option in inside
    binds = [tuple(inside[at : at + 2]) for at, word in enumerate(inside) if word == "--bind"]
    assert binds == [("--bind", str(out))]
    seen = {
        inside[at + 1]
        for at, word in enumerate(inside)
        if word in {"--ro-bind", "--ro-bind-try", "--bind", "--dev-bind"}
    }
    system = {"/usr", "/etc/ld.so.cache", "/etc/alternatives", "/lib", "/lib64"}
    assert seen - system == {str(source), str(out)}
    # A poster is made from a file in the output folder: its read-only view must come last.
    assert inside.index(str(out)) < inside.index(str(source))


@pytest.mark.usefixtures("tools")
def test_a_link_is_shown_under_the_name_in_the_command(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"x")
    link.symlink_to(real)
    command = confine(["ffmpeg"], limits=LIMITS, readable=[link], kind=SandboxKind.BUBBLEWRAP)
    at = command.index(str(link))
    assert command[at - 2 : at + 1] == ["--ro-bind", str(real.resolve()), str(link)]


def test_a_missing_program_says_so() -> None:
    with pytest.raises(ProcessingFailed) as failed:
        confine(["no-such-program-here"], limits=LIMITS, kind=SandboxKind.LIMITS_ONLY)
    assert failed.value.code is FailureCode.TOOL_MISSING


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            "bwrap: No permissions to create a new namespace",
            SandboxDetail.NAMESPACES_FORBIDDEN,
        ),
        ("bwrap: setting up uid map: Permission denied", SandboxDetail.NAMESPACES_FORBIDDEN),
        (
            "bwrap: Creating new namespace failed: Operation not permitted",
            SandboxDetail.NAMESPACES_FORBIDDEN,
        ),
        (
            "ffmpeg: error while loading shared libraries: libblas.so.3: cannot open shared object",
            SandboxDetail.SANDBOX_FAILED,
        ),
    ],
)
def test_why_bubblewrap_does_not_work(message: str, code: SandboxDetail) -> None:
    assert refusal_of_bubblewrap(message) is code


def test_the_budget_grows_with_the_clip() -> None:
    short = render_limits(duration_seconds=10, source_bytes=1_000_000)
    long = render_limits(duration_seconds=600, source_bytes=100_000_000)
    assert short.cpu_seconds < long.cpu_seconds
    assert short.wall_seconds > short.cpu_seconds
    # 600 s of video at the capped bit rate, plus sound, fits.
    assert long.file_bytes > 600 * 1_600_000 / 8
