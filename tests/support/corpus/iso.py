"""Movies (mp4, mov, 3gp, m4a) whose boxes lie: sizes, tables, edit lists, fragments, matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from support.corpus.boxes import (
    STBL,
    always,
    append,
    box,
    edit,
    full,
    put,
    split,
    u32,
    u64,
    wide_box,
)
from support.corpus.cases import Bench, Case

BASES = ("h264.mp4", "pcm.mov")
TABLES = ("stts", "stsz", "stsc", "stco", "stsd")
EXTREMES = (0, 1, 2**31 - 1, 2**31, 2**32 - 1)
Change = Callable[[bytes], bytes | None]


def cases() -> Iterator[Case]:
    yield from _sizes()
    yield from _tables()
    yield from _edit_lists()
    yield from _matrices()
    yield from _entries()
    yield from _fragments()
    yield from _extras()


def _changed(bench: Bench, *, base: str, path: str, change: Change) -> bytes:
    return edit(bench.base(base), path, change)


# --- sizes of boxes -------------------------------------------------------------------------


def _resized(bench: Bench, *, base: str, kind: bytes, size: int) -> bytes:
    """The length field of the first box of a kind, wherever it stands."""
    whole = bench.base(base)
    at = whole.index(kind) - 4
    return whole[:at] + u32(size) + whole[at + 4 :]


def _widened(bench: Bench, *, kind: bytes, size: int) -> bytes:
    parts = [
        wide_box(name, payload, size) if name == kind else box(name, payload)
        for name, payload in split(bench.base("h264.mp4"))
    ]
    return b"".join(parts)


def _ordered(bench: Bench, *, order: tuple[int, ...]) -> bytes:
    parts = [box(name, payload) for name, payload in split(bench.base("h264.mp4"))]
    return b"".join(parts[number % len(parts)] for number in order)


def _sizes() -> Iterator[Case]:
    kinds = (b"ftyp", b"mdat", b"moov", b"mvhd", b"trak", b"mdia", b"hdlr", b"minf", b"stbl")
    for kind in (*kinds, b"stsd", b"stts", b"stsz", b"stco", b"dref", b"tkhd", b"avcC", b"esds"):
        for size in (0, 1, 7, 9, 2**31, 2**32 - 1):
            name = f"size-{kind.decode()}-{size}.mp4"
            yield Case(
                name, "lying sizes", partial(_resized, base="h264.mp4", kind=kind, size=size)
            )
    for kind in (b"mdat", b"moov", b"ftyp"):
        for size in (0, 15, 16, 2**40, 2**63 - 1, 2**63, 2**64 - 1):
            make = partial(_widened, kind=kind, size=size)
            yield Case(f"wide-{kind.decode()}-{size}.mp4", "lying sizes", make)
    for order in ((0, 0, 1, 2, 3), (3, 2, 1, 0), (0, 3, 3, 2), (0, 2), (0, 3), (3,), (0, 3, 2, 3)):
        name = f"order-{''.join(map(str, order))}.mp4"
        yield Case(name, "lying sizes", partial(_ordered, order=order))


# --- sample tables --------------------------------------------------------------------------


def _tables() -> Iterator[Case]:
    for base in BASES:
        for table in TABLES:
            path = f"{STBL}/{table}"
            changes: dict[str, Change] = {
                "none": lambda _payload: None,
                "empty": always(b""),
                "zero": always(u32(0, 0, 0)),
            }
            for value in EXTREMES[2:]:
                changes[f"count-{value}"] = put(8 if table == "stsz" else 4, u32(value))
                changes[f"first-{value}"] = put(12 if table == "stsz" else 8, u32(value))
            for kind, change in changes.items():
                make = partial(_changed, base=base, path=path, change=change)
                yield Case(f"table-{table}-{kind}-{base}", "sample tables", make)
    for number, values in enumerate(
        (
            (1, 1, 1, 1, 1, 1),
            (2, 1, 1, 1, 1, 1),
            (5, 1, 1, 3, 2, 1),
            (1, 2**31, 1, 2, 2**31, 1),
            (1, 0, 1, 2, 0, 1),
            (1, 5, 200, 2, 5, 0),
        )
    ):
        change = always(u32(0, 2) + u32(*values))
        make = partial(_changed, base="h264.mp4", path=f"{STBL}/stsc", change=change)
        yield Case(f"chunks-{number}.mp4", "sample tables", make)
    for number, offsets in enumerate(((2**63,), (0,), (2**40, 0), (36, 36, 36, 36))):
        change = always(u32(0, len(offsets)) + u64(*offsets))
        extra = append(full("co64", u32(len(offsets)), u64(*offsets)))
        make = partial(_changed, base="h264.mp4", path=STBL, change=extra)
        yield Case(f"offsets-{number}.mp4", "sample tables", make)
        make = partial(_changed, base="h264.mp4", path=f"{STBL}/stco", change=change)
        yield Case(f"offsets-wide-{number}.mp4", "sample tables", make)
    for number, pairs in enumerate(
        ((1, 2**31), (1, 2**32 - 1), (100, 2**31 - 1), (2**32 - 1, 1), (9, -5000), (0, 0))
    ):
        extra = append(full("ctts", u32(1, *pairs), version=number % 2))
        make = partial(_changed, base="h264.mp4", path=STBL, change=extra)
        yield Case(f"shown-late-{number}.mp4", "negative times", make)
    for kind in ("stss", "sdtp", "sbgp", "sgpd", "subs", "cslg", "padb", "stsh", "saiz", "saio"):
        for number, content in enumerate((u32(2**32 - 1), u32(1, 2**31))):
            make = partial(_changed, base="h264.mp4", path=STBL, change=append(full(kind, content)))
            yield Case(f"extra-{kind}-{number}.mp4", "sample tables", make)


# --- edit lists -----------------------------------------------------------------------------

EDITS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "nothing": (),
    "late": ((5000, -1, 0x10000), (600, 0, 0x10000)),
    "very-late": ((2**31, -1, 0x10000), (600, 0, 0x10000)),
    "later-still": ((2**32 - 1, -1, 0x10000),) * 5,
    "beyond": ((600, 2**31 - 1, 0x10000),),
    "before": ((600, -2, 0x10000),),
    "endless": ((2**32 - 1, 0, 0x10000),),
    "empty": ((0, 0, 0x10000),),
    "still": ((600, 0, 0),),
    "backwards": ((600, 0, -0x10000),),
    "fast": ((600, 0, 0x7FFFFFFF),),
    "thousand": ((1, 0, 0x10000),) * 1000,
    "loop": ((600, 0, 0x10000),) * 300,
    "shuffled": tuple((10, 10 * (37 * n % 60), 0x10000) for n in range(60)),
}


def _edit_list(rows: tuple[tuple[int, int, int], ...], *, wide: bool, told: int | None) -> bytes:
    count = len(rows) if told is None else told
    if wide:
        body = b"".join(u64(*row[:2]) + u32(row[2]) for row in rows)
    else:
        body = b"".join(u32(*row) for row in rows)
    return box("edts", full("elst", u32(count), body, version=int(wide)))


def _edited(bench: Bench, *, base: str, made: bytes, every: bool) -> bytes:
    whole = bench.base(base)
    if b"edts" in whole:
        whole = edit(whole, "moov/trak/edts", lambda _payload: None)
    return edit(whole, "moov/trak", append(made), every=every)


def _edit_lists() -> Iterator[Case]:
    for base in ("h264.mp4", "pcm.mov"):
        for kind, rows in EDITS.items():
            for wide in (False, True):
                made = _edit_list(rows, wide=wide, told=None)
                make = partial(_edited, base=base, made=made, every=not wide)
                name = f"edits-{kind}-{'64' if wide else '32'}-{base}"
                yield Case(name, "edit lists", make)
    for told in (2, 2**16, 2**31, 2**32 - 1):
        made = _edit_list(EDITS["late"], wide=False, told=told)
        make = partial(_edited, base="h264.mp4", made=made, every=True)
        yield Case(f"edits-told-{told}.mp4", "edit lists", make)


# --- matrices, entries ----------------------------------------------------------------------

ONE, UNIT = 0x10000, 0x40000000
MATRICES: dict[str, tuple[int, ...]] = {
    "upright": (ONE, 0, 0, 0, ONE, 0, 0, 0, UNIT),
    "quarter": (0, ONE, 0, -ONE, 0, 0, 0, 0, UNIT),
    "half": (-ONE, 0, 0, 0, -ONE, 0, 0, 0, UNIT),
    "mirror": (-ONE, 0, 0, 0, ONE, 0, 0, 0, UNIT),
    "flat": (0,) * 9,
    "tilted": (46340, 46341, 0, -46341, 46340, 0, 0, 0, UNIT),
    "huge": (2**31 - 1,) * 9,
    "tiny": (1, 0, 0, 0, 1, 0, 0, 0, 1),
    "negative": (-(2**31),) * 9,
    "skewed": (ONE, 2**31 - 1, 0, 1, ONE, 0, 2**31 - 1, -(2**31), UNIT),
}


def _matrices() -> Iterator[Case]:
    for kind, matrix in MATRICES.items():
        for base in ("h264.mp4", "hevc.mp4"):
            change = put(40, u32(*matrix))
            make = partial(_changed, base=base, path="moov/trak/tkhd", change=change)
            yield Case(f"matrix-{kind}-{base}", "matrices", make)


CODES = (
    *(b"png ", b"gif ", b"SVQ3", b"rpza", b"cvid", b"tscc", b"8BPS", b"WRLE", b"qdrw", b"dvc "),
    *(b"apcn", b"mp1v", b"rle ", b"icod", b"raw ", b"2vuy", b"jpeg", b"mjpa", b"encv", b"drmi"),
    *(b"sowt", b"twos", b"ulaw", b"ima4", b"MAC3", b"QDM2", b"Qclp", b"samr", b"ac-3", b"enca"),
    *(b"tmcd", b"mp4s", b"rtp ", b"text", b"tx3g", b"c608", b"\0\0\0\0", b"\xff\xff\xff\xff"),
)


def _entries() -> Iterator[Case]:
    """Sample entries that name another codec: decoders that no recorder needs."""
    for number, code in enumerate(CODES):
        for base in (("h264.mp4", "pcm.mov")[number % 2],):
            make = partial(_changed, base=base, path=f"{STBL}/stsd", change=put(12, code))
            yield Case(f"entry-{number:02}-{base}", "unknown codecs", make)
    for at in (16, 24, 32, 34, 36, 38, 40, 42, 48, 82):
        change = put(at, b"\xff\xff\xff\xff")
        make = partial(_changed, base="pcm.mov", path=f"{STBL}/stsd", change=change)
        yield Case(f"entry-at-{at}.mov", "unknown codecs", make)
        make = partial(_changed, base="voice.m4a", path=f"{STBL}/stsd", change=change)
        yield Case(f"entry-at-{at}.m4a", "unknown codecs", make)


# --- fragments ------------------------------------------------------------------------------


def _moof(*, samples: int, size: int, offset: int, base: int, told: int | None = None) -> bytes:
    count = samples if told is None else told
    rows = b"".join(u32(1, size) for _ in range(samples))
    run = full("trun", u32(count, offset), rows, flags=0x301)
    head = full("tfhd", u32(2), u64(base), flags=1)
    traf = box("traf", head, full("tfdt", u64(0), version=1), run)
    return box("moof", full("mfhd", u32(1)), traf) + box("mdat", bytes(64))


def _fragmented(bench: Bench, *, moof: bytes, times: int) -> bytes:
    return bench.base("fragments.mp4") + moof * times


def _fragments() -> Iterator[Case]:
    kinds = {
        "plain": (_moof(samples=5, size=4, offset=8, base=0), 1),
        "many": (_moof(samples=1, size=4, offset=8, base=0), 3000),
        "full": (_moof(samples=60_000, size=0, offset=8, base=0), 1),
        "told": (_moof(samples=1, size=4, offset=8, base=0, told=2**32 - 1), 1),
        "large": (_moof(samples=5, size=2**31 - 1, offset=0, base=0), 1),
        "far": (_moof(samples=5, size=4, offset=2**31, base=2**63 - 1), 1),
        "self": (_moof(samples=5, size=4, offset=-8, base=0), 40),
    }
    for kind, (moof, times) in kinds.items():
        make = partial(_fragmented, moof=moof, times=times)
        yield Case(f"fragment-{kind}.mp4", "fragments", make)
    for number, (told, other) in enumerate(((1, 0), (65535, 0), (3, 1))):
        rows = u32(other << 31 | 60, 10, 0x90000000) * 3
        index = full("sidx", u32(1, 1000, 0, 0), told.to_bytes(4, "big"), rows)
        make = partial(_sandwiched, extra=index)
        yield Case(f"index-{number}.mp4", "fragments", make)
    for number, change in enumerate((put(8, u32(2**32 - 1)), put(20, u32(2**31)), always(b""))):
        make = partial(_changed, base="fragments.mp4", path="moov/mvex/trex", change=change)
        yield Case(f"default-{number}.mp4", "fragments", make)


def _sandwiched(bench: Bench, *, extra: bytes) -> bytes:
    parts = [box(name, payload) for name, payload in split(bench.base("fragments.mp4"))]
    return b"".join((parts[0], extra, *parts[1:], extra))


def _extras() -> Iterator[Case]:
    """Boxes that have no business in a clip."""
    extras = {
        "pssh": full("pssh", bytes(16), u32(2**31)),
        "sinf": box("sinf", box("frma", b"avc1"), full("schm", b"cenc", u32(1))),
        "senc": full("senc", u32(2**32 - 1), bytes(40), flags=2),
        "hint": box("hnti", box("rtp ", b"sdp v=0")),
        "tref": box("tref", box("chap", u32(1, 2, 99))),
        "tref-self": box("tref", box("tmcd", u32(1)), box("hint", u32(1))),
        "uuid": box("uuid", bytes.fromhex("a5d40b30e81411ddba2f0800200c9a66"), b"<svg/>" * 99),
        "spherical": box("uuid", bytes.fromhex("ffcc8263f8554a938814587a02521fdd"), b"<x/>" * 99),
        "iods": full("iods", b"\x10\xff\xff\xff\xff"),
        "colour": box("colr", b"prof", b"\xff" * 3000),
        "aspect": box("pasp", u32(2**31, 1)),
        "clean": box("clap", u32(2**31, 0, 0, 0, 1, 0, 1, 0)),
        "light": full("mdcv", b"\xff" * 24),
        "keys": full("meta", full("hdlr", u32(0), b"mdta", bytes(13)), full("keys", u32(2**31))),
        "wave": box("wave", box("frma", b"sowt"), box("enda", b"\0\1"), box("wave", b"")),
    }
    for kind, extra in extras.items():
        for place in ("moov", STBL):
            make = partial(_changed, base="h264.mp4", path=place, change=append(extra))
            yield Case(f"extra-{kind}-{place.count('/')}.mp4", "unexpected boxes", make)
