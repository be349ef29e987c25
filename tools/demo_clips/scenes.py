"""The rooms: town hall, living room, office and a plain studio, painted once a clip.

A room has a back, which stands behind the person, and a front (a counter), which stands before
them. There is no letter or number in any of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from demo_clips.canvas import Pen, darker, lighter, mix
from demo_clips.looks import Look

WOOD = "#c99a6b"
LEAF = "#4f9a72"
DESK_TOP = 302  # where the far edge of a counter crosses the picture

Paint = Callable[[Pen], None]


@dataclass(frozen=True)
class Scene:
    """Two painters and whether somebody's arms can rest on the front."""

    back: Paint
    front: Paint
    desk: bool


def scene_for(key: str, look: Look) -> Scene:
    """Return the room a clip plays in: greetings happen at a counter, calls at a desk."""
    if look.place == "home":
        return Scene(lambda pen: _home(pen, look), _nothing, desk=False)
    if look.place == "studio":
        return Scene(lambda pen: _studio(pen, look), _nothing, desk=False)
    if look.place == "office" and "waiting" in key:
        return Scene(lambda pen: _office(pen, look), _nothing, desk=False)
    if look.place == "office":
        return Scene(lambda pen: _reception(pen, look), lambda pen: _desk(pen, look), desk=True)
    return Scene(lambda pen: _hall(pen, look), lambda pen: _desk(pen, look), desk=True)


def _nothing(pen: Pen) -> None:
    """Leave the front free: the camera stands in the room."""


def _wall(pen: Pen, colour: str, floor: str, horizon: float) -> None:
    width, height = pen.size
    pen.box((0, 0), (width, height), colour)
    pen.box((0, horizon), (width, height - horizon), floor)


def _hills(pen: Pen, left: float, top: float, width: float, height: float) -> None:
    """A view of sky and two hills, for windows and pictures."""
    right, bottom = left + width, top + height
    frame = [(left, top), (right, top), (right, bottom), (left, bottom)]
    pen.polygon(frame, "#d9eefb")
    pen.oval((left + 0.74 * width, top + 0.28 * height), (0.09 * width, 0.09 * width), "#ffe9a8")
    far, near = 0.62 * height, 0.76 * height
    pen.polygon(
        [(left, bottom), *_wave(left, top + far, width, 0.09 * height), (right, bottom)], "#a9d3b5"
    )
    pen.polygon(
        [(left, bottom), *_wave(left, top + near, width, -0.07 * height), (right, bottom)],
        "#83bd97",
    )


def _wave(left: float, level: float, width: float, lift: float) -> list[tuple[float, float]]:
    steps = 24
    return [
        (left + width * at / steps, level - lift * (4 * (at / steps) * (1 - at / steps)) + lift / 2)
        for at in range(steps + 1)
    ]


def _window(pen: Pen, corner: tuple[float, float], size: tuple[float, float]) -> None:
    (left, top), (width, height) = corner, size
    pen.box((left - 7, top - 7), (width + 14, height + 14), "#fbfaf5", radius=5)
    _hills(pen, left, top, width, height)
    pen.box((left + width / 2 - 2.5, top), (5, height), "#fbfaf5")
    pen.polygon(
        [
            (left + 0.1 * width, top + height),
            (left + 0.42 * width, top),
            (left + 0.56 * width, top),
            (left + 0.24 * width, top + height),
        ],
        "#ffffff",
        0.22,
    )
    pen.box((left - 12, top + height + 5), (width + 24, 7), "#efe9dc", radius=3)


def _plant(pen: Pen, x: float, floor: float, scale: float = 1.0) -> None:
    with pen.moved((x, floor), scale=(scale, scale)):
        leaves = ((-34, -96), (-16, -124), (6, -134), (26, -112), (40, -84), (-46, -66), (48, -58))
        for number, (dx, dy) in enumerate(leaves):
            colour = LEAF if number % 2 else darker(LEAF, 0.14)
            pen.blob(
                [(0, -34), (0.3 * dx - 9, 0.6 * dy - 8), (dx, dy), (0.7 * dx + 9, 0.55 * dy - 4)],
                colour,
            )
            pen.line(
                [(0, -34), (0.5 * dx, 0.58 * dy - 6), (0.9 * dx, 0.92 * dy)],
                1.4,
                lighter(LEAF, 0.2),
            )
        pen.polygon([(-26, -40), (26, -40), (20, 2), (-20, 2)], "#d9835f")
        pen.box((-29, -46), (58, 11), "#c97250", radius=4)


