"""A thin typed pen over cairo: the few shapes flat cartoons are made of, softly edged.

cairo covers every edge pixel with its own supersampling (ANTIALIAS_BEST), so a frame is drawn
once at its final size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cairocffi as cairo  # type: ignore[import-untyped]  # the package ships no types

Point = tuple[float, float]
Points = Sequence[Point]


def mix(one: str, other: str, share: float) -> str:
    """Return the colour `share` (0..1) of the way from `one` to `other`, both '#rrggbb'."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(255 * (a + share * (b - a))):02x}" for a, b in pairs)


def darker(colour: str, share: float = 0.18) -> str:
    """Shade towards a deep blue rather than black: flat pictures go muddy on grey."""
    return mix(colour, "#1b1838", share)


def lighter(colour: str, share: float = 0.25) -> str:
    """Tint towards a warm white."""
    return mix(colour, "#fffaf0", share)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


class Pen:
    """Draws filled shapes and round lines on one picture of `size` pixels."""

    def __init__(self, size: tuple[int, int], background: Pen | None = None) -> None:
        self.size = size
        self._surface = cairo.ImageSurface(cairo.FORMAT_RGB24, *size)
        self._context = cairo.Context(self._surface)
        self._context.set_antialias(cairo.ANTIALIAS_BEST)
        self._context.set_line_cap(cairo.LINE_CAP_ROUND)
        self._context.set_line_join(cairo.LINE_JOIN_ROUND)
        if background is not None:
            self._context.set_source_surface(background._surface)  # noqa: SLF001 - same class
            self._context.paint()

    def pixels(self) -> bytes:
        """Return the picture as rows of BGRx bytes."""
        self._surface.flush()
        return bytes(self._surface.get_data())

    def save(self, path: str) -> None:
        """Write a PNG, for looking at."""
        self._surface.write_to_png(path)

    @contextmanager
    def moved(
        self, by: Point, *, degrees: float = 0.0, scale: Point = (1.0, 1.0)
    ) -> Iterator[None]:
        """Draw in a frame of reference moved, turned and scaled around `by`."""
        self._context.save()
        self._context.translate(*by)
        self._context.rotate(math.radians(degrees))
        self._context.scale(*scale)
        yield
        self._context.restore()

    @contextmanager
    def inside(self, points: Points) -> Iterator[None]:
        """Clip what is drawn to the smooth closed shape through `points`."""
        self._context.save()
        self._smooth(points, closed=True)
        self._context.clip()
        yield
        self._context.restore()

    def blob(self, points: Points, colour: str, alpha: float = 1.0) -> None:
        """Fill the smooth closed shape through `points`."""
        self._smooth(points, closed=True)
        self._fill(colour, alpha)

    def frame(self, outer: Points, hole: Points, colour: str) -> None:
        """Fill the smooth shape through `outer` except the part inside `hole`."""
        self._smooth(outer, closed=True)
        self._smooth(hole, closed=True, fresh=False)
        self._context.set_fill_rule(cairo.FILL_RULE_EVEN_ODD)
        self._fill(colour, 1.0)
        self._context.set_fill_rule(cairo.FILL_RULE_WINDING)

    def polygon(self, points: Points, colour: str, alpha: float = 1.0) -> None:
        """Fill the straight-edged shape through `points`."""
        self._context.move_to(*points[0])
        for point in points[1:]:
            self._context.line_to(*point)
        self._context.close_path()
        self._fill(colour, alpha)

    def oval(self, centre: Point, radii: Point, colour: str, alpha: float = 1.0) -> None:
        """Fill an ellipse."""
        self._context.save()
        self._context.translate(*centre)
        self._context.scale(*radii)
        self._context.arc(0, 0, 1, 0, math.tau)
        self._context.restore()
        self._fill(colour, alpha)

    def box(
        self, corner: Point, size: Point, colour: str, *, radius: float = 0.0, alpha: float = 1.0
    ) -> None:
        """Fill a rectangle, with round corners when `radius` is given."""
        (left, top), (width, height) = corner, size
        turn = min(radius, width / 2, height / 2)
        self._context.new_path()
        for across, down, start in ((1, 0, -90), (1, 1, 0), (0, 1, 90), (0, 0, 180)):
            x = left + (width - turn if across else turn)
            y = top + (height - turn if down else turn)
            self._context.arc(x, y, turn, math.radians(start), math.radians(start + 90))
        self._context.close_path()
        self._fill(colour, alpha)

    def line(
        self,
        points: Points,
        width: float,
        colour: str,
        *,
        alpha: float = 1.0,
        closed: bool = False,
    ) -> None:
        """Draw a smooth round-ended line through `points`."""
        self._smooth(points, closed=closed)
        self._context.set_line_width(width)
        self._context.set_source_rgba(*_channels(colour), alpha)
        self._context.stroke()

    def ring(self, centre: Point, radii: Point, width: float, colour: str) -> None:
        """Draw the outline of an ellipse."""
        self._context.save()
        self._context.translate(*centre)
        self._context.scale(*radii)
        self._context.new_sub_path()
        self._context.arc(0, 0, 1, 0, math.tau)
        self._context.restore()
        self._context.set_line_width(width)
        self._context.set_source_rgb(*_channels(colour))
        self._context.stroke()

    def _fill(self, colour: str, alpha: float) -> None:
        self._context.set_source_rgba(*_channels(colour), alpha)
        self._context.fill()

    def _smooth(self, points: Points, *, closed: bool, fresh: bool = True) -> None:
        """Lay a Catmull-Rom spline: it goes through its points, so shapes are easy to read."""
        count = len(points)
        if fresh:
            self._context.new_path()
        self._context.move_to(*points[0])
        for index in range(count if closed else count - 1):
            before = points[(index - 1) % count if closed else max(index - 1, 0)]
            start, end = points[index], points[(index + 1) % count]
            after = points[(index + 2) % count if closed else min(index + 2, count - 1)]
            self._context.curve_to(
                start[0] + (end[0] - before[0]) / 6,
                start[1] + (end[1] - before[1]) / 6,
                end[0] - (after[0] - start[0]) / 6,
                end[1] - (after[1] - start[1]) / 6,
                *end,
            )
        if closed:
            self._context.close_path()


def mirrored(points: Points) -> list[Point]:
    """Close the right half of a shape, listed top to bottom, with its mirror image."""
    left = [(-x, y) for x, y in reversed(points)]
    return [*points, *(point for point in left if point not in points)]
