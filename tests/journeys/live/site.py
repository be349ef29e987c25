"""A whole site for the journeys: migrated database, demo, web server and worker of its own.

The demo is built once a test run by the real command, which takes half a minute; every site
begins with a copy of that folder. Processes are ended by their own number.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lms.cli.server import answers, web_command, worker_command
from lms.config import Environment, Settings
from media.transcription.checkpoint import ensure_demo_model

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 90.0
STOP_SECONDS = 20.0
DEMO_SECONDS = 600.0


class SiteError(RuntimeError):
    """The site did not do what a journey needs; the text holds the end of its log."""


def environment(data: Path, **more: str) -> dict[str, str]:
    """The variables of a process of the site: none of the caller's own settings leak in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    ours = {"LMS_DATA": str(data), "LMS_ENV": "development", "PYTHONPATH": str(ROOT)}
    return kept | ours | more


def demo_folder(shared: Path) -> Path:
    """A data folder with the demo in it, built by whoever of the test workers comes first."""
    ready = os.environ.get("LMS_TEST_DEMO")
    if ready:
        return Path(ready)
    folder, done = shared / "demo", shared / "demo.done"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _build_demo(folder)
            done.touch()
    return folder


def _build_demo(folder: Path) -> None:
    command = [sys.executable, "-m", "lms.cli", "demo", "--reset"]
    built = subprocess.run(
        command,
        env=environment(folder),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
    )
    if built.returncode:
        raise SiteError(f"the demo was not built:\n{built.stdout}\n{built.stderr}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running site. `address` has no slash at its end."""

    data: Path
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data / "site.log"

    @classmethod
    def from_demo(cls, demo: Path, data: Path) -> Site:
        """A site of its own with a fresh copy of the demo; own recordings get the demo model."""
        shutil.copytree(demo, data)
        site = cls(data, free_port())
        model = ensure_demo_model(data / "models", "faster")
        # The same commands as `lms run`, minus its supervisor: what dies here must stay dead.
        settings = Settings(data=data, port=site.port, env=Environment.DEVELOPMENT)
        variables = environment(data, LMS_PORT=str(site.port), LMS_WHISPER_MODEL=str(model))
        site._start("web", web_command(settings), variables)
        site._start("worker", worker_command(), variables)
        try:
            site._wait_until_up(settings)
        except BaseException:
            site.stop()
            raise
        return site

    def _start(self, name: str, command: Sequence[str], variables: dict[str, str]) -> None:
        mortal = ["setpriv", "--pdeathsig", "TERM", *command]  # a killed test run leaves nothing
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                mortal, env=variables, cwd=ROOT, stdout=log, stderr=log
            )

    def _wait_until_up(self, settings: Settings) -> None:
        until = time.monotonic() + START_SECONDS
        while not answers(settings):
            self.check()
            if time.monotonic() > until:
                raise SiteError(f"no answer from {self.address}:\n{self.tail()}")
            time.sleep(0.1)

    def check(self) -> None:
        """Raise when one of the processes died."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise SiteError(f"{name} ended with {process.returncode}:\n{self.tail()}")

    def crashes(self) -> list[str]:
        """Lines of the log that no journey may leave behind."""
        marks = ("request_crashed", "job_crashed", "lane_failed", "sweep_failed", "Traceback")
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if any(mark in line for mark in marks)]

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @contextmanager
    def worker_at_rest(self) -> Iterator[None]:
        """Let the worker do nothing for a moment, as when it is busy with somebody else."""
        worker = self.processes["worker"]
        self._freeze(worker)
        try:
            yield
        finally:
            worker.send_signal(signal.SIGCONT)

    def _freeze(self, worker: subprocess.Popen[bytes]) -> None:
        """Stop it, but never in the middle of a transaction: SQLite would let nobody write."""
        until = time.monotonic() + START_SECONDS
        worker.send_signal(signal.SIGSTOP)
        while not self._may_write():
            worker.send_signal(signal.SIGCONT)
            if time.monotonic() > until:
                raise SiteError(f"nobody can write:\n{self.tail()}")
            time.sleep(0.05)
            worker.send_signal(signal.SIGSTOP)

    def _may_write(self) -> bool:
        with closing(
            sqlite3.connect(self.data / "lms.sqlite3", timeout=2, isolation_level=None)
        ) as db:
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            db.execute("ROLLBACK")
            return True

    @contextmanager
    def worker_halfway(self, kind: str) -> Iterator[None]:
        """Wait until the worker does a job of `kind`, and hold it there for a moment."""
        until = time.monotonic() + START_SECONDS
        while not self._runs(kind):
            if time.monotonic() > until:
                raise SiteError(f"no {kind} was begun:\n{self.tail()}")
            time.sleep(0.01)
        with self.worker_at_rest():
            yield

    def _runs(self, kind: str) -> bool:
        with closing(sqlite3.connect(f"file:{self.data / 'lms.sqlite3'}?mode=ro", uri=True)) as db:
            found = db.execute("SELECT 1 FROM job WHERE kind = ? AND state = 'running'", [kind])
            return found.fetchone() is not None

    def stop(self) -> None:
        """Ask both to stop, then wait; what does not listen is killed."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
