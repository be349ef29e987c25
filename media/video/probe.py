"""`probe`: the gate every uploaded file passes before anything is made of it.

First bytes, then the header, then the packets; each step only when the one before let the file
through. Refusals are codes for the web layer to translate. Converting is left to `normalise`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from media.video.arguments import ffprobe_argv
from media.video.errors import FailureCode, ProcessingFailed, RefusalCode, Refused
from media.video.limits import MediaLimits, most_pixels, probe_limits
from media.video.runner import Cancel, run
from media.video.sniff import refuse_other_things
from media.video.tracks import (
    HEADER_ENTRIES,
    PACKET_ENTRIES,
    Header,
    PacketCount,
    Track,
    VideoTrack,
    read_header,
    require_length,
)

TOO_MANY_PIXELS = "max pixel count"
"""In what ffmpeg says of a picture beyond our limit."""

OVERLAP = 1.1
"""So much longer than its span may sound last before its times are not believed.

Recordings that stand one behind the other in one Ogg file all begin at zero, and are played one
after the other: an hour of them seemed to last a second.
"""

TOO_MANY_STREAMS = "exceeds max_streams"
"""In what ffmpeg says of a file with more tracks than it is to look at. It calls that ENOMEM."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A file that passed the gate.

    Durations in seconds, measured from the packets. `width` and `height` are pixels as displayed,
    after rotation; `rotation` is clockwise in degrees (0, 90, 180, 270); `pixels` are those of a
    frame as it is coded. Fields of a missing video
    track are None, zero or empty. `frame_rate` is packets per second, `claimed_frame_rate` what
    the header says (1000 for MediaRecorder). Bit rate in bits per second.
    """

    container: str
    size_bytes: int
    duration_seconds: float
    packet_count: int
    has_video: bool
    has_audio: bool
    audio_index: int
    audio_codec: str
    audio_channels: int
    audio_sample_rate: int
    video_index: int | None = None
    video_codec: str | None = None
    width: int = 0
    height: int = 0
    pixels: int = 0
    rotation: int = 0
    pixel_format: str = ""
    color_transfer: str = ""
    interlaced: bool = False
    frame_rate: float | None = None
    claimed_frame_rate: float | None = None
    video_bit_rate: float = 0.0

    @property
    def most_pixels(self) -> int:
        """What any frame of it may have: a picture may change its size halfway."""
        return most_pixels(self.pixels, self.frame_rate)


def probe(path: Path, limits: MediaLimits, *, cancel: Cancel | None = None) -> Probe:
    """Return what is in the file; raise `Refused` when it cannot become a clip.

    `path` is absolute and made by the server. Raises `ProcessingFailed` when looking itself failed
    (time, memory, a missing program), which says nothing about the file.
    """
    refuse_other_things(path)
    header = _header(path, limits, cancel)
    if header.audio is None and header.video is None:
        raise Refused(RefusalCode.NO_VIDEO_AND_NO_AUDIO)
    if header.audio is None:
        raise Refused(RefusalCode.NO_AUDIO)
    return _conclude(path, header, _count(path, limits, cancel), limits)


def describe(path: Path, *, cancel: Cancel | None = None) -> Header:
    """Return the header of a file that we made ourselves."""
    return _header(path, MediaLimits(), cancel)


def _header(path: Path, limits: MediaLimits, cancel: Cancel | None) -> Header:
    argv = ffprobe_argv(path, entries=HEADER_ENTRIES, layout="json=compact=1")
    try:
        done = run(argv, limits=probe_limits(), readable=[path], cancel=cancel)
    except ProcessingFailed as failure:
        raise _verdict(failure, limits) from failure
    header = read_header(done.stdout, limits)
    # Some formats tell the size in the pictures only. Then ffprobe complains, lists a picture
    # without size, and succeeds: a clip of which only the sound would be left.
    if header.has_picture and header.video is None and TOO_MANY_PIXELS in done.stderr_tail:
        raise Refused(RefusalCode.TOO_MANY_PIXELS, {"limit": limits.max_pixels})
    return header


def _count(path: Path, limits: MediaLimits, cancel: Cancel | None) -> PacketCount:
    count = PacketCount(limits)
    argv = ffprobe_argv(path, entries=PACKET_ENTRIES, layout="compact=print_section=0")
    try:
        run(argv, limits=probe_limits(), readable=[path], on_line=count.add, cancel=cancel)
    except ProcessingFailed as failure:
        raise _verdict(failure, limits) from failure
    return count


def _verdict(failure: ProcessingFailed, limits: MediaLimits) -> Exception:
    """Return what to raise: a decoder that gives up on the file refuses it, the rest may retry."""
    if TOO_MANY_STREAMS in failure.detail:
        return Refused(RefusalCode.TOO_MANY_STREAMS, {"limit": limits.max_streams})
    if failure.code is not FailureCode.DECODER_FAILED:
        return failure
    if TOO_MANY_PIXELS in failure.detail:
        return Refused(RefusalCode.TOO_MANY_PIXELS, {"limit": limits.max_pixels})
    unlisted = re.search(r"Codec \(([a-z0-9_-]{1,40})\) not on whitelist", failure.detail)
    if unlisted is not None:
        return Refused(RefusalCode.UNSUPPORTED_CODEC, {"codec": unlisted[1]})
    return Refused(RefusalCode.UNREADABLE)


def _conclude(path: Path, header: Header, count: PacketCount, limits: MediaLimits) -> Probe:
    audio, video = header.audio, header.video
    sound = count.of(audio.index if audio else None)
    picture = count.of(video.index if video else None)
    used = [track for track in (sound, picture) if track.packets]
    if not used:
        raise Refused(RefusalCode.ZERO_LENGTH, {"limit": limits.min_duration_seconds, "found": 0})
    duration = max(track.end for track in used) - min(track.start for track in used)
    if header.container == "ogg" and sound.played > duration * OVERLAP + 1:
        duration = sound.played
    require_length(count, duration, limits)
    # A track that is announced and stays empty is no track: nothing would be heard or seen.
    if audio is None or not sound.packets:
        raise Refused(RefusalCode.NO_AUDIO)
    found = Probe(
        container=header.container,
        size_bytes=path.stat().st_size,
        duration_seconds=duration,
        packet_count=count.packets,
        has_video=False,
        has_audio=True,
        audio_index=audio.index,
        audio_codec=audio.codec,
        audio_channels=audio.channels,
        audio_sample_rate=audio.sample_rate,
    )
    if video is None or not picture.packets:
        return found
    return _with_video(found, video, picture, limits)


def _with_video(found: Probe, video: VideoTrack, picture: Track, limits: MediaLimits) -> Probe:
    # A track of one packet has no length of its own; it is on show for as long as the clip lasts.
    seconds = picture.seconds or found.duration_seconds
    _require_pace(video, picture.packets / seconds, limits)
    return replace(
        found,
        has_video=True,
        video_index=video.index,
        video_codec=video.codec,
        width=video.width,
        height=video.height,
        pixels=video.pixels,
        rotation=video.rotation,
        pixel_format=video.pixel_format,
        color_transfer=video.color_transfer,
        interlaced=video.interlaced,
        frame_rate=picture.packets / seconds,
        claimed_frame_rate=video.claimed_frame_rate,
        video_bit_rate=picture.size_bytes * 8 / seconds,
    )


def _require_pace(video: VideoTrack, frame_rate: float, limits: MediaLimits) -> None:
    """Raise `Refused` for more frames of this size than a camera takes."""
    allowed = limits.max_pixels_per_second // (video.width * video.height)
    if frame_rate > allowed:
        raise Refused(RefusalCode.TOO_MANY_PACKETS, {"limit": allowed, "found": round(frame_rate)})
