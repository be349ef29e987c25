"""The files that a clip consists of: their kinds, names and types, and what was really made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from media.video.errors import FailureCode, ProcessingFailed


class FileKind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    POSTER = "poster"
    PEAKS = "peaks"
    WAV = "wav"


NAMES = {
    FileKind.VIDEO: "video.mp4",
    FileKind.AUDIO: "audio.m4a",
    FileKind.POSTER: "poster.jpg",
    FileKind.PEAKS: "peaks.json",
    FileKind.WAV: "audio.wav",
}
MEDIA_TYPES = {
    FileKind.VIDEO: "video/mp4",
    FileKind.AUDIO: "audio/mp4",
    FileKind.POSTER: "image/jpeg",
    FileKind.PEAKS: "application/json",
    FileKind.WAV: "audio/wav",
}


@dataclass(frozen=True, kw_only=True)
class MediaFile:
    """One file that was made. `bytes` is its size; codecs and pixels only where they apply."""

    kind: FileKind
    path: Path
    media_type: str
    bytes: int
    sha256: str
    video_codec: str | None = None
    audio_codec: str | None = None
    width: int | None = None
    height: int | None = None


def made(
    out_dir: Path,
    kind: FileKind,
    *,
    video_codec: str | None = None,
    audio_codec: str | None = None,
    size: tuple[int, int] | None = None,
) -> MediaFile:
    """Return the description of a file in `out_dir`.

    Raises `ProcessingFailed` (decoder_failed) when it is missing or empty: ffmpeg ends well on some
    inputs that gave it nothing to write.
    """
    path = out_dir / NAMES[kind]
    if not path.is_file() or not path.stat().st_size:
        raise ProcessingFailed(FailureCode.DECODER_FAILED, f"no {kind.value} came out")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return MediaFile(
        kind=kind,
        path=path,
        media_type=MEDIA_TYPES[kind],
        bytes=path.stat().st_size,
        sha256=digest,
        video_codec=video_codec,
        audio_codec=audio_codec,
        width=size[0] if size else None,
        height=size[1] if size else None,
    )
