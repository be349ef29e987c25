"""Signs of life of background workers: one small file each in the data folder.

Written by `lms.worker`, read by `lms.doctor`. Files and not rows, because a worker that cannot
reach its database is one of the things worth seeing.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import structlog

log = structlog.get_logger(__name__)

FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Beat:
    """One worker at one moment. `lanes` by name; instants aware, in UTC."""

    host: str
    pid: int
    lanes: tuple[str, ...]
    started_at: datetime
    beat_at: datetime

    @classmethod
    def first(cls, lanes: Sequence[str], now: datetime) -> Self:
        return cls(socket.gethostname(), os.getpid(), tuple(lanes), now, now)


class HeartbeatFile:
    """The file of this process: beaten every few seconds, removed when the worker ends well."""

    def __init__(self, data: Path, lanes: Sequence[str], *, now: datetime) -> None:
        self._beat = Beat.first(lanes, now)
        self._folder = data / "workers"
        self._path = self._folder / f"{self._beat.host}-{self._beat.pid}.json"
        for left in list_beats(data):
            if now - left.beat_at > FORGOTTEN_AFTER:
                (self._folder / f"{left.host}-{left.pid}.json").unlink(missing_ok=True)
        self.beat(now)

    def beat(self, now: datetime) -> None:
        """Tell that this worker lives. On a full disk nobody is told, and the work goes on."""
        try:
            self._write(now)
        except OSError as error:
            log.warning("heartbeat_not_written", error=error.strerror)

    def _write(self, now: datetime) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = asdict(self._beat) | {
            "started_at": self._beat.started_at.isoformat(),
            "beat_at": now.isoformat(),
        }
        half = self._path.with_suffix(".half")
        half.write_text(json.dumps(content))
        half.replace(self._path)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def list_beats(data: Path) -> list[Beat]:
    """The last sign of every worker that did not end well, the most recent first."""
    beats = [beat for path in (data / "workers").glob("*.json") if (beat := _read(path))]
    return sorted(beats, key=lambda beat: beat.beat_at, reverse=True)


def _read(path: Path) -> Beat | None:
    try:
        content = json.loads(path.read_text())
        return Beat(
            host=str(content["host"]),
            pid=int(content["pid"]),
            lanes=tuple(content["lanes"]),
            started_at=datetime.fromisoformat(content["started_at"]),
            beat_at=datetime.fromisoformat(content["beat_at"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # removed meanwhile, or not one of ours
