"""What a program can see and do, and that nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from media.video import sandbox
from media.video.arguments import ffmpeg_argv, guarded_input, output
from media.video.errors import FailureCode, ProcessingFailed
from media.video.limits import MEBIBYTE, Limits
from media.video.runner import run, supervise
from media.video.sandbox import SandboxDetail, SandboxKind

ROOMY = Limits(cpu_seconds=20, wall_seconds=60, file_bytes=64 * MEBIBYTE)


def processes_with(text: str) -> list[int]:
    """Return the numbers of live programs that have a text in their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if text.encode() in command:
            found.append(int(entry.name))
    return found


def gone_within(text: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while processes_with(text):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def endless(source: Path, out: Path, **options: str | float) -> list[str]:
    """A guarded command that never ends by itself."""
    read = guarded_input(source, stream_loop=-1, **options)
    return ffmpeg_argv(output([read["a:0"]], out / "endless.wav", ac=1, f="wav"))


def test_the_status_is_known_and_has_a_code() -> None:
    status = sandbox.sandbox_status()
    assert status.kind in SandboxKind
    assert (status.kind is SandboxKind.BUBBLEWRAP) == (status.detail_code is SandboxDetail.READY)
    assert sandbox.sandbox_status() is status


@pytest.mark.usefixtures("inside")
def test_inside_only_the_named_files_exist(tmp_path: Path) -> None:
    mine, other, out = tmp_path / "mine", tmp_path / "other", tmp_path / "out"
    mine.write_text("mine\n")
    other.write_text("of somebody else")
    out.mkdir()
    script = (
        f"cat {mine}; ls -A {tmp_path}; cat {other}; ls /root /home /etc/passwd /proc/1;"
        f"echo x > {mine} || echo read-only; echo made > {out}/made; touch /x || echo closed; env;"
        "id -u"
    )
    done = supervise(["bash", "-c", script], limits=ROOMY, readable=[mine], writable=out)
    seen = done.stdout.decode().split()
    assert seen[:3] == ["mine", "mine", "out"]
    assert "read-only" in seen
    assert "closed" in seen
    assert "of somebody else" not in done.stdout.decode()
    for hidden in ("/root", "/home", "/etc/passwd", "/proc/1"):
        assert f"cannot access '{hidden}'" in done.stderr_tail
    assert (out / "made").read_text() == "made\n"
    assert mine.read_text() == "mine\n"
    names = {line.split("=")[0] for line in done.stdout.decode().splitlines() if "=" in line}
    assert names <= {*sandbox.ENVIRONMENT, "PWD", "SHLVL", "_"}


@pytest.fixture
def listener() -> Iterator[int]:
    """A port on this machine that answers. In its own process: tests here open no sockets."""
    program = (
        "import socket\ns = socket.create_server(('127.0.0.1', 0))\n"
        "print(s.getsockname()[1], flush=True)\n"
        "while True: s.accept()[0].close()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def test_the_network_is_out_of_reach(listener: int, each_kind: SandboxKind) -> None:
    words = f"exec 3<>/dev/tcp/127.0.0.1/{listener} && echo reached"
    if each_kind is SandboxKind.LIMITS_ONLY:
        # The control: without namespaces the very same command does reach it.
        assert supervise(["bash", "-c", words], limits=ROOMY).stdout == b"reached\n"
        return
    # Inside, this machine is another machine on which nobody listens, and there is no way out.
    with pytest.raises(ProcessingFailed) as here:
        supervise(["bash", "-c", words], limits=ROOMY)
    assert "Connection refused" in here.value.detail
    with pytest.raises(ProcessingFailed) as elsewhere:
        supervise(["bash", "-c", "exec 3<>/dev/tcp/192.0.2.1/80"], limits=ROOMY)
    assert "Network is unreachable" in elsewhere.value.detail


def test_programs_are_nice_and_drop_no_core() -> None:
    done = supervise(["bash", "-c", "nice; ulimit -c -t -v -f -n"], limits=ROOMY)
    lines = done.stdout.decode().splitlines()
    assert int(lines[0]) >= 10
    assert [line.split()[-1] for line in lines[1:]] == ["0", "20", "3145728", "65536", "256"]


def test_a_flood_of_messages_does_not_block_and_only_the_tail_is_kept() -> None:
    words = "head -c 3000000 /dev/zero | tr '\\0' e >&2; head -c 2000000 /dev/zero; echo end >&2"
    done = supervise(["bash", "-c", words], limits=ROOMY)
    assert len(done.stdout) == 2_000_000
    assert len(done.stderr_tail) == 8192
    assert done.stderr_tail.endswith("eend\n")


def test_a_flood_of_output_is_stopped() -> None:
    with pytest.raises(ProcessingFailed) as failed:
        supervise(["yes"], limits=ROOMY)
    assert failed.value.code is FailureCode.RESOURCE_LIMIT
    with pytest.raises(ProcessingFailed) as failed:
        supervise(["cat", "/dev/zero"], limits=ROOMY, on_line=lambda _line: None)
    assert failed.value.code is FailureCode.RESOURCE_LIMIT


def test_lines_come_whole_and_the_last_one_too() -> None:
    lines: list[str] = []
    supervise(["printf", r"a=1\nb=2\nc"], limits=ROOMY, on_line=lines.append)
    assert lines == ["a=1", "b=2", "c"]


def test_a_program_that_closes_its_output_and_stays_is_ended() -> None:
    limits = Limits(cpu_seconds=5, wall_seconds=0.5, file_bytes=0)
    with pytest.raises(ProcessingFailed) as failed:
        supervise(["bash", "-c", "exec >&- 2>&-; exec sleep 98.7654"], limits=limits)
    assert failed.value.code is FailureCode.TIMEOUT
    assert gone_within("98.7654", 10)


@pytest.mark.usefixtures("each_kind")
def test_what_a_program_started_is_ended_with_it() -> None:
    limits = Limits(cpu_seconds=5, wall_seconds=0.5, file_bytes=0)
    with pytest.raises(ProcessingFailed) as failed:
        supervise(["bash", "-c", "sleep 97.5313 & sleep 97.5313"], limits=limits)
    assert failed.value.code is FailureCode.TIMEOUT
    assert gone_within("97.5313", 10)


@pytest.mark.usefixtures("each_kind")
def test_timeout_ends_ffmpeg(clips: Any, tmp_path: Path) -> None:
    limits = Limits(cpu_seconds=60, wall_seconds=1.5, file_bytes=64 * MEBIBYTE)
    source = clips.opus_webm()
    with pytest.raises(ProcessingFailed) as failed:
        run(
            endless(source, tmp_path, readrate=1),
            limits=limits,
            readable=[source],
            writable=tmp_path,
        )
    assert failed.value.code is FailureCode.TIMEOUT
    assert gone_within(str(tmp_path), 10)


@pytest.mark.usefixtures("each_kind")
def test_cancel_ends_ffmpeg(clips: Any, tmp_path: Path) -> None:
    source = clips.opus_webm()
    lines: list[str] = []
    with pytest.raises(ProcessingFailed) as failed:
        run(
            endless(source, tmp_path, readrate=1),
            limits=ROOMY,
            readable=[source],
            writable=tmp_path,
            on_line=lines.append,
            cancel=lambda: bool(lines),
        )
    assert failed.value.code is FailureCode.CANCELLED
    assert any(line.startswith("out_time_us=") for line in lines)
    assert gone_within(str(tmp_path), 10)


def test_an_error_of_the_caller_ends_ffmpeg_and_travels_on(clips: Any, tmp_path: Path) -> None:
    source = clips.opus_webm()

    def stumble(_line: str) -> None:
        raise LookupError("the caller")

    with pytest.raises(LookupError):
        run(
            endless(source, tmp_path, readrate=1),
            limits=ROOMY,
            readable=[source],
            writable=tmp_path,
            on_line=stumble,
        )
    assert gone_within(str(tmp_path), 10)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(cpu_seconds=1, wall_seconds=60, file_bytes=2**40),
        Limits(cpu_seconds=60, wall_seconds=60, file_bytes=200_000),
    ],
    ids=["cpu", "file"],
)
@pytest.mark.usefixtures("each_kind")
def test_cpu_and_file_limits_end_ffmpeg(clips: Any, tmp_path: Path, limits: Limits) -> None:
    source = clips.opus_webm()
    with pytest.raises(ProcessingFailed) as failed:
        run(endless(source, tmp_path), limits=limits, readable=[source], writable=tmp_path)
    assert failed.value.code is FailureCode.RESOURCE_LIMIT
    if limits.file_bytes < MEBIBYTE:
        assert (tmp_path / "endless.wav").stat().st_size <= limits.file_bytes


