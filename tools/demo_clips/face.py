"""A face that speaks, blinks and looks about, with what is worn on the head.

Coordinates: (0, 0) is the middle of the face, 116 wide and 150 high, y downwards.
"""

from __future__ import annotations

from demo_clips.canvas import Pen, Point, darker, lighter, mirrored, mix
from demo_clips.hair import draw_front
from demo_clips.hair_shapes import Style
from demo_clips.looks import Look
from demo_clips.motion import Pose

INK = "#241a1c"
EYE_X, EYE_Y = 23.0, 3.0
MOUTH_Y = 41.0
SPEAKING = 0.1  # below this opening the lips are drawn closed


def draw_head(pen: Pen, look: Look, style: Style, pose: Pose) -> None:
    """Draw the whole head, ears to headset."""
    if style.ears:
        _ears(pen, look)
    outline = _outline(look)
    pen.blob(outline, look.skin)
    with pen.inside(outline):
        _shading(pen, look, style)
    if look.beard:
        _beard(pen, look)
    _features(pen, look)
    _mouth(pen, look, pose)
    _eyes(pen, look, pose)
    if look.glasses:
        _glasses(pen, look.glasses)
    draw_front(pen, style, look.hair_colour)
    if look.earrings:
        for side in (-1, 1):
            pen.oval((side * 59, 32 if style.ears else 36), (4.5, 5.5), look.earrings)
    if look.holds == "headset":
        _headset(pen, style.top)


def _outline(look: Look) -> list[Point]:
    jaw = 26 + 28 * look.jaw
    half = [(0.0, -78.0), (33.0, -70.0), (54.0, -42.0), (58.0, -6.0), (55.0, 24.0)]
    return mirrored([*half, (jaw, 51.0), (22.0, 70.0), (0.0, 75.0)])


def _ears(pen: Pen, look: Look) -> None:
    for side in (-1, 1):
        pen.oval((side * 58, 10), (11, 16), look.skin)
        curve = [(side * 58, 3), (side * 63, 6), (side * 62, 14), (side * 58, 17)]
        pen.line(curve, 2.2, darker(look.skin, 0.22))


def _shading(pen: Pen, look: Look, style: Style) -> None:
    """Let the hair cast a shadow, turn one cheek from the light and colour both."""
    shade = darker(look.skin, 0.13)
    if not style.hole:
        for shape in style.front:
            pen.blob([(x + 1, y + 6) for x, y in shape], shade)
    pen.blob([(62, -30), (62, 40), (40, 78), (10, 84), (40, 56), (52, 20), (54, -10)], shade, 0.7)
    blush = mix(look.skin, "#d9433f", 0.4)
    for side in (-1, 1):
        pen.oval((side * 36, 27), (12, 8.5), blush, 0.34)
    if look.freckles:
        for x, y in (
            (-42, 20),
            (-34, 23),
            (-28, 18),
            (29, 19),
            (36, 23),
            (43, 19),
            (-37, 29),
            (38, 30),
        ):
            pen.oval((x, y), (1.5, 1.4), mix(look.skin, "#9a5328", 0.36))


def _beard(pen: Pen, look: Look) -> None:
    jaw = 26 + 28 * look.jaw
    edge: list[Point] = [(-57, 6), (-54, 28), (-jaw - 1, 52), (-23, 72), (0, 78)]
    edge += [(-x, y) for x, y in reversed(edge[:-1])]
    lip: list[Point] = [
        (51, 14),
        (44, 30),
        (24, 31),
        (8, 28),
        (0, 30),
        (-8, 28),
        (-24, 31),
        (-44, 30),
        (-51, 14),
    ]
    pen.blob([*edge, *lip], mix(look.skin, look.beard, 0.78))


def _features(pen: Pen, look: Look) -> None:
    """Draw nose and, for who has lived a while, a few kind lines."""
    shade = darker(look.skin, 0.3)
    pen.line([(3, 5), (7, 18), (4, 23), (-4, 23)], 3, shade)
    if look.mature:
        for side in (-1, 1):
            pen.line([(side * 20, 27), (side * 26, 34), (side * 27, 42)], 2, shade, alpha=0.55)
            pen.line([(side * 41, 6), (side * 47, 4)], 1.8, shade, alpha=0.55)
            pen.line([(side * 41, 10), (side * 47, 12)], 1.8, shade, alpha=0.55)


