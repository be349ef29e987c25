"""Runs a command beside a PostgreSQL server of its own, and takes that server away afterwards.

    python tools/private_postgres.py -- python -m pytest …

The command finds the server in LMS_TEST_POSTGRES_URL: a superuser on a unix socket in a temporary
folder, so no port, no password and no other cluster of this machine is touched. Tests make and
drop their own databases in it. Durability is off: nothing here outlives the command.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

PACKAGES = Path("/usr/lib/postgresql")
READY_SECONDS = 60
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def find_program(name: str) -> str:
    """A program of the newest PostgreSQL here. Debian keeps them off the path."""
    versions = sorted(PACKAGES.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        sys.exit(f"{name} is not here. Do: apt install postgresql")
    return found


def other_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as `postgres`."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        sys.exit("the user postgres is not here. Do: apt install postgresql")
    return "postgres"


def make_cluster(folder: Path, user: str | None) -> Path:
    if user:
        shutil.chown(folder, user, user)
    data = folder / "data"
    options = ["--auth=trust", "--username=lms", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [find_program("initdb"), f"--pgdata={data}", *options],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        user=user,
        group=user,
    )
    return data


def start(folder: Path, data: Path, user: str | None) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers."""
    # It stops with us, also when we are killed and cannot tell it.
    command = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
    command += [find_program("postgres"), "-D", str(data), "-k", str(folder), "-h", ""]
    for setting in FAST:
        command += ["-c", setting]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, user=user, group=user
        )
    asking = [find_program("pg_isready"), "-q", "-h", str(folder), "-U", "lms"]
    until = time.monotonic() + READY_SECONDS
    while subprocess.run(asking, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            sys.exit((folder / "log").read_text(errors="replace"))
        time.sleep(0.1)
    return server


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run the command to its end; it never outlives us."""
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def stop(number: int, _frame: FrameType | None) -> None:
    """End in the ordinary way, so that the server and its folder are taken away."""
    sys.exit(128 + number)


def main(command: list[str]) -> int:
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, stop)
    user = other_user()
    folder = Path(tempfile.mkdtemp(prefix="lms-pg-"))
    try:
        server = start(folder, make_cluster(folder, user), user)
        try:
            url = f"postgresql+psycopg://lms@/postgres?host={folder}"
            return run(command, os.environ | {"LMS_TEST_POSTGRES_URL": url})
        finally:
            server.terminate()
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
