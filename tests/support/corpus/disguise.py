"""Files that are something else than they say: other formats, pictures, and two kinds in one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import partial

from support.corpus.boxes import box
from support.corpus.cases import DELIVERED, NOBODY_OPENS, Bench, Case
from support.corpus.ebml import EBML, element, integer, text
from support.corpus.recipes import ACCEPTED, LARGE, ODD, REFUSED

NAMES = ("webm", "mp4", "mov", "ogg")
HONEST = ("vp8.webm", "h264.mp4", "h264.mov", "voice.ogg")


def cases() -> Iterator[Case]:
    yield from _other_formats()
    yield from _wrong_extensions()
    yield from _odd()
    yield from _two_in_one()
    yield from _texts()


def _base(bench: Bench, *, base: str, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + bench.base(base) + after


def _other_formats() -> Iterator[Case]:
    for number, base in enumerate(REFUSED):
        stem = base.replace(".", "-")
        name = f"other-{stem}.{NAMES[number % len(NAMES)]}"
        yield Case(name, "other formats", partial(_base, base=base), expect=NOBODY_OPENS)
        before = box("ftyp", b"isom\0\0\0\0isom")
        yield Case(
            f"behind-ftyp-{stem}.mp4", "other formats", partial(_base, base=base, before=before)
        )
    for base in ("other.ts", "other.mpg", "other.mp3", "still.png"):
        ebml = element(EBML, integer(0x4286, 1), text(0x4282, "webm"))
        make = partial(_base, base=base, before=ebml)
        yield Case(f"behind-ebml-{base.replace('.', '-')}.webm", "other formats", make)
        make = partial(_base, base=base, before=b"OggS" + bytes(23))
        yield Case(f"behind-oggs-{base.replace('.', '-')}.ogg", "other formats", make)


def _wrong_extensions() -> Iterator[Case]:
    for base in ACCEPTED:
        for extension in ("m3u8", "jpg"):
            name = f"named-{base.replace('.', '-')}.{extension}"
            yield Case(name, "wrong extensions", partial(_base, base=base), expect=(DELIVERED,))


def _odd() -> Iterator[Case]:
    for base in ODD:
        yield Case(f"odd-{base}", "odd tracks", partial(_base, base=base))
    for base in LARGE:
        yield Case(base, "huge dimensions", partial(_base, base=base), expect=("too_many_pixels",))


def _zip(name: str = "page.html", content: bytes = b"<script>alert(1)</script>") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
HTML = b"<!doctype html><html><body><script>alert(document.cookie)</script></body></html>"
PAYLOADS: dict[str, bytes] = {
    "zip": _zip(),
    "zip-up": _zip("../../../../tmp/evil.sh"),
    "pdf": PDF,
    "html": HTML,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "php": b"<?php system($_GET['c']); ?>",
    "shell": b"#!/bin/sh\nid > /tmp/owned\n",
    "elf": b"\x7fELF\x02\x01\x01" + bytes(57),
    "exe": b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0",
    "class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(32),
    "gif-js": b"GIF89a/*" + bytes(8) + b"*/=1;alert(1);",
    "riff": b"RIFF\xff\xff\0\0AVI LIST" + bytes(64),
    "id3": b"ID3\x04\0\0\0\0\x02\x01" + bytes(257),
    "m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "mbox": b"From nobody Mon Sep 17 00:00:00 2001\nContent-Type: text/html\n\n" + HTML,
    "tar": b"../../evil".ljust(512, b"\0"),
}


def _two_in_one() -> Iterator[Case]:
    for kind, payload in PAYLOADS.items():
        for base in HONEST:
            stem, extension = base.split(".")
            tail = partial(_base, base=base, after=payload)
            yield Case(f"tail-{kind}-{stem}.{extension}", "polyglots", tail)
            front = partial(_base, base=base, before=payload)
            name = f"front-{kind}-{stem}.{extension}"
            yield Case(name, "polyglots", front, expect=NOBODY_OPENS)
        # A file of both kinds: the first box is one that we know, the payload stands in it.
        for first in ("free",):
            hidden = partial(_base, base="h264.mp4", before=box(first, payload))
            yield Case(f"hidden-{kind}-{first}.mp4", "polyglots", hidden)


TEXTS: dict[str, bytes] = {
    "letter": b"Beste mevrouw,\n\nHierbij mijn antwoord.\n",
    "json": b'{"streams": [], "format": {"format_name": "matroska,webm"}}',
    "srt": b"1\n00:00:00,000 --> 00:00:01,000\n<font face='../../x'>hallo</font>\n",
    "ass": b"[Script Info]\nScriptType: v4.00+\n[Events]\nDialogue: 0,0:00:00.00,0:00:01.00,,x\n",
    "idx": b"# VobSub index file, v7 (do not modify this line!)\nsize: 720x576\n",
    "sami": b"<SAMI><BODY><SYNC Start=0>x</BODY></SAMI>",
    "realtext": b"<window duration=1><time begin=0/>x</window>",
    "mpl2": b"[0][10]x\n",
    "microdvd": b"{0}{10}x\n",
    "webvtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nx\n",
    "ffmetadata": b";FFMETADATA1\ntitle=x\n",
    "cue": b'FILE "canary.wav" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
    "spaces": b" " * 5000,
    "zeros": bytes(70_000),
    "ones": b"\xff" * 70_000,
    "one": b"x",
    "nothing": b"",
    "utf16": "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".encode("utf-16"),
}


def _literal(_bench: Bench, *, content: bytes) -> bytes:
    return content


def _texts() -> Iterator[Case]:
    expect = (*NOBODY_OPENS, "empty_file")
    for kind, content in TEXTS.items():
        for extension in ("mp4", "webm"):
            make = partial(_literal, content=content)
            yield Case(f"text-{kind}.{extension}", "texts", make, expect=expect)
    for kind, content in PAYLOADS.items():
        make = partial(_literal, content=content)
        yield Case(f"only-{kind}.mp4", "texts", make, expect=expect)
