"""Styles that hang, are put up, or are covered."""

from __future__ import annotations

import math

from demo_clips.canvas import mirrored
from demo_clips.hair_shapes import Style, cap, circle


def bob() -> Style:
    """Straight, to the chin, with a fringe."""
    back = mirrored(
        [(0, -94), (48, -82), (72, -40), (77, 14), (76, 62), (62, 82), (30, 78), (0, 76)]
    )
    outer = [
        (-57, -6),
        (-70, -28),
        (-61, -64),
        (-36, -88),
        (0, -98),
        (36, -88),
        (61, -64),
        (70, -28),
        (57, -6),
    ]
    inner = [(48, -24), (24, -29), (0, -30), (-24, -29), (-48, -24)]
    lock = [(52, -44), (68, -34), (76, 12), (75, 60), (64, 80), (55, 62), (54, 20), (50, -10)]
    return Style(
        back=(back,),
        front=(cap(outer, inner), lock, [(-x, y) for x, y in lock]),
        strands=([(-40, -72), (-6, -82), (28, -78)], [(66, -6), (68, 24), (66, 52)]),
        top=-97,
        ears=False,
    )


def wavy() -> Style:
    """Loose over the shoulders, parted."""
    back = mirrored(
        [
            (0, -92),
            (48, -80),
            (72, -38),
            (76, 4),
            (84, 44),
            (82, 78),
            (90, 108),
            (70, 128),
            (34, 112),
            (0, 104),
        ]
    )
    right = [
        (-22, -84),
        (8, -96),
        (46, -82),
        (68, -42),
        (72, 2),
        (66, 34),
        (57, 14),
        (53, -16),
        (34, -44),
        (0, -60),
    ]
    left = [
        (-14, -90),
        (-44, -82),
        (-66, -46),
        (-71, 0),
        (-66, 32),
        (-57, 12),
        (-54, -16),
        (-44, -42),
        (-22, -62),
    ]
    lock = [
        (60, 8),
        (72, 16),
        (82, 52),
        (78, 84),
        (84, 112),
        (70, 126),
        (60, 96),
        (66, 62),
        (58, 34),
    ]
    return Style(
        back=(back,),
        front=(left, right, lock, [(-x, y) for x, y in lock]),
        strands=(
            [(0, -80), (36, -66), (58, -26)],
            [(-30, -74), (-54, -46), (-62, -12)],
            [(71, 40), (72, 70), (74, 104)],
        ),
        top=-94,
        ears=False,
    )


def curls() -> Style:
    """Full curls to the jaw."""
    back = [circle((0, -16), 78)]
    for step in range(15):
        turn = math.radians(152 + 236 * step / 14)
        back.append(circle((72 * math.cos(turn), -12 + 74 * math.sin(turn)), 21 + 3 * (step % 2)))
    for x in (-76, 76):
        back += [circle((x, 34), 22), circle((0.94 * x, 60), 20)]
    front = [
        circle((x, y), radius)
        for x, y, radius in (
            (-56, -26, 15),
            (-48, -48, 18),
            (-28, -62, 19),
            (-4, -66, 19),
            (20, -64, 19),
            (42, -52, 18),
            (55, -30, 15),
            (-61, -6, 11),
            (61, -8, 11),
        )
    ]
    strands = [
        [(x - 8, y + 3), (x - 2, y - 7), (x + 8, y - 5)]
        for x, y in ((-46, -52), (-16, -70), (16, -70), (46, -52))
    ]
    return Style(back=tuple(back), front=tuple(front), strands=tuple(strands), top=-88, ears=False)


def puff() -> Style:
    """Pulled up into a curly puff."""
    puff = [circle((0, -88), 32)]
    for step in range(9):
        turn = math.radians(170 + 200 * step / 8)
        puff.append(circle((36 * math.cos(turn), -86 + 24 * math.sin(turn)), 15))
    outer = [(-57, 8), (-64, -26), (-50, -70), (-20, -88), (20, -88), (50, -70), (64, -26), (57, 8)]
    inner = [(54, -8), (50, -34), (32, -52), (0, -58), (-32, -52), (-50, -34), (-54, -8)]
    return Style(
        back=tuple(puff),
        front=(cap(outer, inner),),
        strands=(
            [(-44, -50), (-26, -70), (-10, -82)],
            [(44, -50), (26, -70), (10, -82)],
            [(0, -64), (0, -76), (0, -84)],
        ),
        top=-86,
    )


def bun() -> Style:
    """Swept back into a bun."""
    outer = [
        (-58, 12),
        (-66, -24),
        (-54, -70),
        (-22, -90),
        (22, -90),
        (54, -70),
        (66, -24),
        (58, 12),
    ]
    inner = [
        (54, -2),
        (52, -28),
        (34, -46),
        (6, -54),
        (-16, -54),
        (-38, -42),
        (-52, -26),
        (-54, -2),
    ]
    return Style(
        back=(circle((0, -100), 30),),
        front=(cap(outer, inner),),
        strands=(
            [(-50, -40), (-30, -66), (-8, -82)],
            [(50, -40), (32, -66), (10, -82)],
            [(-4, -58), (-2, -70), (0, -84)],
            [(-14, -108), (0, -118), (14, -110)],
        ),
        top=-88,
    )


def scarf() -> Style:
    """A headscarf that frames the face and drapes at the neck."""
    back = mirrored(
        [(0, -90), (46, -78), (68, -36), (70, 10), (66, 54), (78, 92), (60, 112), (0, 116)]
    )
    ring = mirrored(
        [(0, -92), (44, -80), (67, -38), (69, 8), (62, 50), (48, 82), (24, 98), (0, 102)]
    )
    hole = mirrored(
        [(0, -56), (26, -52), (44, -34), (50, -4), (48, 26), (38, 52), (20, 69), (0, 73)]
    )
    drape = [
        (-52, 70),
        (-20, 92),
        (26, 90),
        (56, 66),
        (74, 96),
        (58, 124),
        (10, 132),
        (-46, 122),
        (-74, 98),
    ]
    return Style(
        back=(back,),
        front=(ring, drape),
        strands=(
            [(-50, 84), (-10, 106), (44, 100)],
            [(-38, 104), (0, 118), (40, 116)],
            [(-50, -46), (-26, -70), (4, -78)],
            [(60, -20), (60, 10), (54, 40)],
        ),
        top=-92,
        ears=False,
        hole=hole,
    )
