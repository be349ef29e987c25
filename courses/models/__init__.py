"""The tables of the course domain, one module per subject."""

from courses.models.course import CohortCourse, Course, Lesson, LessonCriterion
from courses.models.feedback import (
    AuthorRole,
    CommentKind,
    CommentReply,
    ContentReport,
    FollowUpRole,
    FollowUpVerdict,
    ReportState,
    TimedComment,
    TipFollowUp,
)
from courses.models.people import (
    Cohort,
    CohortMember,
    Organisation,
    Party,
    PartyKind,
    Person,
)
from courses.models.take import SHARED_STATES, Take, TakeState

__all__ = [
    "SHARED_STATES",
    "AuthorRole",
    "Cohort",
    "CohortCourse",
    "CohortMember",
    "CommentKind",
    "CommentReply",
    "ContentReport",
    "Course",
    "FollowUpRole",
    "FollowUpVerdict",
    "Lesson",
    "LessonCriterion",
    "Organisation",
    "Party",
    "PartyKind",
    "Person",
    "ReportState",
    "Take",
    "TakeState",
    "TimedComment",
    "TipFollowUp",
]
