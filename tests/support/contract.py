"""What every delivered clip is, whatever came in: asked of the files with the plain ffprobe."""

from __future__ import annotations

import json
import struct
import subprocess
import wave
from pathlib import Path
from typing import Any

from media.video.normalise import Normalised
from media.video.outputs import FileKind
from media.video.plan import LONG_SIDE, POSTER_WIDTH, SHORT_SIDE

SHOWN = (
    "format=format_name,duration:format_tags:stream=codec_type,codec_name,profile,pix_fmt,width,"
    "height,sample_rate,channels:stream_tags:stream_disposition=attached_pic"
)
TAGS = {
    *("major_brand", "minor_version", "compatible_brands", "language", "handler_name"),
    *("vendor_id", "encoder"),
}
"""What the mp4 format and our encoder write; everything else would be the maker's."""
OURS = {
    "handler_name": {"VideoHandler", "SoundHandler"},
    "language": {"und"},
    "encoder": {"Lavc libx264", "Lavc aac", "Lavf"},
    "vendor_id": {"[0][0][0][0]"},
}
PROFILES = {"Constrained Baseline", "Baseline", "Main", "High", "Extended"}
SLACK_SECONDS = 1.5


def facts(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", SHOWN, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def require_contract(made: Normalised) -> None:
    """Assert that a clip keeps every promise of docs/architecture.md on delivered files."""
    kinds = [file.kind for file in made.files]
    video, audio = made.file(FileKind.VIDEO), made.file(FileKind.AUDIO)
    assert (video is None) != (audio is None), kinds
    playable = video or audio
    assert playable is not None
    assert {FileKind.WAV, FileKind.PEAKS} <= set(kinds)
    assert (FileKind.POSTER in kinds) is (video is not None)
    folder = playable.path.parent
    assert {path.name for path in folder.iterdir()} == {file.path.name for file in made.files}
    _require_playable(facts(playable.path), made, with_video=video is not None)
    content = playable.path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat"), "it starts while it loads"
    poster = made.file(FileKind.POSTER)
    if poster is not None:
        _require_poster(poster.path)
    _require_speech(made)
    peaks = json.loads((folder / "peaks.json").read_text(encoding="ascii"))
    assert len(peaks) == 400
    assert all(0 <= peak <= 1 for peak in peaks)


def _require_playable(found: dict[str, Any], made: Normalised, *, with_video: bool) -> None:
    streams = found["streams"]
    assert [s["codec_type"] for s in streams] == (["video"] if with_video else []) + ["audio"]
    sound = streams[-1]
    assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == ("aac", "48000", 1)
    if with_video:
        picture = streams[0]
        assert (picture["codec_name"], picture["pix_fmt"]) == ("h264", "yuv420p")
        assert picture["profile"] in PROFILES
        assert min(picture["width"], picture["height"]) <= SHORT_SIDE
        assert max(picture["width"], picture["height"]) <= LONG_SIDE
    assert float(found["format"]["duration"]) <= made.duration_seconds + SLACK_SECONDS
    for part in (found["format"], *streams):
        tags = part.get("tags", {})
        assert set(tags) <= TAGS, tags
        assert all(value in OURS[name] for name, value in tags.items() if name in OURS), tags


def _require_poster(path: Path) -> None:
    """A JPEG no wider than promised; its size stands in the start-of-frame segment."""
    content = path.read_bytes()
    assert content.startswith(b"\xff\xd8\xff")
    assert content.endswith(b"\xff\xd9")
    frame = content.index(b"\xff\xc0")
    height, width = struct.unpack_from(">HH", content, frame + 5)
    assert height > 0
    assert 0 < width <= POSTER_WIDTH


def _require_speech(made: Normalised) -> None:
    wav = made.file(FileKind.WAV)
    assert wav is not None
    with wave.open(str(wav.path)) as speech:
        assert speech.getparams()[:3] == (1, 2, 16000)
        assert speech.getnframes() / 16000 <= made.duration_seconds + SLACK_SECONDS
