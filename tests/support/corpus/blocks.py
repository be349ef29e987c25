"""Matroska and WebM files whose blocks, lengths and references lie."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from support.corpus.cases import Bench, Case
from support.corpus.ebml import (
    ATTACHMENTS,
    CHAPTERS,
    CLUSTER,
    CUES,
    EBML,
    INFO,
    SEEK_HEAD,
    SEGMENT,
    TAGS,
    TRACKS,
    UNKNOWN,
    cluster,
    element,
    head,
    identifier,
    info,
    integer,
    matroska,
    real,
    simple_block,
    size_of,
    sound_track,
    spoken,
    text,
    tone,
)

TRACK = element(TRACKS, sound_track())


def cases() -> Iterator[Case]:
    yield from _lengths()
    yield from _lacing()
    yield from _times()
    yield from _pointers()
    yield from _tracks()
    yield from _heads()


def _literal(_bench: Bench, *, content: bytes) -> bytes:
    return content


def _case(name: str, family: str, content: bytes) -> Case:
    return Case(name, family, partial(_literal, content=content))


def _lengths() -> Iterator[Case]:
    lies = {
        "zero": size_of(0),
        "one": size_of(1),
        "unknown": UNKNOWN,
        "unknown-short": b"\xff",
        "most": size_of(2**56 - 2, 8),
        "invalid": b"\0" * 9,
        "wide": size_of(3, 8),
    }
    whole = (info(), TRACK, spoken())
    for kind, lie in lies.items():
        for number, at in (
            (EBML, "ebml"),
            (SEGMENT, "segment"),
            (INFO, "info"),
            (TRACKS, "tracks"),
        ):
            good = matroska()
            start = good.index(identifier(number)) + len(identifier(number))
            width = next(n for n in range(1, 9) if good[start] >> (8 - n))
            content = good[:start] + lie + good[start + width :]
            yield _case(f"length-{at}-{kind}.mkv", "lying sizes", content)
        blocks = [simple_block(tone(), at=100 * n) for n in range(5)]
        content = matroska(info(), TRACK, cluster(*blocks, told=lie))
        yield _case(f"length-cluster-{kind}.mkv", "lying sizes", content)
        block = element(0xA3, b"\x81\0\0\x80", tone(), told=lie)
        content = matroska(info(), TRACK, cluster(block, *blocks))
        yield _case(f"length-block-{kind}.mkv", "lying sizes", content)
        content = head() + element(SEGMENT, *whole, told=UNKNOWN) + element(SEGMENT, *whole)
        yield _case(f"segments-{kind}.mkv", "lying sizes", content + element(0xEC, told=lie))


def _lacing() -> Iterator[Case]:
    voice = tone()
    bodies = {
        "xiph": (0x02, bytes([4]) + bytes([255, 65] * 4) + voice * 5),
        "xiph-endless": (0x02, bytes([4]) + b"\xff" * 500),
        "xiph-short": (0x02, bytes([255])),
        "fixed": (0x04, bytes([3]) + voice * 4),
        "fixed-odd": (0x04, bytes([6]) + voice),
        "fixed-most": (0x04, bytes([255]) + voice),
        "ebml": (0x06, bytes([2]) + size_of(len(voice)) + b"\xbf" + voice * 3),
        "ebml-negative": (0x06, bytes([2]) + size_of(10) + b"\x80" + voice * 3),
        "ebml-most": (0x06, bytes([255]) + size_of(2**28) + b"\xff" * 300),
        "ebml-empty": (0x06, b""),
        "nested": (0x06, bytes([1]) + size_of(40) + simple_block(voice, flags=0x06)),
        "none": (0x00, voice),
    }
    for kind, (flags, body) in bodies.items():
        for track in (1, 2):
            blocks = [
                simple_block(body, track=track, at=100 * n, flags=0x80 | flags) for n in range(5)
            ]
            content = matroska(info(), TRACK, spoken(), cluster(*blocks, at=500))
            yield _case(f"lacing-{kind}-{track}.mkv", "lacing", content)
    for kind, group in {
        "empty": element(0xA0),
        "two": element(0xA0, *(element(0xA1, b"\x81\0\0\0" + voice),) * 2),
        "endless": element(0xA0, element(0xA1, b"\x81\0\0\0" + voice), integer(0x9B, 2**62)),
        "negative": element(0xA0, element(0xA1, b"\x81\x80\0\0" + voice), integer(0xFB, 2**63)),
        "discard": element(0xA0, element(0xA1, b"\x81\0\0\0" + voice), integer(0x75A2, 2**62)),
        "many": element(0xA0, *(element(0x75A1, element(0xA6, integer(0xEE, 1))),) * 5000),
    }.items():
        content = matroska(info(), TRACK, spoken(), cluster(group, at=500))
        yield _case(f"group-{kind}.mkv", "lacing", content)


def _times() -> Iterator[Case]:
    for number, times in enumerate(
        (
            (-32768, 0, 32767),
            (-1, -2, -3, -4),
            (0, 0, 0, 0),
            (400, 300, 200, 100, 0),
            (32767, -32768) * 20,
        )
    ):
        for at in (0, 40_000, 2**63):
            blocks = [simple_block(tone(), at=time) for time in times]
            content = matroska(info(), TRACK, cluster(*blocks, at=at))
            yield _case(f"times-{number}-{at}.mkv", "negative times", content)
    for delay in (1, 10**9, 2**62, 2**64 - 1):
        extra = integer(0x56AA, delay) + integer(0x56BB, delay)
        content = matroska(info(), element(TRACKS, sound_track(extra=extra)), spoken())
        yield _case(f"delay-{delay}.mkv", "negative times", content)


def _pointers() -> Iterator[Case]:
    """Tables that say where things are: at themselves, at each other, nowhere."""
    for kind, at in (("self", 0), ("far", 2**62), ("back", 2**64 - 40), ("middle", 30)):
        for number in (SEEK_HEAD, CUES, TAGS, ATTACHMENTS, CHAPTERS, CLUSTER, TRACKS, INFO):
            entry = element(0x4DBB, element(0x53AB, identifier(number)), integer(0x53AC, at))
            content = matroska(element(SEEK_HEAD, entry * 3), info(), TRACK, spoken())
            yield _case(f"seek-{kind}-{number:x}.mkv", "recursion", content)
        place = element(0xB7, integer(0xF7, 1), integer(0xF1, at))
        point = element(0xBB, integer(0xB3, at), place)
        content = matroska(info(), TRACK, element(CUES, point * 2000), spoken())
        yield _case(f"cues-{kind}.mkv", "recursion", content)
    for depth in (1, 20, 2000):
        atom = element(0xB6, integer(0x91, 0))
        for _ in range(depth):
            atom = element(0xB6, integer(0x73C4, depth), atom)
        content = matroska(info(), TRACK, element(CHAPTERS, element(0x45B9, atom)), spoken())
        yield _case(f"chapters-{depth}.mkv", "recursion", content)


def _tracks() -> Iterator[Case]:
    changes = {
        "rate-zero": {"rate": 0.0},
        "rate-nan": {"rate": math.nan},
        "rate-inf": {"rate": math.inf},
        "rate-negative": {"rate": -8000.0},
        "rate-one": {"rate": 1.0},
        "rate-huge": {"rate": 2.0**31},
        "rate-high": {"rate": 768_000.0},
        "channels-0": {"channels": 0},
        "channels-255": {"channels": 255},
        "channels-2**31": {"channels": 2**31},
        "bits-0": {"bits": 0},
        "bits-7": {"bits": 7},
        "bits-2**31": {"bits": 2**31},
        "number-0": {"number": 0},
        "number-2**40": {"number": 2**40},
    }
    for kind, words in changes.items():
        content = matroska(info(), element(TRACKS, sound_track(**words)), spoken())  # type: ignore[arg-type]
        yield _case(f"track-{kind.replace('*', '')}.mkv", "odd tracks", content)
    for codec in (
        *(
            "A_TRUEHD",
            "A_DTS",
            "A_REAL/COOK",
            "A_TTA1",
            "A_WAVPACK4",
            "A_MPEG/L3",
            "A_MLP",
            "S_VOBSUB",
        ),
        *(
            "A_PCM/FLOAT/IEEE",
            "A_PCM/INT/BIG",
            "",
            "A_" + "X" * 3000,
            "V_UNCOMPRESSED",
            "S_TEXT/UTF8",
        ),
        *(
            "B_VOBBTN",
            "A_AAC/MPEG4/LC/SBR",
            "%s%n%n%n",
            "A_OPUS\n{}",
            "V_THEORA",
            "D_WEBVTT/METADATA",
        ),
    ):
        content = matroska(info(), element(TRACKS, sound_track(codec=codec)), spoken())
        name = "".join(c if c.isalnum() else "-" for c in codec)[:30] or "none"
        yield _case(f"codec-{name}.mkv", "unknown codecs", content)
    for name, extra in {
        "overlay": integer(0x6FAB, 1),
        "default-0": integer(0x23E383, 0),
        "default-1": integer(0x23E383, 1),
        "default-most": integer(0x23E383, 2**63),
        "scale": real(0x23314F, -1.0),
        "joined": element(0xE2, element(0xE3, *(element(0xE5, integer(0xED, 2)),) * 500)),
        "twice": sound_track(),
        "name": text(0x536E, b"\xff\xfe\x00" * 400),
        "language": text(0x22B59C, "nl" * 5000),
        "off": integer(0xB9, 0),
    }.items():
        content = matroska(info(), element(TRACKS, sound_track(extra=extra)), spoken())
        yield _case(f"track-{name}.mkv", "odd tracks", content)
    content = matroska(info(), TRACK, TRACK, spoken(), info(), TRACK, spoken())
    yield _case("tracks-again.mkv", "odd tracks", content)


def _heads() -> Iterator[Case]:
    for kind in ("webm", "matroska", "", "avi", "webm\0matroska", "x" * 500, "../../etc/passwd"):
        body = element(SEGMENT, info(), TRACK, spoken())
        name = "".join(c if c.isalnum() else "-" for c in kind)[:24] or "none"
        yield _case(f"doc-{name}.webm", "lying heads", head(kind) + body)
    for version in (0, 5, 255, 2**40):
        body = element(SEGMENT, info(), TRACK, spoken())
        yield _case(f"version-{version}.webm", "lying heads", head(version=version) + body)
    lies = {
        "id-width": integer(0x42F2, 2**31),
        "size-width": integer(0x42F3, 2**31),
        "many": integer(0x42F7, 1) * 3000,
        "void": element(0xEC, bytes(3000)),
        "crc": element(0xBF, b"\0\0\0\0"),
    }
    for kind, lie in lies.items():
        yield _case(f"head-{kind}.webm", "lying heads", matroska(lies=lie))
        extra = element(0xBF, b"\xff\xff\xff\xff") + info()
        yield _case(
            f"head-{kind}-crc.webm", "lying heads", matroska(extra, TRACK, spoken(), lies=lie)
        )
