"""What a file may be (`MediaLimits`) and what one program may use (`Limits`). Figures only."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 2**20

# 4096 x 2160. 198 kB of 8192 x 8192 frames took 2.2 GB of memory without it.
MAX_PIXELS = 8_847_360


# 4K at 60 or full HD at 240 frames a second. A picture that does not move costs no bytes, but every
# frame of it is decoded: 15 MB of 4K at 340 a second kept a core busy for ten minutes.
PIXELS_PER_SECOND = MAX_PIXELS * 60

# A picture may change its size halfway: a phone is turned, a line gets better. So far it may grow
# where its header says less. A kilobyte that said 64 x 48 and turned 4K took 507 MB to look at.
GROWN_PIXELS = 1920 * 1088
# Frames are coded in blocks, and are a little larger than what is shown of them.
BLOCKS = 1.25


def most_pixels(told: int, frame_rate: float | None) -> int:
    """Return what a frame may have where the header tells of so many pixels.

    However much it grows, no more is decoded in a second than of a picture that said so at once.
    """
    room = min(GROWN_PIXELS, int(PIXELS_PER_SECOND / max(1.0, frame_rate or 0.0)))
    return min(MAX_PIXELS, max(room, int(told * BLOCKS)))


# Where ffmpeg stops looking. 500 tracks took 360 MB before they were counted; at 1000, its own
# limit, it says that the memory is full.
MAX_STREAMS = 64


@dataclass(frozen=True, kw_only=True)
class MediaLimits:
    """The gate for an uploaded file. Durations in seconds, sizes in pixels per frame."""

    max_duration_seconds: float = 20 * 60
    min_duration_seconds: float = 0.2
    max_pixels: int = MAX_PIXELS
    # A 240 fps slow-motion video with 50 audio packets a second passes, a 1000 fps bomb does not.
    max_packets_per_second: int = 350
    max_pixels_per_second: int = PIXELS_PER_SECOND
    # A phone adds one sound and up to four data tracks to its picture.
    max_streams: int = 16

    def max_packets(self, duration_seconds: float) -> int:
        """Packets that a file of this length may hold; the constant spares very short files."""
        return 1000 + int(self.max_packets_per_second * duration_seconds)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The budget of one run.

    `cpu_seconds` counts all threads together, `file_bytes` bounds each file written,
    `stdout_bytes` bounds what is kept of the standard output.
    """

    cpu_seconds: int
    wall_seconds: float
    file_bytes: int
    # 1 GiB is enough for a 720p encode and 600 MiB is not; 3 GiB leaves room for 4K input.
    address_space_bytes: int = 3 * 1024 * MEBIBYTE
    stdout_bytes: int = 4 * MEBIBYTE


def probe_limits() -> Limits:
    """Looking writes no file and costs well under a second for an honest clip."""
    return Limits(cpu_seconds=20, wall_seconds=90, file_bytes=0)


def render_limits(*, duration_seconds: float, source_bytes: int) -> Limits:
    """Return the budget for converting a clip.

    A 720p clip costs about half a CPU second per second, 4K HEVC up to about three; the wall
    clock is wide because the work runs niced beside the website.
    """
    cpu_seconds = 60 + int(6 * duration_seconds)
    # Copied video is at most the source; encoded video at most its capped bit rate, with headroom.
    encoded_bytes = int(duration_seconds * 2_000_000 / 8)
    return Limits(
        cpu_seconds=cpu_seconds,
        wall_seconds=120 + 3 * cpu_seconds,
        file_bytes=source_bytes + encoded_bytes + 32 * MEBIBYTE,
    )
