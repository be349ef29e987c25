"""Starts the product's own web and worker processes by forking: a script, driven by `house`.

Everything is imported once, so that what was killed is back in a fraction of a second instead of
seconds: a line of JSON on standard input is one process more, its id comes back. What runs in it
are the product's own entry points, gunicorn with the command line of `lms web` and `lms.worker`.
When standard input ends, so does every process that was started here.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

import faster_whisper  # noqa: F401 -- imported before the fork, for speed
import gunicorn.app.wsgiapp

import lms.app
import lms.cli.server
import lms.web.front_door  # noqa: F401 -- the same
from lms import worker


def be(asked: dict[str, Any]) -> None:
    """Become the process that was asked for; never comes back."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        del os.environ[name]
    os.environ.update(asked["environment"])
    if asked["role"] == "worker":
        os._exit(worker.main([]))
    sys.argv = asked["command"]
    gunicorn.app.wsgiapp.run(prog="gunicorn")
    os._exit(0)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed ones
    children: list[int] = []
    print("ready", flush=True)  # noqa: T201 -- the house reads this
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                be(json.loads(line))
            finally:
                os._exit(1)
        children.append(pid)
        print(pid, flush=True)  # noqa: T201 -- the same
    for pid in children:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
