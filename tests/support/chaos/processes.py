"""Processes that are forked, signalled and waited for: what every chaos test does.

A `Nursery` is a script that imports everything once and then forks a process for each line it is
sent, so that what was killed is back in a fraction of a second; `fork_each` is the script's side.
What the processes do is left to the scripts.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
HANG_SECONDS = 300.0
"""After this something hangs. No measure of speed: a machine with five times its work is slow."""


class Stuck(AssertionError):  # noqa: N818 -- what is the matter, as a test says it
    """Something that must come did not."""


def wait_until(is_so: Callable[[], object], what: str, log: Callable[[], str] = lambda: "") -> None:
    """Raise Stuck, with `what` was waited for and the end of a log, when that never comes."""
    until = time.monotonic() + HANG_SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise Stuck(f"waited {HANG_SECONDS:.0f} s for {what}\n{log()}")
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def send(pid: int, number: signal.Signals, *, group: bool = False) -> None:
    """Signal a process or its group; one that is gone hears nothing."""
    with suppress(ProcessLookupError):
        (os.killpg if group else os.kill)(pid, number)


class Nursery:
    """The process that forks the others. One serves a whole module of tests."""

    def __init__(self, script: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "OMP_NUM_THREADS": "1"},
            cwd=ROOT,
            text=True,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._asking, self._answering = self._process.stdin, self._process.stdout
        assert self._answering.readline() == "ready\n"

    def start(self, asked: dict[str, Any]) -> int:
        """Fork a process that is told `asked`; its id."""
        self._asking.write(json.dumps(asked) + "\n")
        self._asking.flush()
        return int(self._answering.readline())

    def close(self) -> None:
        """End the script, and with it all that it forked."""
        self._asking.close()
        self._process.wait()
        self._answering.close()


def fork_each(be: Callable[[dict[str, Any]], None]) -> None:
    """For each line of JSON on standard input fork a process that becomes it; print its id.

    When standard input ends, so does every process that was started here, with its group.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed ones
    children: list[int] = []
    print("ready", flush=True)  # noqa: T201 -- whoever started the script reads this
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                _become(be, json.loads(line))
            finally:
                os._exit(1)
        children.append(pid)
        print(pid, flush=True)  # noqa: T201 -- the same
    for pid in children:
        send(pid, signal.SIGKILL, group=True)


def _become(be: Callable[[dict[str, Any]], None], asked: dict[str, Any]) -> None:
    """Have only the environment and the log that were asked for, and a group of one's own."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        del os.environ[name]
    os.environ.update(asked["environment"])
    be(asked)
    os._exit(0)
