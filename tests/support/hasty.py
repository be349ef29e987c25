"""The front door with less patience, so that a test of slow lines does not take a minute."""

from __future__ import annotations

from lms.web import front_door, lines

lines.SILENCE_SECONDS = 1.0
lines.WINDOW_SECONDS = 2.0
lines.COMING_SECONDS = 2.0
front_door.TURN_SECONDS = 1.0


class Hasty(front_door.FrontDoor):
    """Named to gunicorn in place of the real one."""
