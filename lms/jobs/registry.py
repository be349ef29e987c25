"""Which function does which kind of job. Filled by `lms.worker`, so that no import points up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from courses.events import Event
from lms.config import Settings
from lms.db import Database
from lms.jobs.rows import Claim


class JobError(Exception):
    """A job cannot go on. `final` when another attempt cannot help; code and parameters only."""

    def __init__(self, code: str, *, final: bool, **params: Any) -> None:  # noqa: ANN401 -- JSON values
        super().__init__(code)
        self.code = code
        self.final = final
        self.params: Mapping[str, Any] = params


class NotYet(Exception):  # noqa: N818 -- not an error: the job waits
    """Something outside is missing (`reason`); the job waits without using an attempt."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoRoom(Exception):  # noqa: N818 -- not an error of the job
    """The disk is full; the job comes back later and keeps its attempt."""


class Fenced(Exception):  # noqa: N818 -- not an error: the work is somebody else's now
    """The lease was lost; whatever was made is thrown away."""


@dataclass(frozen=True)
class JobContext:
    """What a job gets: its claim, a fresh folder named after its fence, and ways to report."""

    claim: Claim
    settings: Settings
    database: Database
    folder: Path
    report: Callable[[float], None]
    """Takes a fraction 0..1; raises Fenced when the lease was lost."""
    lost: Callable[[], bool]
    """True once the lease is gone: long programs poll it."""


Commit = Callable[[Session], Iterable[Event]]
"""What the finishing transaction does with the results of the job, and what happened then."""

JobFunction = Callable[[JobContext], Commit]
FailureHook = Callable[[Session, Claim, str, Mapping[str, Any]], Iterable[Event]]


Undo = Callable[[Settings, Database, Claim], bool]
"""Takes away what an attempt put outside its folder and nobody will commit; False while somebody
may. Asks the rows: a commit whose answer was lost may have been done."""


@dataclass(frozen=True)
class JobKind:
    run: JobFunction
    on_final_failure: FailureHook | None = None
    """Runs in the transaction that gives up, to tell the row it was about."""
    undo: Undo | None = None


class Registry:
    """Kinds by name; asking for an unknown one is an error, registering twice too."""

    def __init__(self) -> None:
        self._kinds: dict[str, JobKind] = {}

    def add(self, name: str, kind: JobKind) -> None:
        if name in self._kinds:
            raise ValueError(f"job kind {name} is registered twice")
        self._kinds[name] = kind

    def find(self, name: str) -> JobKind | None:
        return self._kinds.get(name)

    def names(self) -> list[str]:
        return sorted(self._kinds)
