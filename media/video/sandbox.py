"""Where a program of the ffmpeg family runs: without network, and with only its own files in sight.

A decoder that is taken over by a crafted file should find nothing to read and nowhere to send it.
With bubblewrap the program sees the system's libraries, its input (read-only) and its output folder
and has no network, no other process and no /proc. Many containers forbid the user namespaces this
needs: then the limits, the whitelists and the pixel ceiling remain, and the log says so loudly.
Starting and watching the program is left to `runner`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import structlog

from media.video.errors import FailureCode, ProcessingFailed
from media.video.limits import MEBIBYTE, Limits

log = structlog.get_logger(__name__)

NICENESS = 10
# English messages, so that they can be recognised. Two arenas: each reserves 64 MiB of the address
# space per thread and would eat the limit on a machine with many cores.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "MALLOC_ARENA_MAX": "2"}


class SandboxKind(StrEnum):
    BUBBLEWRAP = "bubblewrap"
    LIMITS_ONLY = "limits_only"


class SandboxDetail(StrEnum):
    READY = "ready"
    FFMPEG_MISSING = "ffmpeg_missing"
    BUBBLEWRAP_MISSING = "bubblewrap_missing"
    NAMESPACES_FORBIDDEN = "namespaces_forbidden"
    SANDBOX_FAILED = "sandbox_failed"


@dataclass(frozen=True)
class SandboxStatus:
    """How programs are run on this machine, and why not better."""

    kind: SandboxKind
    detail_code: SandboxDetail


@cache
def sandbox_status() -> SandboxStatus:
    """Find out once per process whether ffmpeg starts inside bubblewrap."""
    status = _detect()
    if status.kind is SandboxKind.LIMITS_ONLY:
        log.warning("media.sandbox.limits_only", detail_code=status.detail_code.value)
    return status


def confine(
    argv: Sequence[str],
    *,
    limits: Limits,
    readable: Sequence[Path] = (),
    writable: Path | None = None,
    kind: SandboxKind,
) -> list[str]:
    """Return the command that runs `argv` under `limits` and, where possible, out of sight.

    `readable` are regular files and `writable` is an existing folder, all absolute. Under
    bubblewrap they keep their own names inside, so the command is the same in both kinds.
    """
    chain = ["setpriv", "--pdeathsig", "KILL"]
    if kind is SandboxKind.LIMITS_ONLY:
        # bubblewrap does this itself; where it is installed setuid it could not start after this.
        chain.append("--no-new-privs")
    chain += ["prlimit", *_limit_options(limits), "nice", "-n", str(NICENESS)]
    if kind is SandboxKind.BUBBLEWRAP:
        chain += _bubblewrap(readable, writable)
    return [*chain, program(argv[0]), *argv[1:]]


def program(name: str) -> str:
    """Return where a program is; raise `ProcessingFailed` (tool_missing) when it is nowhere."""
    found = _where(name)
    if found is None:
        raise ProcessingFailed(FailureCode.TOOL_MISSING, name)
    return found


def _where(name: str) -> str | None:
    # The path that the program itself will get, not the one of whoever started us.
    return shutil.which(name, path=ENVIRONMENT["PATH"])


def _limit_options(limits: Limits) -> list[str]:
    # Soft and hard limit are equal: at a soft CPU limit ffmpeg would finish its file and exit as
    # if interrupted by hand.
    return [
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds}",
        f"--as={limits.address_space_bytes}:{limits.address_space_bytes}",
        f"--fsize={limits.file_bytes}:{limits.file_bytes}",
        "--nofile=256:256",
        "--core=0:0",
    ]


def _bubblewrap(readable: Sequence[Path], writable: Path | None) -> list[str]:
    command = [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--clearenv", "--ro-bind", "/usr", "/usr"),
        # ffmpeg's libblas is a link through /etc/alternatives.
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
        # No /proc: ffmpeg does not need it, and containers often forbid to mount one.
        *("--dev", "/dev"),
    ]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    for folder in ("/lib", "/lib64"):
        command += _system_folder(Path(folder))
    if writable is not None:
        command += ["--bind", str(writable.resolve(strict=True)), str(writable)]
    for path in readable:
        command += ["--ro-bind", str(path.resolve(strict=True)), str(path)]
    return [*command, "--chdir", "/", "--remount-ro", "/"]


def _system_folder(folder: Path) -> list[str]:
    """Return /lib and its like as they are here: a link into /usr, or a folder on older systems."""
    if folder.is_symlink():
        return ["--symlink", str(folder.readlink()), str(folder)]
    return ["--ro-bind", str(folder), str(folder)] if folder.is_dir() else []


def _detect() -> SandboxStatus:
    if _where("ffmpeg") is None or _where("ffprobe") is None:
        return SandboxStatus(SandboxKind.LIMITS_ONLY, SandboxDetail.FFMPEG_MISSING)
    if _where("bwrap") is None:
        return SandboxStatus(SandboxKind.LIMITS_ONLY, SandboxDetail.BUBBLEWRAP_MISSING)
    trial = Limits(cpu_seconds=10, wall_seconds=30, file_bytes=MEBIBYTE)
    command = confine(["ffmpeg", "-version"], limits=trial, kind=SandboxKind.BUBBLEWRAP)
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, no outside text in it
            command,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=trial.wall_seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("media.sandbox.trial_failed", error=str(error))
        return SandboxStatus(SandboxKind.LIMITS_ONLY, SandboxDetail.SANDBOX_FAILED)
    if done.returncode == 0:
        return SandboxStatus(SandboxKind.BUBBLEWRAP, SandboxDetail.READY)
    message = done.stderr.decode(errors="replace")
    log.warning("media.sandbox.trial_failed", error=message[-500:])
    return SandboxStatus(SandboxKind.LIMITS_ONLY, refusal_of_bubblewrap(message))


def refusal_of_bubblewrap(message: str) -> SandboxDetail:
    """Return the detail code for what bubblewrap said: forbidden by the host, or broken."""
    forbidden = ("namespace", "Operation not permitted", "Permission denied", "uid map")
    if any(words in message for words in forbidden):
        return SandboxDetail.NAMESPACES_FORBIDDEN
    return SandboxDetail.SANDBOX_FAILED
