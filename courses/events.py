"""What happened in a course. Actions return these; the edge turns them into notices and jobs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """Who did it, in which organisation, about which thing (its public id)."""

    organisation_id: int
    actor_id: int | None
    subject: UUID


@dataclass(frozen=True)
class TakeStarted(Event):
    lesson: UUID


@dataclass(frozen=True)
class TakeKept(Event):
    """The recording is safe on the server and must be processed."""

    clip: UUID


@dataclass(frozen=True)
class AnswerWritten(Event):
    """An answer in writing is kept; there is nothing to process."""


@dataclass(frozen=True)
class WritingGranted(Event):
    """A coach lets a person (the subject) answer in writing."""

    person_id: int


@dataclass(frozen=True)
class WritingEnded(Event):
    person_id: int


@dataclass(frozen=True)
class TakeShared(Event):
    person_id: int
    cohort_id: int


@dataclass(frozen=True)
class TakeLookedBack(Event):
    pass


@dataclass(frozen=True)
class TakeAccepted(Event):
    person_id: int


@dataclass(frozen=True)
class RetakeAsked(Event):
    person_id: int


@dataclass(frozen=True)
class DecisionUndone(Event):
    """A coach took back an acceptance, or a request for another take, just after giving it."""

    person_id: int
    from_state: str


@dataclass(frozen=True)
class TakeDeleted(Event):
    from_state: str


@dataclass(frozen=True)
class ClipErased(Event):
    """Rows are gone and a tombstone stands; the bytes must follow."""


@dataclass(frozen=True)
class TranscriptCorrected(Event):
    position: int


@dataclass(frozen=True)
class CommentAdded(Event):
    take: UUID
    person_id: int
    kind: str
    author_role: str


@dataclass(frozen=True)
class CommentEdited(Event):
    pass


@dataclass(frozen=True)
class CommentDeleted(Event):
    take: UUID
    person_id: int
    """Whose take it was on: what was told about it is no news any more."""


@dataclass(frozen=True)
class ReplyAdded(Event):
    take: UUID
    people: tuple[int, ...]
    """Who else spoke in this thread, and the maker of the take."""


@dataclass(frozen=True)
class CommentResolved(Event):
    resolved: bool


@dataclass(frozen=True)
class TipFollowedUp(Event):
    take: UUID
    role: str
    verdict: str


@dataclass(frozen=True)
class ContentReported(Event):
    subject_type: str
    take: UUID
    cohort_id: int
    person_id: int
    """Who made what was reported."""


@dataclass(frozen=True)
class ReportDecided(Event):
    state: str
    subject_type: str
    take: UUID
    person_id: int
    """Who made what was reported."""
    people: tuple[int, ...]
    """Who reported it; nobody but those who decide may know."""


@dataclass(frozen=True)
class TakeOpened(Event):
    """Its maker, coach or peer has the page in front of them: what was told about it is read."""


@dataclass(frozen=True)
class ClipReady(Event):
    """A clip plays everywhere; its text is the next thing to make."""


@dataclass(frozen=True)
class ClipFailed(Event):
    code: str
    take: UUID | None
    person_id: int | None


@dataclass(frozen=True)
class TranscriptReady(Event):
    take: UUID | None
    person_id: int | None
