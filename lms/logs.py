"""Log lines: JSON in production, readable elsewhere. Never a password, token, name or text."""

from __future__ import annotations

import logging
import sys

import structlog

from lms.config import Environment, Settings


def configure(settings: Settings) -> None:
    """Set up structlog once for this process; line breaks in values are escaped (S62)."""
    production = settings.env is Environment.PRODUCTION
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if production
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=settings.env is not Environment.TEST,
    )
