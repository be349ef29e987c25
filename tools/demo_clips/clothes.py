"""What people wear, from the neck down to the edge of the picture.

Coordinates: (0, 0) is the pit of the neck, y downwards. The torso lies under the neck, the collar
over it.
"""

from __future__ import annotations

from collections.abc import Callable

from demo_clips.canvas import Pen, Point, darker, lighter, mix
from demo_clips.looks import Clothes, Look

SIDES = (-1, 1)


def draw_torso(pen: Pen, look: Look) -> None:
    """Draw shoulders and chest."""
    wide = look.build
    if look.clothes == "hoodie":
        pen.blob(
            [(-64, 10), (-58, -26), (-30, -42), (30, -42), (58, -26), (64, 10)],
            darker(look.colour, 0.24),
        )
    half: list[Point] = [(22, -12), (54 * wide, 2), (98 * wide, 22), (124 * wide, 64)]
    half += [(132 * wide, 110), (136 * wide, 170)]
    left = [(-x, y) for x, y in reversed(half)]
    pen.blob([*half, *left], look.colour)
    for side in SIDES:
        crease = [(side * 92 * wide, 78), (side * 96 * wide, 110), (side * 98 * wide, 150)]
        pen.line(crease, 3, darker(look.colour, 0.2))


def draw_collar(pen: Pen, look: Look) -> None:
    """Draw what is around the neck, and the badge of who works here."""
    _COLLARS[look.clothes](pen, look)
    if look.lanyard:
        _lanyard(pen, look.lanyard)


def _lanyard(pen: Pen, colour: str) -> None:
    for side in SIDES:
        pen.line([(side * 31, -3), (side * 22, 24), (0, 58)], 4.5, colour)
    pen.box((-4, 54), (8, 12), "#c9ced8", radius=2)
    pen.box((-19, 63), (38, 50), "#fdfcf8", radius=5)
    pen.box((-19, 63), (38, 9), colour, radius=3)
    pen.oval((0, 84), (6, 7), "#b9c4cf")
    pen.blob([(-12, 102), (-8, 93), (0, 91), (8, 93), (12, 102)], "#b9c4cf")


def _sweater(pen: Pen, look: Look) -> None:
    band = [(-33, -13), (-23, 5), (0, 13), (23, 5), (33, -13)]
    pen.line([(x * 0.84, y - 5) for x, y in band], 6, look.under)
    pen.line(band, 10, darker(look.colour, 0.16))
    for x in (-24, -12, 0, 12, 24):
        y = 12 - x * x / 72
        pen.line([(0.94 * x, y - 4), (x, y + 3)], 1.4, lighter(look.colour, 0.12), alpha=0.7)


def _shirt(pen: Pen, look: Look) -> None:
    pen.polygon([(-24, -10), (24, -10), (0, 34)], look.skin)
    pen.polygon([(-24, -10), (24, -10), (12, 12), (-12, 12)], darker(look.skin, 0.1))
    pen.line([(0, 34), (0, 160)], 2.4, darker(look.colour, 0.2))
    for down in (48, 76, 104, 132):
        pen.oval((6, down), (2.6, 2.6), lighter(look.colour, 0.6))
    for side in SIDES:
        wing = [(side * 27, -19), (side * 43, -2), (side * 25, 34), (side * 1, 30)]
        pen.polygon(wing, lighter(look.colour, 0.2))
        pen.line([(side * 43, -2), (side * 25, 34)], 2, darker(look.colour, 0.14))


def _blouse(pen: Pen, look: Look, depth: float) -> None:
    pen.polygon([(-30, -14), (30, -14), (4, depth), (-4, depth)], look.under)
    pen.blob([(-24, -14), (24, -14), (17, 6), (0, 14), (-17, 6)], look.skin)
    pen.line([(-25, -12), (-17, 6), (0, 14), (17, 6), (25, -12)], 2.4, darker(look.under, 0.12))


def _blazer(pen: Pen, look: Look) -> None:
    _blouse(pen, look, 104)
    for side in SIDES:
        lapel = [(side * 25, -20), (side * 54, 8), (side * 46, 28), (side * 54, 36)]
        pen.polygon([*lapel, (side * 3, 106), (side * 17, 40)], darker(look.colour, 0.16))
    pen.line([(0, 106), (0, 160)], 2.4, darker(look.colour, 0.26))


def _cardigan(pen: Pen, look: Look) -> None:
    _blouse(pen, look, 84)
    for side in SIDES:
        trim = [(side * 31, -17), (side * 26, 20), (side * 6, 70), (side * 3, 160)]
        pen.line(trim, 8, darker(look.colour, 0.17))
    for down in (92, 122):
        pen.oval((0, down), (4, 4), lighter(look.colour, 0.5))
    for step in range(-5, 6):
        pen.oval((5.2 * step, 15 - 0.72 * step * step), (3.1, 3.1), "#fffdf8")
        pen.oval((5.2 * step + 0.6, 15.8 - 0.72 * step * step), (1.6, 1.4), "#e3ddd6")


def _coat(pen: Pen, look: Look) -> None:
    dark = darker(look.colour, 0.15)
    for side in SIDES:
        lapel = [(side * 26, -6), (side * 62, 14), (side * 56, 40), (side * 2, 92)]
        pen.polygon(lapel, dark)
    pen.line([(0, 90), (0, 160)], 3, darker(look.colour, 0.24))
    scarf, stripe = look.under, mix(look.under, "#f6ead2", 0.55)
    pen.blob([(8, 12), (36, 14), (44, 70), (38, 104), (12, 106), (10, 60)], darker(scarf, 0.12))
    pen.line([(14, 82), (41, 80)], 5, stripe)
    pen.blob(
        [
            (-42, -22),
            (-20, -8),
            (0, -4),
            (20, -8),
            (42, -22),
            (54, 4),
            (30, 26),
            (0, 32),
            (-30, 26),
            (-54, 4),
        ],
        scarf,
    )
    pen.line([(-46, 0), (-20, 12), (8, 13), (46, -4)], 4.5, stripe)
    pen.line([(-34, 18), (-4, 24), (30, 17)], 2.2, darker(scarf, 0.2))


def _hoodie(pen: Pen, look: Look) -> None:
    pen.blob([(-28, -16), (28, -16), (18, 10), (0, 19), (-18, 10)], look.under)
    pen.blob([(-24, -18), (24, -18), (16, 2), (0, 9), (-16, 2)], look.skin)
    for side in SIDES:
        edge = [
            (side * 28, -30),
            (side * 54, -16),
            (side * 50, 14),
            (side * 22, 34),
            (side * 2, 30),
            (side * 20, 8),
        ]
        pen.blob(edge, darker(look.colour, 0.13))
        pen.line([(side * 16, 28), (side * 19, 52), (side * 17, 68)], 3.2, look.under)
        pen.oval((side * 17, 70), (2.8, 4), look.under)


_COLLARS: dict[Clothes, Callable[[Pen, Look], None]] = {
    "blazer": _blazer,
    "cardigan": _cardigan,
    "coat": _coat,
    "hoodie": _hoodie,
    "shirt": _shirt,
    "sweater": _sweater,
}