def _hall(pen: Pen, look: Look) -> None:
    """The hall behind a visitor, as the employee sees it: windows and a waiting bench."""
    wall = look.wall
    _wall(pen, wall, darker(wall, 0.2), 248)
    pen.box((0, 240), (640, 8), lighter(wall, 0.35))
    _window(pen, (44, 40), (126, 150))
    _window(pen, (474, 40), (126, 150))
    for x in (236, 404):
        pen.line([(x, 0), (x, 26)], 2.4, darker(wall, 0.45))
        pen.polygon([(x - 13, 26), (x + 13, 26), (x + 24, 50), (x - 24, 50)], "#2f6f73")
        pen.oval((x, 50), (24, 5), "#ffe9b0")
    for x in (474, 532):
        pen.box((x, 222), (50, 42), mix(wall, "#2f6f73", 0.55), radius=8)
    pen.box((466, 258), (126, 16), mix(wall, "#2f6f73", 0.75), radius=7)
    pen.box((478, 272), (7, 40), darker(wall, 0.5))
    pen.box((574, 272), (7, 40), darker(wall, 0.5))
    if look.suitcase:
        _suitcase(pen, 128, 306)
    else:
        _plant(pen, 112, 306)


def _suitcase(pen: Pen, x: float, floor: float) -> None:
    colour = "#e07a4b"
    for side in (-19, 19):
        pen.line([(x + side, floor - 110), (x + side, floor - 158)], 5, "#8a93a3")
    pen.line([(x - 21, floor - 158), (x + 21, floor - 158)], 9, "#3b4252")
    pen.box((x - 46, floor - 116), (92, 122), colour, radius=14)
    for offset in (-24, 0, 24):
        pen.box((x + offset - 3, floor - 104), (6, 110), darker(colour, 0.14), radius=3)
    pen.box((x - 46, floor - 116), (92, 14), lighter(colour, 0.2), radius=7)
    pen.box((x - 16, floor - 123), (32, 9), "#3b4252", radius=4)
    pen.line([(x + 34, floor - 100), (x + 40, floor - 76)], 2, "#3b4252")
    pen.box((x + 31, floor - 78), (19, 27), "#f3e3b5", radius=4)


def _reception(pen: Pen, look: Look) -> None:
    """Behind a counter clerk: wooden slats, a shelf and the wave that is the house's mark."""
    wall = look.wall
    _wall(pen, wall, darker(wall, 0.16), 262)
    pen.box((0, 0), (214, 262), mix(WOOD, wall, 0.25))
    for x in range(10, 214, 22):
        pen.box((x, 0), (8, 262), mix(darker(WOOD, 0.12), wall, 0.2))
    pen.oval((107, 106), (47, 47), "#0b6b55")
    wave = [(82 + 2.5 * at, 106 + 10 * math.cos(at * math.tau / 15 + 0.6)) for at in range(21)]
    pen.line(wave, 8.5, "#ffffff")
    _shelf(pen, 448, 82, wall)
    _shelf(pen, 448, 168, wall)
    pen.box((0, 256), (640, 7), lighter(wall, 0.4))
    _plant(pen, 590, 306, 0.9)


def _shelf(pen: Pen, left: float, top: float, wall: str) -> None:
    """A shelf of files, some leaning, beside a small round vase."""
    pen.box((left, top + 46), (168, 8), WOOD, radius=3)
    pen.box((left + 6, top + 54), (156, 4), darker(wall, 0.22))
    colours = ("#2f6f73", "#e3b04b", "#c96f55", "#5b7fa6", "#f3ece0", "#7c6a9a")
    for number, colour in enumerate(colours):
        height = 40 - 5 * (number % 3)
        shift = (top * 7 + number * 5) % 4
        pen.box(
            (left + 10 + 16 * number, top + 46 - height - shift),
            (14, height + shift),
            colour,
            radius=2,
        )
        pen.box(
            (left + 13 + 16 * number, top + 56 - height - shift),
            (8, 8),
            lighter(colour, 0.55),
            radius=2,
        )
    pen.oval((left + 138, top + 31), (15, 15), "#e9dccb")
    pen.box((left + 133, top + 10), (10, 12), "#e9dccb", radius=3)


