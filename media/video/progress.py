"""Turns what ffmpeg says about its progress into the fraction that a waiting person sees."""

from __future__ import annotations

from collections.abc import Callable

OnProgress = Callable[[float], None]


class Progress:
    """Passes on a fraction from 0 to 1 that never falls, and only when it changed by 1 %."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress
        self._told = -1.0

    def tell(self, fraction: float) -> None:
        step = min(1.0, max(0.0, round(fraction, 2)))
        if self._on_progress is not None and step > self._told:
            self._told = step
            self._on_progress(step)

    def reader(
        self, duration_seconds: float, share: float, *, after: float = 0.0
    ) -> Callable[[str], None]:
        """Return a taker of `-progress` lines of a run that is `share` of the whole work.

        `after` is the share that was done before it.
        """

        def take(line: str) -> None:
            name, _, value = line.strip().partition("=")
            # "N/A" until the first frame; some versions start below zero.
            if name == "out_time_us" and value.lstrip("-").isdecimal() and duration_seconds > 0:
                self.tell(after + share * int(value) / 1_000_000 / duration_seconds)

        return take
