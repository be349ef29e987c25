"""Prints the figures that this version must reach, measured on this machine: `make bench`.

    python tools/bench.py [clips rush home weight lines] [--demo FOLDER]

CPU seconds and memory count every process that ffmpeg needs; times of day are only told, because
they say more about the machine. `--demo` names a data folder in which `lms demo` ran already.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_clips import bench_clips, bench_rush
from bench_figures import tell
from bench_lines import bench_lines
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import event

from lms.app import create_app
from lms.config import Settings
from lms.db import Database

ROOT = Path(__file__).resolve().parent.parent
REQUESTS = 200
MOST_BYTES = 110_000
TEXT_TYPES = ("text/", "javascript", "json", "svg")


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
    parts = ("clips", "rush", "home", "weight", "lines")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=parts, help=" ".join(parts))
    parser.add_argument("--demo", type=Path)
    chosen = parser.parse_args()
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
        if "lines" in chosen.parts:
            bench_lines(folder)


if __name__ == "__main__":
    main()
