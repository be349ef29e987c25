"""The gate on real files: what browsers and phones make passes, the rest is named."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from support.corpus.ogg import page_with, pages

from media.video.errors import RefusalCode, Refused
from media.video.limits import MediaLimits
from media.video.probe import probe

LIMITS = MediaLimits(max_duration_seconds=300)
PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30"]
SINE = ["-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000"]
SMALL = ["-f", "lavfi", "-i", "testsrc2=size=176x144:rate=15"]
VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def refusal(path: Path, limits: MediaLimits = LIMITS) -> Refused:
    with pytest.raises(Refused) as refused:
        probe(path, limits)
    return refused.value


def test_a_mediarecorder_webm_is_measured_although_its_header_is_silent(clips: Any) -> None:
    found = probe(clips.chromium_webm(), LIMITS)
    assert found.duration_seconds == pytest.approx(2.0, abs=0.1)
    assert found.claimed_frame_rate == 1000
    assert found.frame_rate == pytest.approx(30, abs=2)
    assert (found.video_codec, found.audio_codec) == ("vp8", "opus")
    assert (found.width, found.height, found.rotation) == (320, 240, 0)
    assert (found.has_video, found.has_audio) == (True, True)
    assert found.packet_count == pytest.approx(160, abs=5)
    assert found.container == "matroska,webm"


def test_a_phone_video_is_seen_upright_and_as_hdr(clips: Any) -> None:
    found = probe(clips.phone_mov(), LIMITS)
    assert (found.width, found.height) == (360, 640)
    assert found.rotation in {90, 270}
    assert (found.video_codec, found.pixel_format) == ("hevc", "yuv420p10le")
    assert found.color_transfer == "arib-std-b67"
    assert found.duration_seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("name", "words", "video", "audio"),
    [
        ("opus.mp4", [*PICTURE, *SINE, "-t", "1", *X264, "-c:a", "libopus"], "h264", "opus"),
        ("aac.mp4", [*PICTURE, *SINE, "-t", "1", *X264, "-c:a", "aac"], "h264", "aac"),
        (
            "old.3gp",
            [*SMALL, *SINE, "-t", "1", "-c:v", "h263", "-c:a", "aac", "-ar", "16000"],
            "h263",
            "aac",
        ),
        ("voice.m4a", [*SINE, "-t", "1", "-c:a", "aac"], None, "aac"),
        ("voice.ogg", [*SINE, "-t", "1", "-c:a", "libopus"], None, "opus"),
        ("vp9.webm", [*PICTURE, *SINE, "-t", "1", *VP9, "-c:a", "libopus"], "vp9", "opus"),
    ],
)
def test_what_recorders_make_passes(
    clips: Any, name: str, words: list[str], video: str | None, audio: str
) -> None:
    found = probe(clips.made(name, *words), LIMITS)
    assert (found.video_codec, found.audio_codec) == (video, audio)
    assert found.has_video is (video is not None)
    assert found.duration_seconds == pytest.approx(1.0, abs=0.1)


def test_sound_alone_and_silence_pass(clips: Any) -> None:
    assert not probe(clips.opus_webm(), LIMITS).has_video
    silence = clips.made(
        *("silence.webm", *PICTURE, "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "1"),
        *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    )
    assert probe(silence, LIMITS).has_audio


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.97])
def test_what_was_saved_before_the_tab_crashed_passes(clips: Any, kept: float) -> None:
    whole = clips.vp8_webm().read_bytes()
    cut = clips.written(f"cut-{kept}.webm", whole[: int(len(whole) * kept)])
    found = probe(cut, LIMITS)
    assert 2 * kept - 0.6 < found.duration_seconds < 2 * kept + 0.6
    assert found.has_video


def test_a_cover_picture_does_not_make_a_video(clips: Any) -> None:
    cover = clips.made("cover.jpg", *PICTURE, "-frames:v", "1")
    voice = clips.made(
        *("cover.m4a", *SINE, "-i", cover, "-t", "1", "-map", "0", "-map", "1"),
        *("-c:a", "aac", "-c:v", "copy", "-disposition:v", "attached_pic"),
    )
    assert not probe(voice, LIMITS).has_video


def test_no_sound_and_nothing_at_all(clips: Any) -> None:
    mute = clips.made("mute.mp4", *PICTURE, "-t", "0.5", *X264)
    assert refusal(mute).code is RefusalCode.NO_AUDIO
    text = clips.written("text.srt", "1\n00:00:00,000 --> 00:00:01,000\nhallo\n")
    titles = clips.made("titles.mp4", "-i", text, "-c:s", "mov_text")
    assert refusal(titles).code is RefusalCode.NO_VIDEO_AND_NO_AUDIO


def test_too_long_tells_the_limit_and_what_was_found(clips: Any) -> None:
    found = refusal(clips.vp8_webm(), MediaLimits(max_duration_seconds=1))
    assert found.code is RefusalCode.TOO_LONG
    assert found.params["limit"] == 1
    assert found.params["found"] == pytest.approx(2.0, abs=0.1)


def test_nothing_recorded(clips: Any) -> None:
    blink = clips.made("blink.mp4", *PICTURE, *SINE, "-t", "0.05", *X264, "-c:a", "aac")
    assert refusal(blink).code is RefusalCode.ZERO_LENGTH
    # MediaRecorder that was stopped at once: a header and not one packet.
    whole = clips.vp8_webm().read_bytes()
    header = clips.written("header.webm", whole[: whole.index(b"\x1f\x43\xb6\x75")])
    assert refusal(header).code in {RefusalCode.ZERO_LENGTH, RefusalCode.UNREADABLE}


def test_not_media(clips: Any) -> None:
    noise = random.Random(7).randbytes(200_000)  # noqa: S311 - test data, not a secret
    assert refusal(clips.written("empty.webm", b"")).code is RefusalCode.EMPTY_FILE
    assert refusal(clips.written("noise.mp4", noise)).code is RefusalCode.NOT_MEDIA
    assert refusal(clips.written("letter.mp4", "Beste mevrouw,\n")).code is RefusalCode.NOT_MEDIA
    # With the right first bytes it goes one door further.
    box = b"\x00\x00\x00\x20ftypisom" + noise
    assert refusal(clips.written("box.mp4", box)).code is RefusalCode.UNREADABLE
    ebml = b"\x1a\x45\xdf\xa3" + noise
    assert refusal(clips.written("ebml.webm", ebml)).code is RefusalCode.UNREADABLE


def test_pictures_under_another_name(clips: Any) -> None:
    png = clips.made("still.png", *PICTURE, "-frames:v", "1")
    renamed = clips.written("png.mp4", png.read_bytes())
    assert refusal(renamed).code is RefusalCode.PICTURE
    svg = (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/x"/></svg>'
    )
    assert refusal(clips.written("svg.mp4", svg)).code is RefusalCode.PICTURE


def test_a_codec_that_no_recorder_uses_is_named(clips: Any) -> None:
    pngs = clips.made("pngs.mov", *PICTURE, *SINE, "-t", "0.2", "-c:v", "png", "-c:a", "aac")
    found = refusal(pngs)
    assert found.code is RefusalCode.UNSUPPORTED_CODEC
    assert found.params == {"codec": "png"}


def test_a_flood_of_pixels(clips: Any) -> None:
    huge = clips.made(
        *("huge.mp4", "-f", "lavfi", "-i", "color=s=8192x8192:r=1", *SINE, "-t", "1"),
        *(*X264, "-c:a", "aac"),
    )
    assert huge.stat().st_size < 300_000
    found = refusal(huge)
    assert found.code is RefusalCode.TOO_MANY_PIXELS
    assert found.params["limit"] == 8_847_360


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("huge.webm", ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")),
        ("huge.mov", ("-c:v", "mjpeg", "-c:a", "aac")),
        ("huge.mkv", ("-c:v", "mpeg4", "-c:a", "aac")),
    ],
)
def test_a_picture_too_large_to_be_looked_at_is_refused_and_not_left_out(
    clips: Any, name: str, codecs: tuple[str, ...]
) -> None:
    """It is listed without a size, and only the sound would have been kept."""
    huge = clips.made(
        *(name, "-f", "lavfi", "-i", "color=s=4096x2304:r=1", *SINE, "-t", "1", *codecs)
    )
    found = refusal(huge)
    assert (found.code, found.params) == (RefusalCode.TOO_MANY_PIXELS, {"limit": 8_847_360})


def test_a_flood_of_packets(clips: Any) -> None:
    second = clips.made(
        *("thousand.mkv", "-f", "lavfi", "-i", "color=s=16x16:r=1000", *SINE, "-t", "1"),
        *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"),
        *("-c:a", "libopus", "-b:a", "8k"),
    )
    flood = clips.made("flood.mkv", "-stream_loop", "199", "-i", second, "-c", "copy")
    found = refusal(flood)
    assert found.code is RefusalCode.TOO_MANY_PACKETS
    # Counting stopped where the longest clip would be over, halfway the file.
    assert found.params["found"] == LIMITS.max_packets(300) + 1
    roomy = refusal(flood, MediaLimits(max_duration_seconds=1200))
    assert roomy.code is RefusalCode.TOO_MANY_PACKETS
    assert int(roomy.params["found"]) > 200_000


def test_too_many_tracks(clips: Any) -> None:
    maps = [word for _ in range(20) for word in ("-map", "0")]
    crowd = clips.made("crowd.mkv", *SINE, "-t", "0.3", *maps, "-c:a", "pcm_s16le")
    assert refusal(crowd).code is RefusalCode.TOO_MANY_STREAMS


def test_a_thousand_tracks_are_too_many_and_no_lack_of_memory(clips: Any) -> None:
    """Ffmpeg's own limit reads as a machine that is full, and the file would be tried again."""
    maps = [word for _ in range(80) for word in ("-map", "0")]
    crowd = clips.made("throng.mkv", *SINE, "-t", "0.3", *maps, "-c:a", "pcm_s16le")
    found = refusal(crowd)
    assert (found.code, found.params) == (RefusalCode.TOO_MANY_STREAMS, {"limit": 16})


