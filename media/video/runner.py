"""Runs one ffmpeg or ffprobe command to its end, whatever the file in it tries.

`run` refuses a command without input guards, keeps the program inside its limits, drains its output
while it works, and ends the whole process group on timeout, cancellation or an error in the caller.
What the output means is left to `probe` and `normalise`.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from media.video import sandbox, strays
from media.video.arguments import require_guards
from media.video.errors import FailureCode, ProcessingFailed
from media.video.limits import Limits

STDERR_TAIL_BYTES = 8192
LONGEST_LINE_BYTES = 65536
POLL_SECONDS = 0.2
LAST_BREATH_SECONDS = 5.0

OnLine = Callable[[str], None]
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class Completed:
    """A run that ended well. `stdout` is empty when the lines were handed to `on_line`."""

    stdout: bytes
    stderr_tail: str
    wall_seconds: float


def run(
    argv: Sequence[str],
    *,
    limits: Limits,
    readable: Sequence[Path],
    writable: Path | None = None,
    on_line: OnLine | None = None,
    cancel: Cancel | None = None,
) -> Completed:
    """Run a guarded ffmpeg or ffprobe command; raise `ProcessingFailed` unless it ends well.

    `on_line` gets each line of the standard output while the program works; an exception from it
    ends the program and travels on. `cancel` is asked a few times a second. The calling thread
    blocks until the program is gone; if the thread or the process dies, so does the program.
    Raises `FileNotFoundError` when a readable path is no regular file.
    """
    require_guards(argv)
    for path in readable:
        if not path.is_file():
            raise FileNotFoundError(path)
    return supervise(
        argv, limits=limits, readable=readable, writable=writable, on_line=on_line, cancel=cancel
    )


def supervise(
    argv: Sequence[str],
    *,
    limits: Limits,
    readable: Sequence[Path] = (),
    writable: Path | None = None,
    on_line: OnLine | None = None,
    cancel: Cancel | None = None,
) -> Completed:
    """Do the work of `run` for any command; only `run` and the tests of the sandbox call it."""
    kind = sandbox.sandbox_status().kind
    command = sandbox.confine(argv, limits=limits, readable=readable, writable=writable, kind=kind)
    output = _Output(limits.stdout_bytes, on_line)
    started = time.monotonic()
    name = strays.name_run()
    process = _start(command, name)
    try:
        _watch(process, output, started + limits.wall_seconds, cancel)
    except BaseException:
        _end(process, name)
        raise
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    output.finish()
    code = failure_code(process.returncode, output.stderr_tail)
    if code is not None:
        raise ProcessingFailed(code, output.stderr_tail)
    wall_seconds = time.monotonic() - started
    return Completed(bytes(output.stdout), output.stderr_tail, wall_seconds)


def failure_code(returncode: int, stderr: str) -> FailureCode | None:
    """Return what an exit code and the last messages mean, None when all went well.

    bubblewrap reports a program that was ended by signal n as 128 + n. ffmpeg 5.1 exits with 0
    when the disk is full at the very last write, hence the look at the messages first.
    """
    if "No space left on device" in stderr or "Disk quota exceeded" in stderr:
        return FailureCode.DISK_FULL
    if returncode == 0:
        return None
    if returncode == 127:  # noqa: PLR2004 - the exit code of every launcher for "not found"
        return FailureCode.TOOL_MISSING
    ended_by = -returncode if returncode < 0 else returncode - 128
    # SIGKILL does not come from us here (that raises earlier): it is the CPU limit or the kernel
    # that ran out of memory.
    if ended_by in (signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ):
        return FailureCode.RESOURCE_LIMIT
    if "Cannot allocate memory" in stderr or "File too large" in stderr:
        return FailureCode.RESOURCE_LIMIT
    return FailureCode.DECODER_FAILED


class _Output:
    """Takes what the program writes: bounded, whole lines, and only the tail of the messages."""

    def __init__(self, stdout_limit: int, on_line: OnLine | None) -> None:
        self.stdout = bytearray()
        self._stderr = bytearray()
        self._limit = LONGEST_LINE_BYTES if on_line else stdout_limit
        self._on_line = on_line

    def take_stdout(self, chunk: bytes) -> None:
        self.stdout += chunk
        if self._on_line is not None:
            *lines, rest = self.stdout.split(b"\n")
            self.stdout = rest
            for line in lines:
                self._on_line(line.decode(errors="replace"))
        if len(self.stdout) > self._limit:
            raise ProcessingFailed(FailureCode.RESOURCE_LIMIT, "too much output")

    def take_stderr(self, chunk: bytes) -> None:
        self._stderr += chunk
        del self._stderr[:-STDERR_TAIL_BYTES]

    def finish(self) -> None:
        if self._on_line is not None and self.stdout:
            self._on_line(self.stdout.decode(errors="replace"))
            self.stdout.clear()

    @property
    def stderr_tail(self) -> str:
        return self._stderr.decode(errors="replace")


def _start(command: Sequence[str], name: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - a list without a shell, paths made by the server
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env=sandbox.ENVIRONMENT | {strays.MARK: name},
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise ProcessingFailed(FailureCode.TOOL_MISSING, str(error)) from error


def _watch(
    process: subprocess.Popen[bytes], output: _Output, deadline: float, cancel: Cancel | None
) -> None:
    """Drain both pipes, then wait for the end of the program."""
    check = _Checks(output, deadline, cancel)
    with _watching(process, output.take_stdout, output.take_stderr) as watched:
        while watched.get_map():
            check()
            _drain(watched)
    # Reaped only now: until then the process group keeps its number and can be killed safely.
    # A program may close its pipes and stay, so this waits no longer than the rest does.
    while process.poll() is None:
        check()
        time.sleep(0.005)


class _Checks:
    """Raises when the time is over or the caller no longer wants the result."""

    def __init__(self, output: _Output, deadline: float, cancel: Cancel | None) -> None:
        self._output = output
        self._deadline = deadline
        self._cancel = cancel
        self._next_question = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now > self._deadline:
            raise ProcessingFailed(FailureCode.TIMEOUT, self._output.stderr_tail)
        if self._cancel is not None and now >= self._next_question:
            self._next_question = now + POLL_SECONDS
            if self._cancel():
                raise ProcessingFailed(FailureCode.CANCELLED)


def _watching(
    process: subprocess.Popen[bytes],
    take_stdout: Callable[[bytes], None],
    take_stderr: Callable[[bytes], None],
) -> selectors.BaseSelector:
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("the program was started without pipes")
    watched = selectors.DefaultSelector()
    watched.register(process.stdout.fileno(), selectors.EVENT_READ, take_stdout)
    watched.register(process.stderr.fileno(), selectors.EVENT_READ, take_stderr)
    return watched


def _drain(watched: selectors.BaseSelector) -> None:
    for key, _events in watched.select(POLL_SECONDS):
        chunk = os.read(key.fd, LONGEST_LINE_BYTES)
        if chunk:
            key.data(chunk)
        else:
            watched.unregister(key.fd)


def _end(process: subprocess.Popen[bytes], name: str) -> None:
    """End the group, and what of the run left it before it was able to die with its parent."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    strays.end_run(name)
    # The pipes close when the last descendant is gone: after that nobody writes in the caller's
    # folder any more and it may be removed.
    with _watching(process, _forget, _forget) as watched:
        until = time.monotonic() + LAST_BREATH_SECONDS
        while watched.get_map() and time.monotonic() < until:
            _drain(watched)
    if process.returncode is None:
        process.wait()


def _forget(_chunk: bytes) -> None:
    """Take what a dying program still says."""
