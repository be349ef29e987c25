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


def test_one_process_makes_the_video_and_the_wav_from_the_probed_tracks() -> None:
    made = outputs(commands.playable_and_wav(SOURCE, OUT, a_probe()))
    assert set(made) == {"video.mp4", "audio.wav"}
    video, wav = made["video.mp4"], made["audio.wav"]
    assert [video[at + 1] for at, word in enumerate(video) if word == "-map"] == ["0:3", "0:2"]
    assert value(wav, "-map") == "0:2"
    assert (value(wav, "-ar"), value(wav, "-ac"), value(wav, "-c:a")) == ("16000", "1", "pcm_s16le")


def test_delivered_sound_is_levelled_and_never_96_khz() -> None:
    video = outputs(commands.playable_and_wav(SOURCE, OUT, a_probe()))["video.mp4"]
    assert "loudnorm=I=-16:TP=-1.5:LRA=11" in value(video, "-af")
    assert (value(video, "-ar"), value(video, "-ac"), value(video, "-b:a")) == ("48000", "1", "96k")
    assert value(video, "-movflags") == "+faststart"


def test_an_encode_is_capped_and_a_copy_is_a_copy() -> None:
    encoded = outputs(commands.playable_and_wav(SOURCE, OUT, a_probe()))["video.mp4"]
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
    copied = outputs(commands.playable_and_wav(SOURCE, OUT, a_probe(video_codec="h264")))
    assert value(copied["video.mp4"], "-c:v") == "copy"
    assert "-vf" not in copied["video.mp4"]


def test_sound_alone_becomes_an_m4a() -> None:
    probe = a_probe(has_video=False, video_index=None, audio_index=0)
    made = outputs(commands.playable_and_wav(SOURCE, OUT, probe))
    assert set(made) == {"audio.m4a", "audio.wav"}
    assert value(made["audio.m4a"], "-map") == "0:0"
    assert "-c:v" not in made["audio.m4a"]


@pytest.mark.parametrize(
    "argv",
    [
        commands.playable_and_wav(SOURCE, OUT, a_probe()),
        commands.wav_only(SOURCE, OUT, a_probe()),
        commands.poster(OUT / "video.mp4", OUT, start_seconds=1.0, size=(640, 480)),
    ],
)
def test_no_output_keeps_metadata_and_all_stay_in_the_folder(argv: list[str]) -> None:
    for name, options in outputs(argv).items():
        assert value(options, "-map_metadata") == "-1"
        assert value(options, "-map_chapters") == "-1"
        assert f"file:{OUT / name}" in argv


def test_large_sources_get_one_thread() -> None:
    small = commands.playable_and_wav(SOURCE, OUT, a_probe())
    large = commands.playable_and_wav(SOURCE, OUT, a_probe(width=3840, height=2160))
    assert (value(small, "-threads"), value(small, "-threads:v")) == ("2", "2")
    assert (value(large, "-threads"), value(large, "-threads:v")) == ("1", "1")


def test_the_poster_is_looked_for_after_a_moment() -> None:
    argv = commands.poster(OUT / "video.mp4", OUT, start_seconds=1.0, size=(640, 480))
    assert argv.index("-ss") < argv.index("-i")
    assert value(argv, "-ss") == "1.0"
    assert value(outputs(argv)["poster.jpg"], "-frames:v") == "1"
