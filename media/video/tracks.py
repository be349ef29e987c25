"""Reads what ffprobe says about a file and decides whether it may become a clip. No program runs.

Two inputs: the header (JSON) and the packets (one line each). A header can lie or be silent:
MediaRecorder's WebM has no duration and claims 1000 frames a second. Packets do not lie about what
has to be decoded, so length and amount are counted from them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pydantic import BaseModel, Field, ValidationError

from media.video.arguments import COVER_DECODERS
from media.video.errors import RefusalCode, Refused
from media.video.limits import MediaLimits

HEADER_ENTRIES = (
    "format=format_name,nb_streams"
    ":stream=index,codec_type,codec_name,width,height,pix_fmt,sample_aspect_ratio,r_frame_rate,"
    "avg_frame_rate,color_transfer,field_order,channels,sample_rate,start_time,duration"
    ":stream_disposition=attached_pic,default:stream_tags=rotate:stream_side_data=rotation"
)
PACKET_ENTRIES = "packet=stream_index,pts_time,dts_time,duration_time,size,flags"
# Beyond this a sample aspect ratio is nonsense, and would make a frame of absurd width.
WIDEST_SAMPLE = 4


class _SideData(BaseModel):
    rotation: float = 0.0


class _Disposition(BaseModel):
    attached_pic: int = 0
    default: int = 0


class _Tags(BaseModel):
    rotate: float = 0.0


class _Stream(BaseModel):
    index: int
    codec_type: str = ""
    codec_name: str = ""
    width: int = 0
    height: int = 0
    pix_fmt: str = ""
    sample_aspect_ratio: str = ""
    r_frame_rate: str = ""
    color_transfer: str = ""
    field_order: str = ""
    channels: int = 0
    sample_rate: int = 0
    start_time: float = 0.0
    duration: float | None = None
    disposition: _Disposition = Field(default_factory=_Disposition)
    tags: _Tags = Field(default_factory=_Tags)
    side_data_list: list[_SideData] = Field(default_factory=list)


class _Format(BaseModel):
    format_name: str = ""
    nb_streams: int = 0


class _Document(BaseModel):
    streams: list[_Stream] = Field(default_factory=list)
    format: _Format = Field(default_factory=_Format)


@dataclass(frozen=True, kw_only=True)
class VideoTrack:
    """A moving picture. `width` and `height` as displayed; `rotation` clockwise, in degrees.

    `pixels` are those of a frame as it is coded, before any stretching.
    """

    index: int
    codec: str
    width: int
    height: int
    pixels: int
    rotation: int
    pixel_format: str
    color_transfer: str
    interlaced: bool
    claimed_frame_rate: float | None
    start_seconds: float
    duration_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class AudioTrack:
    index: int
    codec: str
    channels: int
    sample_rate: int
    start_seconds: float
    duration_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the file says about itself: the tracks that a clip is made of.

    `has_picture` also where no size of it is known: then `video` is None.
    """

    container: str
    has_picture: bool
    video: VideoTrack | None
    audio: AudioTrack | None


def read_header(document: str | bytes, limits: MediaLimits) -> Header:
    """Return the tracks to use; raise `Refused` for what the header alone rules out."""
    try:
        found = _Document.model_validate_json(document)
    except ValidationError as error:
        raise Refused(RefusalCode.UNREADABLE) from error
    count = max(found.format.nb_streams, len(found.streams))
    if count > limits.max_streams:
        raise Refused(RefusalCode.TOO_MANY_STREAMS, {"limit": limits.max_streams, "found": count})
    moving = [
        stream
        for stream in found.streams
        if stream.codec_type == "video" and not stream.disposition.attached_pic
    ]
    sounds = [stream for stream in found.streams if stream.codec_type == "audio"]
    for stream in moving:
        if stream.width * stream.height > limits.max_pixels:
            raise Refused(
                RefusalCode.TOO_MANY_PIXELS,
                {"limit": limits.max_pixels, "found": stream.width * stream.height},
            )
        if stream.codec_name in COVER_DECODERS:
            raise Refused(RefusalCode.UNSUPPORTED_CODEC, {"codec": stream.codec_name})
    return Header(
        container=found.format.format_name,
        has_picture=bool(moving),
        video=_video(_first(moving)),
        audio=_audio(_first(sounds)),
    )


def _first(streams: Sequence[_Stream]) -> _Stream | None:
    """Return the default track of a kind, as a player would, else the first one."""
    return min(
        streams, key=lambda stream: (not stream.disposition.default, stream.index), default=None
    )