def test_recordings_one_behind_the_other_last_as_long_as_they_play(clips: Any) -> None:
    """Chained Ogg: all begin at zero, so that first and last time tell the length of one."""
    one = clips.made("link.ogg", *SINE, "-t", "1", "-c:a", "libopus").read_bytes()
    links = [one.replace(one[14:18], bytes([n, 1, 2, 3])) for n in range(8)]
    chain = clips.written("chain.ogg", b"".join(with_checksums(link) for link in links))
    assert probe(chain, LIMITS).duration_seconds == pytest.approx(8, abs=0.5)
    assert refusal(chain, MediaLimits(max_duration_seconds=3)).code is RefusalCode.TOO_LONG


def with_checksums(data: bytes) -> bytes:
    return b"".join(page_with(page, 0, b"OggS") for page in pages(data))


@pytest.mark.parametrize(
    ("size", "rate", "accepted"),
    [
        ("1920x1080", 240, True),
        ("1920x1080", 300, False),
        ("3840x2160", 60, True),
        ("3840x2160", 70, False),
    ],
)
def test_more_frames_of_a_size_than_cameras_take(
    clips: Any, size: str, rate: int, *, accepted: bool
) -> None:
    """A still picture costs no bytes and is decoded all the same."""
    words = ["-f", "lavfi", "-i", f"color=s={size}:r={rate}", *SINE, "-t", "0.3"]
    made = clips.made(f"pace-{size}-{rate}.mp4", *words, *X264, "-c:a", "aac")
    if accepted:
        assert probe(made, LIMITS).frame_rate == pytest.approx(rate, rel=0.05)
    else:
        assert refusal(made).code is RefusalCode.TOO_MANY_PACKETS
