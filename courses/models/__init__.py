"""The tables of the course domain, one module per subject."""

from courses.models.course import CohortCourse, Course, Lesson, LessonCriterion
from courses.models.feedback import CommentReply, ContentReport, TimedComment, TipFollowUp
from courses.models.people import (
    Cohort,
    CohortMember,
    Organisation,
    Party,
    PartyKind,
    Person,
)
from courses.models.take import Take, WritingGrant

__all__ = [
    "Cohort",
    "CohortCourse",
    "CohortMember",
    "CommentReply",
    "ContentReport",
    "Course",
    "Lesson",
    "LessonCriterion",
    "Organisation",
    "Party",
    "PartyKind",
    "Person",
    "Take",
    "TimedComment",
    "TipFollowUp",
    "WritingGrant",
]
