"""Starts the product's own web and worker processes by forking: a script, driven by `house`.

What runs in them are the product's own entry points, gunicorn with the command line of `lms web`
and `lms.worker`. Everything they need is imported before the forks.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import faster_whisper.vad  # noqa: F401 -- imported before the fork, for speed
import gunicorn.app.wsgiapp
import onnxruntime  # noqa: F401 -- the same

import lms.app
import lms.cli.server
import lms.web.front_door  # noqa: F401 -- the same
from lms import worker
from support.chaos.processes import fork_each


def be(asked: dict[str, Any]) -> None:
    """Serve people, or work."""
    if asked["role"] == "worker":
        os._exit(worker.main([]))
    sys.argv = asked["command"]
    gunicorn.app.wsgiapp.run(prog="gunicorn")


if __name__ == "__main__":
    fork_each(be)
