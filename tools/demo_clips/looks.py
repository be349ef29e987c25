"""Who is who: skin, hair, clothes and bearing of everybody in the demo, as plain data.

The people differ the way people at a counter do. No look carries a joke or a judgement, and no
name stands for a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Hair = Literal[
    "bob", "bun", "crop", "curls", "pixie", "puff", "receding", "scarf", "side", "twists", "wavy"
]
Clothes = Literal["blazer", "cardigan", "coat", "hoodie", "shirt", "sweater"]
Holds = Literal["headset", "nothing", "phone"]


@dataclass(frozen=True)
class Look:
    """One person.

    `mood` runs from -1 (troubled) to 1 (glad); `brow_tilt` lifts the inner ends of the brows
    (worry) or, below 0, lowers them (annoyance), in pixels; `build` 1 is middling shoulders;
    `pitch` and `speed` are espeak-ng's.
    """

    skin: str
    hair: Hair
    hair_colour: str
    clothes: Clothes
    colour: str
    under: str  # what shows at the collar
    wall: str  # the leading colour of the room
    holds: Holds = "nothing"
    place: Literal["counter", "home", "office", "studio"] = "counter"
    mood: float = 0.5
    brow_tilt: float = 1.8
    build: float = 1.0
    jaw: float = 0.62
    glasses: str = ""
    beard: str = ""
    earrings: str = ""
    freckles: bool = False
    mature: bool = False
    suitcase: bool = False
    folder: bool = False
    lanyard: str = ""
    pitch: int = 50
    speed: int = 150


LOOKS: dict[str, Look] = {
    "visitor": Look(
        skin="#c98d62",
        hair="curls",
        hair_colour="#2b1d1a",
        clothes="coat",
        colour="#d99a2b",
        under="#2f6f73",
        wall="#bcd5e6",
        mood=0.7,
        earrings="#f2d38a",
        pitch=52,
    ),
    "caller": Look(
        skin="#f0c3a0",
        hair="receding",
        hair_colour="#6b5546",
        clothes="sweater",
        colour="#7a3f4f",
        under="#f3ece2",
        wall="#e6d6bf",
        holds="phone",
        place="home",
        mood=-0.75,
        brow_tilt=-3.5,
        build=1.08,
        jaw=0.72,
        glasses="#3a3230",
        beard="#6b5546",
        pitch=46,
    ),
    "daughter": Look(
        skin="#f3cfa8",
        hair="bob",
        hair_colour="#1d1a22",
        clothes="blazer",
        colour="#3f5f8a",
        under="#f6e7d8",
        wall="#cfe3d6",
        mood=0.1,
        brow_tilt=2.5,
        build=0.93,
        folder=True,
        pitch=52,
    ),
    "traveller": Look(
        skin="#7d4f35",
        hair="twists",
        hair_colour="#19130f",
        clothes="hoodie",
        colour="#2f8577",
        under="#f4efe6",
        wall="#c8d3ea",
        mood=-0.25,
        brow_tilt=4.0,
        jaw=0.66,
        suitcase=True,
        pitch=50,
    ),
    "neighbour": Look(
        skin="#f2c9ad",
        hair="bun",
        hair_colour="#d9d6d8",
        clothes="cardigan",
        colour="#8a6aa8",
        under="#f7f1ea",
        wall="#d4e0cc",
        holds="phone",
        place="home",
        mood=0.3,
        brow_tilt=1.5,
        build=0.92,
        glasses="#8c5a3c",
        earrings="#f4f0ea",
        mature=True,
        pitch=48,
        speed=145,
    ),
    "samira": Look(
        skin="#e3b188",
        hair="wavy",
        hair_colour="#3a2620",
        clothes="blazer",
        colour="#2c5d82",
        under="#f5f1ea",
        wall="#bcd3e6",
        holds="headset",
        place="office",
        mood=0.8,
        build=0.95,
        lanyard="#0b6b55",
        pitch=52,
    ),
    "jeroen": Look(
        skin="#f3c6a4",
        hair="side",
        hair_colour="#b5652b",
        clothes="shirt",
        colour="#7c6a2f",
        under="#f3c6a4",
        wall="#e6d5bd",
        holds="headset",
        place="office",
        mood=0.4,
        build=1.05,
        jaw=0.7,
        beard="#b5652b",
        freckles=True,
        lanyard="#0b6b55",
        pitch=50,
    ),
    "aylin": Look(
        skin="#ecc19b",
        hair="scarf",
        hair_colour="#b8576b",
        clothes="blazer",
        colour="#4b4a78",
        under="#f0e4d8",
        wall="#ead3d0",
        holds="headset",
        place="office",
        mood=0.8,
        build=0.95,
        lanyard="#0b6b55",
        pitch=53,
    ),
    "bram": Look(
        skin="#8a5a3c",
        hair="crop",
        hair_colour="#17110f",
        clothes="shirt",
        colour="#2f8058",
        under="#8a5a3c",
        wall="#bfe5d2",
        holds="headset",
        place="office",
        mood=0.8,
        build=1.08,
        jaw=0.68,
        lanyard="#0b6b55",
        pitch=48,
    ),
    "fatima": Look(
        skin="#d9a074",
        hair="puff",
        hair_colour="#4a2c20",
        clothes="sweater",
        colour="#c0563f",
        under="#f6e9da",
        wall="#d9e2c4",
        holds="headset",
        place="office",
        mood=0.6,
        build=0.98,
        glasses="#2e3350",
        lanyard="#0b6b55",
        pitch=50,
    ),
    "koen": Look(
        skin="#efbf9c",
        hair="crop",
        hair_colour="#9a948f",
        clothes="shirt",
        colour="#5b7fa6",
        under="#efbf9c",
        wall="#cfd6e6",
        holds="headset",
        place="office",
        mood=0.2,
        build=1.04,
        jaw=0.7,
        glasses="#3b4552",
        mature=True,
        lanyard="#0b6b55",
        pitch=47,
    ),
    "example": Look(
        skin="#ddb08a",
        hair="pixie",
        hair_colour="#6a4a35",
        clothes="sweater",
        colour="#3c8f86",
        under="#f4efe6",
        wall="#dfe8ea",
        place="studio",
        mood=0.7,
        pitch=51,
    ),
}
