"""Ends programs that outlived the process that ran them: what a killed worker leaves behind.

A program asks for itself to die with its parent (`setpriv`, bubblewrap's `--die-with-parent`), some
milliseconds after its start. A worker that is killed within those leaves a program that nobody
ends, or half a sandbox that waits for ever: of 300 kills in the first 60 ms, 40 left one. So every
program carries the name of its run in its environment, which the kernel shows of each process
(/proc, Linux) and no program inside the sandbox gets to see.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

MARK = "LMS_RUN"
PROC = Path("/proc")


def name_run() -> str:
    """The value of `MARK` for a run of this process; no two are the same."""
    return f"{_space()}:{os.getpid()}:{_begun(os.getpid())}:{uuid4().hex}"


def end_run(name: str) -> int:
    """Kill what is left of one run; how many processes that were."""
    return sum(_kill(pid) for pid, mark in _marked() if mark == name)


def end_strays() -> int:
    """Kill what belongs to processes that are gone; how many that were. Others' runs are left."""
    return sum(_kill(pid) for pid, mark in _marked() if _is_orphaned(mark))


def _is_orphaned(mark: str) -> bool:
    space, pid, begun, _run = mark.split(":")
    # Ids of processes mean something only where they were given out: not in another container.
    return space == _space() and _begun(int(pid)) != begun


def _marked() -> Iterator[tuple[int, str]]:
    wanted = f"{MARK}=".encode()
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or somebody else's
            for said in (folder / "environ").read_bytes().split(b"\0"):
                if said.startswith(wanted) and said.count(b":") == 3:  # noqa: PLR2004 -- the parts of a name
                    yield int(folder.name), said[len(wanted) :].decode()


def _space() -> str:
    """The number of the space in which our process ids hold; empty where nobody tells."""
    with suppress(OSError):
        return str((PROC / "self/ns/pid").stat().st_ino)
    return ""


def _begun(pid: int) -> str | None:
    """When a process began, in ticks; None when it is gone. Ids are given out again."""
    try:
        told = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    state, *_rest = fields = told.rpartition(")")[2].split()
    return None if state == "Z" else fields[19]


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return False
    return True
