"""The pages of the learning loop, one module per screen group."""

from flask import Blueprint

from lms.learning.views import (
    clips,
    compare,
    home,
    inbox,
    lessons,
    remarks,
    reports,
    review,
    takes,
    uploads,
    writing,
)
from lms.learning.views.base import blueprint as learning

__all__ = [
    "blueprints",
    "compare",
    "home",
    "inbox",
    "lessons",
    "remarks",
    "reports",
    "review",
    "takes",
    "writing",
]

blueprints: tuple[Blueprint, ...] = (learning, clips.blueprint, uploads.blueprint)
