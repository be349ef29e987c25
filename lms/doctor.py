"""Looks at everything the site needs and says for each: fine, still to be done, or broken.

Findings are codes with parameters; `lms.cli.doctor` turns them into sentences. Nothing here
changes anything: the probe that tries the storage out is gone afterwards.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from lms import clock, schema
from lms.config import Environment, Settings
from lms.db import Database
from lms.heartbeats import Beat, list_beats
from lms.jobs.models import Job, JobState, Lane
from lms.learning.job_rows import SCANNER, SCANNER_LIMIT
from lms.storage import store_of
from media.scanning.port import ScanFailed
from media.storage.port import BlobDamagedError, StoreUnavailableError
from media.storage.rehearsal import rehearse
from media.transcription.factory import engine_installed, model_available
from media.video.errors import ProcessingFailed
from media.video.limits import Limits
from media.video.runner import supervise
from media.video.sandbox import SandboxKind, sandbox_status

GIGABYTE = 1_000_000_000
LITTLE_SPACE = 5 * GIGABYTE
NO_SPACE = GIGABYTE // 2
"""Less than one upload of the largest size that is allowed by default."""
BEATS_MISSED = 6
LONG_WAIT = timedelta(minutes=30)
REQUIREMENTS = {"faster": "requirements/faster.txt", "openai": "requirements/whisper.txt"}
"""What to install for an engine that is not here."""


class Level(StrEnum):
    OK = "ok"
    TODO = "todo"
    """Works without, less well: no reason to fail."""
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """What one check found. `code` with `params` says it, in whatever language is asked for."""

    check: str
    level: Level
    code: str
    params: dict[str, Any] = field(default_factory=dict)


Check = Callable[[Settings, Database], Finding]


def examine(settings: Settings, database: Database) -> list[Finding]:
    """All findings in the order in which one would repair things."""
    return [check(settings, database) for check in CHECKS]


def look_at_database(_settings: Settings, database: Database) -> Finding:
    name = "database"
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        current = schema.current_revision(database.engine) if _exists(database) else None
    except OperationalError as error:
        reason = str(error.orig).splitlines()[0]
        return Finding(name, Level.BROKEN, "database_unreachable", {"reason": reason})
    latest = schema.latest_revision()
    if current != latest:
        params = {"current": current or "-", "latest": latest}
        return Finding(name, Level.BROKEN, "database_behind", params)
    return Finding(name, Level.OK, "database_ready", {"kind": kind, "number": current})


def _exists(database: Database) -> bool:
    """False where SQLite would make a new file just because somebody looked."""
    file = database.engine.url.database
    return not database.is_sqlite or (file is not None and Path(file).is_file())


def look_at_data(settings: Settings, _database: Database) -> Finding:
    name = "data"
    where = {"path": str(settings.data)}
    try:
        with tempfile.NamedTemporaryFile(dir=settings.data, prefix=".doctor-"):
            pass
    except OSError:
        return Finding(name, Level.BROKEN, "data_not_writable", where)
    folders = [f for f in (settings.uploads, settings.blobs, settings.work) if f.is_dir()]
    if len({folder.stat().st_dev for folder in folders}) > 1:
        return Finding(name, Level.BROKEN, "data_on_two_disks", where)
    free = shutil.disk_usage(settings.data).free
    params = where | {"gigabytes": round(free / GIGABYTE, 1)}
    if free < NO_SPACE:
        return Finding(name, Level.BROKEN, "data_full", params)
    level, code = (Level.TODO, "data_low") if free < LITTLE_SPACE else (Level.OK, "data_ready")
    return Finding(name, level, code, params)


def look_at_storage(settings: Settings, _database: Database) -> Finding:
    """Write, read and remove a probe, as a recording would be."""
    name, params = "storage", _storage_params(settings)
    try:
        with tempfile.TemporaryDirectory(dir=settings.work, prefix="doctor-") as folder:
            weaknesses = rehearse(store_of(settings), Path(folder))
    except ModuleNotFoundError:
        return Finding(name, Level.BROKEN, "storage_no_boto3")
    except StoreUnavailableError as away:
        return Finding(name, Level.BROKEN, "storage_unreachable", {"reason": away.code})
    except BlobDamagedError:
        return Finding(name, Level.BROKEN, "storage_garbled")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Finding(name, Level.BROKEN, "storage_broken", params | {"reason": reason})
    if not weaknesses:
        return Finding(name, Level.OK, f"storage_ready_{settings.storage}", params)
    level = Level.TODO if weaknesses[0] == "versioned" else Level.BROKEN
    return Finding(name, level, f"storage_{weaknesses[0]}", params)


def _storage_params(settings: Settings) -> dict[str, Any]:
    if settings.storage == "disk":
        return {"path": str(settings.blobs)}
    where = settings.s3_endpoint or settings.s3_region
    return {"path": settings.s3_bucket, "bucket": settings.s3_bucket, "endpoint": where}


def look_at_ffmpeg(_settings: Settings, _database: Database) -> Finding:
    versions = {}
    for program in ("ffmpeg", "ffprobe"):
        budget = Limits(cpu_seconds=10, wall_seconds=30, file_bytes=0)
        try:
            said = supervise([program, "-version"], limits=budget).stdout.decode(errors="replace")
        except ProcessingFailed as failed:
            params = {"program": program, "reason": failed.code.value}
            return Finding("ffmpeg", Level.BROKEN, "ffmpeg_missing", params)
        # "ffmpeg version 5.1.9-0+deb12u1 Copyright …"
        versions[program] = said.split(" ", 3)[2] if said.count(" ") > 2 else "?"  # noqa: PLR2004 -- the third word
    return Finding("ffmpeg", Level.OK, "ffmpeg_ready", {"version": versions["ffmpeg"]})


def look_at_sandbox(_settings: Settings, _database: Database) -> Finding:
    status = sandbox_status()
    if status.kind is SandboxKind.BUBBLEWRAP:
        return Finding("sandbox", Level.OK, "sandbox_ready")
    return Finding("sandbox", Level.TODO, f"sandbox_{status.detail_code.value}")


HARMLESS_TRIAL = (
    r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-" + "STANDARD-ANTIVIRUS-" + r"TEST-FILE!$H+H*"
).encode()
"""What every scanner is to find (eicar.org): in pieces, or scanners would find this file."""


def look_at_scanner(settings: Settings, database: Database) -> Finding:
    """Whether the scanner answers and sees; how many clips wait for it."""
    name, scanner = "scanner", settings.scanner
    if scanner is None:
        real = settings.env is Environment.PRODUCTION
        return Finding(name, Level.TODO if real else Level.OK, "scanner_none")
    waiting = {"count": _count_waiting(database, SCANNER), "address": settings.clamd}
    try:
        waiting["version"] = scanner.version()
        sees = not scanner.scan_bytes(HARMLESS_TRIAL).is_clean
    except ScanFailed as failed:
        return Finding(name, Level.BROKEN, "scanner_away", waiting | {"reason": str(failed)})
    if not sees:
        return Finding(name, Level.BROKEN, "scanner_blind", waiting)
    too_large = _count_waiting(database, SCANNER_LIMIT)
    if too_large:
        params = waiting | {"count": too_large, "megabytes": settings.max_upload_mb}
        return Finding(name, Level.BROKEN, "scanner_limit", params)
    return Finding(name, Level.OK, "scanner_ready", waiting)


def _count_waiting(database: Database, reason: str) -> int:
    waits = select(func.count()).where(Job.state == JobState.WAITING, Job.reason == reason)
    if not _exists(database):
        return 0
    try:
        with database.reading() as session:
            return session.scalar(waits) or 0
    except (OperationalError, ProgrammingError):
        return 0  # no table yet, which the database check reports


def look_at_transcription(settings: Settings, _database: Database) -> Finding:
    name = "whisper"
    params = {"engine": settings.whisper_engine, "model": settings.whisper_model}
    if not engine_installed(settings.whisper_engine):
        params["file"] = REQUIREMENTS[settings.whisper_engine]
        return Finding(name, Level.TODO, "engine_missing", params)
    if not model_available(settings.whisper_engine, settings.whisper_model, settings.models):
        return Finding(name, Level.TODO, "model_missing", params)
    return Finding(name, Level.OK, "model_ready", params)


def look_at_worker(settings: Settings, database: Database) -> Finding:
    name = "worker"
    patience = timedelta(seconds=max(30.0, BEATS_MISSED * settings.sweep_seconds))
    beats = list_beats(settings.data)
    alive = [beat for beat in beats if clock.now() - beat.beat_at <= patience]
    served = {lane for beat in alive for lane in beat.lanes}
    missing = [lane.value for lane in Lane if lane.value not in served]
    if alive and not missing:
        return Finding(name, Level.OK, "worker_alive", {"count": len(alive), **_ago(alive[0])})
    if alive:
        return Finding(name, Level.BROKEN, "lanes_unserved", {"lanes": ", ".join(missing)})
    if beats:
        return Finding(name, Level.BROKEN, "worker_silent", _ago(beats[0]))
    # Nobody waits for a worker that was never started: then it is only something to do.
    level = Level.BROKEN if _count_jobs(database).get(JobState.QUEUED) else Level.TODO
    return Finding(name, level, "worker_absent")


def _ago(beat: Beat) -> dict[str, int]:
    return {"seconds": round((clock.now() - beat.beat_at).total_seconds())}


def look_at_queue(_settings: Settings, database: Database) -> Finding:
    counts = _count_jobs(database)
    params: dict[str, Any] = {state.value: counts.get(state, 0) for state in JobState}
    overdue = None
    if counts.get(JobState.QUEUED):
        with database.reading() as session:
            oldest = session.scalar(
                select(func.min(Job.run_after)).where(Job.state == JobState.QUEUED)
            )
        overdue = clock.now() - oldest if oldest else None
    if overdue and overdue > LONG_WAIT:
        params["minutes"] = round(overdue.total_seconds() / 60)
        return Finding("queue", Level.TODO, "queue_slow", params)
    if counts.get(JobState.FAILED):
        return Finding("queue", Level.TODO, "queue_failures", params)
    return Finding("queue", Level.OK, "queue_ready", params)


def _count_jobs(database: Database) -> dict[JobState, int]:
    """Jobs by state; none where there is no table yet, which the database check reports."""
    if not _exists(database):
        return {}
    try:
        with database.reading() as session:
            rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
            return {state: count for state, count in rows}  # noqa: C416 -- Row objects, not tuples
    except (OperationalError, ProgrammingError):
        return {}


def look_at_proxy(settings: Settings, _database: Database) -> Finding:
    """Whether addresses of visitors can be told apart (S37): behind a proxy they look like one."""
    if settings.trusted_proxies:
        return Finding("proxy", Level.OK, "proxy_named", {"count": settings.trusted_proxies})
    real = settings.env is Environment.PRODUCTION
    if real and settings.public_url.startswith("https:"):
        # The site itself speaks no https, so something in front of it does.
        return Finding("proxy", Level.TODO, "proxy_unnamed")
    return Finding("proxy", Level.OK, "proxy_none")


def look_at_mail(_settings: Settings, _database: Database) -> Finding:
    return Finding("mail", Level.TODO, "mail_not_yet")


CHECKS: tuple[Check, ...] = (
    look_at_database,
    look_at_data,
    look_at_storage,
    look_at_ffmpeg,
    look_at_sandbox,
    look_at_scanner,
    look_at_transcription,
    look_at_worker,
    look_at_queue,
    look_at_proxy,
    look_at_mail,
)


def is_healthy(findings: list[Finding]) -> bool:
    return all(finding.level is not Level.BROKEN for finding in findings)
