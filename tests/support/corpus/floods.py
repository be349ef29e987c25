"""Files that ask for more than a clip needs: frames, streams, pixels, hours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from support.corpus.boxes import STBL, always, append, box, edit, put, u32, u64
from support.corpus.cases import DELIVERED, Bench, Case
from support.corpus.ebml import (
    TRACKS,
    blocks,
    cluster,
    element,
    info,
    integer,
    matroska,
    picture_track,
    simple_block,
    sound_track,
    spoken,
    tone,
)

TOO_MUCH = ("too_many_packets", "too_long", "unreadable", "zero_length", "resource_limit")
MANY = 200_000


def cases() -> Iterator[Case]:
    yield from _frames()
    yield from _pace()
    yield from _streams()
    yield from _pixels()
    yield from _movie_durations()
    yield from _told_durations()


# --- frames ---------------------------------------------------------------------------------


def _many_blocks(_bench: Bench, *, count: int, step: float, size: int, lacing: bool) -> bytes:
    """`count` blocks of sound, each a few bytes; laced ones hold 256 frames each."""
    clusters = []
    payload = bytes(size)
    if lacing:
        payload = bytes([255]) + bytes(size * 256)
    per_cluster = 1000
    for first in range(0, count, per_cluster):
        at = int(first * step)
        blocks = b"".join(
            simple_block(payload, at=int(n * step), flags=0x84 if lacing else 0x80)
            for n in range(min(per_cluster, count - first))
        )
        clusters.append(cluster(blocks, at=at))
    return matroska(info(duration=None), element(TRACKS, sound_track()), *clusters)


def _many_samples(bench: Bench, *, base: str, count: int, delta: int, size: int) -> bytes:
    """A sample table of so many entries, over data that is hardly there."""
    made = bench.base(base)
    made = edit(made, f"{STBL}/stts", always(u32(0, 1, count, delta)))
    sizes = u32(0, size, count)
    made = edit(made, f"{STBL}/stsz", always(sizes))
    return edit(made, f"{STBL}/stsc", always(u32(0, 1, 1, count, 1)))


def _repeated(bench: Bench, *, base: str, times: int) -> bytes:
    return bench.base(base) * times


def _frames() -> Iterator[Case]:
    for lacing in (False, True):
        for step in (0.0, 0.1, 1.0):
            count = MANY // 256 if lacing else MANY
            make = partial(_many_blocks, count=count, step=step, size=2, lacing=lacing)
            name = f"frames-{'laced' if lacing else 'plain'}-{step}.mkv"
            yield Case(name, "200,000 frames", make)
    for base in ("h264.mp4", "voice.m4a", "pcm.mov"):
        for count, size in ((MANY, 0), (MANY, 1), (MANY, 1000), (2**31, 1), (2**32 - 1, 0)):
            for delta in (0, 1):
                make = partial(_many_samples, base=base, count=count, delta=delta, size=size)
                name = f"samples-{count}-{size}-{delta}-{base}"
                yield Case(name, "200,000 frames", make)
    for base in ("live.webm", "voice.ogg", "fragments.mp4"):
        make = partial(_repeated, base=base, times=400)
        yield Case(f"chained-400-{base}", "200,000 frames", make)


def _still(bench: Bench, *, size: str, rate: int, seconds: int) -> bytes:
    """A picture that does not move, said again so often: a few hundred bytes a frame."""
    key, *rest = blocks(bench.base(f"still-{size}.webm"))
    clusters = []
    for second in range(seconds):
        shown = [
            simple_block(rest[-1] if second or n else key, track=2, at=1000 * n // rate, flags=0)
            for n in range(rate)
        ]
        heard = [simple_block(tone(), at=100 * n) for n in range(10)]
        clusters.append(cluster(*heard, *shown, at=1000 * second))
    width, _, height = size.partition("x")
    picture = picture_track(size=(int(width), int(height)))
    tracks = element(TRACKS, sound_track() + picture)
    return matroska(info(duration=None), tracks, *clusters)


def _grown(bench: Bench, *, rate: int, seconds: int) -> bytes:
    """The header and the first second say 64 x 48; from then on it is 4K, and really so."""
    small, *few = blocks(bench.base("still-64x48.webm"))
    large, *many = blocks(bench.base("still-4096x2160.webm"))
    clusters = []
    for second in range(seconds):
        key, rest = (large, many[-1]) if second else (small, few[-1])
        shown = [
            simple_block(rest if second > 1 or n else key, track=2, at=1000 * n // rate, flags=0)
            for n in range(rate)
        ]
        heard = [simple_block(tone(), at=100 * n) for n in range(10)]
        clusters.append(cluster(*heard, *shown, at=1000 * second))
    tracks = element(TRACKS, sound_track() + picture_track())
    return matroska(info(duration=None), tracks, *clusters)


def _pace() -> Iterator[Case]:
    for rate, seconds in ((25, 4), (300, 40)):
        make = partial(_grown, rate=rate, seconds=seconds)
        name = f"grown-4096x2160-{rate}-{seconds}.mkv"
        yield Case(name, "200,000 frames", make, expect=("too_many_pixels",))
    for size, rate, seconds, expect in (
        ("64x48", 300, 100, (DELIVERED,)),
        ("64x48", 1, 110, (DELIVERED,)),
        ("4096x2160", 300, 40, ("too_many_packets",)),
        ("4096x2160", 61, 10, ("too_many_packets",)),
        ("4096x2160", 30, 8, (DELIVERED,)),
        ("4096x2160", 1, 100, (DELIVERED,)),
    ):
        make = partial(_still, size=size, rate=rate, seconds=seconds)
        yield Case(f"still-{size}-{rate}-{seconds}.mkv", "200,000 frames", make, expect=expect)
    make = partial(_many_blocks, count=40_000, step=3.0, size=2, lacing=False)
    yield Case("frames-steady.mkv", "200,000 frames", make)


# --- streams --------------------------------------------------------------------------------


def _tracks(_bench: Bench, *, count: int, kind: str) -> bytes:
    make = sound_track if kind == "sound" else picture_track
    tracks = b"".join(make(number) for number in range(1, count + 1))
    return matroska(info(), element(TRACKS, tracks), spoken())


def _traks(bench: Bench, *, base: str, count: int) -> bytes:
    made = bench.base(base)
    found: list[bytes] = []

    def keep(payload: bytes) -> bytes:
        found.append(payload)
        return payload

    edit(made, "moov/trak", keep)
    more = b"".join(
        box("trak", edit(found[-1], "tkhd", put(12, u32(number)))) for number in range(9, 9 + count)
    )
    return edit(made, "moov", append(more))


def _streams() -> Iterator[Case]:
    for count in (1, 2, 15, 16, 17, 100, 126, 500, 2000):
        expect = ("too_many_streams", "unreadable") if count > 16 else ()
        for kind in ("sound", "picture"):
            make = partial(_tracks, count=count, kind=kind)
            yield Case(f"streams-{count}-{kind}.mkv", "500 streams", make, expect=expect)
    for base in ("voice.m4a", "h264.mp4", "pcm.mov"):
        for count in (3, 14, 20, 500, 1500):
            expect = ("too_many_streams", "unreadable") if count > 16 else ()
            make = partial(_traks, base=base, count=count)
            yield Case(f"streams-{count}-{base}", "500 streams", make, expect=expect)


# --- pixels ---------------------------------------------------------------------------------

SIZES = ((65535, 65535), (16384, 16384), (65535, 1), (1, 65535), (0, 0), (0, 48), (64, 0))
HUGE = {"too_many_pixels", "unreadable"}


def _claimed(bench: Bench, *, base: str, size: tuple[int, int]) -> bytes:
    """The boxes say one size, the pictures another."""
    width, height = size
    both = (width << 16 | height).to_bytes(4, "big")

    def entry(payload: bytes) -> bytes:
        return payload[:40] + both + payload[44:] if len(payload) > 90 else payload

    made = edit(bench.base(base), f"{STBL}/stsd", entry)
    return edit(made, "moov/trak/tkhd", put(76, u32(width << 16, height << 16)))


def _claimed_ebml(_bench: Bench, *, codec: str, size: tuple[int, int], shown: bytes) -> bytes:
    tracks = sound_track() + picture_track(codec=codec, size=size, inside=shown)
    return matroska(info(), element(TRACKS, tracks), spoken(), spoken(track=2))


def vp8_keyframe(width: int, height: int) -> bytes:
    """The head of a VP8 key frame that claims a size, and rubbish behind it."""
    return b"\x10\x02\x00\x9d\x01\x2a" + width.to_bytes(2, "little") + height.to_bytes(2, "little")


def _growing(bench: Bench, *, size: tuple[int, int]) -> bytes:
    """Small frames first; halfway the picture says that it is huge."""
    whole = bytearray(bench.base("vp8.webm"))
    start = whole.rfind(b"\x9d\x01\x2a")
    if whole.count(b"\x9d\x01\x2a") == 1:
        tail = cluster(simple_block(vp8_keyframe(*size) + bytes(400), at=0), at=600)
        return bytes(whole) + tail
    whole[start + 3 : start + 7] = vp8_keyframe(*size)[6:10]
    return bytes(whole)


def _pixels() -> Iterator[Case]:
    for base in ("h264.mp4", "hevc.mp4", "vp9.mp4", "old.3gp"):
        for size in SIZES:
            name = f"pixels-{size[0]}x{size[1]}-{base}"
            make = partial(_claimed, base=base, size=size)
            yield Case(name, "huge dimensions", make)
    codecs = ("V_VP8", "V_VP9", "V_AV1", "V_MPEG4/ISO/AVC", "V_MPEGH/ISO/HEVC", "V_MJPEG")
    for codec in codecs:
        for size in (*SIZES, (2**31 - 1, 2**31 - 1), (2**40, 2)):
            name = f"pixels-{size[0]}x{size[1]}-{codec.replace('/', '-')}.mkv"
            make = partial(_claimed_ebml, codec=codec, size=size, shown=b"")
            yield Case(name, "huge dimensions", make)
    shown = {
        "wide": integer(0x54B0, 65535) + integer(0x54BA, 1),
        "tall": integer(0x54B0, 1) + integer(0x54BA, 2**31),
        "zero": integer(0x54B0, 0) + integer(0x54BA, 0),
        "cut": integer(0x54AA, 2**20) + integer(0x54BB, 2**20) + integer(0x54CC, 7),
        "stereo": integer(0x53B8, 14) + integer(0x53C0, 1),
    }
    for kind, inside in shown.items():
        make = partial(_claimed_ebml, codec="V_VP8", size=(64, 48), shown=inside)
        yield Case(f"shown-{kind}.mkv", "huge dimensions", make)
    for size in ((16383, 16383), (4096, 2304), (3000, 3000), (1, 1)):
        make = partial(_growing, size=size)
        yield Case(f"growing-{size[0]}x{size[1]}.webm", "huge dimensions", make)


# --- durations ------------------------------------------------------------------------------

LENGTHS = (0, 1, 2**31 - 1, 2**31, 2**32 - 1)
LONG = (2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1)


def _told_length(bench: Bench, *, base: str, where: str, length: int, scale: int | None) -> bytes:
    def change(payload: bytes) -> bytes:
        first = 20 if where == "moov/trak/tkhd" else 16
        if length < 2**32:
            made = put(first, u32(length))(payload)
            return made if scale is None else put(12, u32(scale))(made)
        # Version 1: times of 64 bits.
        middle = u32(1000 if scale is None else scale)
        if where == "moov/trak/tkhd":
            middle = payload[12:16] + bytes(4)
        rest = payload[first + 4 :]
        return u32(1 << 24) + u64(0, 0) + middle + u64(length) + rest

    return edit(bench.base(base), where, change)


def _told_ebml(_bench: Bench, *, scale: int, duration: float, at: int, told: bytes) -> bytes:
    blocks = cluster(*(simple_block(tone(), at=100 * n) for n in range(5)), at=at)
    length = element(0x4489, told) if told else b""
    first = info(scale=scale, duration=None if told else duration, extra=length)
    return matroska(first, element(TRACKS, sound_track()), spoken(), blocks)


def _movie_durations() -> Iterator[Case]:
    places = {"mvhd": "moov/mvhd", "tkhd": "moov/trak/tkhd", "mdhd": "moov/trak/mdia/mdhd"}
    base = "h264.mp4"
    for place, where in places.items():
        for length in (*LENGTHS, *LONG):
            make = partial(_told_length, base=base, where=where, length=length, scale=None)
            yield Case(f"length-{place}-{length}-{base}", "huge durations", make)
    for place in ("mvhd", "mdhd"):
        for scale in (0, 1, 7, 2**31, 2**32 - 1):
            where = places[place]
            make = partial(_told_length, base=base, where=where, length=600, scale=scale)
            yield Case(f"scale-{place}-{scale}-{base}", "huge durations", make)
    for delta in (0, 2**31 - 1, 2**31, 2**32 - 1, 2**28):
        stts = always(u32(0, 2, 3, delta, 6, 1))
        make = partial(_edited, base=base, path=f"{STBL}/stts", change=stts)
        yield Case(f"step-{delta}-{base}", "huge durations", make)


def _told_durations() -> Iterator[Case]:
    for scale in (0, 1, 1000, 10**12, 2**62, 2**64 - 1):
        for at in (0, 2**40, 2**63 - 1):
            make = partial(_told_ebml, scale=scale, duration=500.0, at=at, told=b"")
            yield Case(f"scale-{scale}-at-{at}.mkv", "huge durations", make)
    for number, duration in enumerate((0.0, -1.0, 1e300, float("inf"), float("nan"), 2.0**40)):
        make = partial(_told_ebml, scale=10**6, duration=duration, at=500, told=b"")
        yield Case(f"told-{number}.mkv", "huge durations", make)
    for number, told in enumerate((b"\xff" * 8, b"\x7f\xff\xff\xff", b"x", b"\0" * 10, b"12")):
        make = partial(_told_ebml, scale=10**6, duration=0.0, at=500, told=told)
        yield Case(f"told-bytes-{number}.mkv", "huge durations", make)


def _edited(
    bench: Bench, *, base: str, path: str, change: Callable[[bytes], bytes | None]
) -> bytes:
    return edit(bench.base(base), path, change)
