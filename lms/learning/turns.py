"""How many requests of one person may send bytes at the same time: each holds a thread.

Counted in this process, whose threads are what is to be shared.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from media.uploads import UploadError

MOST_AT_ONCE = 2


class BusyError(UploadError):
    """One person sends no more than this at the same time."""

    code = "busy"


class Turns:
    """Counts who is sending."""

    def __init__(self) -> None:
        self._sending: Counter[int] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, person_id: int) -> Iterator[None]:
        """Send inside this block. Raises BusyError when all turns of this person are taken."""
        with self._lock:
            if self._sending[person_id] >= MOST_AT_ONCE:
                raise BusyError
            self._sending[person_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._sending[person_id] -= 1
                if not self._sending[person_id]:
                    del self._sending[person_id]
