"""Nothing of a killed worker's programs goes on: sandboxes that are killed while they are built."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.chaos.processes import wait_until

from media.video import strays
from media.video.limits import Limits
from media.video.runner import supervise
from media.video.sandbox import SandboxKind, sandbox_status

ROOT = Path(__file__).resolve().parents[2]
NAP = ["sleep", "600"]
KILLED = """
import os, random, signal, sys, time
from media.video import sandbox, strays
from media.video.limits import Limits
from media.video.runner import supervise
from media.video.sandbox import SandboxKind, sandbox_status

chance = random.Random(20261124)
limits = Limits(cpu_seconds=60, wall_seconds=60, file_bytes=0)
sandbox.sandbox_status()
for number in range(40):
    worker = os.fork()
    if worker == 0:
        supervise(["sleep", sys.argv[1]], limits=limits)
    time.sleep(chance.uniform(0, 0.06))
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
time.sleep(1)
print(strays.end_strays())
"""
"""Workers that are killed within the first moments of their program."""


@pytest.fixture
def napping() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for one in started:
        one.kill()
        one.wait()


def name_of_the_dead() -> str:
    """The name of a run whose process is gone."""
    program = "from media.video import strays; print(strays.name_run())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_what_belongs_to_the_dead_is_ended_and_nothing_else(
    napping: list[subprocess.Popen[bytes]],
) -> None:
    dead, alive = name_of_the_dead(), strays.name_run()
    space, rest = dead.split(":", 1)
    elsewhere = f"{int(space) + 1}:{rest}"
    napping += [
        subprocess.Popen(NAP, env={**os.environ, strays.MARK: name})
        for name in (dead, alive, elsewhere)
    ]
    strays.end_strays()
    assert napping[0].wait(60) < 0
    assert [one.poll() for one in napping[1:]] == [None, None]
    assert strays.end_run(alive) == 1
    assert napping[1].wait(60) < 0
    assert napping[2].poll() is None


def running(word: str) -> list[str]:
    """Commands that go on and have that word."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_text().split("\0")
            found += [words[0]] if word in words else []
    return found


def test_workers_killed_while_a_sandbox_is_built_leave_nothing() -> None:
    nap = f"600.{os.getpid()}"
    command = [sys.executable, "-c", KILLED, nap]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=300)
    wait_until(lambda: not running(nap), "the end of all")


@pytest.mark.skipif(
    sandbox_status().kind is not SandboxKind.BUBBLEWRAP, reason="not run: there is no sandbox here"
)
def test_no_program_inside_sees_the_name() -> None:
    said = supervise(["env"], limits=Limits(cpu_seconds=10, wall_seconds=60, file_bytes=0)).stdout
    assert b"PATH=" in said
    assert strays.MARK.encode() not in said
