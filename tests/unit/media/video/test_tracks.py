"""The gate on what ffprobe reports: canned headers and packet lists, no program runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.video.errors import RefusalCode, Refused
from media.video.limits import MAX_PIXELS, MediaLimits, most_pixels
from media.video.tracks import PacketCount, read_header, require_length

LIMITS = MediaLimits(max_duration_seconds=120)

VP8: dict[str, Any] = {
    "index": 1,
    "codec_name": "vp8",
    "codec_type": "video",
    "width": 640,
    "height": 480,
    "sample_aspect_ratio": "1:1",
    "pix_fmt": "yuv420p",
    "field_order": "progressive",
    "r_frame_rate": "1000/1",
    "avg_frame_rate": "0/0",
    "start_time": "0.005000",
    "disposition": {"default": 1, "attached_pic": 0},
}
OPUS: dict[str, Any] = {
    "index": 0,
    "codec_name": "opus",
    "codec_type": "audio",
    "sample_rate": "48000",
    "channels": 1,
    "r_frame_rate": "0/0",
    "avg_frame_rate": "0/0",
    "start_time": "0.000000",
    "disposition": {"default": 1, "attached_pic": 0},
}


def document(*streams: dict[str, Any], nb_streams: int | None = None) -> str:
    count = len(streams) if nb_streams is None else nb_streams
    found = {"nb_streams": count, "format_name": "matroska,webm"}
    return json.dumps({"programs": [], "streams": list(streams), "format": found})


def test_a_recording_of_mediarecorder() -> None:
    header = read_header(document(OPUS, VP8), LIMITS)
    assert header.container == "matroska,webm"
    assert header.video is not None
    assert header.audio is not None
    assert (header.video.index, header.video.codec) == (1, "vp8")
    assert (header.video.width, header.video.height, header.video.rotation) == (640, 480, 0)
    assert header.video.claimed_frame_rate == 1000
    assert header.video.duration_seconds is None
    assert (header.audio.index, header.audio.codec) == (0, "opus")
    assert (header.audio.sample_rate, header.audio.channels) == (48000, 1)


@pytest.mark.parametrize(
    ("extra", "shown", "clockwise"),
    [
        ({}, (640, 480), 0),
        ({"side_data_list": [{"rotation": -90}]}, (480, 640), 90),
        ({"side_data_list": [{"rotation": 90}]}, (480, 640), 270),
        ({"side_data_list": [{"rotation": 180}]}, (640, 480), 180),
        ({"side_data_list": [{}, {"rotation": -90}]}, (480, 640), 90),
        ({"tags": {"rotate": "90"}}, (480, 640), 90),
        ({"tags": {"rotate": "270"}}, (480, 640), 270),
        ({"side_data_list": [{"rotation": -90}], "tags": {"rotate": "90"}}, (480, 640), 90),
        ({"sample_aspect_ratio": "4:3"}, (853, 480), 0),
        ({"sample_aspect_ratio": "0:1"}, (640, 480), 0),
        ({"sample_aspect_ratio": "1000:1"}, (640, 480), 0),
        ({"sample_aspect_ratio": "4:3", "tags": {"rotate": "90"}}, (480, 853), 90),
    ],
)
def test_size_is_as_displayed(
    extra: dict[str, Any], shown: tuple[int, int], clockwise: int
) -> None:
    video = read_header(document(OPUS, {**VP8, **extra}), LIMITS).video
    assert video is not None
    assert (video.width, video.height) == shown
    assert video.rotation == clockwise


def test_a_cover_picture_is_no_video() -> None:
    cover = {**VP8, "codec_name": "mjpeg", "disposition": {"default": 0, "attached_pic": 1}}
    assert read_header(document(OPUS, cover), LIMITS).video is None


def test_a_film_of_stills_is_refused_though_a_cover_may_be_one() -> None:
    still = VP8 | {"codec_name": "png"}
    cover = still | {"disposition": {"default": 0, "attached_pic": 1}}
    assert read_header(document(OPUS, cover), LIMITS).video is None
    with pytest.raises(Refused) as refused:
        read_header(document(OPUS, still), LIMITS)
    assert refused.value.code is RefusalCode.UNSUPPORTED_CODEC
    assert refused.value.params == {"codec": "png"}


@pytest.mark.parametrize(
    ("told", "rate", "most"),
    [
        (640 * 480, 30.0, 1920 * 1088),  # a line that got better
        (64 * 48, 300.0, MAX_PIXELS * 60 // 300),  # so many frames, and none of them large
        (1920 * 1080, 240.0, 1920 * 1080 * 5 // 4),
        (4096 * 2160, 60.0, MAX_PIXELS),
        (0, None, 1920 * 1088),
    ],
)
def test_a_picture_may_grow_so_far(told: int, rate: float | None, most: int) -> None:
    assert most_pixels(told, rate) == most


def test_the_default_track_is_taken_and_else_the_first() -> None:
    other = {**OPUS, "index": 2, "codec_name": "aac"}
    quiet = {**OPUS, "disposition": {"default": 0}}
    chosen = read_header(document(quiet, VP8, other), LIMITS).audio
    first = read_header(document(OPUS, VP8, other), LIMITS).audio
    assert chosen is not None
    assert first is not None
    assert (chosen.index, first.index) == (2, 0)


def test_a_track_without_codec_is_no_track() -> None:
    unknown = {key: value for key, value in OPUS.items() if key != "codec_name"}
    header = read_header(document(unknown, {**VP8, "width": 0}), LIMITS)
    assert header.audio is None
    assert header.video is None


def test_too_many_pixels_and_streams_are_refused_with_figures() -> None:
    with pytest.raises(Refused) as pixels:
        read_header(document(OPUS, {**VP8, "width": 8192, "height": 8192}), LIMITS)
    assert pixels.value.code is RefusalCode.TOO_MANY_PIXELS
    assert pixels.value.params == {"limit": 8_847_360, "found": 8192 * 8192}
    with pytest.raises(Refused) as streams:
        read_header(document(OPUS, nb_streams=4000), LIMITS)
    assert streams.value.code is RefusalCode.TOO_MANY_STREAMS
    assert streams.value.params == {"limit": 16, "found": 4000}


@pytest.mark.parametrize("said", ["", "{", "[]", '{"streams": [{"index": "first"}]}', "null"])
def test_nonsense_is_unreadable(said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_header(said, LIMITS)
    assert refused.value.code is RefusalCode.UNREADABLE


odd = st.one_of(
    st.none(),
    st.integers(-(2**40), 2**40),
    st.floats(),
    st.sampled_from(["", "N/A", "90", "-1e400", "nan", "0:0", "9/0", "99999999999/1", "video"]),
    st.lists(st.dictionaries(st.sampled_from(["rotation", "rotate"]), st.floats())),
    st.dictionaries(st.sampled_from(["rotate", "default", "attached_pic"]), st.integers(-9, 999)),
)
KEYS = sorted({*VP8, *OPUS, "tags", "side_data_list", "color_transfer"})


@given(
    st.lists(
        # A good track in which one or two fields are odd gets further than pure noise.
        st.builds(
            lambda base, changes: {**base, **changes},
            st.sampled_from([VP8, OPUS]),
            st.dictionaries(st.sampled_from(KEYS), odd, max_size=2),
        ),
        max_size=18,
    )
)
def test_whatever_a_header_says_it_is_read_or_refused(streams: list[dict[str, Any]]) -> None:
    try:
        header = read_header(document(*streams), LIMITS)
    except Refused:
        return
    if header.video is not None:
        assert header.video.rotation in {0, 90, 180, 270}
        assert header.video.width > 0
        assert header.video.height > 0


def packet(index: int, at: float | str, length: float | str = 0.02, flags: str = "K_") -> str:
    return (
        f"stream_index={index}|pts_time={at}|dts_time={at}|duration_time={length}"
        f"|size=100|flags={flags}"
    )


def counted(lines: list[str], limits: MediaLimits = LIMITS) -> PacketCount:
    count = PacketCount(limits)
    for line in lines:
        count.add(line)
    return count


def test_length_comes_from_the_packets() -> None:
    count = counted([packet(0, round(0.3 + 0.02 * n, 3)) for n in range(500)] + [packet(1, 0.25)])
    track = count.of(0)
    assert track.packets == 500
    assert track.size_bytes == 50_000
    assert track.seconds == pytest.approx(10.0)
    assert track.start == pytest.approx(0.3)
    assert count.packets == 501
    assert count.of(7).packets == count.of(None).packets == 0


def test_packets_without_a_time_or_a_length_still_count() -> None:
    count = counted([packet(0, "N/A", "N/A"), packet(0, "1.5", "N/A"), packet(0, 2.0, "N/A"), ""])
    assert count.packets == 3
    assert count.of(0).seconds == pytest.approx(0.5)


def test_the_decoding_time_stands_in_for_a_missing_presentation_time() -> None:
    count = counted(["stream_index=0|pts_time=N/A|dts_time=4.0|duration_time=1.0|size=1|flags=__"])
    assert count.of(0).end == pytest.approx(5.0)


def test_what_an_edit_list_cut_away_is_not_heard() -> None:
    count = counted([packet(0, -1.0, flags="KD"), packet(0, 0.0), packet(0, 0.02)])
    assert count.packets == 3
    assert count.of(0).packets == 2
    assert count.of(0).start == 0


def test_counting_stops_at_what_no_clip_may_hold() -> None:
    limits = MediaLimits(max_duration_seconds=1, max_packets_per_second=10)
    count = PacketCount(limits)
    for number in range(1010):
        count.add(packet(0, number / 1000))
    with pytest.raises(Refused) as refused:
        count.add(packet(0, 1.01))
    assert refused.value.code is RefusalCode.TOO_MANY_PACKETS
    assert refused.value.params == {"limit": 1010, "found": 1011}


@pytest.mark.parametrize(
    ("duration", "code"),
    [
        (0.0, RefusalCode.ZERO_LENGTH),
        (0.19, RefusalCode.ZERO_LENGTH),
        (0.2, None),
        (120.0, None),
        (120.01, RefusalCode.TOO_LONG),
        (1e9, RefusalCode.TOO_LONG),
    ],
)
def test_length_limits(duration: float, code: RefusalCode | None) -> None:
    count = counted([packet(0, 0)])
    if code is None:
        require_length(count, duration, LIMITS)
        return
    with pytest.raises(Refused) as refused:
        require_length(count, duration, LIMITS)
    assert refused.value.code is code
    assert refused.value.params["found"] == pytest.approx(duration)
    assert refused.value.params["limit"] in {0.2, 120}


def test_a_thousand_frames_a_second_are_too_many_for_their_length() -> None:
    limits = MediaLimits(max_duration_seconds=1200)
    count = PacketCount(limits, packets=200_000)
    with pytest.raises(Refused) as refused:
        require_length(count, 200.0, limits)
    assert refused.value.code is RefusalCode.TOO_MANY_PACKETS
    assert refused.value.params == {"limit": 71_000, "found": 200_000}
    slow_motion = PacketCount(limits, packets=(240 + 50) * 200)
    require_length(slow_motion, 200.0, limits)


@given(st.lists(st.text(alphabet="stream_index=|pts_time0123456789.-+eNA/nif\n", max_size=60)))
def test_no_line_breaks_the_counter(lines: list[str]) -> None:
    count = counted(lines)
    assert count.packets <= len(lines)
    for track in count.tracks.values():
        assert track.seconds >= 0
