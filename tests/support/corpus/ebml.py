"""Builds Matroska and WebM from elements: RFC 8794 (EBML) and RFC 9559 (Matroska)."""

from __future__ import annotations

import math
import struct

EBML, SEGMENT, INFO, TRACKS, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
SEEK_HEAD, CUES, TAGS, ATTACHMENTS, CHAPTERS = (
    *(0x114D9B74, 0x1C53BB6B, 0x1254C367, 0x1941A469, 0x1043A770),
)
UNKNOWN = b"\x01" + b"\xff" * 7
RATE = 8000


def size_of(length: int, width: int = 0) -> bytes:
    """A length as EBML writes it: `width` bytes, or as few as it takes."""
    width = width or next(n for n in range(1, 9) if length < 2 ** (7 * n) - 1)
    return (length | 1 << (7 * width)).to_bytes(width, "big")


def identifier(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def element(number: int, *parts: bytes, told: bytes | None = None) -> bytes:
    """One element; `told` is a lie about its length."""
    payload = b"".join(parts)
    return identifier(number) + (size_of(len(payload)) if told is None else told) + payload


def integer(number: int, value: int) -> bytes:
    return element(number, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def real(number: int, value: float) -> bytes:
    return element(number, struct.pack(">d", value))


def text(number: int, value: str | bytes) -> bytes:
    return element(number, value.encode() if isinstance(value, str) else value)


def head(doc_type: str = "matroska", *, version: int = 4, lies: bytes = b"") -> bytes:
    fixed = integer(0x4286, 1) + integer(0x42F7, 1) + integer(0x42F2, 4) + integer(0x42F3, 8)
    kind = text(0x4282, doc_type) + integer(0x4287, version) + integer(0x4285, 2)
    return element(EBML, fixed, kind, lies)


def info(*, scale: int = 1_000_000, duration: float | None = 500.0, extra: bytes = b"") -> bytes:
    length = b"" if duration is None else real(0x4489, duration)
    return element(INFO, integer(0x2AD7B1, scale), length, text(0x4D80, "x"), extra)


def sound_track(
    number: int = 1,
    *,
    codec: str = "A_PCM/INT/LIT",
    rate: float = RATE,
    channels: int = 1,
    bits: int = 16,
    extra: bytes = b"",
) -> bytes:
    audio = element(0xE1, real(0xB5, rate), integer(0x9F, channels), integer(0x6264, bits))
    names = integer(0xD7, number) + integer(0x73C5, number + 1) + integer(0x83, 2)
    return element(0xAE, names, text(0x86, codec), audio, extra)


def picture_track(
    number: int = 2,
    *,
    codec: str = "V_VP8",
    size: tuple[int, int] = (64, 48),
    inside: bytes = b"",
    extra: bytes = b"",
) -> bytes:
    video = element(0xE0, integer(0xB0, size[0]), integer(0xBA, size[1]), inside)
    names = integer(0xD7, number) + integer(0x73C5, number + 1) + integer(0x83, 1)
    return element(0xAE, names, text(0x86, codec), video, extra)


def tag(name: str, value: str | bytes) -> bytes:
    """One word of the maker about the file."""
    return element(0x67C8, text(0x45A3, name), text(0x4487, value))


def tags(*said: bytes, target: bytes = b"") -> bytes:
    """What the maker said of a part of the file, of all of it where no target is named."""
    return element(TAGS, element(0x7373, element(0x63C0, target), *said))


def attachment(name: str, media_type: str, content: bytes) -> bytes:
    """A file inside the file."""
    inside = text(0x466E, name) + text(0x4660, media_type) + integer(0x46AE, 7)
    return element(ATTACHMENTS, element(0x61A7, inside, element(0x465C, content)))


def tone(seconds: float = 0.1, hertz: float = 300.0) -> bytes:
    """16 bit little-endian samples at `RATE`."""
    count = int(seconds * RATE)
    return b"".join(
        struct.pack("<h", int(8000 * math.sin(2 * math.pi * hertz * n / RATE)))
        for n in range(count)
    )


def simple_block(payload: bytes, *, track: int = 1, at: int = 0, flags: int = 0x80) -> bytes:
    return element(0xA3, size_of(track), struct.pack(">hB", at, flags), payload)


def cluster(*blocks: bytes, at: int = 0, told: bytes | None = None) -> bytes:
    return element(CLUSTER, integer(0xE7, at), *blocks, told=told)


def spoken(count: int = 5, *, track: int = 1) -> bytes:
    """Half a second of sound in one cluster."""
    return cluster(*(simple_block(tone(), track=track, at=100 * n) for n in range(count)))


def blocks(data: bytes) -> list[bytes]:
    """The payloads of all simple blocks of a small file, in order."""
    found, at = [], 0
    while (at := data.find(b"\xa3", at)) >= 0 and at + 1 < len(data):
        width = next((n for n in range(1, 9) if data[at + 1] >> (8 - n)), 9)
        length = int.from_bytes(data[at + 1 : at + 1 + width], "big") ^ 1 << 7 * width
        start = at + 1 + width
        # A block of track 1 without lacing; anything else is a byte that happens to be A3.
        if data[start : start + 1] == b"\x81" and 4 < length <= len(data) - start:
            found.append(data[start + 4 : start + length])
            at = start + length
        else:
            at += 1
    return found


def matroska(
    *parts: bytes, doc_type: str = "matroska", told: bytes | None = None, lies: bytes = b""
) -> bytes:
    """A file of segment parts. With none: the smallest clip that is delivered."""
    parts = parts or (info(), element(TRACKS, sound_track()), spoken())
    return head(doc_type, lies=lies) + element(SEGMENT, *parts, told=told)
