"""How a page answers while others upload: the part `lines` of the bench.

Fifty people send at 1.5 MB/s, once in pieces of a second, as the recorder does, and once in one
piece, as clients of others do; twenty fall silent in the middle of a piece, again and again. One
more asks for the first page, before and meanwhile. Ends by itself: a load lasts `LOAD_SECONDS`, in
a process of its own, and what it sent (75 MB a second) lies in the bench's folder until then.
"""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import statistics
import sys
import threading
import time
from contextlib import suppress
from ctypes import c_int64
from dataclasses import dataclass
from http import HTTPStatus
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from bench_figures import tell
from sqlalchemy import select
from support.furnished import add_trainee
from support.served import Browser, Site, served, sign_in

from courses.models import Cohort, Organisation
from lms.accounts.models import Account
from lms.app import create_app

SENDERS, SILENT = 50, 20
BYTES_A_SECOND = 1_500_000
BLOCK = 50_000
LOAD_SECONDS = 15.0
PIECES = {"pieces of a second": BYTES_A_SECOND, "one long piece": 40 * BYTES_A_SECOND}
SETTLE_SECONDS = 3.0
MOST_REQUESTS = 150
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Load:
    """What each of them does until when, and how many bytes went out in all."""

    people: list[tuple[Browser, str]]
    piece: int
    until: float
    sent: Synchronized[int]

    def is_over(self) -> bool:
        return time.monotonic() >= self.until


def invite(site: Site, number: int) -> list[Browser]:
    """So many people more, signed in."""
    with site.database.transaction() as session:
        home = session.scalars(select(Organisation)).one()
        cohort = session.scalars(select(Cohort)).one()
        people = [add_trainee(session, home, cohort, f"Iemand{n}").id for n in range(number)]
        found = select(Account.id).where(Account.person_id.in_(people))
        accounts = list(session.scalars(found))
    app = create_app(site.settings, site.database)
    return [sign_in(site.settings, site.database, one, app) for one in accounts]


def connect(browser: Browser) -> socket.socket:
    return socket.create_connection(("127.0.0.1", browser.port), PATIENCE_SECONDS)


def send_on(browser: Browser, path: str, load: Load) -> None:
    """Piece after piece at a steady pace, on one kept line, as long as it is answered."""
    body, offset = bytes(BLOCK), 0
    with connect(browser) as line:
        while not load.is_over():
            due = time.monotonic()
            line.sendall(browser.patch_head(path, offset, Content_Length=str(load.piece)))
            for _ in range(load.piece // BLOCK):
                line.sendall(body)
                with load.sent.get_lock():
                    load.sent.value += BLOCK
                due += BLOCK / BYTES_A_SECOND
                time.sleep(max(0, due - time.monotonic()))
                if load.is_over():
                    return
            response = http.client.HTTPResponse(line)
            response.begin()
            response.read()
            if response.status != HTTPStatus.NO_CONTENT:
                raise SystemExit(f"a piece was answered with {response.status}")
            offset += load.piece


def fall_silent(browser: Browser, path: str, load: Load) -> None:
    """Begin a piece, say nothing more, and begin again when the line is cut."""
    while not load.is_over():
        with suppress(OSError, http.client.HTTPException):
            offset = browser.head(path).offset
            with connect(browser) as line:
                line.sendall(browser.patch_head(path, offset, Content_Length="100000") + b"x")
                line.settimeout(max(0.1, load.until - time.monotonic()))
                line.recv(1)


def burden(load: Load) -> None:
    deeds = [send_on] * SENDERS + [fall_silent] * SILENT
    threads = [
        threading.Thread(target=deed, args=(*one, load), daemon=True)
        for deed, one in zip(deeds, load.people, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(load.until - time.monotonic() + PATIENCE_SECONDS)


def ask(browser: Browser, until: float) -> list[float]:
    """Milliseconds of each visit to the first page, one after the other."""
    took = []
    while len(took) < MOST_REQUESTS and time.monotonic() < until:
        began = time.monotonic()
        answer = browser.call("GET", "/")
        took.append(1000 * (time.monotonic() - began))
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"the first page was answered with {answer.status}")
        time.sleep(0.02)
    return took


def at(share: int, took: list[float]) -> float:
    return statistics.quantiles(took, n=100, method="inclusive")[share - 1]


def ask_meanwhile(site: Site, people: list[Browser], piece: int) -> tuple[list[float], float]:
    """How long the first page took under that load, and the bytes a second that went through."""
    fork = multiprocessing.get_context("fork")
    uploads = [(one, one.create(site.start_take(one))) for one in people]
    load = Load(uploads, piece, time.monotonic() + LOAD_SECONDS, fork.Value(c_int64, 0))
    others = fork.Process(target=burden, args=(load,))
    others.start()
    try:
        time.sleep(SETTLE_SECONDS)
        began, before = time.monotonic(), load.sent.value
        took = ask(site.samira, load.until)
        rate = (load.sent.value - before) / (time.monotonic() - began)
        others.join(LOAD_SECONDS + PATIENCE_SECONDS)
    finally:
        others.kill()
        others.join()
    return took, rate


def bench_lines(folder: Path) -> None:
    with served(folder / "lines", uploads_per_minute=10_000, web_threads=64) as site:
        people = invite(site, SENDERS + SILENT)
        ask(site.samira, time.monotonic() + 1)
        calm = ask(site.samira, time.monotonic() + LOAD_SECONDS)
        tell(f"first page, no load, p50 and p95 of {len(calm)}", figures(calm))
        for name, piece in PIECES.items():
            busy, rate = ask_meanwhile(site, people, piece)
            tell(f"  {SENDERS} send 1.5 MB/s in {name}, {SILENT} stall: {len(busy)}", figures(busy))
            times = [100 * at(share, busy) / at(share, calm) for share in (50, 95)]
            tell("    of the figures without load", f"{times[0]:.0f} / {times[1]:.0f} %")
            tell("    the slowest answer", f"{max(busy):.0f} ms", "answered", is_met=True)
            tell("    went through", f"{rate / 1e6:.0f} MB/s", f"of {SENDERS * 1.5:.0f} asked")


def figures(took: list[float]) -> str:
    return f"{at(50, took):.0f} / {at(95, took):.0f} ms"
