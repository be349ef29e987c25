"""What a hair style is made of: shapes around a face centred on (0, 0), 116 wide, 150 high."""

from __future__ import annotations

import math
from dataclasses import dataclass

from demo_clips.canvas import Point, Points


@dataclass(frozen=True)
class Style:
    """Shapes of a style; `strands` are lighter lines, `top` is where a headband lies."""

    back: tuple[Points, ...] = ()
    front: tuple[Points, ...] = ()
    strands: tuple[Points, ...] = ()
    top: float = -90.0
    ears: bool = True
    hole: Points = ()


def circle(centre: Point, radius: float) -> list[Point]:
    """Return a round curl."""
    x, y = centre
    turns = (math.tau * step / 8 for step in range(8))
    return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]


def cap(outer: Points, inner: Points) -> list[Point]:
    """Join an outline, from left to right, with a hairline from right to left."""
    return [*outer, *inner]
