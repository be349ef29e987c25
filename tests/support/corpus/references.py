"""Files that point at somebody else's clip, at a text on the server, or at the network."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import partial

from support.corpus.boxes import always, box, edit, full, u32
from support.corpus.cases import NOBODY_OPENS, Bench, Canary, Case
from support.corpus.ebml import (
    TRACKS,
    attachment,
    element,
    info,
    matroska,
    sound_track,
    spoken,
    tag,
    tags,
    text,
)

Target = Callable[[Canary], str]
TARGETS: dict[str, Target] = {
    "absolute": lambda canary: str(canary.stream),
    "file": lambda canary: f"file://{canary.stream}",
    "file-one-slash": lambda canary: f"file:{canary.stream}",
    "relative": lambda canary: canary.stream.name,
    "up": lambda canary: f"../{canary.folder.name}/{canary.stream.name}",
    "secret": lambda canary: f"file://{canary.text}",
    "http": lambda canary: canary.url(),
    "tcp": lambda canary: f"tcp://127.0.0.1:{canary.port}",
    "concat": lambda canary: f"concat:{canary.stream}|{canary.text}",
    "subfile": lambda canary: f"subfile,,start,0,end,40,,:{canary.text}",
    "crypto": lambda canary: f"crypto+file://{canary.stream}",
    "cache": lambda canary: f"async:cache:file:{canary.stream}",
    "proc": lambda _canary: "/proc/self/environ",
}

PLAYLISTS: dict[str, str] = {
    "hls": (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n{0}\n#EXT-X-ENDLIST\n"
    ),
    "hls-master": ('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.42c00d,mp4a.40.2"\n{0}\n'),
    "hls-map": (
        '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI="{0}"\n'
        "#EXTINF:1,\n{0}\n#EXT-X-ENDLIST\n"
    ),
    "hls-key": (
        '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="{0}"\n'
        "#EXTINF:1,\n{0}\n#EXT-X-ENDLIST\n"
    ),
    "concat": "ffconcat version 1.0\nfile '{0}'\n",
    "concat-options": "ffconcat version 1.0\nfile '{0}'\noption safe 0\nduration 1\n",
    "dash": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>{0}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>"
    ),
    "pls": "[playlist]\nFile1={0}\nNumberOfEntries=1\n",
    "asx": '<asx version="3.0"><entry><ref href="{0}"/></entry></asx>',
    "smil": '<smil><body><video src="{0}"/></body></smil>',
    "xspf": "<playlist><trackList><track><location>{0}</location></track></trackList></playlist>",
    "svg": (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">'
        '<image width="64" height="48" href="{0}"/></svg>'
    ),
    "svg-entity": (
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "{0}">]>'
        '<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
    ),
    "rtsptext": "RTSPtextRTSP://{0}\n",
    "ref": "[Reference]\nRef1={0}\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nu={0}\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
}
"""{0} is what it points at."""

DISGUISES: dict[str, Callable[[str], bytes]] = {
    "bom": lambda said: b"\xef\xbb\xbf" + said.encode(),
    "spaces": lambda said: b"\n \t\r\n" + said.encode(),
    "crlf": lambda said: said.replace("\n", "\r\n").encode(),
    "long": lambda said: said.encode() + b"# " + b"x" * 9000,
    "comment": lambda said: b"# a comment\n" + said.encode(),
    "case": lambda said: said.lower().encode(),
    "utf16": lambda said: said.encode("utf-16"),
    "nul": lambda said: b"\0" + said.encode(),
    "id3": lambda said: b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + said.encode(),
    "ftyp": lambda said: box("ftyp", b"isom\0\0\2\0isom") + said.encode(),
    "free": lambda said: box("free", said.encode()) + said.encode(),
    "ebml": lambda said: b"\x1a\x45\xdf\xa3" + said.encode(),
    "ebml-doc": lambda said: matroska(said.encode()),
    "oggs": lambda said: b"OggS" + said.encode(),
    "mdat": lambda said: box("mdat", said.encode()),
}
EXTENSIONS = ("webm", "mp4", "m3u8", "mov")


def cases() -> Iterator[Case]:
    yield from _playlists()
    yield from _disguised()
    yield from _drefs()
    yield from _reference_movies()
    yield from _carried()


def _playlist(bench: Bench, *, said: str, target: Target) -> bytes:
    return said.format(target(bench.canary)).encode()


def _playlists() -> Iterator[Case]:
    number = 0
    for kind, said in PLAYLISTS.items():
        for aim, target in TARGETS.items():
            extension = EXTENSIONS[number % len(EXTENSIONS)]
            number += 1
            yield Case(
                f"list-{kind}-{aim}.{extension}",
                "playlists",
                partial(_playlist, said=said, target=target),
                expect=NOBODY_OPENS,
                points_elsewhere=True,
            )


def _disguise(
    bench: Bench, *, said: str, target: Target, disguise: Callable[[str], bytes]
) -> bytes:
    return disguise(said.format(target(bench.canary)))


def _disguised() -> Iterator[Case]:
    """Behind the first bytes of something that we accept, or of nothing at all."""
    for kind in ("hls", "hls-key", "concat", "dash", "svg"):
        for name, disguise in DISGUISES.items():
            for aim in ("file", "relative"):
                make = partial(
                    _disguise, said=PLAYLISTS[kind], target=TARGETS[aim], disguise=disguise
                )
                yield Case(
                    f"disguised-{kind}-{name}-{aim}.mp4",
                    "playlists",
                    make,
                    expect=(*NOBODY_OPENS, "unreadable", "no_video_and_no_audio"),
                    points_elsewhere=True,
                )


def _pascal(said: bytes, room: int) -> bytes:
    return bytes([min(len(said), room)]) + said[:room].ljust(room, b"\0")


def alias(path: str) -> bytes:
    """The body of an alias record: QuickTime's way to say where the samples are."""
    said = path.encode()
    folders = said.lstrip(b"/").replace(b"/", b":")
    fixed = bytes(6) + u32(150) + _pascal(b"Macintosh HD", 27) + bytes(12)
    fixed += _pascal(said.rpartition(b"/")[2], 63) + bytes(16) + struct.pack(">HH", 1, 1)
    fixed += bytes(16)
    texts = b""
    for kind, value in ((2, folders), (18, said), (0, folders.rpartition(b":")[0])):
        texts += struct.pack(">HH", kind, len(value)) + value + b"\0" * (len(value) % 2)
    return fixed + texts + struct.pack(">hH", -1, 0)


