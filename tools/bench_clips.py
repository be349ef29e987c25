"""What a clip costs, and a whole class at once: the parts `clips` and `rush` of the bench.

    python tools/bench_clips.py FILE

prints the cost of one file as JSON; the bench itself asks for it in a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

from bench_figures import tell
from sqlalchemy import select

from lms import clock, migrate
from lms.config import Settings
from lms.db import Database
from lms.demo.content import CLIPS
from lms.jobs.models import Job, JobState
from lms.learning.job_rows import NORMALISE, TRANSCRIBE, process_clip
from media.models import Clip
from media.storage.disk import DiskStore
from media.video import sandbox
from media.video.limits import MediaLimits
from media.video.normalise import normalise
from media.video.probe import probe

ROOT = Path(__file__).resolve().parent.parent
CLIP_SECONDS = 60
PICTURE = "scale=1280:720,fps=30,noise=alls=8:allf=t,format=yuv420p"
RUSH = 15
SOURCES = ("samira-waiting-1", "samira-waiting-2", "koen-badnews-1", "jeroen-waiting-1")
ENCODERS = {
    "h264": ("-c:v", "libx264", "-preset", "veryfast", "-b:v", "1500k", "-f", "matroska"),
    "vp8": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k"),
}


# --- clips: CPU and memory of one take --------------------------------------------------------


def make_clip(folder: Path, codec: str) -> Path:
    """Sixty seconds of somebody who talks, with the noise of a webcam in an office."""
    made = folder / f"{codec}.webm"
    if made.exists():
        return made
    listing = folder / "sources.txt"
    listing.write_text("".join(f"file '{CLIPS / name}.mp4'\n" for name in SOURCES * 3))
    command = ["ffmpeg", "-v", "error", "-f", "concat", "-safe", "0", "-i", str(listing)]
    command += ["-t", str(CLIP_SECONDS), "-vf", PICTURE]
    command += [*ENCODERS[codec], "-c:a", "libopus", "-b:a", "48k", str(made)]
    subprocess.run(command, check=True)
    return made


def measure_clip(source: Path) -> dict[str, float]:
    """Process one clip; what that cost this process and all below it.

    Without bubblewrap, which leaves ffmpeg's costs to init instead of handing them up to us.
    """
    plain = sandbox.SandboxStatus(
        sandbox.SandboxKind.LIMITS_ONLY, sandbox.SandboxDetail.BUBBLEWRAP_MISSING
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(sandbox, "sandbox_status", return_value=plain),
        peaks() as memory,
    ):
        before = time.thread_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
        found = probe(source, MediaLimits())
        made = normalise(source, Path(folder), found)
        after = time.thread_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after[0] - before[0]
    cpu += after[1].ru_utime + after[1].ru_stime - before[1].ru_utime - before[1].ru_stime
    size = sum(file.bytes for file in made.files if file.kind.value in ("video", "audio"))
    return {
        "cpu": cpu,
        "mib": max(memory.values()) / 1024,
        "copied": made.video_copied,
        "mb": size / 1e6,
    }


@contextmanager
def peaks() -> Iterator[dict[int, int]]:
    """The most memory (KiB) of every ffmpeg that runs meanwhile, by pid, as the kernel says it."""
    seen: dict[int, int] = {}
    done = threading.Event()
    ours = f"\nPPid:\t{os.getpid()}\n"  # others may be busy on this machine

    def look() -> None:
        while not done.wait(0.05):
            for status in Path("/proc").glob("[0-9]*/status"):
                with suppress(OSError):
                    text = status.read_text()
                    peak = re.search(r"^VmHWM:\s+(\d+)", text, re.MULTILINE)
                    if peak and text.startswith("Name:\tffmpeg\n") and ours in text:
                        seen[int(status.parent.name)] = int(peak[1])

    watcher = threading.Thread(target=look)
    watcher.start()
    yield seen
    done.set()
    watcher.join()


def bench_clips(folder: Path) -> None:
    for codec, target in (("h264", 2), ("vp8", 40)):
        source = make_clip(folder, codec)
        # A process of its own: the peak of memory belongs to this clip alone.
        command = [sys.executable, __file__, str(source)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        cost = json.loads(done.stdout)
        how = "copied" if cost["copied"] else "encoded"
        name = f"60 s {codec} webm, picture {how}: CPU until playable"
        tell(name, f"{cost['cpu']:.1f} s", f"<= {target} s", is_met=cost["cpu"] <= target)
        tell(
            "  peak memory of ffmpeg",
            f"{cost['mib']:.0f} MiB",
            "< 400 MB",
            is_met=cost["mib"] < 380,
        )
        tell("  delivered", f"{cost['mb']:.1f} MB")


# --- rush: a whole class at once --------------------------------------------------------------


def bench_rush(folder: Path) -> None:
    source = make_clip(folder, "h264")
    settings, database = installation(folder / "rush")
    queue_takes(settings, database, source)
    began = clock.now()
    environment = os.environ | {"LMS_DATA": str(settings.data), "LMS_WHISPER_MODEL": "demomodel"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "lms.worker"],
        env=environment | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        while len(ends(database, TRANSCRIBE)) < RUSH:
            if worker.poll() is not None or failures(database):
                sys.exit(f"the worker failed: {failures(database)}")
            time.sleep(0.5)
    finally:
        worker.terminate()
        worker.wait()
    playable, texts = ends(database, NORMALISE), ends(database, TRANSCRIBE)
    seconds = [
        (moment - began).total_seconds()
        for moment in (playable[0], playable[-1], texts[0], texts[-1])
    ]
    tell(f"class rush, {RUSH} takes of 60 s: first playable after", f"{seconds[0]:.0f} s")
    tell("  last playable after", f"{seconds[1]:.0f} s")
    tell(
        "  first text after",
        f"{seconds[2]:.0f} s",
        "all playable first",
        is_met=playable[-1] <= texts[0],
    )
    tell("  last text after (demo model)", f"{seconds[3]:.0f} s")
    database.engine.dispose()


def installation(data: Path) -> tuple[Settings, Database]:
    settings = Settings(data=data, database_url="", whisper_model="demomodel")
    settings.make_folders()
    migrate.upgrade(settings.url)
    return settings, Database.at(settings.url)


def queue_takes(settings: Settings, database: Database, source: Path) -> None:
    """Clips as they are after an upload, all with the same second of arrival."""
    now = clock.now()
    store = DiskStore(settings.blobs)
    with database.transaction() as session:
        for _ in range(RUSH):
            public_id, sha256 = uuid4(), "0" * 64
            part = settings.uploads / f"{public_id}.part"
            shutil.copyfile(source, part)
            store.put(f"{public_id}/{sha256}", part)
            session.add(
                Clip(
                    public_id=public_id,
                    organisation_id=1,
                    original_sha256=sha256,
                    original_bytes=source.stat().st_size,
                    media_type="video/webm",
                    created_at=now,
                )
            )
            process_clip(session, organisation_id=1, clip=public_id, now=now)


def ends(database: Database, kind: str) -> list[datetime]:
    with database.reading() as session:
        done = select(Job.finished_at).where(Job.kind == kind, Job.state == JobState.DONE)
        return sorted(moment for moment in session.scalars(done) if moment)


def failures(database: Database) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(Job.last_error).where(Job.last_error.is_not(None))))


if __name__ == "__main__":
    print(json.dumps(measure_clip(Path(sys.argv[1]))))
