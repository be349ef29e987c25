"""Encode frames and sound to one small MP4 that every browser plays and that is easy to seek."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

FPS = 15
SIZE = (640, 360)
AUDIO_RATE = 48_000


def encode_mp4(frames: Iterable[bytes], wav: bytes, out: Path, *, seconds: float) -> None:
    """Write `out` from raw BGRx frames of SIZE at FPS and a WAV file of `seconds`.

    One thread, no dates and no encoder names: two runs on the same ffmpeg give the same bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        sound.write_bytes(wav)
        # The player never sees half a file: the name appears when the clip is whole.
        draft = out.with_suffix(".draft.mp4")
        with subprocess.Popen(_command(sound, draft, seconds), stdin=subprocess.PIPE) as ffmpeg:
            if ffmpeg.stdin is None:
                raise RuntimeError("ffmpeg was started without a pipe")
            for frame in frames:
                ffmpeg.stdin.write(frame)
            ffmpeg.stdin.close()
        if ffmpeg.returncode != 0:
            draft.unlink(missing_ok=True)
            raise RuntimeError(f"ffmpeg failed on {out.name} with code {ffmpeg.returncode}")
        draft.replace(out)


def _command(sound: Path, draft: Path, seconds: float) -> list[str]:
    width, height = SIZE
    picture_in = ["-f", "rawvideo", "-pix_fmt", "bgr0", "-s", f"{width}x{height}", "-r", str(FPS)]
    # A key frame every four seconds: reviewers jump to a remark and should land there at once.
    picture_out = ["-c:v", "libx264", "-preset", "slower", "-tune", "animation", "-crf", "30"]
    picture_out += ["-profile:v", "main", "-g", str(4 * FPS), "-threads", "1"]
    colours = ["-vf", "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p"]
    colours += ["-colorspace", "smpte170m", "-color_primaries", "smpte170m"]
    colours += ["-color_trc", "smpte170m", "-color_range", "tv"]
    sound_out = ["-c:a", "aac", "-b:a", "64k", "-ac", "1", "-ar", str(AUDIO_RATE)]
    clean = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    clean += ["-flags:a", "+bitexact", "-movflags", "+faststart"]
    return [
        *["ffmpeg", "-y", "-loglevel", "error", *picture_in, "-i", "pipe:0", "-i", str(sound)],
        *["-map", "0:v", "-map", "1:a", *colours, *picture_out, *sound_out],
        *["-t", f"{seconds:.6f}", *clean, str(draft)],
    ]
