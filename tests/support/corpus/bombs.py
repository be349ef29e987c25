"""Metadata without end, files that unpack to a thousand times their size, boxes in boxes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import partial

from support.corpus.boxes import always, append, box, edit, full, u32
from support.corpus.cases import Bench, Case
from support.corpus.ebml import (
    SEGMENT,
    TAGS,
    TRACKS,
    cluster,
    element,
    head,
    info,
    integer,
    matroska,
    simple_block,
    sound_track,
    spoken,
    text,
)


def cases() -> Iterator[Case]:
    yield from _bombs()
    yield from _metadata()
    yield from _recursion()


def _tagged(_bench: Bench, *, count: int, size: int, depth: int) -> bytes:
    inner = text(0x45A3, "TITLE") + text(0x4487, b"x" * size)
    for _ in range(depth):
        inner = text(0x45A3, "T") + element(0x67C8, inner)
    tag = element(0x7373, element(0x63C0), element(0x67C8, inner))
    return matroska(info(), element(TRACKS, sound_track()), element(TAGS, tag * count), spoken())


def _compressed(_bench: Bench, *, kind: int, size: int, scope: int) -> bytes:
    """Blocks that unpack to a thousand times their size (ContentCompression)."""
    compression = element(0x5034, integer(0x4254, kind), text(0x4255, b"\0" * 64))
    encoding = element(
        0x6240, integer(0x5031, 0), integer(0x5032, scope), integer(0x5033, 0), compression
    )
    track = sound_track(extra=element(0x6D80, encoding))
    packed = zlib.compress(bytes(size), 9)
    blocks = cluster(*(simple_block(packed, at=100 * n) for n in range(5)))
    return matroska(info(), element(TRACKS, track), blocks)


def _packed_moov(bench: Bench, *, told: int, extra: int) -> bytes:
    """A compressed movie header (cmov) that says how large it will be, and may lie."""
    inner: list[bytes] = []

    def keep(payload: bytes) -> bytes:
        inner.append(payload)
        return payload

    edit(bench.base("pcm.mov"), "moov", keep)
    packed = zlib.compress(box("moov", inner[0]) + bytes(extra), 9)
    header = box("cmov", box("dcom", b"zlib"), box("cmvd", u32(told), packed))
    return edit(bench.base("pcm.mov"), "moov", always(header))


def _udta(bench: Bench, *, size: int, count: int, kind: str) -> bytes:
    one = box(kind, (size & 0xFFFF).to_bytes(2, "big") + b"\0\0" + b"A" * size)
    return edit(bench.base("h264.mp4"), "moov", append(box("udta", one * count)))


def _bulky(bench: Bench, *, kind: str, size: int) -> bytes:
    return bench.base("h264.mp4") + box(kind, bytes(size))


def _void(_bench: Bench, *, count: int, size: int) -> bytes:
    void = element(0xEC, bytes(size))
    return matroska(info(), void * count, element(TRACKS, sound_track()), spoken())


def _private(_bench: Bench, *, codec: str, size: int) -> bytes:
    track = sound_track(codec=codec, extra=element(0x63A2, b"\x01" * size))
    return matroska(info(), element(TRACKS, track), spoken())


def _nested(_bench: Bench, *, depth: int) -> bytes:
    made = b"".join((element(TRACKS, sound_track()), spoken()))
    for _ in range(depth):
        made = element(SEGMENT, made)
    return head() + made


def _boxes_in_boxes(bench: Bench, *, kind: str, depth: int) -> bytes:
    made = b""
    for _ in range(depth):
        made = box(kind, made)
    return bench.base("h264.mp4") + made + box("moov", made)


def _bombs() -> Iterator[Case]:
    for count, size, depth in (
        *((1, 10**6, 0), (20_000, 4, 0), (1, 8, 15), (1, 8, 400), (300, 1000, 3)),
    ):
        make = partial(_tagged, count=count, size=size, depth=depth)
        yield Case(f"tags-{count}-{size}-{depth}.mkv", "huge metadata", make)
    for kind in (0, 1, 2, 3, 9):
        for size, scope in ((1600, 1), (20_000_000, 1), (1600, 3), (1600, 2)):
            make = partial(_compressed, kind=kind, size=size, scope=scope)
            yield Case(f"packed-{kind}-{size}-{scope}.mkv", "bombs", make)
    for told, extra in (
        (0, 0),
        (2000, 0),
        (2**31 - 1, 0),
        (2**32 - 1, 0),
        (50_000_000, 50_000_000),
    ):
        make = partial(_packed_moov, told=told, extra=extra)
        yield Case(f"packed-moov-{told}-{extra}.mov", "bombs", make)


def _metadata() -> Iterator[Case]:
    for kind in ("\xa9nam", "\xa9xyz", "XXXX", "meta", "name"):
        for size, count in ((60_000, 20), (3, 20_000), (0, 1)):
            make = partial(_udta, size=size, count=count, kind=kind)
            stem = kind.replace("\xa9", "c-")
            yield Case(f"udta-{stem}-{size}-{count}.mp4", "huge metadata", make)
    for kind in ("free", "uuid", "mdat", "meta", "moov", "sidx", "emsg"):
        yield Case(f"bulky-{kind}.mp4", "huge metadata", partial(_bulky, kind=kind, size=10**6))
    for count, size in ((1, 10**6), (100_000, 0), (2000, 100)):
        make = partial(_void, count=count, size=size)
        yield Case(f"void-{count}-{size}.mkv", "huge metadata", make)
    for codec in ("A_OPUS", "A_VORBIS", "A_AAC", "A_FLAC", "A_MS/ACM", "A_QUICKTIME", "A_ALAC"):
        for size in (1, 10**6):
            make = partial(_private, codec=codec, size=size)
            yield Case(f"private-{codec.replace('/', '-')}-{size}.mkv", "huge metadata", make)


def _recursion() -> Iterator[Case]:
    for depth in (2, 17, 1000):
        yield Case(f"nested-{depth}.mkv", "recursion", partial(_nested, depth=depth))
    for kind in ("moov", "trak", "meta", "udta", "wave", "moof", "ilst", "dinf"):
        for depth in (40, 20_000):
            make = partial(_boxes_in_boxes, kind=kind, depth=depth)
            yield Case(f"nested-{kind}-{depth}.mp4", "recursion", make)
    yield Case("nothing-but-moov.mp4", "recursion", partial(_empty_moov))


def _empty_moov(_bench: Bench) -> bytes:
    return full("moov") + box("moov") + box("mdat")
