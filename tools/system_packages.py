"""Sees to the programs that pip cannot install: `python3 tools/system_packages.py run|test`.

Runs before there is a virtual environment, so it uses nothing but the standard library. Where apt
may be used (as root, or by sudo without a password) it installs what is missing; elsewhere it says
what to install and stops.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, NamedTuple  # noqa: UP035 -- must start on any Python, to say it is too old

OLDEST = (3, 11)


def on_path(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def has_postgresql() -> bool:
    return shutil.which("initdb") is not None or any(
        Path("/usr/lib/postgresql").glob("*/bin/initdb")
    )


def has_nginx() -> bool:
    # Debian keeps it where only root looks.
    return shutil.which("nginx") is not None or Path("/usr/sbin/nginx").exists()


def has_venv() -> bool:
    # Debian leaves this out of python3 itself.
    return importlib.util.find_spec("ensurepip") is not None


class Need(NamedTuple):
    package: str
    is_there: Callable[[], bool]
    reason: str
    is_required: bool = True


RUN = (
    Need("python3-venv", has_venv, "the virtual environment"),
    Need("ffmpeg", on_path("ffmpeg"), "makes clips playable"),
    Need("bubblewrap", on_path("bwrap"), "locks ffmpeg in; else only limits", is_required=False),
)
TEST = (
    *RUN,
    Need("chromium", on_path("chromium"), "the browser of the journeys"),
    Need("nginx", has_nginx, "hands out clips in front of the site"),
    Need("firefox-esr", on_path("firefox-esr"), "the other browser of the journeys"),
    Need("espeak-ng", on_path("espeak-ng"), "speaks the sentences of the tests"),
    Need("postgresql", has_postgresql, "the second database"),
)


def apt() -> list[str] | None:
    """How to call apt-get here, None where we may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    allowed = subprocess.run([sudo, "-n", "true"], check=False, stderr=subprocess.DEVNULL)
    if allowed.returncode != 0:
        return None
    return [sudo, "-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]


def install(packages: list[str], call: list[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print("Installing with apt:", *packages, flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run([*call, *command], check=True, env=environment)


def main(what: str) -> int:
    if sys.version_info < OLDEST:
        here = ".".join(map(str, sys.version_info[:3]))
        print(f"Python 3.11 or newer is needed, this is {here}. Try: make PYTHON=python3.11 …")
        return 1
    missing = [need for need in (TEST if what == "test" else RUN) if not need.is_there()]
    if not missing:
        return 0
    call = apt()
    if call:
        try:
            install([need.package for need in missing], call)
        except subprocess.CalledProcessError:
            print("apt did not succeed; see above.", flush=True)
        missing = [need for need in missing if not need.is_there()]
    for need in missing:
        print(f"Missing: {need.package} ({need.reason}).")
    if missing:
        print("Install by hand: sudo apt install", *(need.package for need in missing))
    return 1 if any(need.is_required for need in missing) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
