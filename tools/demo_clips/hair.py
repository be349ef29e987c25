"""Find the hair (or headscarf) of a person and draw it behind and before the face.

A style has a back, behind neck and shoulders, and a front, over the forehead. Its shapes are data
so that the same front also casts its shadow on the skin.
"""

from __future__ import annotations

from collections.abc import Callable

from demo_clips import hair_long, hair_short
from demo_clips.canvas import Pen, darker, lighter
from demo_clips.hair_shapes import Style
from demo_clips.looks import Hair


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


_STYLES: dict[Hair, Callable[[], Style]] = {
    "bob": hair_long.bob,
    "bun": hair_long.bun,
    "crop": hair_short.crop,
    "curls": hair_long.curls,
    "pixie": hair_short.pixie,
    "puff": hair_long.puff,
    "receding": hair_short.receding,
    "scarf": hair_long.scarf,
    "side": hair_short.side,
    "twists": hair_short.twists,
    "wavy": hair_long.wavy,
}