def _dref_kinds(canary: Canary) -> dict[str, bytes]:
    path = str(canary.stream)
    return {
        "url": full("url ", path.encode() + b"\0"),
        "url-file": full("url ", f"file://{path}".encode() + b"\0"),
        "url-http": full("url ", canary.url().encode() + b"\0"),
        "url-relative": full("url ", canary.stream.name.encode() + b"\0"),
        "url-self": full("url ", path.encode() + b"\0", flags=1),
        "urn": full("urn ", b"x\0" + path.encode() + b"\0"),
        "alis": full("alis", alias(path)),
        "alis-secret": full("alis", alias(str(canary.text))),
        "alis-relative": full("alis", alias(canary.stream.name)),
        "alis-short": full("alis", alias(path)[:60]),
        "rsrc": full("rsrc", alias(path)),
    }


def _dref(bench: Bench, *, base: str, kind: str, start: int | None) -> bytes:
    entry = _dref_kinds(bench.canary)[kind]
    table = always(u32(0, 2) + entry + entry)
    made = edit(bench.base(base), "moov/trak/mdia/minf/dinf/dref", table)
    if start is not None:
        made = edit(made, "moov/trak/mdia/minf/stbl/stco", always(u32(0, 1, start)))
    return made


def _drefs() -> Iterator[Case]:
    for kind in DREFS:
        for base in ("pcm.mov", "h264.mov", "h264.mp4", "voice.m4a"):
            for start in (None, 0) if base == "pcm.mov" else (None,):
                name = f"dref-{kind}-{'own' if start is None else 'zero'}-{base}"
                make = partial(_dref, base=base, kind=kind, start=start)
                yield Case(name, "external references", make, points_elsewhere=True)


DREFS = (
    *("url", "url-file", "url-http", "url-relative", "url-self", "urn"),
    *("alis", "alis-secret", "alis-relative", "alis-short", "rsrc"),
)


def _reference_movie(bench: Bench, *, target: Target, kind: bytes, version: int) -> bytes:
    said = target(bench.canary).encode() + b"\0"
    place = full("rdrf", kind, u32(len(said)), said)
    inside = box("rmra", box("rmda", place, full("rmdr", u32(1000))))
    head = box("ftyp", b"qt  \0\0\0\0qt  ") if version else b""
    return head + box("moov", inside)


def _reference_movies() -> Iterator[Case]:
    for aim, target in TARGETS.items():
        for kind in (b"url ",) if aim != "file" else (b"url ", b"alis"):
            make = partial(_reference_movie, target=target, kind=kind, version=aim != "up")
            name = f"movie-{kind.decode().strip()}-{aim}.mov"
            yield Case(
                name,
                "external references",
                make,
                expect=("unreadable", "no_video_and_no_audio"),
                points_elsewhere=True,
            )


def _attached(bench: Bench, *, said: str, target: Target, media_type: str) -> bytes:
    content = said.format(target(bench.canary)).encode()
    extra = attachment("../../etc/cron.d/x", media_type, content)
    return matroska(info(), element(TRACKS, sound_track()), extra, spoken())


def _linked(bench: Bench, *, target: Target) -> bytes:
    """A Matroska file that says where its previous and next parts are."""
    where = target(bench.canary)
    links = text(0x3C83AB, where) + text(0x3E83BB, where) + element(0x3CB923, bytes(16))
    said = tags(tag("URL", where))
    return matroska(info(extra=links), element(TRACKS, sound_track()), said, spoken())


def _carried() -> Iterator[Case]:
    """A reference inside a real clip is data, and stays data."""
    types = {"hls": "application/x-mpegurl", "svg": "image/svg+xml", "concat": "text/plain"}
    for kind, media_type in types.items():
        for aim in ("file", "relative", "http"):
            target = TARGETS[aim]
            make = partial(_attached, said=PLAYLISTS[kind], target=target, media_type=media_type)
            name = f"attached-{kind}-{aim}.mkv"
            yield Case(name, "external references", make, points_elsewhere=True)
    for aim, target in TARGETS.items():
        make = partial(_linked, target=target)
        yield Case(f"linked-{aim}.mkv", "external references", make, points_elsewhere=True)