def _eyes(pen: Pen, look: Look, pose: Pose) -> None:
    across, down = pose.gaze
    brow = mix(look.hair_colour if look.hair != "scarf" else "#3a2620", INK, 0.35)
    if look.mature:
        brow = mix(look.hair_colour, "#5a5350", 0.5)
    for side in (-1, 1):
        x, y = side * EYE_X, EYE_Y
        if pose.lids > 0.75:
            pen.line([(x - 8, y + 1), (x, y + 4), (x + 8, y + 1)], 3.2, INK)
        else:
            tall = 8.2 * (1 - 0.8 * pose.lids)
            pen.oval((x + across, y + down), (6.4, tall), INK)
            pen.oval((x + across + 2.1, y + down - 0.4 * tall), (2.1, 2.1 * tall / 8.2), "#ffffff")
            lid = y - tall - 2.2
            pen.line([(x - 9, lid + 4), (x, lid), (x + 9, lid + 4)], 2.2, darker(look.skin, 0.38))
        lift = EYE_Y - 21 - 4.5 * pose.brows
        inner, outer = lift - look.brow_tilt, lift + 0.7 * look.brow_tilt
        curve = [(side * 12, inner + 1), (side * 23, lift - 3), (side * 34, outer + 1.5)]
        pen.line(curve, 4.6, brow)


def _mouth(pen: Pen, look: Look, pose: Pose) -> None:
    lip = mix(look.skin, "#9c2f3d", 0.55 if not look.beard else 0.62)
    open_by, wide_by = pose.mouth_open, pose.mouth_width
    corner = MOUTH_Y - 3.2 * look.mood
    if open_by < SPEAKING:
        smile = MOUTH_Y + 5.5 * look.mood
        half = 17 + 2.5 * max(look.mood, 0)
        pen.line(
            [
                (-half, corner),
                (-0.5 * half, 0.25 * corner + 0.75 * smile),
                (0, smile),
                (0.5 * half, 0.25 * corner + 0.75 * smile),
                (half, corner),
            ],
            3.6,
            lip,
        )
        return
    # oo and oh round the whole mouth; ie and ah keep the upper lip flat and drop the lower one.
    rounded = max(0.0, -wide_by) * open_by
    half = 17.5 + 3.5 * wide_by + 1.5 * look.mood - 2 * rounded
    tall = 6.5 + 12.5 * open_by
    top = corner + 1.6 * look.mood - (0.5 + 0.3 * rounded) * 0.4 * tall
    bottom = top + tall
    middle = corner + 0.25 * rounded * tall
    low = bottom - (0.1 + 0.05 * rounded) * tall
    shape = [
        (-half, middle),
        (-0.55 * half, top - 0.2),
        (0, top + 0.6),
        (0.55 * half, top - 0.2),
        (half, middle),
        (0.62 * half, low),
        (0, bottom),
        (-0.62 * half, low),
    ]
    pen.blob(shape, "#5d1f2c")
    with pen.inside(shape):
        pen.oval((0, bottom + 1), (0.6 * half, 0.36 * tall), "#d9707a")
        pen.box((-0.75 * half, top - 4), (1.5 * half, 5.2 + 0.2 * tall), "#fffdf6", radius=3)
    pen.line(shape, 2.6, lip, closed=True)


def _glasses(pen: Pen, colour: str) -> None:
    for side in (-1, 1):
        pen.oval((side * 24, 5), (18.5, 17), "#ffffff", 0.16)
        pen.ring((side * 24, 5), (18.5, 17), 3, colour)
        pen.line([(side * 42.5, 2), (side * 57, -2)], 3, colour)
    pen.line([(-6, 3), (0, 0), (6, 3)], 3, colour)


def _headset(pen: Pen, top: float) -> None:
    dark, edge = "#353c52", lighter("#353c52", 0.3)
    band = [(-65, 2), (-66, -34), (-46, top + 16), (0, top - 3), (46, top + 16), (66, -34), (65, 2)]
    pen.line(band, 7, dark)
    pen.line([(-36, top + 7), (0, top - 4), (36, top + 7)], 2.4, edge)
    pen.line([(-66, 20), (-63, 46), (-50, 58), (-33, 59)], 4, dark)
    pen.oval((-30, 59), (8.5, 6.5), dark)
    pen.oval((-32, 57), (3, 2), edge)
    for side in (-1, 1):
        pen.box((side * 66 - 10, -14), (20, 42), dark, radius=9)
        pen.box((side * 66 - 4, -6), (7, 26), edge, radius=3.5)