def test_memory_is_limited() -> None:
    tight = Limits(
        cpu_seconds=20, wall_seconds=60, file_bytes=0, address_space_bytes=500 * MEBIBYTE
    )
    hungry = ["python3", "-c", "a = bytearray(600 * 2**20); print('x')"]
    with pytest.raises(ProcessingFailed) as failed:
        supervise(hungry, limits=tight)
    assert "MemoryError" in failed.value.detail
    assert supervise(hungry, limits=ROOMY).stdout == b"x\n"


@pytest.mark.usefixtures("each_kind")
def test_a_full_disk_is_told_apart_although_ffmpeg_may_end_well(clips: Any) -> None:
    source = clips.opus_webm()
    argv = ffmpeg_argv(output([guarded_input(source)["a:0"]], Path("/dev/full"), f="wav"))
    with pytest.raises(ProcessingFailed) as failed:
        run(argv, limits=ROOMY, readable=[source])
    assert failed.value.code is FailureCode.DISK_FULL


def test_a_missing_input_is_the_callers_mistake(tmp_path: Path) -> None:
    argv = endless(tmp_path / "none", tmp_path)
    with pytest.raises(FileNotFoundError):
        run(argv, limits=ROOMY, readable=[tmp_path / "none"], writable=tmp_path)


WORKER = """
import sys
from pathlib import Path
from media.video import sandbox
from media.video.arguments import ffmpeg_argv, guarded_input, output
from media.video.limits import Limits
from media.video.runner import run
from media.video.sandbox import SandboxDetail, SandboxKind, SandboxStatus
status = SandboxStatus(SandboxKind(sys.argv[3]), SandboxDetail.READY)
sandbox.sandbox_status = lambda: status
source, out = Path(sys.argv[1]), Path(sys.argv[2])
read = guarded_input(source, stream_loop=-1, readrate=1)
argv = ffmpeg_argv(output([read["a:0"]], out / "endless.wav", f="wav"))
limits = Limits(cpu_seconds=60, wall_seconds=60, file_bytes=2**26)
run(argv, limits=limits, readable=[source], writable=out, on_line=lambda s: print(s, flush=True))
"""


def test_killing_the_worker_leaves_no_ffmpeg(
    clips: Any, tmp_path: Path, each_kind: SandboxKind
) -> None:
    """SIGKILL cannot be caught: the kernel has to end the program for us."""
    out = tmp_path / "work"
    out.mkdir()
    words = [sys.executable, "-c", WORKER, str(clips.opus_webm()), str(out), each_kind.value]
    root = Path(sandbox.__file__).parents[2]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)}
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline()
        running = processes_with(str(out / "endless.wav"))
        assert running
        os.kill(worker.pid, signal.SIGKILL)
    assert gone_within(str(out / "endless.wav"), 10)
