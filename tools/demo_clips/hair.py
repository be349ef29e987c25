"""The hair (or headscarf) of every style, as shapes around a face centred on (0, 0).

The face is 116 wide and 150 high. A style has a back, behind neck and shoulders, and a front,
over the forehead; shapes are data so that the same front also casts its shadow on the skin.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from demo_clips.canvas import Pen, Point, Points, darker, lighter, mirrored
from demo_clips.looks import Hair


@dataclass(frozen=True)
class Style:
    """Shapes of a style; `strands` are lighter lines, `top` is where a headband lies."""

    back: tuple[Points, ...] = ()
    front: tuple[Points, ...] = ()
    strands: tuple[Points, ...] = ()
    top: float = -90.0
    ears: bool = True
    hole: Points = ()


def style_of(name: Hair) -> Style:
    """Return the shapes of a style."""
    return _STYLES[name]()


def draw_back(pen: Pen, style: Style, colour: str) -> None:
    """Draw what hangs behind the neck, a shade darker than the front."""
    for shape in style.back:
        pen.blob(shape, darker(colour, 0.16))


def draw_front(pen: Pen, style: Style, colour: str) -> None:
    """Draw what lies over the forehead, with a few strands that catch the light."""
    for number, shape in enumerate(style.front):
        if style.hole and number == 0:
            pen.frame(shape, style.hole, colour)
        else:
            pen.blob(shape, colour)
    for strand in style.strands:
        pen.line(strand, 2.6, lighter(colour, 0.2), alpha=0.75)


def _circle(centre: Point, radius: float) -> list[Point]:
    x, y = centre
    turns = (math.tau * step / 8 for step in range(8))
    return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]


def _cap(outer: Points, inner: Points) -> list[Point]:
    """Join an outline, from left to right, with a hairline from right to left."""
    return [*outer, *inner]


def _crop() -> Style:
    outer = [(-58, 10), (-63, -24), (-52, -68), (-22, -88), (20, -88), (52, -68), (63, -24), (58, 10)]
    inner = [(53, -6), (51, -30), (38, -46), (12, -52), (-14, -51), (-38, -45), (-51, -30), (-53, -6)]
    return Style(
        front=(_cap(outer, inner),),
        strands=([(-34, -66), (-8, -76), (20, -75)],),
        top=-89,
    )


def _side() -> Style:
    outer = [(-58, 12), (-65, -26), (-58, -66), (-30, -92), (14, -101), (50, -86), (65, -44), (58, 12)]
    inner = [(53, -4), (50, -28), (34, -40), (6, -44), (-22, -58), (-40, -42), (-50, -26), (-53, -4)]
    return Style(
        front=(_cap(outer, inner),),
        strands=([(-22, -62), (2, -84), (34, -84)], [(-8, -58), (22, -68), (46, -62)]),
        top=-98,
    )


def _pixie() -> Style:
    outer = [(-58, 26), (-67, -16), (-62, -62), (-30, -92), (12, -96), (52, -78), (67, -30), (59, 26)]
    inner = [(54, 10), (52, -14), (40, -30), (18, -30), (-12, -26), (-34, -16), (-49, 0), (-54, 12)]
    return Style(
        back=(mirrored([(0, -80), (50, -60), (66, 0), (58, 44), (34, 62), (0, 60)]),),
        front=(_cap(outer, inner),),
        strands=([(22, -80), (-14, -66), (-40, -34)], [(34, -70), (8, -56), (-12, -38)]),
        top=-95,
        ears=False,
    )


def _receding() -> Style:
    outer = [(-58, 14), (-65, -20), (-58, -56), (-34, -80), (0, -86), (34, -80), (58, -56), (65, -20), (58, 14)]
    inner = [(53, -4), (53, -30), (42, -54), (26, -68), (0, -62), (-26, -68), (-42, -54), (-53, -30), (-53, -4)]
    return Style(front=(_cap(outer, inner),), strands=([(-20, -77), (0, -79), (20, -77)],), top=-86)


def _bob() -> Style:
    back = mirrored([(0, -94), (48, -82), (72, -40), (77, 14), (76, 62), (62, 82), (30, 78), (0, 76)])
    outer = [(-57, -6), (-70, -28), (-60, -66), (-28, -92), (0, -96), (28, -92), (60, -66), (70, -28), (57, -6)]
    inner = [(48, -24), (24, -29), (0, -30), (-24, -29), (-48, -24)]
    lock = [(52, -44), (68, -34), (76, 12), (75, 60), (64, 80), (55, 62), (54, 20), (50, -10)]
    return Style(
        back=(back,),
        front=(_cap(outer, inner), lock, [(-x, y) for x, y in lock]),
        strands=([(-40, -72), (-6, -82), (28, -78)], [(66, -6), (68, 24), (66, 52)]),
        top=-97,
        ears=False,
    )


def _wavy() -> Style:
    back = mirrored(
        [(0, -92), (48, -80), (72, -38), (76, 4), (84, 44), (82, 78), (90, 108), (70, 128), (34, 112), (0, 104)]
    )
    right = [(-22, -84), (8, -96), (46, -82), (68, -42), (72, 2), (66, 34), (57, 14), (53, -16), (34, -44), (0, -60)]
    left = [(-14, -90), (-44, -82), (-66, -46), (-71, 0), (-66, 32), (-57, 12), (-54, -16), (-44, -42), (-22, -62)]
    lock = [(60, 8), (72, 16), (82, 52), (78, 84), (84, 112), (70, 126), (60, 96), (66, 62), (58, 34)]
    return Style(
        back=(back,),
        front=(left, right, lock, [(-x, y) for x, y in lock]),
        strands=([(0, -80), (36, -66), (58, -26)], [(-30, -74), (-54, -46), (-62, -12)],
                 [(71, 40), (72, 70), (74, 104)]),
        top=-94,
        ears=False,
    )


def _curls() -> Style:
    back = [_circle((0, -16), 78)]
    for step in range(15):
        turn = math.radians(152 + 236 * step / 14)
        back.append(_circle((72 * math.cos(turn), -12 + 74 * math.sin(turn)), 21 + 3 * (step % 2)))
    for x in (-76, 76):
        back += [_circle((x, 34), 22), _circle((0.94 * x, 60), 20)]
    front = [
        _circle((x, y), radius)
        for x, y, radius in (
            (-56, -26, 15), (-48, -48, 18), (-28, -62, 19), (-4, -66, 19), (20, -64, 19),
            (42, -52, 18), (55, -30, 15), (-61, -6, 11), (61, -8, 11),
        )
    ]
    strands = [[(x - 8, y + 3), (x - 2, y - 7), (x + 8, y - 5)]
               for x, y in ((-46, -52), (-16, -70), (16, -70), (46, -52))]
    return Style(back=tuple(back), front=tuple(front), strands=tuple(strands), top=-88, ears=False)


def _puff() -> Style:
    puff = [_circle((0, -88), 32)]
    for step in range(9):
        turn = math.radians(170 + 200 * step / 8)
        puff.append(_circle((36 * math.cos(turn), -86 + 24 * math.sin(turn)), 15))
    outer = [(-57, 8), (-64, -26), (-50, -70), (-20, -88), (20, -88), (50, -70), (64, -26), (57, 8)]
    inner = [(54, -8), (50, -34), (32, -52), (0, -58), (-32, -52), (-50, -34), (-54, -8)]
    return Style(
        back=tuple(puff),
        front=(_cap(outer, inner),),
        strands=([(-44, -50), (-26, -70), (-10, -82)], [(44, -50), (26, -70), (10, -82)],
                 [(0, -64), (0, -76), (0, -84)]),
        top=-86,
    )


def _twists() -> Style:
    outer = [(-57, 4), (-62, -26), (-50, -62), (-22, -80), (22, -80), (50, -62), (62, -26), (57, 4)]
    inner = [(53, -10), (51, -34), (36, -48), (0, -53), (-36, -48), (-51, -34), (-53, -10)]
    twists = []
    for x, y, lean in ((-42, -66, -8), (-28, -76, -6), (-13, -82, -3), (2, -84, 2), (17, -82, 4),
                       (31, -76, 7), (44, -65, 9), (-34, -58, -5), (-18, -62, -3), (0, -64, 1),
                       (18, -62, 4), (35, -57, 6)):
        twists.append([(x - 8, y + 8), (x + lean - 7, y - 14), (x + lean + 7, y - 15), (x + 8, y + 7)])
    strands = [[(x, y), (x + lean, y - 10)] for x, y, lean in ((-30, -70, -3), (2, -78, 1), (34, -70, 3))]
    return Style(front=(_cap(outer, inner), *twists), strands=tuple(strands), top=-96)


def _bun() -> Style:
    outer = [(-58, 12), (-66, -24), (-54, -70), (-22, -90), (22, -90), (54, -70), (66, -24), (58, 12)]
    inner = [(54, -2), (52, -28), (34, -46), (6, -54), (-16, -54), (-38, -42), (-52, -26), (-54, -2)]
    return Style(
        back=(_circle((0, -100), 30),),
        front=(_cap(outer, inner),),
        strands=([(-50, -40), (-30, -66), (-8, -82)], [(50, -40), (32, -66), (10, -82)],
                 [(-4, -58), (-2, -70), (0, -84)], [(-14, -108), (0, -118), (14, -110)]),
        top=-88,
    )


def _scarf() -> Style:
    back = mirrored([(0, -90), (46, -78), (68, -36), (70, 10), (66, 54), (78, 92), (60, 112), (0, 116)])
    ring = mirrored([(0, -92), (44, -80), (67, -38), (69, 8), (62, 50), (48, 82), (24, 98), (0, 102)])
    hole = mirrored([(0, -56), (26, -52), (44, -34), (50, -4), (48, 26), (38, 52), (20, 69), (0, 73)])
    drape = [(-52, 70), (-20, 92), (26, 90), (56, 66), (74, 96), (58, 124), (10, 132), (-46, 122), (-74, 98)]
    return Style(
        back=(back,),
        front=(ring, drape),
        strands=([(-50, 84), (-10, 106), (44, 100)], [(-38, 104), (0, 118), (40, 116)],
                 [(-50, -46), (-26, -70), (4, -78)], [(60, -20), (60, 10), (54, 40)]),
        top=-92,
        ears=False,
        hole=hole,
    )


_STYLES: dict[Hair, Callable[[], Style]] = {
    "bob": _bob,
    "bun": _bun,
    "crop": _crop,
    "curls": _curls,
    "pixie": _pixie,
    "puff": _puff,
    "receding": _receding,
    "scarf": _scarf,
    "side": _side,
    "twists": _twists,
    "wavy": _wavy,
}
