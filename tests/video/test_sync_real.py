"""Picture and sound stay together, whatever clock a phone or a browser gave them.

A white flash and a beep at known moments, measured to the frame and the sample in what comes out.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from media.video.limits import MediaLimits
from media.video.normalise import Normalised, normalise
from media.video.outputs import FileKind
from media.video.probe import probe

STEP_SECONDS = 0.040
"""What nobody sees: a lip and its sound may be this far apart (ITU-R BT.1359 allows 45 ms)."""

SOUND_RATE = 48000
BLACK = ["-f", "lavfi", "-i", "color=black:size=160x120:rate={rate}"]
TONE = ["-f", "lavfi", "-i", "sine=frequency=1000:sample_rate={rate}"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "30"]
X264_B = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-pix_fmt", "yuv420p", "-g", "30"]
X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-pix_fmt", "yuv420p10le"]
HLG = "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]
AAC, OPUS = ["-c:a", "aac"], ["-c:a", "libopus"]
MOMENTS = (1.0, 2.5)
LENGTH = 3.2

# Frames at times that no fixed rate has, none further from the other than a fifth of a second: a
# phone in the dark, a browser that was busy. The flashes fall where frames are.
UNEVEN = "select='not(mod(n,2))+between(mod(n,30),6,11)',settb=1/1000"
JITTER = "settb=1/1000,setpts='floor(PTS)+mod(N*N*7,11)'"


class Seen(NamedTuple):
    """Seconds on the player's clock."""

    flashes: list[float]
    beeps: list[float]


def rises(values: np.ndarray, times: np.ndarray) -> list[float]:
    """When something became loud or bright, after at least half a second of not being so."""
    high = times[values]
    return [float(at) for at in high[np.diff(high, prepend=-1.0) > 0.5]]


def flashes(path: Path) -> list[float]:
    words = ["-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "json"]
    command = ["ffprobe", "-v", "error", *words, path]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    times = np.array([float(frame["pts_time"]) for frame in json.loads(done.stdout)["frames"]])
    shrink = ["-vf", "scale=1:1,format=gray", "-vsync", "passthrough", "-f", "rawvideo", "-"]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:v:0", *shrink]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    bright = np.frombuffer(done.stdout, np.uint8) > 100
    assert len(bright) == len(times)
    return rises(bright, times)


def beeps(path: Path, *, clock: str = "aresample=async=1:first_pts=0") -> list[float]:
    words = ["-map", "0:a:0", "-af", clock, "-ar", str(SOUND_RATE), "-ac", "1", "-f", "s16le", "-"]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, *words]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    heard = np.abs(np.frombuffer(done.stdout, "<i2").astype(int))
    return rises(heard > 0.3 * heard.max(), np.arange(len(heard)) / SOUND_RATE)


def clip(
    clips: Any,
    name: str,
    *codecs: str,
    rate: str = "30",
    sound_rate: str = "48000",
    timing: str = "null",
    before: tuple[list[str], list[str]] = ([], []),
    late: tuple[float, float] = (0.0, 0.0),
    moments: tuple[float, ...] = MOMENTS,
    length: float = LENGTH,
) -> Path:
    """A clip whose flash and beep fall together at `moments` of the player's clock.

    `before` are options before the picture's and the sound's input, `late` what those options do:
    the track itself then begins that much nearer to its first flash or beep.
    """
    flash = "+".join(f"between(t,{m - late[0]},{m - late[0] + 0.25})" for m in moments)
    beep = "+".join(f"between(t,{m - late[1]},{m - late[1] + 0.25})" for m in moments)
    picture = [word.format(rate=rate) for word in BLACK]
    tone = [word.format(rate=sound_rate) for word in TONE]
    path: Path = clips.made(
        *(name, *before[0], *picture, *before[1], *tone, "-t", str(length)),
        *("-filter:v", f"drawbox=c=white:t=fill:enable='{_shifted(flash, late[0])}',{timing}"),
        *("-filter:a", f"volume=0:enable='not({_shifted(beep, late[1])})':eval=frame"),
        *("-vsync", "passthrough", *codecs),
    )
    return path


def _shifted(moments: str, late: float) -> str:
    """-itsoffset moves the filter's `t` as well."""
    return moments.replace("(t,", f"(t-{late},")


def delivered(source: Path, out: Path) -> Normalised:
    return normalise(source, out, probe(source, MediaLimits()))


def require_in_step(made: Normalised, moments: tuple[float, ...] = MOMENTS) -> None:
    """Flash, beep and the word in the wav at the same moment, and at the right one."""
    video, wav = made.file(FileKind.VIDEO), made.file(FileKind.WAV)
    assert video is not None
    assert wav is not None
    seen = Seen(flashes(video.path), beeps(video.path))
    words = beeps(wav.path)
    assert len(seen.flashes) == len(seen.beeps) == len(words) == len(moments), seen
    for moment, flash, beep, word in zip(moments, seen.flashes, seen.beeps, words, strict=True):
        assert abs(flash - beep) <= STEP_SECONDS, (moment, flash, beep)
        assert abs(word - beep) <= STEP_SECONDS, (moment, word, beep)
        assert flash == pytest.approx(moment, abs=STEP_SECONDS)
        assert beep == pytest.approx(moment, abs=STEP_SECONDS)


