"""Crafted files that point at another person's clip. Ordinary ffmpeg 5.1 copies it out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from media.video import commands
from media.video.errors import FailureCode, ProcessingFailed, RefusalCode, Refused
from media.video.limits import MediaLimits, render_limits
from media.video.probe import Probe, probe
from media.video.runner import run


@pytest.fixture
def victim(clips: Any) -> Path:
    """Somebody else's clip, as MPEG-TS and as mp4, in the same folder as the attacker's."""
    source = ["-f", "lavfi", "-i", "color=white:size=64x48:rate=30", "-f", "lavfi", "-i", "sine"]
    codecs = ["-t", "1", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
    clips.made("victim.ts", *source, *codecs, "-pix_fmt", "yuv420p")
    return clips.made("victim.mp4", *source, *codecs, "-pix_fmt", "yuv420p")


def playlist(victim: Path) -> str:
    other = victim.with_suffix(".ts")
    return (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n"
        f"file://{other}\n#EXT-X-ENDLIST\n"
    )


def concat(victim: Path) -> str:
    return f"ffconcat version 1.0\nfile {victim.name}\n"


def dash(victim: Path) -> str:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">'
        f'<Representation id="1" bandwidth="1"><BaseURL>file://{victim}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>"
    )


ATTACKS: list[tuple[str, Callable[[Path], str]]] = [
    ("hls.webm", playlist),
    ("concat.mp4", concat),
    ("dash.mp4", dash),
]


@pytest.mark.parametrize(("name", "write"), ATTACKS)
@pytest.mark.usefixtures("each_kind")
def test_the_gate_names_it_a_playlist(
    clips: Any, victim: Path, name: str, write: Callable[[Path], str]
) -> None:
    crafted = clips.written(name, write(victim))
    with pytest.raises(Refused) as refused:
        probe(crafted, MediaLimits())
    assert refused.value.code is RefusalCode.PLAYLIST


@pytest.mark.parametrize(("name", "write"), ATTACKS)
def test_behind_the_gate_the_guards_hold_too(
    clips: Any,
    victim: Path,
    tmp_path: Path,
    name: str,
    write: Callable[[Path], str],
) -> None:
    """As if the first look and the probe had been fooled: nothing of the victim comes out."""
    crafted = clips.written(name, write(victim))
    pretended = Probe(
        container="matroska,webm",
        size_bytes=200,
        duration_seconds=1.0,
        packet_count=80,
        has_video=True,
        has_audio=True,
        audio_index=1,
        audio_codec="aac",
        audio_channels=1,
        audio_sample_rate=48000,
        video_index=0,
        video_codec="vp8",
        width=64,
        height=48,
        frame_rate=30.0,
    )
    for command in (
        commands.wav_and_loudness(crafted, tmp_path, pretended),
        commands.loudness_delivered(crafted, pretended, gain_db=3.0),
        commands.playable(crafted, tmp_path, pretended, gain_db=3.0),
    ):
        with pytest.raises(ProcessingFailed) as failed:
            run(
                command,
                limits=render_limits(duration_seconds=1, source_bytes=200),
                readable=[crafted],
                writable=tmp_path,
            )
        assert failed.value.code is FailureCode.DECODER_FAILED
        assert "whitelist" in failed.value.detail or "Invalid data" in failed.value.detail
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == 0


@pytest.mark.usefixtures("inside")
def test_a_reference_inside_a_real_container_finds_nothing(clips: Any, victim: Path) -> None:
    """A playlist wrapped as a Matroska attachment is data, and stays data."""
    text = clips.written("list.m3u8", playlist(victim))
    wrapped = clips.made(
        *("wrapped.mkv", "-f", "lavfi", "-i", "sine", "-t", "1", "-c:a", "libopus"),
        *("-attach", text, "-metadata:s:t", "mimetype=application/x-mpegurl"),
    )
    found = probe(wrapped, MediaLimits())
    assert not found.has_video
    assert found.duration_seconds == pytest.approx(1.0, abs=0.1)
