"""The ffmpeg commands of a clip, as argument lists. Running them is left to `normalise`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from media.video.arguments import ffmpeg_argv, guarded_input, output
from media.video.outputs import NAMES, FileKind
from media.video.plan import ALIGN, copy_obstacle, is_large, sound_filters, video_filters
from media.video.probe import Probe

Options = dict[str, str | float]

# Memory grows with every thread of a decoder and an encoder. With these a 4K HDR clip stays below
# 400 MB; more threads for 4K cost 70 MB and saved no time.
THREADS = 2
THREADS_LARGE = 1
WAV_RATE = 16000

# No program version and no date in the file. (x264 with a capped rate and two threads still gives
# other bytes now and then: never compare videos by checksum.)
EXACT_VIDEO: Options = {"flags:v": "+bitexact"}
EXACT_AUDIO: Options = {"flags:a": "+bitexact"}
SOUND: Options = {
    "af": sound_filters(),
    # loudnorm works at 192 kHz; without this the file would become 96 kHz.
    "ar": 48000,
    "ac": 1,
    "c:a": "aac",
    # Half the CPU of the default coder; 96 kbit/s is ample for one voice.
    "aac_coder": "fast",
    "b:a": "96k",
    **EXACT_AUDIO,
}
ENCODE: Options = {
    "c:v": "libx264",
    "preset": "veryfast",
    "crf": 25,
    "maxrate": "1500k",
    "bufsize": "3000k",
    "profile:v": "main",
    "g": 60,
    **EXACT_VIDEO,
}


def playable_and_wav(source: Path, out_dir: Path, probe: Probe) -> list[str]:
    """Return the command that reads once and makes video.mp4 or audio.m4a, and audio.wav."""
    threads = THREADS_LARGE if is_large(probe) else THREADS
    read = _read(source, threads=threads)
    sound = read[str(probe.audio_index)]
    kind, streams, picture = FileKind.AUDIO, [sound], Options()
    if probe.has_video:
        kind, streams = FileKind.VIDEO, [read[str(probe.video_index)], sound]
        encode = copy_obstacle(probe) is not None
        picture = {"c:v": "copy"}
        if encode:
            picture = {"vf": video_filters(probe), "threads:v": threads, **ENCODE}
    container: Options = {"movflags": "+faststart", "f": "mp4"}
    target = output(streams, out_dir / NAMES[kind], **{**picture, **SOUND, **container})
    return ffmpeg_argv(target, _wav(read, out_dir, probe))


def wav_only(source: Path, out_dir: Path, probe: Probe) -> list[str]:
    """Return the command that makes audio.wav."""
    return ffmpeg_argv(_wav(_read(source), out_dir, probe))


def poster(video: Path, out_dir: Path, *, start_seconds: float, size: tuple[int, int]) -> list[str]:
    """Return the command that makes poster.jpg: the most typical of 30 frames after a moment."""
    read = _read(video, ss=start_seconds)
    options: Options = {
        "vf": f"thumbnail=30,scale={size[0]}:{size[1]},setsar=1,format=yuvj420p",
        "frames:v": 1,
        "c:v": "mjpeg",
        "q:v": 4,
        # The plain mjpeg format writes one file; the image format reads % in a path as a pattern.
        "f": "mjpeg",
        **EXACT_VIDEO,
    }
    return ffmpeg_argv(output([read["v:0"]], out_dir / NAMES[FileKind.POSTER], **options))


def _read(path: Path, **options: str | float) -> Any:  # noqa: ANN401 - ffmpeg-python has no types
    return guarded_input(path, **{"threads": THREADS, **options})


def _wav(read: Any, out_dir: Path, probe: Probe) -> Any:  # noqa: ANN401 - as above
    speech: Options = {"af": ALIGN, "ar": WAV_RATE, "ac": 1, "c:a": "pcm_s16le", "f": "wav"}
    target = out_dir / NAMES[FileKind.WAV]
    return output([read[str(probe.audio_index)]], target, **{**speech, **EXACT_AUDIO})