def _office(pen: Pen, look: Look) -> None:
    """Behind somebody who takes calls: a window, a colleague's empty desk and a plant."""
    wall = look.wall
    _wall(pen, wall, darker(wall, 0.2), 256)
    _window(pen, (56, 44), (142, 134))
    _shelf(pen, 448, 66, wall)
    pen.box((0, 250), (640, 7), lighter(wall, 0.4))
    _plant(pen, 44, 330, 1.05)
    pen.box((456, 262), (190, 11), WOOD, radius=4)
    pen.box((474, 272), (9, 90), darker(WOOD, 0.25))
    pen.box((536, 252), (30, 12), "#596377", radius=3)
    pen.box((546, 236), (10, 20), "#596377")
    pen.box((498, 170), (108, 72), "#39435a", radius=7)
    pen.box((504, 176), (96, 56), mix("#7fb3c9", wall, 0.3), radius=3)
    pen.polygon([(516, 232), (548, 176), (566, 176), (534, 232)], "#ffffff", 0.25)
    pen.box((614, 240), (19, 23), "#c96f55", radius=4)


def _home(pen: Pen, look: Look) -> None:
    """A living room: picture, lamp and the back of a sofa."""
    wall = look.wall
    sofa = mix("#4d7c8a", look.colour, 0.18) if look.mood < 0 else "#c98a5e"
    _wall(pen, wall, darker(wall, 0.18), 300)
    for x in range(20, 640, 44):
        pen.box((x, 0), (14, 300), lighter(wall, 0.14))
    pen.box((62, 42), (130, 96), "#8d6746", radius=4)
    pen.box((69, 49), (116, 82), "#fdf9f0")
    _hills(pen, 79, 58, 96, 64)
    pen.oval((548, 120), (104, 96), "#fff2c4", 0.35)
    pen.box((545, 120), (6, 170), "#6d5a4c")
    pen.polygon([(520, 78), (576, 78), (596, 140), (500, 140)], "#f6dfa0")
    pen.polygon([(520, 78), (540, 78), (530, 140), (500, 140)], "#fff0c2")
    pen.box((60, 222), (520, 150), sofa, radius=34)
    pen.box((66, 228), (252, 120), lighter(sofa, 0.1), radius=26)
    pen.box((322, 228), (252, 120), lighter(sofa, 0.1), radius=26)
    pen.box((26, 262), (78, 110), darker(sofa, 0.12), radius=26)
    pen.box((536, 262), (78, 110), darker(sofa, 0.12), radius=26)
    with pen.moved((150, 268), degrees=-12):
        pen.box((-40, -34), (80, 68), "#e3b04b", radius=15)
        pen.line([(-24, -18), (0, -8), (24, -18)], 3, "#f3d389")
        pen.line([(-24, 4), (0, 14), (24, 4)], 3, "#f3d389")


def _studio(pen: Pen, look: Look) -> None:
    """A quiet backdrop for the example answers: nobody's workplace in particular."""
    wall = look.wall
    _wall(pen, wall, darker(wall, 0.12), 286)
    pen.oval((320, 168), (196, 182), lighter(wall, 0.5))
    pen.box((0, 280), (640, 7), lighter(wall, 0.5))
    _plant(pen, 92, 326, 1.15)
    pen.box((486, 240), (120, 10), WOOD, radius=4)
    pen.box((500, 250), (8, 84), darker(WOOD, 0.2))
    pen.box((584, 250), (8, 84), darker(WOOD, 0.2))
    pen.box((520, 206), (34, 35), "#e3b04b", radius=6)
    pen.ring((556, 222), (9, 9), 5, "#e3b04b")


def _desk(pen: Pen, look: Look) -> None:
    """The counter before the person, seen a little from above."""
    top = mix(WOOD, look.wall, 0.12)
    pen.box((0, DESK_TOP), (640, 60), top)
    pen.box((0, DESK_TOP), (640, 5), lighter(top, 0.45))
    pen.box((0, DESK_TOP + 5), (640, 4), darker(top, 0.08))
    if look.holds == "headset":
        pen.box((486, DESK_TOP - 34), (40, 44), "#5b6f8f", radius=6)
        for x, lean, colour in ((497, -5, "#e3b04b"), (507, 1, "#c96f55"), (516, 6, "#2f6f73")):
            pen.line([(x, DESK_TOP - 34), (x + lean, DESK_TOP - 62)], 5, colour)
        pen.box((486, DESK_TOP - 34), (40, 44), "#4b5d7a", radius=6)
        pen.box((92, DESK_TOP + 12), (94, 34), "#fbf7ee", radius=3)
    else:
        pen.box((486, DESK_TOP + 10), (98, 36), "#fbf7ee", radius=4)
        pen.line([(560, DESK_TOP + 40), (606, DESK_TOP + 20)], 5, "#2f6f73")
