"""Clips that carry more than sound and picture: texts of the maker, covers, data, other tracks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from support.corpus.boxes import append, box, edit, full, u32
from support.corpus.cases import DELIVERED, Bench, Case
from support.corpus.ebml import (
    TRACKS,
    attachment,
    element,
    info,
    integer,
    matroska,
    sound_track,
    spoken,
    tag,
    tags,
    text,
)

SECRET = b"MAKERS-OWN-WORDS-77d1"
"""Never in what is delivered: metadata says where and with what somebody filmed."""

PLACE = b"+52.0907+005.1214/"
WORDS: dict[str, bytes] = {
    "plain": SECRET,
    "format": SECRET + b"%s%n%x%d" * 20,
    "json": SECRET + b'"}],"streams":[{"index":0,"codec_type":"video"}],"x":"',
    "lines": SECRET + b"\nstream_index=0|pts_time=1|size=9\n\r\n|x=y|",
    "controls": SECRET + bytes(range(1, 32)),
    "utf8": SECRET + "\u202e\U0001f600\u200b".encode() * 50,
    "not-utf8": SECRET + b"\xff\xfe\xc0\x80\xed\xa0\x80",
    "html": SECRET + b"<script>alert(1)</script>",
    "shell": SECRET + b"$(id)`id`;id|id&&id",
    "long": SECRET + b"A" * 70_000,
}


def cases() -> Iterator[Case]:
    for kind, words in WORDS.items():
        make = partial(_tagged, words=words)
        yield Case(f"tags-{kind}.mkv", "maker's metadata", make, expect=(DELIVERED,))
        for name in ("\xa9nam", "\xa9xyz", "loci"):
            make = partial(_user_data, name=name, words=words)
            stem = name.replace("\xa9", "c-")
            # A place (loci) has a form of its own, and ffmpeg stops at one that has not.
            expect = (DELIVERED, "unreadable") if name == "loci" else (DELIVERED,)
            yield Case(f"words-{stem}-{kind}.mp4", "maker's metadata", make, expect=expect)
        make = partial(_apple, words=words)
        yield Case(f"apple-{kind}.mov", "maker's metadata", make)
    for value in ("90", "1e999", "nan", "-inf", "abc", "", "9" * 400, '"', "90\n180"):
        make = partial(_turned, value=value)
        name = "".join(c if c.isalnum() else "-" for c in value)[:12] or "none"
        yield Case(f"rotate-{name}.mkv", "maker's metadata", make)
    yield from _covers()
    yield from _handlers()


def _tagged(_bench: Bench, *, words: bytes) -> bytes:
    said = tags(*(tag(name, words) for name in ("TITLE", "LOCATION", "ARTIST", "DATE_RECORDED")))
    track = sound_track(extra=text(0x536E, words))
    extra = text(0x7BA9, words)
    return matroska(info(extra=extra), element(TRACKS, track), said, spoken())


def _turned(_bench: Bench, *, value: str) -> bytes:
    said = tags(tag("ROTATE", value), target=integer(0x63C5, 2))
    return matroska(info(), element(TRACKS, sound_track()), said, spoken())


def _user_data(bench: Bench, *, name: str, words: bytes) -> bytes:
    said = words[: 2**16 - 1]
    one = box(name, len(said).to_bytes(2, "big"), b"\x15\xc7", said)
    place = box("\xa9xyz", len(PLACE).to_bytes(2, "big"), b"\x15\xc7", PLACE)
    made = edit(bench.base("h264.mp4"), "moov", append(box("udta", one, place)))
    return edit(made, "moov/trak", append(box("udta", one)))


def _apple(bench: Bench, *, words: bytes) -> bytes:
    """As an iPhone says where it was: keys and values in a meta box."""
    names = (b"com.apple.quicktime.location.ISO6709", b"com.apple.quicktime.make")
    keys = full("keys", u32(len(names)), *(box("mdta", name) for name in names))
    values = b"".join(
        box(u32(number), box("data", u32(1, 0), said))
        for number, said in enumerate((PLACE + words, words), start=1)
    )
    handler = full("hdlr", u32(0), b"mdta", bytes(12), b"\0")
    meta = box("meta", handler, keys, box("ilst", values))
    return edit(bench.base("h264.mov"), "moov", append(meta))


def _cover(bench: Bench, *, picture: str, kind: int, claimed: bytes) -> bytes:
    content = claimed + bench.base(picture)
    art = box("covr", box("data", u32(kind, 0), content))
    meta = full("meta", full("hdlr", u32(0), b"mdirappl", bytes(9)), box("ilst", art * 3))
    return edit(bench.base("voice.m4a"), "moov", append(box("udta", meta)))


def _covered(bench: Bench, *, picture: str, media_type: str) -> bytes:
    extra = attachment("cover.jpg", media_type, bench.base(picture))
    return matroska(info(), element(TRACKS, sound_track()), extra, spoken())


def _covers() -> Iterator[Case]:
    for picture in ("still.png", "still.jpg", "other.gif", "still.bmp", "other.webp", "still.tiff"):
        for kind in (13, 14):
            make = partial(_cover, picture=picture, kind=kind, claimed=b"")
            expect = (DELIVERED,) if picture in ("still.png", "still.jpg") else ()
            name = f"cover-{picture.replace('.', '-')}-{kind}.m4a"
            yield Case(name, "cover art", make, expect=expect)
        for media_type in ("image/jpeg", "image/png", "font/ttf"):
            make = partial(_covered, picture=picture, media_type=media_type)
            name = f"cover-{picture.replace('.', '-')}-{media_type.replace('/', '-')}.mkv"
            yield Case(name, "cover art", make)
    big = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + u32(2**31 - 1, 2**31 - 1) + b"\x08\x06\0\0\0"
    make = partial(_cover, picture="still.png", kind=14, claimed=big)
    yield Case("cover-huge.m4a", "cover art", make)


def _handled(bench: Bench, *, base: str, handler: bytes, code: bytes) -> bytes:
    """One track says that it is of another kind: time codes, data, hints, texts."""

    def entry(payload: bytes) -> bytes:
        return payload[:12] + code + payload[16:]

    made = edit(
        bench.base(base),
        "moov/trak/mdia/hdlr",
        lambda payload: payload[:8] + handler + payload[12:],
        every=False,
    )
    return edit(made, "moov/trak/mdia/minf/stbl/stsd", entry, every=False)


def _handlers() -> Iterator[Case]:
    kinds = (
        *((b"tmcd", b"tmcd"), (b"meta", b"mebx"), (b"text", b"text"), (b"sbtl", b"tx3g")),
        *((b"hint", b"rtp "), (b"clcp", b"c608"), (b"data", b"gpmd"), (b"camm", b"camm")),
        *((b"subp", b"mp4s"), (b"soun", b"twos"), (b"vide", b"jpeg"), (b"pict", b"hvc1")),
        *((b"auxv", b"avc1"), (b"\0\0\0\0", b"\0\0\0\0"), (b"url ", b"url "), (b"ocsm", b"rtmd")),
    )
    for handler, code in kinds:
        for base in ("h264.mp4", "pcm.mov"):
            make = partial(_handled, base=base, handler=handler, code=code)
            stem = handler.decode("latin-1").strip().replace("\0", "0")
            yield Case(f"handler-{stem}-{base}", "data tracks", make)
