"""How a page answers while others upload: the part `lines` of the bench.

Fifty people send at 1.5 MB/s and twenty fall silent in the middle of a piece, again and again. One
more asks for the first page, before and meanwhile. Ends by itself: the load lasts `LOAD_SECONDS`, in
a process of its own, and what it sent (some 75 MB a second) lies in the bench's folder.
"""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from ctypes import c_int64
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from sqlalchemy import select
from support.served import Browser, Site, add_trainee, served, sign_in

from courses.models import Cohort, Organisation
from lms.accounts.models import Account
from lms.app import create_app

SENDERS, SILENT = 50, 20
BYTES_A_SECOND = 1_500_000
PIECE = 1_500_000
BLOCK = 50_000
LOAD_SECONDS = 16.0
SETTLE_SECONDS = 3.0
MOST_REQUESTS = 150
PATIENCE_SECONDS = 30.0

Load = tuple[Browser, str]


def invite(site: Site, number: int) -> list[Load]:
    """So many people with an upload each, opened as the recorder opens it."""
    with site.database.transaction() as session:
        home = session.scalars(select(Organisation)).one()
        cohort = session.scalars(select(Cohort)).one()
        people = [add_trainee(session, home, cohort, f"Iemand{n}").id for n in range(number)]
        found = select(Account.id).where(Account.person_id.in_(people))
        accounts = list(session.scalars(found))
    app = create_app(site.settings, site.database)
    browsers = [sign_in(site.settings, site.database, one, app) for one in accounts]
    return [(one, one.create(site.start_take(one))) for one in browsers]


def connect(browser: Browser) -> socket.socket:
    return socket.create_connection(("127.0.0.1", browser.port), PATIENCE_SECONDS)


def send_on(load: Load, until: float, sent: Synchronized[int]) -> None:
    """Piece after piece at a steady pace, on one kept line, as long as it is answered."""
    browser, path = load
    body, offset = bytes(BLOCK), 0
    with connect(browser) as line:
        while time.monotonic() < until:
            due = time.monotonic()
            line.sendall(browser.patch_head(path, offset, Content_Length=str(PIECE)))
            for _ in range(PIECE // BLOCK):
                line.sendall(body)
                due += BLOCK / BYTES_A_SECOND
                time.sleep(max(0, due - time.monotonic()))
            response = http.client.HTTPResponse(line)
            response.begin()
            response.read()
            if response.status != http.HTTPStatus.NO_CONTENT:
                raise SystemExit(f"a piece was answered with {response.status}")
            offset += PIECE
            with sent.get_lock():
                sent.value += PIECE


def fall_silent(load: Load, until: float, sent: Synchronized[int]) -> None:  # noqa: ARG001 -- the same shape as `send_on`
    """Begin a piece, say nothing more, and begin again when the line is cut."""
    browser, path = load
    while time.monotonic() < until:
        with suppress(OSError, http.client.HTTPException):
            offset = browser.head(path).offset
            with connect(browser) as line:
                line.sendall(browser.patch_head(path, offset, Content_Length=str(PIECE)) + b"x")
                line.settimeout(max(0.1, until - time.monotonic()))
                line.recv(1)


def burden(loads: list[Load], until: float, sent: Synchronized[int]) -> None:
    deeds = [send_on] * SENDERS + [fall_silent] * SILENT
    threads = [
        threading.Thread(target=deed, args=(load, until, sent), daemon=True)
        for deed, load in zip(deeds, loads, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(until - time.monotonic() + PATIENCE_SECONDS)


def ask(browser: Browser, until: float) -> list[float]:
    """Milliseconds of each visit to the first page, one after the other."""
    took = []
    while len(took) < MOST_REQUESTS and time.monotonic() < until:
        began = time.monotonic()
        answer = browser.call("GET", "/")
        took.append(1000 * (time.monotonic() - began))
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"the first page was answered with {answer.status}")
        time.sleep(0.02)
    return took


def at(share: int, took: list[float]) -> float:
    return statistics.quantiles(took, n=100, method="inclusive")[share - 1]


def bench_lines(folder: Path, tell: Callable[..., None]) -> None:
    many = {"uploads_per_minute": 10_000, "web_threads": 64}
    with served(folder / "lines", **many) as site:
        loads = invite(site, SENDERS + SILENT)
        visitor = site.samira
        ask(visitor, time.monotonic() + 1)
        calm = ask(visitor, time.monotonic() + LOAD_SECONDS)
        fork = multiprocessing.get_context("fork")
        sent = fork.Value(c_int64, 0)
        until = time.monotonic() + LOAD_SECONDS
        others = fork.Process(target=burden, args=(loads, until, sent))
        others.start()
        try:
            time.sleep(SETTLE_SECONDS)
            began, before = time.monotonic(), sent.value
            busy = ask(visitor, until)
            rate = (sent.value - before) / (time.monotonic() - began) / 1e6
            others.join(LOAD_SECONDS + PATIENCE_SECONDS)
        finally:
            others.kill()
            others.join()
    for share in (50, 95):
        tell(f"first page with no load: p{share} of {len(calm)}", f"{at(share, calm):.0f} ms")
    lines = f"{SENDERS} clients of 1.5 MB/s and {SILENT} stalled"
    for share in (50, 95):
        tell(f"  with {lines}: p{share} of {len(busy)}", f"{at(share, busy):.0f} ms")
        times = at(share, busy) / at(share, calm)
        tell(f"    times the figure without load, p{share}", f"{100 * times:.0f} %")
    tell("  the slowest", f"{max(busy):.0f} ms", "answered", is_met=bool(busy))
    tell("  what the clients got through", f"{rate:.0f} MB/s", f"of {SENDERS * 1.5:.0f} asked")
