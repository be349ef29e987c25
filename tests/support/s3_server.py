"""A real S3 server for the tests: OpenStack Swift with its s3api, on this machine only.

Four processes (proxy, account, container, object) over one folder, one replica, no memcached.
It checks signatures, checksums and times as a server of a provider does, which mocks do not.
"""

from __future__ import annotations

import getpass
import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RINGS = Path(__file__).with_name("s3_rings.py")
READY_SECONDS = 60
ACCESS_KEY = "practice:worker"
REGION = "us-east-1"

COMMON = """[swift-hash]
swift_hash_path_suffix = {secret}
[storage-policy:0]
name = only
default = yes
"""

STORE = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
fallocate_reserve = 0
disable_fallocate = true
log_level = WARNING
# A listing is right at once, also when this machine is busy: no queue is served here.
container_update_timeout = 60
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
"""

PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
log_level = WARNING
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache s3api tempauth slo versioned_writes symlink
  proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
conn_timeout = 10
node_timeout = 60
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{nobody}
[filter:s3api]
use = egg:swift#s3api
location = {region}
[filter:tempauth]
use = egg:swift#tempauth
user_practice_worker = {secret} .admin
[filter:slo]
use = egg:swift#slo
[filter:symlink]
use = egg:swift#symlink
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
"""


class CannotStartError(Exception):
    """Swift does not run here; the text says why."""


@dataclass(frozen=True)
class S3Server:
    """Where the server listens, and who may use it."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str = REGION


@contextmanager
def running_swift(folder: Path) -> Iterator[S3Server]:
    """Start Swift in `folder` and stop it afterwards. Raises CannotStartError."""
    _check_file_system(folder)
    ports = _free_ports(5)
    secret = secrets.token_hex(16)
    (folder / "devices/disk").mkdir(parents=True)
    (folder / "swift.conf").write_text(COMMON.format(secret=secret))
    values = {"user": getpass.getuser(), "folder": folder, "secret": secret, "region": REGION}
    programs = {"proxy": PROXY.format(port=ports[3], nobody=ports[4], **values)}
    for name, port in zip(("account", "container", "object"), ports, strict=False):
        programs[name] = STORE.format(name=name, port=port, **values)
    _make_rings(folder, ports[:3])
    servers: list[subprocess.Popen[bytes]] = []
    try:
        for name, configuration in programs.items():
            servers.append(_start(folder, name, configuration))
        _wait(folder, ports[:4], servers)
        yield S3Server(f"http://127.0.0.1:{ports[3]}", ACCESS_KEY, secret)
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _check_file_system(folder: Path) -> None:
    """Swift keeps what it knows of a file in its extended attributes."""
    trial = folder / "trial"
    trial.touch()
    try:
        os.setxattr(trial, "user.swift", b"1")
    except OSError as error:
        raise CannotStartError(
            f"{folder} is on a file system without extended attributes ({error.strerror}). "
            "Give pytest another one with --basetemp."
        ) from error
    trial.unlink()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _make_rings(folder: Path, ports: list[int]) -> None:
    command = [sys.executable, str(RINGS), str(folder), *map(str, ports)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode:
        raise CannotStartError(f"Swift's rings were not made:\n{made.stderr}")


def _start(folder: Path, name: str, configuration: str) -> subprocess.Popen[bytes]:
    file = folder / f"{name}.conf"
    file.write_text(configuration)
    program = Path(sys.executable).with_name(f"swift-{name}-server")
    # It stops with us, also when we are killed and cannot tell it.
    guard = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [*guard, sys.executable, str(program), str(file), "--verbose"],
            stdout=log,
            stderr=log,
            cwd=folder,
        )


def _wait(folder: Path, ports: list[int], servers: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_SECONDS
    while not all(map(_answers, ports)):
        if any(server.poll() is not None for server in servers) or time.monotonic() > until:
            logs = "".join(
                f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}\n"
                for log in sorted(folder.glob("*.log"))
            )
            raise CannotStartError(f"Swift did not come up:\n{logs}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthcheck")
        connection.getresponse().read()
    except OSError:
        return False
    else:
        return True
    finally:
        connection.close()
