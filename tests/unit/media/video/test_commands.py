"""The ffmpeg command of a clip: one reading, the right tracks, nothing private kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from media.video import commands
from media.video.probe import Probe

SOURCE = Path("/data/uploads/source")
OUT = Path("/data/work/7-1")


def a_probe(**changes: Any) -> Probe:
    values: dict[str, Any] = {
        "container": "matroska,webm",
        "size_bytes": 1_000_000,
        "duration_seconds": 10.0,
        "packet_count": 800,
        "has_video": True,
        "has_audio": True,
        "audio_index": 2,
        "audio_codec": "opus",
        "audio_channels": 1,
        "audio_sample_rate": 48000,
        "video_index": 3,
        "video_codec": "vp8",
        "width": 640,
        "height": 480,
        "pixel_format": "yuv420p",
        "frame_rate": 30.0,
    }
    return Probe(**{**values, **changes})


def value(argv: list[str], option: str) -> str:
    assert argv.count(option) == 1
    return argv[argv.index(option) + 1]


def outputs(argv: list[str]) -> dict[str, list[str]]:
    """Return the options of each output file, by name."""
    found: dict[str, list[str]] = {}
    start = argv.index("-i") + 2
    for at in range(start, len(argv)):
        if argv[at].startswith("file:"):
            found[Path(argv[at].removeprefix("file:")).name] = argv[start:at]
            start = at + 1
    assert start == len(argv), "options after the last output belong to nothing"
    return found


def playable(**changes: Any) -> list[str]:
    return commands.playable(SOURCE, OUT, a_probe(**changes), gain_db=4.5)


def test_the_video_and_the_wav_are_made_of_the_probed_tracks() -> None:
    video = outputs(playable())
    wav = outputs(commands.wav_and_loudness(SOURCE, OUT, a_probe()))
    assert (set(video), set(wav)) == ({"video.mp4"}, {"audio.wav"})
    words = video["video.mp4"]
    assert [words[at + 1] for at, word in enumerate(words) if word == "-map"] == ["0:3", "0:2"]
    assert value(wav["audio.wav"], "-map") == "0:2"
    assert (value(wav["audio.wav"], "-ar"), value(wav["audio.wav"], "-c:a")) == (
        "16000",
        "pcm_s16le",
    )


def test_delivered_sound_has_the_gain_and_starts_before_it_is_loaded() -> None:
    video = outputs(playable())["video.mp4"]
    assert "volume=4.50dB" in value(video, "-af")
    assert (value(video, "-c:a"), value(video, "-b:a")) == ("aac", "96k")
    assert value(video, "-movflags") == "+faststart"


def test_a_second_hearing_hears_what_would_be_delivered_and_writes_nothing() -> None:
    argv = commands.loudness_delivered(SOURCE, a_probe(), gain_db=4.5)
    heard = value(argv, "-af")
    assert heard.startswith(value(outputs(playable())["video.mp4"], "-af"))
    assert "ebur128" in heard
    assert value(argv, "-map") == "0:2"
    assert argv[-1] == "-"
    assert argv[argv.index("-f") + 1] == "null"
    assert [word for word in argv if word.startswith("file:")] == [f"file:{SOURCE}"]


def test_an_encode_is_capped_and_a_copy_is_a_copy() -> None:
    encoded = outputs(playable())["video.mp4"]
    expected = {
        "-c:v": "libx264",
        "-preset": "veryfast",
        "-crf": "25",
        "-maxrate": "1500k",
        "-bufsize": "3000k",
        "-profile:v": "main",
        "-g": "60",
    }
    assert {option: value(encoded, option) for option in expected} == expected
    copied = outputs(playable(video_codec="h264"))
    assert value(copied["video.mp4"], "-c:v") == "copy"
    assert "-vf" not in copied["video.mp4"]


def test_sound_alone_becomes_an_m4a() -> None:
    made = outputs(playable(has_video=False, video_index=None, audio_index=0))
    assert set(made) == {"audio.m4a"}
    assert value(made["audio.m4a"], "-map") == "0:0"
    assert "-c:v" not in made["audio.m4a"]


@pytest.mark.parametrize(
    "argv",
    [
        playable(),
        commands.wav_and_loudness(SOURCE, OUT, a_probe()),
        commands.poster(OUT / "video.mp4", OUT, start_seconds=1.0, size=(640, 480), pixels=9**6),
    ],
)
def test_no_output_keeps_metadata_and_all_stay_in_the_folder(argv: list[str]) -> None:
    for name, options in outputs(argv).items():
        assert value(options, "-map_metadata") == "-1"
        assert value(options, "-map_chapters") == "-1"
        assert f"file:{OUT / name}" in argv


def test_large_sources_get_one_thread() -> None:
    small = playable()
    large = playable(width=3840, height=2160)
    assert (value(small, "-threads"), value(small, "-threads:v")) == ("2", "2")
    assert (value(large, "-threads"), value(large, "-threads:v")) == ("1", "1")


def test_the_poster_is_looked_for_after_a_moment() -> None:
    argv = commands.poster(OUT / "video.mp4", OUT, start_seconds=1.0, size=(640, 480), pixels=9**6)
    assert argv.index("-ss") < argv.index("-i")
    assert value(argv, "-ss") == "1.0"
    assert value(outputs(argv)["poster.jpg"], "-frames:v") == "1"
