"""Kills the processes of a house in which people record, and counts what came of it.

Every named point of the source gets its share of the kills, the rest comes at random moments. The
web process and the worker have each a row of deaths before them, side by side. After each one what
is dead is started again, everybody is held between two requests, and the house is inspected.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update

from courses.models import Take
from lms.jobs.models import Job, JobState
from media.models import Clip, ClipState, Transcript
from support.chaos.house import Gate, House, now, seeded
from support.chaos.inspection import Inspection, Wrong
from support.chaos.processes import HANG_SECONDS, ROOT, Stuck, is_alive
from support.chaos.trainee import TEXT_SECONDS, Ledger, Sending, Trainee

POINT = re.compile(r"\breach\(\"([a-z]+\.[a-z]+)\"\)")
RANDOM_WEB, RANDOM_WORKER = "random.web", "random.worker"
OF_WEB = ("upload.", "commit.", "request.", "withdraw.", RANDOM_WEB)
OF_HASTY = "erase."
"""Few come there who are in no hurry."""
DEVICES = 4


def named_points() -> list[str]:
    """Every fail point in the source of the product, in the order of their names."""
    found: set[str] = set()
    for package in ("lms", "courses", "media"):
        for file in sorted((ROOT / package).rglob("*.py")):
            found |= set(POINT.findall(file.read_text()))
    return sorted(found)


def plan(points: Sequence[str], kills: int, chance: random.Random) -> list[str]:
    """So many kills: each point as often as the others, and about a third at random moments."""
    rounds = max(1, kills * 2 // 3 // len(points))
    named = (list(points) * rounds)[:kills]
    rest = [(RANDOM_WEB, RANDOM_WORKER)[number % 2] for number in range(kills - len(named))]
    made = [*named, *rest]
    chance.shuffle(made)
    return made


@dataclass
class Line:
    """One row of the table."""

    kills: int = 0
    wrong: Wrong = field(default_factory=Wrong)


@dataclass
class Outcome:
    """What a campaign found, by step."""

    database: str
    lines: dict[str, Line] = field(default_factory=dict)
    kept: int = 0
    erased: int = 0
    wall_seconds: float = 0
    at_rest: Wrong = field(default_factory=Wrong)

    @property
    def kills(self) -> int:
        return sum(line.kills for line in self.lines.values())

    @property
    def wrong(self) -> Wrong:
        found = Wrong()
        for line in self.lines.values():
            found.add(line.wrong)
        found.add(self.at_rest)
        return found


class Campaign:
    """People, a house, and somebody who kills."""

    def __init__(self, house: House, recording: bytes, *, seed: int) -> None:
        self.house = house
        self.chance = seeded(seed)
        self.ledger = Ledger()
        self.gate = Gate()
        self.inspection = Inspection(house, self.ledger)
        people = house.browsers
        self.trainees = [
            Trainee(
                people[number % len(people)],
                house.lesson,
                recording,
                self.ledger,
                self.gate,
                seeded(seed + 1 + number),
                self.is_ready,
                is_hasty=number == 0,
            )
            for number in range(DEVICES)
        ]

    def is_ready(self, sending: Sending) -> bool:
        """Whether the recording can be played and read; a failed one is no reason to wait."""
        found = (
            select(Clip.state, Transcript.id)
            .join(Take, Take.clip_id == Clip.id)
            .outerjoin(Transcript, Transcript.clip_id == Clip.id)
            .where(Take.public_id == sending.take)
        )
        with self.house.database.reading() as session:
            row = session.execute(found).first()
        time.sleep(0.05)
        return row is None or row[0] is ClipState.FAILED or row[1] is not None

    def run(self, steps: Iterable[str]) -> Outcome:
        """Kill at each of `steps`, then let everything end well."""
        began = time.monotonic()
        outcome = Outcome(self.house.kind)
        threads = [threading.Thread(target=one.run, daemon=True) for one in self.trainees]
        for thread in threads:
            thread.start()
        try:
            self._kill_all(steps, outcome)
        finally:
            for one in self.trainees:
                one.stop.set()
        for thread in threads:
            thread.join(TEXT_SECONDS)
        outcome.at_rest = self.inspection.at_rest()
        outcome.kept = sum(one.kept for one in self.ledger.sendings)
        outcome.erased = sum(one.erased for one in self.ledger.sendings)
        outcome.wall_seconds = time.monotonic() - began
        return outcome

    def _kill_all(self, steps: Iterable[str], outcome: Outcome) -> None:
        rows: dict[bool, list[str]] = {True: [], False: []}
        for step in steps:
            rows[step.startswith(OF_WEB)].append(step)
        sides = [_Side(self.house, self.chance, row) for row in rows.values()]
        while any(not side.is_over for side in sides):
            if self.ledger.complaints:
                raise Stuck(f"{self.ledger.complaints}\n{self.house.tail()}")
            if sides[0].is_over and not sides[1].needs(OF_HASTY):
                self.trainees[0].stop.set()
            self._hurry()
            for side in sides:
                died_at = side.look()
                if died_at is None:
                    continue
                self.house.bring_back()
                line = outcome.lines.setdefault(died_at, Line())
                line.kills += 1
                line.wrong.add(self._look())
            time.sleep(0.02)

    def _look(self) -> Wrong:
        with self.gate.closed():
            return self.inspection.now()

    def _hurry(self) -> None:
        """Chance hits the same job more often than life does: nobody waits for its next attempt.

        Giving up on poison is another test.
        """
        put_off = (Job.state == JobState.QUEUED, Job.attempts > 0)
        with self.house.database.reading() as session:
            if session.scalar(select(Job.id).where(*put_off).limit(1)) is None:
                return
        with self.house.database.transaction() as session:
            at_once = {"attempts": 0, "max_attempts": 1_000, "run_after": now()}
            session.execute(update(Job).where(*put_off).values(at_once))


class _Side:
    """The deaths that one kind of process has before it, one after the other."""

    def __init__(self, house: House, chance: random.Random, steps: list[str]) -> None:
        self._house = house
        self._chance = chance
        self._steps = steps
        self._current: str | None = None
        self._until = 0.0

    @property
    def is_over(self) -> bool:
        return self._current is None and not self._steps

    def needs(self, kind: str) -> bool:
        """Whether a point of that kind is still before it."""
        return any(step.startswith(kind) for step in (self._current or "", *self._steps))

    def look(self) -> str | None:
        """The step at which somebody died just now; None while nobody did."""
        if self.is_over:
            return None
        at = time.monotonic()
        if self._current is None:
            self._current = self._steps.pop(0)
            if self._current in (RANDOM_WEB, RANDOM_WORKER):
                self._until = at + self._chance.uniform(0, 1.0)
            else:
                self._until = at + HANG_SECONDS
                self._house.order(self._current)
        if self._current == RANDOM_WEB and at > self._until:
            self._house.kill_web()
        elif self._current == RANDOM_WORKER and at > self._until:
            self._house.kill_worker()
        elif self._current in (RANDOM_WEB, RANDOM_WORKER) or not self._has_died(at):
            return None
        died, self._current = self._current, None
        return died

    def _has_died(self, at: float) -> bool:
        """Whether somebody came to the point that was ordered; then they are dead on return."""
        assert self._current is not None
        pid = self._house.who_obeyed(self._current)
        if pid is not None:
            self._house.wait_until(lambda: not is_alive(pid), "the end of who came there")
        elif at > self._until:
            raise Stuck(f"nobody came to {self._current}\n{self._house.tail()}")
        return pid is not None
