"""Requests that arrive at the same moment."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable

from werkzeug.test import TestResponse

Call = Callable[[], TestResponse]


def at_once(*calls: Call) -> list[int]:
    """Run the calls in threads that start together; the statuses in their order.

    A call that raises answers 0: nothing of it may be taken for an answer.
    """
    ready = threading.Barrier(len(calls))
    statuses: list[int] = [0] * len(calls)

    def run(place: int) -> None:
        ready.wait()
        statuses[place] = calls[place]().status_code

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(run, place))
        for place in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
