"""Ogg files whose pages lie about their time, their place or their stream (RFC 3533)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial

from support.corpus.cases import Bench, Case


def pages(data: bytes) -> list[bytes]:
    found, at = [], 0
    while data[at : at + 4] == b"OggS":
        count = data[at + 26]
        size = 27 + count + sum(data[at + 27 : at + 27 + count])
        found.append(data[at : at + size])
        at += size
    return found


def checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def page_with(page: bytes, at: int, value: bytes) -> bytes:
    """A page with some bytes changed and a checksum that is right again."""
    made = page[:at] + value + page[at + len(value) :]
    made = made[:22] + bytes(4) + made[26:]
    return made[:22] + struct.pack("<I", checksum(made)) + made[26:]


def _paged(bench: Bench, *, base: str, which: str, at: int, value: bytes) -> bytes:
    found = pages(bench.base(base))
    chosen = {"first": [0], "last": [len(found) - 1], "all": range(len(found))}[which]
    return b"".join(
        page_with(page, at, value) if number in chosen else page
        for number, page in enumerate(found)
    )


def _crowded(bench: Bench, *, base: str, count: int, together: bool) -> bytes:
    """So many logical streams, side by side or one after the other."""
    found = pages(bench.base(base))
    first, rest = [], []
    for serial in range(count):
        mine = [page_with(page, 14, struct.pack("<I", serial)) for page in found]
        if together:
            first.append(mine[0])
            rest.extend(mine[1:])
        else:
            rest.extend(mine)
    return b"".join(first + rest)


def cases() -> Iterator[Case]:
    fields = {
        "version": (4, b"\xff"),
        "kind": (5, b"\xff"),
        "kind-none": (5, b"\0"),
        "time-most": (6, b"\xff" * 7 + b"\x7f"),
        "time-none": (6, b"\xff" * 8),
        "time-negative": (6, b"\0" * 7 + b"\x80"),
        "time-zero": (6, bytes(8)),
        "serial": (14, b"\xff\xff\xff\xff"),
        "number": (18, b"\xff\xff\xff\xff"),
        "segments": (26, b"\xff"),
        "segments-none": (26, b"\0"),
        "payload": (60, b"\xff" * 12),
    }
    for base in ("voice.ogg", "vorbis.ogg"):
        for kind, (at, value) in fields.items():
            for which in ("first", "all"):
                make = partial(_paged, base=base, which=which, at=at, value=value)
                yield Case(f"page-{kind}-{which}-{base}", "ogg pages", make)
        for count in (3, 17, 200):
            for together in (True, False):
                make = partial(_crowded, base=base, count=count, together=together)
                name = f"logical-{count}-{'beside' if together else 'after'}-{base}"
                yield Case(name, "500 streams", make)
