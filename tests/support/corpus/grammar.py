"""Trees of real box and element names with chance inside: what no list of attacks would hold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from support.corpus.boxes import STBL, box, edit
from support.corpus.cases import Bench, Case
from support.corpus.ebml import SEGMENT, TRACKS, element, head, info, sound_track, spoken

COUNT = 40
BRANCHES = (
    b"moov",
    b"trak",
    b"mdia",
    b"minf",
    b"stbl",
    b"edts",
    b"udta",
    b"moof",
    b"traf",
    b"mvex",
)
LEAVES = (
    *(b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"stsd", b"stts", b"stsz", b"stsc", b"stco", b"co64"),
    *(b"ctts", b"elst", b"dref", b"vmhd", b"smhd", b"trun", b"tfhd", b"tfdt", b"trex", b"sidx"),
    *(b"avcC", b"hvcC", b"esds", b"wave", b"glbl", b"ddts", b"stss", b"sgpd", b"meta", b"ilst"),
    *(b"keys", b"cmov", b"free", b"mdat", b"uuid", b"chan", b"pasp", b"colr", b"senc", b"saiz"),
)
ELEMENTS = (
    *(0x1549A966, 0x1654AE6B, 0x1F43B675, 0x114D9B74, 0x1C53BB6B, 0x1254C367, 0x1941A469),
    *(0xAE, 0xE0, 0xE1, 0xA0, 0xA1, 0xA3, 0xE7, 0x6D80, 0x6240, 0x5034, 0x61A7, 0x465C, 0x67C8),
    *(0xD7, 0x86, 0x83, 0x63A2, 0xB0, 0xBA, 0xB5, 0x9F, 0x2AD7B1, 0x4489, 0x23E383, 0xFB, 0x9B),
    *(0x55B0, 0x7670, 0x75A1, 0x41ED, 0x41E4, 0xE2, 0xE4, 0xBB, 0xB7, 0x4DBB, 0x7373, 0xEC, 0xBF),
)
SOMETIMES = 0.15


def cases() -> Iterator[Case]:
    for number in range(COUNT):
        name = f"tree-{number:03}.mp4"
        yield Case(name, "grammar", partial(_boxes, name=name))
        name = f"tree-{number:03}.mkv"
        yield Case(name, "grammar", partial(_elements, name=name))
        name = f"tables-{number:03}.mp4"
        yield Case(name, "grammar", partial(_tables, name=name))


def _bytes(chance: random.Random) -> bytes:
    """Figures that programs stumble over: very small, very large, and any."""
    words = (b"\0\0\0\0", b"\0\0\0\1", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0")
    return b"".join(
        chance.choice(words) if chance.random() < 0.6 else chance.randbytes(4)
        for _ in range(chance.randrange(0, 24))
    )


def _tree(chance: random.Random, depth: int) -> bytes:
    parts = []
    for _ in range(chance.randrange(1, 6)):
        size = chance.choice((0, 1, 2**31, None)) if chance.random() < SOMETIMES else None
        if depth and chance.random() < 0.6:
            parts.append(box(chance.choice(BRANCHES), _tree(chance, depth - 1), size=size))
        else:
            parts.append(box(chance.choice(LEAVES), _bytes(chance), size=size))
    return b"".join(parts)


def _boxes(bench: Bench, *, name: str) -> bytes:
    chance = bench.chance(name)
    start = box("ftyp", b"isom\0\0\2\0isommp42")
    whole = box("moov", _tree(chance, 5)) + _tree(chance, 3)
    rest = bench.base("h264.mp4") if chance.random() < 0.5 else b""
    return start + whole + rest


def _branch(chance: random.Random, depth: int) -> bytes:
    parts = []
    for _ in range(chance.randrange(1, 7)):
        number = chance.choice(ELEMENTS)
        told = chance.choice((b"\xff", b"\x80", b"\x01" + b"\xff" * 7, b"\x08\0\0\0\x10"))
        lie = told if chance.random() < SOMETIMES / 2 else None
        inside = _branch(chance, depth - 1) if depth and chance.random() < 0.5 else _bytes(chance)
        parts.append(element(number, inside, told=lie))
    return b"".join(parts)


def _elements(bench: Bench, *, name: str) -> bytes:
    chance = bench.chance(name)
    parts = [info(), _branch(chance, 4), element(TRACKS, sound_track()), _branch(chance, 4)]
    if chance.random() < 0.4:
        chance.shuffle(parts)
    return head() + element(SEGMENT, *parts, spoken(), _branch(chance, 3))


def _tables(bench: Bench, *, name: str) -> bytes:
    """A sound movie of which some tables hold chance."""
    chance = bench.chance(name)
    base = chance.choice(("h264.mp4", "pcm.mov", "voice.m4a", "hevc.mp4", "old.3gp"))
    made = bench.base(base)
    for table in chance.sample(("stts", "stsz", "stsc", "stco", "stsd"), k=chance.randrange(1, 3)):

        def spoil(payload: bytes) -> bytes:
            at = chance.randrange(4, max(5, len(payload)))
            return payload[:at] + _bytes(chance)[:8] + payload[at + 8 :]

        made = edit(made, f"{STBL}/{table}", spoil)
    if chance.random() < 0.5:
        made = edit(made, "moov/trak/tkhd", lambda payload: payload[:16] + _bytes(chance)[:60])
    return made
