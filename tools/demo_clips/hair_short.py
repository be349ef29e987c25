"""Styles that end above the ears or in the neck."""

from __future__ import annotations

from demo_clips.canvas import mirrored
from demo_clips.hair_shapes import Style, cap


def crop() -> Style:
    """Cut short all round."""
    outer = [
        (-58, 10),
        (-63, -24),
        (-52, -68),
        (-22, -88),
        (20, -88),
        (52, -68),
        (63, -24),
        (58, 10),
    ]
    inner = [
        (53, -6),
        (51, -30),
        (38, -46),
        (12, -52),
        (-14, -51),
        (-38, -45),
        (-51, -30),
        (-53, -6),
    ]
    return Style(
        front=(cap(outer, inner),),
        strands=([(-34, -66), (-8, -76), (20, -75)],),
        top=-89,
    )


def side() -> Style:
    """Short, combed over from a parting."""
    outer = [
        (-58, 12),
        (-65, -26),
        (-58, -66),
        (-30, -92),
        (14, -101),
        (50, -86),
        (65, -44),
        (58, 12),
    ]
    inner = [
        (53, -4),
        (50, -28),
        (34, -40),
        (6, -44),
        (-22, -58),
        (-40, -42),
        (-50, -26),
        (-53, -4),
    ]
    return Style(
        front=(cap(outer, inner),),
        strands=([(-22, -62), (2, -84), (34, -84)], [(-8, -58), (22, -68), (46, -62)]),
        top=-98,
    )


def pixie() -> Style:
    """Short with a slanting fringe and a soft neck."""
    outer = [
        (-58, 26),
        (-67, -16),
        (-62, -62),
        (-30, -92),
        (12, -96),
        (52, -78),
        (67, -30),
        (59, 26),
    ]
    inner = [(54, 10), (52, -14), (40, -30), (18, -30), (-12, -26), (-34, -16), (-49, 0), (-54, 12)]
    return Style(
        back=(mirrored([(0, -80), (50, -60), (66, 0), (58, 44), (34, 62), (0, 60)]),),
        front=(cap(outer, inner),),
        strands=([(22, -80), (-14, -66), (-40, -34)], [(34, -70), (8, -56), (-12, -38)]),
        top=-95,
        ears=False,
    )


def receding() -> Style:
    """Short, with a high forehead."""
    outer = [
        (-58, 14),
        (-65, -20),
        (-58, -56),
        (-34, -80),
        (0, -86),
        (34, -80),
        (58, -56),
        (65, -20),
        (58, 14),
    ]
    inner = [
        (53, -4),
        (53, -30),
        (42, -54),
        (26, -68),
        (0, -62),
        (-26, -68),
        (-42, -54),
        (-53, -30),
        (-53, -4),
    ]
    return Style(front=(cap(outer, inner),), strands=([(-20, -77), (0, -79), (20, -77)],), top=-86)


def twists() -> Style:
    """Twists on top, short at the sides."""
    outer = [(-57, 4), (-62, -26), (-50, -62), (-22, -80), (22, -80), (50, -62), (62, -26), (57, 4)]
    inner = [(53, -10), (51, -34), (36, -48), (0, -53), (-36, -48), (-51, -34), (-53, -10)]
    twists = []
    for x, y, lean in (
        (-42, -66, -8),
        (-28, -76, -6),
        (-13, -82, -3),
        (2, -84, 2),
        (17, -82, 4),
        (31, -76, 7),
        (44, -65, 9),
        (-34, -58, -5),
        (-18, -62, -3),
        (0, -64, 1),
        (18, -62, 4),
        (35, -57, 6),
    ):
        twists.append(
            [(x - 8, y + 8), (x + lean - 7, y - 14), (x + lean + 7, y - 15), (x + 8, y + 7)]
        )
    strands = [
        [(x, y), (x + lean, y - 10)] for x, y, lean in ((-30, -70, -3), (2, -78, 1), (34, -70, 3))
    ]
    return Style(front=(cap(outer, inner), *twists), strands=tuple(strands), top=-96)
