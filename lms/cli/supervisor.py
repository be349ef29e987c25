"""Keeps the children of `lms run` alive: started, restarted with back-off, stopped together.

One loop in one thread, because a handful of children that are looked at five times a second
need nothing cleverer. What the children are is left to `lms.cli.server`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType

LOOK_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0
"""A child that lived this long starts again at once when it dies."""
STOP_SECONDS = 8.0
"""Longer than the grace of web and worker: after this nobody is asked any more."""

OnDeath = Callable[[str, int, float], None]
"""Told (name, exit code, seconds until the restart)."""


class Child:
    """A program that should always run."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._command = [*_dying_with_parent(), *command]
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._start_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def look(self, now: float, on_death: OnDeath) -> None:
        """Start it when its time has come; when it died, decide when that is."""
        if self._process is None:
            if now >= self._start_at:
                self._start(now)
            return
        code = self._process.poll()
        if code is None:
            return
        self._process = None
        if now - self._started >= HEALTHY_AFTER_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        self._start_at = now + self._pause
        on_death(self.name, code, self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _start(self, now: float) -> None:
        # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
        self._process = subprocess.Popen(self._command, start_new_session=True)  # noqa: S603 -- our own programs
        self._started = now

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, until: float) -> None:
        """Wait for its end, and end its whole group when that takes too long."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _dying_with_parent() -> list[str]:
    """What makes a child stop when we are killed without a chance to tell it (Linux)."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


class Supervisor:
    """Runs children until a signal asks to stop."""

    def __init__(self, commands: Mapping[str, Sequence[str]], on_death: OnDeath) -> None:
        self.children = [Child(name, command) for name, command in commands.items()]
        self._on_death = on_death
        self._stopping = False

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def run(self, each_look: Callable[[], None]) -> None:
        """Serve until SIGTERM, SIGINT or SIGHUP; then all children are gone when this returns."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)
        try:
            while not self._stopping:
                for child in self.children:
                    child.look(time.monotonic(), self._on_death)
                each_look()
                time.sleep(LOOK_SECONDS)
        finally:
            for child in self.children:
                child.ask_to_stop()
            until = time.monotonic() + STOP_SECONDS
            for child in self.children:
                child.wait(until)
