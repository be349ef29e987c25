"""Plain rules of media: which files may come in, and how a file is shown raw."""

from __future__ import annotations

from media.video.errors import FailureCode, RefusalCode

EXPIRY_HOURS = 48
"""An upload that nobody finished is swept after this; long enough for a dead phone."""

_WEBM = b"\x1a\x45\xdf\xa3"
_OGG = b"OggS"
_FTYP = b"ftyp"

SERVED_TYPES = {
    "video/webm",
    "video/mp4",
    "video/quicktime",
    "audio/mp4",
    "audio/ogg",
    "application/octet-stream",
}


UNSAFE = "infected"
"""The failure code of a file in which a scanner found something."""

AFTER_SCANNING = {*(code.value for code in RefusalCode), *(code.value for code in FailureCode)}
"""Why a clip failed in a program that only opens what was scanned."""


def may_serve_raw(state: str, failure_code: str | None, *, scanned: bool) -> bool:
    """Whether the file as it came may be shown to its maker.

    `scanned` says that this installation has a scanner; then only a clip that is known to be past
    it may: a ready one, or one that failed at something that comes later.
    """
    if failure_code == UNSAFE:
        return False
    return not scanned or state == "ready" or failure_code in AFTER_SCANNING


def sniff(head: bytes) -> str:
    """The media type of a file from its first bytes (16 suffice), never from its name.

    `application/octet-stream` where it is none of ours: the probe refuses it later, and a
    browser that is handed it plays nothing.
    """
    if head.startswith(_WEBM):
        return "video/webm"
    if head.startswith(_OGG):
        return "audio/ogg"
    if head[4:8] == _FTYP:
        brand = head[8:12]
        if brand == b"qt  ":
            return "video/quicktime"
        return "audio/mp4" if brand in {b"M4A ", b"M4B "} else "video/mp4"
    return "application/octet-stream"