def _video(stream: _Stream | None) -> VideoTrack | None:
    if stream is None or not stream.codec_name or stream.width < 1 or stream.height < 1:
        return None
    rotation = _rotation(stream)
    width, height = _displayed(stream, rotation)
    return VideoTrack(
        index=stream.index,
        codec=stream.codec_name,
        width=width,
        height=height,
        pixels=stream.width * stream.height,
        rotation=rotation,
        pixel_format=stream.pix_fmt,
        color_transfer=stream.color_transfer,
        interlaced=stream.field_order in {"tt", "bb", "tb", "bt"},
        claimed_frame_rate=_rate(stream.r_frame_rate),
        start_seconds=stream.start_time,
        duration_seconds=stream.duration,
    )


def _audio(stream: _Stream | None) -> AudioTrack | None:
    if stream is None or not stream.codec_name:
        return None
    return AudioTrack(
        index=stream.index,
        codec=stream.codec_name,
        channels=stream.channels,
        sample_rate=stream.sample_rate,
        start_seconds=stream.start_time,
        duration_seconds=stream.duration,
    )


def _rotation(stream: _Stream) -> int:
    """Return quarter turns clockwise in degrees. ffprobe counts the display matrix the other way.

    Programs before ffmpeg 5 give a `rotate` tag instead, which counts clockwise.
    """
    turns = [-data.rotation for data in stream.side_data_list if data.rotation]
    degrees = turns[0] if turns else stream.tags.rotate
    if not math.isfinite(degrees):
        return 0
    return round(degrees / 90) * 90 % 360


def _displayed(stream: _Stream, rotation: int) -> tuple[int, int]:
    width, height = stream.width, stream.height
    sample = _ratio(stream.sample_aspect_ratio.replace(":", "/"))
    if sample is not None and Fraction(1, WIDEST_SAMPLE) <= sample <= WIDEST_SAMPLE:
        width = max(1, round(width * sample))
    return (height, width) if rotation % 180 else (width, height)


def _ratio(text: str) -> Fraction | None:
    if re.fullmatch(r"\d{1,9}/\d{1,9}", text) is None:
        return None
    above, below = (int(part) for part in text.split("/"))
    return Fraction(above, below) if above and below else None


def _rate(text: str) -> float | None:
    found = _ratio(text)
    return None if found is None else float(found)


@dataclass
class Track:
    """What the packets of one track add up to. Times in seconds on the file's own clock."""

    packets: int = 0
    size_bytes: int = 0
    played: float = 0.0
    """Of all packets together: more than their span where times begin anew (chained Ogg)."""
    start: float = math.inf
    end: float = -math.inf

    @property
    def seconds(self) -> float:
        return max(0.0, self.end - self.start) if self.packets else 0.0


@dataclass
class PacketCount:
    """Adds up packets while ffprobe lists them; refuses once no length could allow so many."""

    limits: MediaLimits
    packets: int = 0
    tracks: dict[int, Track] = field(default_factory=dict)

    def add(self, line: str) -> None:
        """Take one line such as `stream_index=0|pts_time=1.2|…|size=300|flags=K_`."""
        values = dict(part.split("=", 1) for part in line.split("|") if "=" in part)
        index = _number(values.get("stream_index"))
        if index is None:
            return
        self.packets += 1
        ceiling = self.limits.max_packets(self.limits.max_duration_seconds)
        if self.packets > ceiling:
            raise _too_many_packets(ceiling, self.packets)
        # "D": cut away by an edit list. It costs decoding, so it counts, but nobody hears it.
        if "D" in values.get("flags", ""):
            return
        track = self.tracks.setdefault(int(index), Track())
        track.packets += 1
        track.size_bytes += int(_number(values.get("size")) or 0)
        lasting = _number(values.get("duration_time")) or 0.0
        track.played += max(0.0, lasting)
        at = _number(values.get("pts_time"))
        at = _number(values.get("dts_time")) if at is None else at
        if at is not None:
            track.start = min(track.start, at)
            track.end = max(track.end, at + lasting)

    def of(self, index: int | None) -> Track:
        """Return the sums of one track, zeros when it has no packets."""
        return Track() if index is None else self.tracks.get(index, Track())


def require_length(count: PacketCount, duration_seconds: float, limits: MediaLimits) -> None:
    """Raise `Refused` when the length, or the packets for that length, are out of bounds."""
    found = round(duration_seconds, 3)
    if duration_seconds < limits.min_duration_seconds:
        raise Refused(
            RefusalCode.ZERO_LENGTH, {"limit": limits.min_duration_seconds, "found": found}
        )
    if duration_seconds > limits.max_duration_seconds:
        raise Refused(RefusalCode.TOO_LONG, {"limit": limits.max_duration_seconds, "found": found})
    allowed = limits.max_packets(duration_seconds)
    if count.packets > allowed:
        raise _too_many_packets(allowed, count.packets)


def _too_many_packets(limit: int, found: int) -> Refused:
    return Refused(RefusalCode.TOO_MANY_PACKETS, {"limit": limit, "found": found})


def _number(text: str | None) -> float | None:
    """Return a finite number, None for "N/A" and everything else."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
