"""Prints the figures that this version must reach, measured on this machine: `make bench`.

    python tools/bench.py [clips rush home weight] [--demo FOLDER]

CPU seconds and memory count every process that ffmpeg needs; times of day are only told, because
they say more about the machine. `--demo` names a data folder in which `lms demo` ran already.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import shutil
import socket
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

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import event, select

from lms import clock, migrate
from lms.app import create_app
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
REQUESTS = 200
MOST_BYTES = 110_000
SOURCES = ("samira-waiting-1", "samira-waiting-2", "koen-badnews-1", "jeroen-waiting-1")
ENCODERS = {
    "h264": ("-c:v", "libx264", "-preset", "veryfast", "-b:v", "1500k", "-f", "matroska"),
    "vp8": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k"),
}
TEXT_TYPES = ("text/", "javascript", "json", "svg")


def tell(what: str, figure: str, target: str = "", *, is_met: bool | None = None) -> None:
    verdict = {True: "ok", False: "NOT MET", None: ""}[is_met]
    print(f"{what:52} {figure:>14}  {target:20} {verdict}".rstrip(), flush=True)


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
        command = [sys.executable, __file__, "--measure", str(source)]
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


# --- home: what one request costs -------------------------------------------------------------


def demo_data(folder: Path, given: Path | None) -> Path:
    """A data folder with the demo in it, ours to write in."""
    data = folder / "demo"
    if data.exists():
        return data
    if given:
        shutil.copytree(given, data, ignore=shutil.ignore_patterns("workers"))
    else:
        subprocess.run(
            [sys.executable, "-m", "lms.cli", "demo"],
            check=True,
            env=os.environ | {"LMS_DATA": str(data), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )
    return data


def bench_home(folder: Path, given: Path | None) -> None:
    settings = Settings(data=demo_data(folder, given), database_url="")
    app = create_app(settings)
    database: Database = app.extensions["lms_database"]
    client = app.test_client()
    place = {"base_url": "https://localhost"}
    page = client.get("/demo", **place).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        sys.exit("the tour shows no form")
    client.post(
        "/demo/stations/home",
        data={"csrf_token": token[1]},
        headers={"Sec-Fetch-Site": "same-origin", "Referer": "https://localhost/demo"},
        **place,
    )
    with counted(database) as statements:
        answer = client.get("/", **place)
    if answer.status_code != 200 or "Samira" not in answer.text:
        sys.exit(f"no home page but {answer.status}")
    tell("learner home: queries", str(len(statements)), "<= 7", is_met=len(statements) <= 7)
    ours, bare = per_request(app, client, place), bare_flask(place)
    tell("learner home: CPU a request (SQLite)", f"{ours:.1f} ms", "<= 10 ms", is_met=ours <= 10)
    tell("  an empty Flask route in the same run", f"{bare:.2f} ms")
    tell("  html, gzipped", f"{len(gzip.compress(answer.data)) / 1000:.1f} kB")
    database.engine.dispose()


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collects the statements that really ask or change something."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def per_request(app: Flask, client: FlaskClient, place: dict[str, str]) -> float:
    """CPU milliseconds of this process for one GET of the first page."""
    for _ in range(20):
        client.get("/", **place)
    began = time.process_time()
    for _ in range(REQUESTS):
        if client.get("/", **place).status_code != 200:
            sys.exit(f"{app.name} stopped answering")
    return 1000 * (time.process_time() - began) / REQUESTS


def bare_flask(place: dict[str, str]) -> float:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "Hoi Samira")
    return per_request(app, app.test_client(), place)


# --- weight: what a browser fetches the first time --------------------------------------------


def bench_weight(folder: Path, given: Path | None) -> None:
    data = demo_data(folder, given)
    with site(data) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        visitor = browser.new_context(base_url=address, locale="nl")
        page = visitor.new_page()
        weigh(page, "first page (sign-in), everything gzipped", "/sign-in", MOST_BYTES)
        page.goto("/demo")
        page.locator('form[action*="/demo/stations/home"] button').first.click()
        page.wait_for_load_state("networkidle")
        fresh = browser.new_context(
            base_url=address, locale="nl", storage_state=visitor.storage_state()
        )
        weigh(fresh.new_page(), "learner home with an empty cache", "/", None)
        browser.close()


def weigh(page: Page, name: str, path: str, most: int | None) -> None:
    """All that a browser with an empty cache gets, as a server that gzips sends it."""
    addresses: list[str] = []
    page.on("response", lambda response: addresses.append(response.url) if response.ok else None)
    page.goto(path, wait_until="networkidle")
    weights: dict[str, int] = {}
    for address in dict.fromkeys(addresses):
        answer = page.request.get(address)
        body, kind = answer.body(), answer.headers.get("content-type", "")
        is_text = any(text in kind for text in TEXT_TYPES)
        sort = kind.split(";")[0]
        weights[sort] = weights.get(sort, 0) + len(gzip.compress(body) if is_text else body)
    whole = sum(weights.values())
    tell(
        f"{name} ({len(set(addresses))} files)",
        f"{whole / 1000:.1f} kB",
        f"<= {most // 1000} kB" if most else "",
        is_met=whole <= most if most else None,
    )
    for sort, weight in sorted(weights.items(), key=lambda item: -item[1]):
        tell(f"  {sort}", f"{weight / 1000:.1f} kB")


@contextmanager
def site(data: Path) -> Iterator[str]:
    """The web process on a port of its own."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = {"LMS_DATA": str(data), "LMS_PORT": str(port), "PYTHONPATH": str(ROOT)}
    web = subprocess.Popen([sys.executable, "-m", "lms.cli", "web"], env=os.environ | environment)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        web.terminate()
        web.wait()


def main() -> None:
    parts = ("clips", "rush", "home", "weight")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=parts, help=" ".join(parts))
    parser.add_argument("--demo", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(measure_clip(chosen.measure)))
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        folder = Path(name).resolve()
        if "clips" in chosen.parts:
            bench_clips(folder)
        if "rush" in chosen.parts:
            bench_rush(folder)
        if "home" in chosen.parts:
            bench_home(folder, chosen.demo)
        if "weight" in chosen.parts:
            bench_weight(folder, chosen.demo)


if __name__ == "__main__":
    main()
