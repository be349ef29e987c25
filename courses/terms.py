"""The words of the domain as enums: plain Python, so that rules, models and pages share them."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    TRAINEE = "trainee"
    COACH = "coach"
    TEAM_LEADER = "team_leader"
    WORKPLACE_TRAINER = "workplace_trainer"
    HR = "hr"
    SCHOOL_ADMIN = "school_admin"
    EDITOR = "editor"
    PRIVACY_OFFICER = "privacy_officer"
    ADMIN = "admin"


class Relation(StrEnum):
    """What somebody is to a take they may see."""

    OWNER = "owner"
    COACH = "coach"
    PEER = "peer"


class TakeState(StrEnum):
    """State machine O of the domain; `recording` is the moment before the first safe byte."""

    RECORDING = "recording"
    KEPT = "kept"
    """Safe on the server, seen by nobody but its maker."""
    SHARED = "shared"
    RETAKE_ASKED = "retake_asked"
    ACCEPTED = "accepted"


SHARED_STATES = (TakeState.SHARED, TakeState.RETAKE_ASKED, TakeState.ACCEPTED)
OPEN_FOR_PEERS = (TakeState.SHARED, TakeState.RETAKE_ASKED)


class CommentKind(StrEnum):
    TOP = "top"
    TIP = "tip"
    QUESTION = "question"


class AuthorRole(StrEnum):
    """In which role somebody spoke: kept, because roles change and words stay."""

    SELF = "self"
    PEER = "peer"
    COACH = "coach"


class FollowUpVerdict(StrEnum):
    TAKEN_UP = "taken_up"
    PARTLY = "partly"
    NOT_YET = "not_yet"


class FollowUpRole(StrEnum):
    """Whose word it is on what became of a tip: each is kept, none replaces another's."""

    TRAINEE = "trainee"
    PEER = "peer"
    """The fellow trainee who gave the tip."""
    COACH = "coach"


class ReportState(StrEnum):
    OPEN = "open"
    RESTORED = "restored"
    REMOVED = "removed"
