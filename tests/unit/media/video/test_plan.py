"""What is copied, what is encoded, in which size and through which filters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.video.plan import (
    Obstacle,
    copy_obstacle,
    delivered_size,
    poster_size,
    video_filters,
)
from media.video.probe import Probe

SIDES = st.integers(16, 4096)


def h264(**changes: Any) -> Probe:
    values: dict[str, Any] = {
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "size_bytes": 1_000_000,
        "duration_seconds": 10.0,
        "packet_count": 800,
        "has_video": True,
        "has_audio": True,
        "audio_index": 1,
        "audio_codec": "aac",
        "audio_channels": 1,
        "audio_sample_rate": 48000,
        "video_index": 0,
        "video_codec": "h264",
        "width": 1280,
        "height": 720,
        "pixel_format": "yuv420p",
        "color_transfer": "bt709",
        "frame_rate": 30.0,
        "claimed_frame_rate": 30.0,
        "video_bit_rate": 2_000_000.0,
    }
    return Probe(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({}, None),
        ({"width": 640, "height": 480}, None),
        ({"width": 720, "height": 1280, "rotation": 90}, None),
        ({"claimed_frame_rate": 1000.0}, None),  # a claim costs nothing when nothing is encoded
        ({"frame_rate": 20.0}, None),
        ({"color_transfer": ""}, None),
        ({"video_codec": "vp8"}, Obstacle.CODEC),
        ({"video_codec": "vp9"}, Obstacle.CODEC),
        ({"video_codec": "hevc"}, Obstacle.CODEC),
        ({"video_codec": "av1"}, Obstacle.CODEC),
        ({"pixel_format": "yuv420p10le"}, Obstacle.PIXEL_FORMAT),
        ({"pixel_format": "yuv444p"}, Obstacle.PIXEL_FORMAT),
        ({"pixel_format": "yuvj420p"}, Obstacle.PIXEL_FORMAT),
        ({"color_transfer": "arib-std-b67"}, Obstacle.HDR),
        ({"color_transfer": "smpte2084"}, Obstacle.HDR),
        ({"width": 1920, "height": 1080}, Obstacle.TOO_LARGE),
        ({"width": 2400, "height": 720}, Obstacle.TOO_LARGE),
        ({"width": 641, "height": 480}, Obstacle.ODD_SIZE),
        ({"interlaced": True}, Obstacle.INTERLACED),
        ({"video_bit_rate": 9_000_000.0}, Obstacle.BIT_RATE),
        ({"frame_rate": 120.0}, Obstacle.FRAME_RATE),
    ],
)
def test_copy_table(changes: dict[str, Any], obstacle: Obstacle | None) -> None:
    assert copy_obstacle(h264(**changes)) is obstacle


@pytest.mark.parametrize(
    ("source", "delivered"),
    [
        ((1920, 1080), (1280, 720)),
        ((1080, 1920), (720, 1280)),
        ((3840, 2160), (1280, 720)),
        ((640, 480), (640, 480)),
        ((320, 240), (320, 240)),
        ((176, 144), (176, 144)),
        ((641, 481), (640, 480)),
        ((1440, 1440), (720, 720)),
        ((4096, 720), (1920, 338)),
    ],
)
def test_delivered_sizes(source: tuple[int, int], delivered: tuple[int, int]) -> None:
    assert delivered_size(*source) == delivered


@given(SIDES, SIDES)
def test_a_delivered_picture_is_even_small_enough_and_keeps_its_shape(
    width: int, height: int
) -> None:
    wide, high = delivered_size(width, height)
    assert wide % 2 == 0
    assert high % 2 == 0
    assert min(wide, high) <= 720
    assert max(wide, high) <= 1920
    # Rounding to an even number may add one pixel; anything more would be upscaling.
    assert wide <= width + 1
    assert high <= height + 1
    scale = min(1, 720 / min(width, height), 1920 / max(width, height))
    assert abs(wide - width * scale) <= 2
    assert abs(high - height * scale) <= 2


@given(SIDES, SIDES)
def test_a_poster_is_at_most_640_wide(width: int, height: int) -> None:
    wide, high = poster_size(width, height)
    assert 2 <= wide <= 640
    assert high >= 2
    assert wide % 2 == high % 2 == 0


def test_frames_are_limited_to_thirty_whatever_the_header_claims() -> None:
    chain = video_filters(h264(video_codec="vp8", claimed_frame_rate=1000.0))
    assert "fps=30" in chain


def test_surplus_frames_go_before_scaling_unless_they_are_large() -> None:
    slow = video_filters(h264(video_codec="vp8", frame_rate=20.0))
    fast = video_filters(h264(video_codec="hevc", frame_rate=60.0))
    large = video_filters(h264(video_codec="hevc", frame_rate=60.0, width=3840, height=2160))
    assert slow.index("scale=") < slow.index("fps=")
    assert fast.index("fps=") < fast.index("scale=")
    assert large.index("scale=") < large.index("fps=")


def test_only_hdr_is_tone_mapped_and_only_after_scaling() -> None:
    assert "tonemap" not in video_filters(h264())
    for transfer in ("arib-std-b67", "smpte2084"):
        chain = video_filters(h264(color_transfer=transfer, video_codec="hevc"))
        assert f"tin={transfer}" in chain
        assert chain.index("scale=") < chain.index("tonemap") < chain.index("t=bt709")
