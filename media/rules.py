"""Plain rules of media: which files may come in, and how a file is shown raw."""

from __future__ import annotations

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
