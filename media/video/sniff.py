"""A look at the first bytes, before any program opens the file.

It keeps what is plainly something else (a picture, a playlist, a text) away from ffmpeg, and lets
the refusal name it. It does not vouch for the rest: that is what the whitelists are for.
"""

from __future__ import annotations

from pathlib import Path

from media.video.errors import RefusalCode, Refused

HEAD_BYTES = 4096

PICTURE_STARTS = (
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM"),
    *(b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00"),
)
# ISO files whose first brand says: still picture (HEIC, AVIF).
PICTURE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif")
PLAYLIST_STARTS = (b"#extm3u", b"ffconcat", b"[playlist]", b"#ext-x-")
# The box that an ISO or QuickTime file may begin with, and the signatures of Matroska and Ogg.
ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof")
CONTAINER_STARTS = (b"\x1a\x45\xdf\xa3", b"OggS")


def refuse_other_things(path: Path) -> None:
    """Raise `Refused` unless the file begins like one of the containers we accept."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    code = verdict(head)
    if code is not None:
        raise Refused(code)


def verdict(head: bytes) -> RefusalCode | None:
    """Return why a file that starts like this is refused, None when it may be media."""
    if not head:
        return RefusalCode.EMPTY_FILE
    if head.startswith(CONTAINER_STARTS):
        return None
    if head[4:8] in ISO_BOXES:
        still = head[4:8] == b"ftyp" and head[8:12] in PICTURE_BRANDS
        return RefusalCode.PICTURE if still else None
    if head.startswith(PICTURE_STARTS) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return RefusalCode.PICTURE
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(PLAYLIST_STARTS) or (text.startswith(b"<") and b"<mpd" in text):
        return RefusalCode.PLAYLIST
    if text.startswith(b"<") and b"<svg" in text:
        return RefusalCode.PICTURE
    return RefusalCode.NOT_MEDIA
