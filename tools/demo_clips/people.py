"""Put a person in a room, one frame a pose: body, clothes, arms and what the hands do.

Coordinates of the body: (0, 0) is the pit of the neck, y downwards.
"""

from __future__ import annotations

from demo_clips.canvas import Pen, Point, darker, lighter
from demo_clips.clothes import draw_collar, draw_torso
from demo_clips.face import draw_head
from demo_clips.hair import draw_back, style_of
from demo_clips.looks import Look
from demo_clips.motion import Pose
from demo_clips.scenes import Scene

HEAD = (320.0, 138.0)
BODY = (320.0, 226.0)


class Painter:
    """Paints the frames of one clip; the room is painted once."""

    def __init__(self, look: Look, scene: Scene, size: tuple[int, int]) -> None:
        self._look = look
        self._scene = scene
        self._size = size
        self._style = style_of(look.hair)
        self._room = Pen(size)
        scene.back(self._room)

    def frame(self, pose: Pose) -> bytes:
        """Return the pixels of one pose, BGRx."""
        return self.paint(pose).pixels()

    def paint(self, pose: Pose) -> Pen:
        """Return the picture of one pose."""
        pen = Pen(self._size, self._room)
        look = self._look
        head = (HEAD[0] + pose.head[0], HEAD[1] + pose.head[1])
        body = (BODY[0] + 0.3 * pose.head[0], BODY[1] - 0.7 * pose.breath)
        with pen.moved(head, degrees=pose.tilt):
            draw_back(pen, self._style, look.hair_colour)
        with pen.moved(body):
            draw_torso(pen, look)
            _neck(pen, look)
            draw_collar(pen, look)
        with pen.moved(head, degrees=pose.tilt):
            draw_head(pen, look, self._style, pose)
            if look.holds == "phone":
                _phone_hand(pen, look)
        self._scene.front(pen)
        if self._scene.desk:
            with pen.moved((320 + 0.15 * pose.head[0], BODY[1])):
                _resting_arms(pen, look)
        return pen


def _neck(pen: Pen, look: Look) -> None:
    pen.blob(
        [(-21, -50), (21, -50), (22, -14), (26, -4), (0, 10), (-26, -4), (-22, -14)], look.skin
    )
    pen.blob(
        [(-21, -34), (21, -34), (22, -18), (4, -4), (-14, -8), (-21, -18)], darker(look.skin, 0.2)
    )


def _resting_arms(pen: Pen, look: Look) -> None:
    """Fold the hands on the counter, or around the folder that came along."""
    if look.folder:
        with pen.moved((2, 68), degrees=-4):
            pen.box((-50, -40), (46, 20), "#d9a23c", radius=5)
            pen.box((-50, -33), (100, 70), "#d9a23c", radius=5)
            pen.box((-45, -36), (90, 30), "#fbf7ee", radius=3)
            pen.box((-50, -27), (100, 66), "#e9bd5f", radius=5)
    sleeve = darker(look.colour, 0.06)
    reach = 112 * look.build
    for side in (-1, 1):
        arm: list[Point] = [(side * 0.9 * reach, 44), (side * 0.98 * reach, 74)]
        arm += [(side * 0.84 * reach, 92), (side * 62, 94), (side * 36, 94)]
        pen.line(arm, 38, sleeve)
        pen.line(
            [(side * 0.78 * reach, 62), (side * 0.71 * reach, 75), (side * 58, 76)],
            2.4,
            darker(look.colour, 0.22),
        )
        pen.line([(side * 33, 80), (side * 32, 107)], 9, lighter(look.colour, 0.18))
    for side in (1, -1):
        skin = look.skin if side < 0 else darker(look.skin, 0.07)
        pen.blob(
            [
                (side * 30, 83),
                (side * 10, 78),
                (side * -12, 83),
                (side * -15, 97),
                (side * 2, 105),
                (side * 30, 105),
            ],
            skin,
        )
    crease = darker(look.skin, 0.24)
    for down in (86, 92, 98):
        pen.line([(4, down), (12, down + 1)], 1.8, crease)


def _phone_hand(pen: Pen, look: Look) -> None:
    """Hold a telephone to the ear; the arm moves with the head, as it does in life."""
    sleeve = darker(look.colour, 0.1)
    pen.line([(104, 236), (126, 160), (92, 82)], 42, sleeve)
    pen.line([(98, 76), (78, 86)], 16, lighter(look.colour, 0.18))
    with pen.moved((66, 18), degrees=-7):
        pen.box((-10, -44), (21, 86), "#2b3040", radius=7)
        pen.box((6, -40), (5, 78), "#4a5168", radius=2.5)
    pen.blob([(70, 18), (88, 24), (98, 54), (92, 80), (74, 80), (66, 56), (64, 32)], look.skin)
    finger = darker(look.skin, 0.07)
    for top in (18.0, 30.0, 42.0, 53.0):
        pen.line([(86, top + 3), (60, top)], 11.5, finger)
    for gap in (24.0, 36.0, 47.5):
        pen.line([(80, gap + 2), (60, gap)], 1.6, darker(look.skin, 0.24))
