"""The ffmpeg commands of a clip, as argument lists. Running them is left to `normalise`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from media.video import sound
from media.video.arguments import ffmpeg_argv, guarded_input, no_output, output
from media.video.outputs import NAMES, FileKind
from media.video.plan import copy_obstacle, is_large, video_filters
from media.video.probe import Probe

Options = dict[str, str | float]

# Memory grows with every thread of a decoder and an encoder. With these a 4K HDR clip stays below
# 350 MB; more threads for 4K cost 70 MB and saved no time.
THREADS = 2
THREADS_LARGE = 1
WAV_RATE = 16000

# No program version and no date in the file. (x264 with a capped rate and two threads still gives
# other bytes now and then: never compare videos by checksum.)
EXACT_VIDEO: Options = {"flags:v": "+bitexact"}
EXACT_AUDIO: Options = {"flags:a": "+bitexact"}
SOUND: Options = {
    "c:a": "aac",
    # Half the CPU of the default coder; 96 kbit/s is ample for one voice.
    "aac_coder": "fast",
    "b:a": "96k",
    **EXACT_AUDIO,
}
# What H.264 needs to be seen (slices, parameter sets, delimiters: ITU-T H.264 table 7-1). Cameras
# write where they were into the rest (SEI), and a copy would hand that to everybody who watches.
PICTURES_ONLY = "filter_units=pass_types=1-5|7-11"
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


def wav_and_loudness(source: Path, out_dir: Path, probe: Probe) -> list[str]:
    """Return the command that makes audio.wav and prints lines for `sound.Loudness`.

    One chain for both: a second branch or a second reading would decode the sound once more.
    """
    options: Options = {
        "af": f"{sound.ALIGN},{sound.MEASURE}",
        "ar": WAV_RATE,
        "c:a": "pcm_s16le",
        "f": "wav",
        **EXACT_AUDIO,
    }
    target = out_dir / NAMES[FileKind.WAV]
    return ffmpeg_argv(output([_sound(_read(source, probe), probe)], target, **options))


def loudness_delivered(source: Path, probe: Probe, *, gain_db: float) -> list[str]:
    """Return the command that prints how loud the clip would be at a gain, and writes nothing."""
    chain = f"{sound.delivered(gain_db)},{sound.MEASURE}"
    return ffmpeg_argv(no_output([_sound(_read(source, probe), probe)], af=chain))


def playable(source: Path, out_dir: Path, probe: Probe, *, gain_db: float) -> list[str]:
    """Return the command that makes video.mp4 or audio.m4a, its sound at a gain."""
    threads = THREADS_LARGE if is_large(probe) else THREADS
    read = _read(source, probe, threads=threads)
    kind, streams, picture = FileKind.AUDIO, [_sound(read, probe)], Options()
    if probe.has_video:
        kind, streams = FileKind.VIDEO, [read[str(probe.video_index)], *streams]
        encode = copy_obstacle(probe) is not None
        picture = {"c:v": "copy", "bsf:v": PICTURES_ONLY}
        if encode:
            picture = {"vf": video_filters(probe), "threads:v": threads, **ENCODE}
    levelled: Options = {"af": sound.delivered(gain_db), **SOUND}
    container: Options = {"movflags": "+faststart", "f": "mp4"}
    target = out_dir / NAMES[kind]
    return ffmpeg_argv(output(streams, target, **{**picture, **levelled, **container}))


def poster(
    video: Path, out_dir: Path, *, start_seconds: float, size: tuple[int, int], pixels: int
) -> list[str]:
    """Return the command that makes poster.jpg: the most typical of 30 frames after a moment.

    `pixels` is the most that a frame of the video may have.
    """
    read = guarded_input(video, pixels=pixels, threads=THREADS, ss=start_seconds)
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


def _read(path: Path, probe: Probe, *, threads: int = THREADS) -> Any:  # noqa: ANN401 - ffmpeg-python has no types
    return guarded_input(path, pixels=probe.most_pixels, threads=threads)


def _sound(read: Any, probe: Probe) -> Any:  # noqa: ANN401 - as above
    return read[str(probe.audio_index)]
