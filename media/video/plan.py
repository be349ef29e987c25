"""Decides how a picture is converted: copy or encode, which size, which filters. Nothing runs.

The figures are measured in the design notes of the project: encoding 720p costs half a CPU second
per second, copying almost nothing.
"""

from __future__ import annotations

from enum import StrEnum

from media.video.probe import Probe

SHORT_SIDE = 720
LONG_SIDE = 1920
POSTER_WIDTH = 640
FRAME_RATE = 30
# Above 1080p every frame that waits in a filter or a thread takes 25 MB (4K, 10 bit).
LARGE_PIXELS = 1920 * 1088
# Above this a copied phone video would be several times what we deliver after encoding.
COPY_MAX_BIT_RATE = 4_000_000
COPY_MAX_FRAME_RATE = 61
HDR_TRANSFERS = {"arib-std-b67", "smpte2084"}


class Obstacle(StrEnum):
    """Why a video track must be encoded instead of copied."""

    CODEC = "codec"
    PIXEL_FORMAT = "pixel_format"
    HDR = "hdr"
    TOO_LARGE = "too_large"
    ODD_SIZE = "odd_size"
    INTERLACED = "interlaced"
    BIT_RATE = "bit_rate"
    FRAME_RATE = "frame_rate"


def copy_obstacle(probe: Probe) -> Obstacle | None:
    """Return the first reason to encode the video, None when every browser plays it as it is."""
    short, long = sorted((probe.width, probe.height))
    checks = (
        (Obstacle.CODEC, probe.video_codec != "h264"),
        (Obstacle.PIXEL_FORMAT, probe.pixel_format != "yuv420p"),
        (Obstacle.HDR, is_hdr(probe)),
        (Obstacle.TOO_LARGE, short > SHORT_SIDE or long > LONG_SIDE),
        (Obstacle.ODD_SIZE, bool(short % 2 or long % 2)),
        (Obstacle.INTERLACED, probe.interlaced),
        (Obstacle.BIT_RATE, probe.video_bit_rate > COPY_MAX_BIT_RATE),
        (Obstacle.FRAME_RATE, (probe.frame_rate or 0.0) > COPY_MAX_FRAME_RATE),
    )
    return next((obstacle for obstacle, stands in checks if stands), None)


def is_large(probe: Probe) -> bool:
    return probe.width * probe.height > LARGE_PIXELS


def is_hdr(probe: Probe) -> bool:
    return probe.color_transfer in HDR_TRANSFERS


def delivered_size(width: int, height: int) -> tuple[int, int]:
    """Return the even (width, height) to encode: never larger, short side at most 720."""
    short, long = sorted((width, height))
    scale = min(1.0, SHORT_SIDE / short, LONG_SIDE / long)
    return _even(width * scale), _even(height * scale)


def poster_size(width: int, height: int) -> tuple[int, int]:
    """Return the even (width, height) of the still of a video: never larger than the video."""
    scale = min(1.0, POSTER_WIDTH / max(width, 1))
    return _even(width * scale), _even(height * scale)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def video_filters(probe: Probe) -> str:
    """Return the filter chain for an encode: 30 frames a second, one fixed size, SDR.

    `fps` starts at 0 so that a picture that comes later than the sound is preceded by its first
    frame. It stands before scaling only where it drops frames, since it holds two of them; scaling
    first also spares scaling the frames it repeats.
    """
    steady = [f"fps={FRAME_RATE}:start_time=0"]
    sized = _fit(*delivered_size(probe.width, probe.height))
    chain = ["bwdif"] if probe.interlaced else []
    surplus = (probe.frame_rate or 0.0) > FRAME_RATE + 1
    chain += [*steady, *sized] if surplus and not is_large(probe) else [*sized, *steady]
    if is_hdr(probe):
        # After scaling: linear light takes 12 bytes a pixel, 100 MB a frame at 4K.
        chain += [
            f"zscale=tin={probe.color_transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=100",
            "tonemap=hable",
            "zscale=p=bt709:t=bt709:m=bt709:r=tv",
        ]
    return ",".join([*chain, "setsar=1", "format=yuv420p"])


def _fit(width: int, height: int) -> list[str]:
    """Return filters that put any frame in one size.

    A phone that is turned while it records changes the size of its frames halfway. The encoder
    cannot follow, so a frame of another shape is fitted inside and gets bars.
    """
    shape = width / height
    wide = f"if(gte(dar,{shape * 0.98:.5f}),{width},-2)"
    high = f"if(lte(dar,{shape * 1.02:.5f}),{height},-2)"
    return [f"scale=w='{wide}':h='{high}'", f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2"]
