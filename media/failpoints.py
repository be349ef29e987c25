"""Places where a test has the process die: `reach("commit.stored")` stands between two steps.

A point does nothing until `arm` named a folder, and `lms.config` names one in the test environment
only. Then a file of the point's name in that folder is the order: whoever adds its process id to
the name sends itself the signal that is written in it, SIGKILL when it is empty. So each order is
obeyed once, by one process, and processes that are running need no restart to be given one.

The names are nowhere but at their place: the chaos tests read them from the source, and fail on a
point that nothing ever reached.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_folder: Path | None = None


def arm(folder: Path | None) -> None:
    """Obey orders in `folder` from now on; None: obey none."""
    global _folder  # noqa: PLW0603 -- a process dies as a whole
    _folder = folder


def reach(point: str) -> None:
    """Die here, if that was ordered."""
    if _folder is None:
        return
    order = _folder / point
    try:
        number = order.read_text()
        order.rename(order.with_name(f"{point}.{os.getpid()}"))
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.Signals[number] if number else signal.SIGKILL)
