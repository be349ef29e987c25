"""Sends one file through the pipeline as the worker does, and says what became of it and its cost.

CPU time and memory are what the kernel counted for the programs that were started (wait4), all
their children included. A program that had to be ended counts with all the time it was there.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from media.video import runner
from media.video.errors import ProcessingFailed, Refused
from media.video.limits import MediaLimits
from media.video.normalise import Normalised, normalise
from media.video.probe import Probe, probe
from support.corpus.cases import DELIVERED

LIMITS = MediaLimits(max_duration_seconds=120 + 3)
"""A lesson of two minutes, and the slack that the worker gives."""


@dataclass
class Cost:
    """Of all programs of one file. `mebibytes` is the largest of them, at its largest."""

    programs: int = 0
    cpu_seconds: float = 0.0
    mebibytes: float = 0.0


@dataclass(frozen=True)
class Passage:
    """`outcome` is "delivered", or the code of the refusal or of the failure."""

    outcome: str
    cost: Cost
    wall_seconds: float
    found: Probe | None = None
    made: Normalised | None = None
    detail: str = field(default="", repr=False)


REAPER = """
import ctypes, os, sys
report, command = sys.argv[1], sys.argv[2:]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans become ours
first, code, used, most = os.posix_spawnp(command[0], command, os.environ), 1, 0.0, 0
while True:
    try:
        pid, status, usage = os.wait4(-1, 0)
    except ChildProcessError:
        break
    code = os.waitstatus_to_exitcode(status) if pid == first else code
    used, most = used + usage.ru_utime + usage.ru_stime, max(most, usage.ru_maxrss)
with open(report, "w") as file:
    file.write(f"{used} {most}")
sys.exit(code if code >= 0 else 128 - code)
"""
"""Runs a command and writes down what it and all its children used.

bubblewrap does not wait for the program inside, so whoever waits for bubblewrap learns nothing.
"""


@contextmanager
def measured(folder: Path) -> Iterator[Cost]:
    """Count what every program costs that the runner starts in this block; notes in `folder`."""
    cost = Cost()

    class Measured(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **words: Any) -> None:
            self.began = time.monotonic()
            self.report = folder / f"cost-{cost.programs}"
            self.told = False
            cost.programs += 1
            reaper = [sys.executable, "-I", "-S", "-c", REAPER, str(self.report)]
            super().__init__([*reaper, *command], **words)

        def poll(self) -> int | None:
            code = super().poll()
            if code is not None and not self.told:
                self.told = True
                self.add()
            return code

        def wait(self, timeout: float | None = None) -> int:
            super().wait(timeout)
            return self.poll() or 0

        def add(self) -> None:
            if not self.report.exists():  # it was ended, its reaper too: all of its time, then
                cost.cpu_seconds += time.monotonic() - self.began
                return
            used, most = self.report.read_text().split()
            cost.cpu_seconds += float(used)
            cost.mebibytes = max(cost.mebibytes, int(most) / 1024)

    stand_in = SimpleNamespace(Popen=Measured, PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL)
    with mock.patch.object(runner, "subprocess", stand_in):
        yield cost


def send(source: Path, folder: Path) -> Passage:
    """Probe and normalise `source` in a new folder; what was made stands in its `out`.

    Any error but the two that the worker knows travels on.
    """
    out_dir = folder / "out"
    out_dir.mkdir(parents=True)
    began = time.monotonic()
    found = made = None
    detail = ""
    with measured(folder) as cost:
        try:
            found = probe(source, LIMITS)
            made = normalise(source, out_dir, found)
            outcome = DELIVERED
        except Refused as refused:
            outcome = refused.code.value
        except ProcessingFailed as failed:
            outcome, detail = failed.code.value, failed.detail
    return Passage(outcome, cost, time.monotonic() - began, found, made, detail)