WAIT = ["-itsoffset", "0.4"]
CLIPS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "constant.mp4": ((*X264_B, *AAC), {}),
    "constant-60.mp4": ((*X264, *AAC), {"rate": "60"}),
    "film-24.mov": ((*X265, "-x265-params", HLG, *AAC), {"rate": "24"}),
    "ntsc.mp4": ((*X264_B, *AAC), {"rate": "30000/1001", "sound_rate": "44100"}),
    "slow-12.webm": ((*VP8, *OPUS), {"rate": "12"}),
    "uneven.mp4": ((*X264_B, *AAC), {"timing": UNEVEN}),
    "uneven.mov": ((*X265, "-x265-params", HLG, *AAC), {"timing": UNEVEN}),
    "uneven.webm": ((*VP8, *OPUS, "-f", "webm", "-live", "1"), {"timing": JITTER}),
    "uneven-h264.mkv": ((*X264, *OPUS, "-f", "matroska", "-live", "1"), {"timing": JITTER}),
    "opus.mp4": ((*X264, *OPUS), {}),
    "opus-vp9.mp4": (("-c:v", "libvpx-vp9", "-cpu-used", "8", *OPUS), {}),
    "old.3gp": (("-c:v", "h263", "-s", "176x144", *AAC, "-ar", "16000"), {"rate": "15"}),
    "sound-late.mp4": ((*X264_B, *AAC), {"before": ([], WAIT), "late": (0.0, 0.4)}),
    "picture-late.mp4": ((*X264_B, *AAC), {"before": (WAIT, []), "late": (0.4, 0.0)}),
    "picture-late.mov": (
        (*X265, "-x265-params", HLG, *AAC),
        {"before": (WAIT, []), "late": (0.4, 0.0)},
    ),
    "sound-late.webm": ((*VP8, *OPUS), {"before": ([], WAIT), "late": (0.0, 0.4)}),
    "fragments.mp4": ((*X264, *AAC, "-movflags", "frag_keyframe+empty_moov"), {}),
}


@pytest.mark.parametrize("name", CLIPS)
def test_picture_and_sound_stay_in_step(clips: Any, tmp_path: Path, name: str) -> None:
    codecs, words = CLIPS[name]
    source = clip(clips, f"step-{name}", *codecs, **words)
    require_in_step(delivered(source, tmp_path))


@pytest.mark.parametrize(
    ("name", "codecs", "timing"),
    [
        ("drift.webm", [*VP8, *OPUS], JITTER),
        ("drift.mp4", [*X264_B, *AAC], UNEVEN),
        ("drift.mov", [*X265, "-x265-params", HLG, *AAC], UNEVEN),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_twenty_seconds_later_they_still_are(
    clips: Any, tmp_path: Path, name: str, codecs: list[str], timing: str
) -> None:
    """Rounding a frame's time may not add up."""
    moments = (1.0, 7.0, 13.0, 19.0)
    source = clip(clips, f"step-{name}", *codecs, timing=timing, moments=moments, length=20.0)
    require_in_step(delivered(source, tmp_path), moments)


def test_an_edit_list_that_begins_inside_the_track_is_obeyed(clips: Any, tmp_path: Path) -> None:
    """A phone's own trimming: what was cut away from the front is kept in the file, unseen."""
    whole = clip(clips, "step-untrimmed.mp4", *X264, *AAC)
    trimmed = clips.made("step-trimmed.mp4", "-ss", "0.5", "-i", whole, "-c", "copy")
    assert b"elst" in trimmed.read_bytes()
    require_in_step(delivered(trimmed, tmp_path), tuple(moment - 0.5 for moment in MOMENTS))


def test_an_iphone_held_upright_in_the_dark(clips: Any, tmp_path: Path) -> None:
    """HEVC, 10 bit, HLG, uneven frames, turned, late picture, with a place: all at once."""
    flat = clip(
        clips,
        "step-flat.mov",
        *(*X265, "-x265-params", HLG, *AAC),
        timing=UNEVEN,
        before=(WAIT, []),
        late=(0.4, 0.0),
    )
    phone = clips.made(
        *("step-phone.mov", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90"),
        *("-movflags", "use_metadata_tags", "-metadata", "location=+52.0907+005.1214/"),
    )
    found = probe(phone, MediaLimits())
    assert (found.width, found.height, found.color_transfer) == (120, 160, "arib-std-b67")
    made = delivered(phone, tmp_path)
    require_in_step(made)
    video = made.file(FileKind.VIDEO)
    assert video is not None
    assert (video.width, video.height) == (120, 160)
    assert b"+52.0907" not in video.path.read_bytes()
