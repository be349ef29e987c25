"""What comes out of the real ffmpeg: playable, in step, private, and of the promised shape."""

from __future__ import annotations

import hashlib
import json
import subprocess
import wave
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from media.video.errors import FailureCode, ProcessingFailed
from media.video.limits import MEBIBYTE, Limits, MediaLimits
from media.video.normalise import Normalised, extract_wav, make_poster, normalise
from media.video.outputs import FileKind
from media.video.probe import probe

LIMITS = MediaLimits()
SINE = ["-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000"]


class Recorded(NamedTuple):
    folder: Path
    made: Normalised
    told: list[float]


def convert(source: Path, out: Path, **options: Any) -> Normalised:
    return normalise(source, out, probe(source, LIMITS), **options)


def facts(path: Path) -> dict[str, Any]:
    """Return what ffprobe says, with the packets counted, of a file we made."""
    words = ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format"]
    done = subprocess.run([*words, "-of", "json", path], capture_output=True, check=True)
    found = json.loads(done.stdout)
    return {
        **{stream["codec_type"]: stream for stream in found["streams"]},
        "format": found["format"],
    }


def pixels(path: Path, size: str, *words: str) -> np.ndarray:
    """Return the frames of a clip as (frame, byte), scaled to a size, in grey."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, *words]
    tail = ["-map", "0:v", "-vf", f"fps=50:start_time=0,scale={size},format=gray", "-f", "rawvideo"]
    done = subprocess.run([*command, *tail, "-"], capture_output=True, check=True)
    wide, high = (int(side) for side in size.split(":"))
    return np.frombuffer(done.stdout, dtype=np.uint8).reshape(-1, wide * high)


def decoded(path: Path) -> list[str]:
    """Return a checksum of each frame of a clip, whatever its time."""
    command = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-i",
        path,
        "-map",
        "0:v",
        "-vsync",
        "passthrough",
    ]
    done = subprocess.run([*command, "-f", "framemd5", "-"], capture_output=True, check=True)
    lines = done.stdout.decode().splitlines()
    return [line.split(",")[-1].strip() for line in lines if not line.startswith("#")]


def sound(path: Path, rate: int = 8000) -> np.ndarray:
    """Return the samples on the player's clock, -1..1."""
    words = ["-map", "0:a", "-af", "aresample=async=1:first_pts=0", "-ar", str(rate), "-ac", "1"]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, *words, "-f", "s16le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, dtype="<i2") / 32768


@pytest.fixture(scope="module")
def recorded(clips: Any, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A MediaRecorder clip, converted once for the tests that only look at it."""
    folder = tmp_path_factory.mktemp("recorded")
    told: list[float] = []
    made = convert(clips.chromium_webm(), folder, on_progress=told.append)
    return Recorded(folder, made, told)


def test_a_mediarecorder_webm_becomes_thirty_frames_a_second(recorded: Recorded) -> None:
    assert not recorded.made.video_copied
    found = facts(recorded.folder / "video.mp4")
    # Without the fps filter this clip becomes two thousand frames.
    assert int(found["video"]["nb_read_packets"]) == pytest.approx(60, abs=3)
    assert (found["video"]["codec_name"], found["video"]["profile"]) == ("h264", "Main")
    assert found["video"]["pix_fmt"] == "yuv420p"
    audio = found["audio"]
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "48000", 1)
    assert float(found["format"]["duration"]) == pytest.approx(2.0, abs=0.15)
    assert recorded.told == sorted(recorded.told)
    assert recorded.told[-1] == 1.0
    assert {path.name for path in recorded.folder.iterdir()} == {
        *("video.mp4", "poster.jpg", "audio.wav", "peaks.json")
    }


def test_the_list_of_files_is_true(recorded: Recorded) -> None:
    made = recorded.made
    assert [file.kind for file in made.files] == [
        *(FileKind.VIDEO, FileKind.POSTER, FileKind.WAV, FileKind.PEAKS)
    ]
    for file in made.files:
        content = file.path.read_bytes()
        assert file.bytes == len(content)
        assert file.sha256 == hashlib.sha256(content).hexdigest()
    video, poster = made.file(FileKind.VIDEO), made.file(FileKind.POSTER)
    assert video is not None
    assert poster is not None
    assert (video.video_codec, video.audio_codec) == ("h264", "aac")
    assert (video.width, video.height) == (poster.width, poster.height) == (320, 240)
    assert video.media_type == "video/mp4"
    assert made.file(FileKind.AUDIO) is None
    assert made.duration_seconds == pytest.approx(2.0, abs=0.1)


def test_the_wav_is_for_whisper_and_the_peaks_for_the_player(recorded: Recorded) -> None:
    with wave.open(str(recorded.folder / "audio.wav")) as speech:
        assert speech.getparams()[:3] == (1, 2, 16000)
        assert speech.getnframes() / 16000 == pytest.approx(2.0, abs=0.1)
    peaks = json.loads((recorded.folder / "peaks.json").read_text(encoding="ascii"))
    assert len(peaks) == 400
    assert max(peaks) == 1
    assert min(peaks) >= 0


def test_the_file_starts_playing_before_it_is_loaded(recorded: Recorded) -> None:
    content = (recorded.folder / "video.mp4").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_h264_is_copied_frame_by_frame(clips: Any, tmp_path: Path) -> None:
    source = clips.h264_webm()
    made = convert(source, tmp_path)
    assert made.video_copied
    before, after = facts(source), facts(tmp_path / "video.mp4")
    assert after["video"]["nb_read_packets"] == before["video"]["nb_read_packets"]
    assert decoded(source) == decoded(tmp_path / "video.mp4")
    assert after["audio"]["codec_name"] == "aac"
    assert float(after["video"]["start_time"]) == pytest.approx(0, abs=0.05)


def test_a_phone_video_is_upright_sdr_and_tells_no_place(clips: Any, tmp_path: Path) -> None:
    source = clips.phone_mov()
    assert b"+52.0907" in source.read_bytes()
    made = convert(source, tmp_path)
    video = facts(tmp_path / "video.mp4")["video"]
    assert (video["width"], video["height"]) == (360, 640)
    assert "side_data_list" not in video
    assert (video["color_transfer"], video["color_primaries"]) == ("bt709", "bt709")
    assert video["pix_fmt"] == "yuv420p"
    for file in made.files:
        content = file.path.read_bytes()
        assert b"+52.0907" not in content
        assert b"Canary" not in content


def test_a_copied_phone_video_stays_upright(clips: Any, tmp_path: Path) -> None:
    flat = clips.h264_webm()
    turned = clips.made(
        "turned.mp4", "-i", flat, "-c:v", "copy", "-c:a", "aac", "-metadata:s:v", "rotate=90"
    )
    found = probe(turned, LIMITS)
    assert (found.width, found.height) == (240, 320)
    made = convert(turned, tmp_path)
    assert made.video_copied
    after = probe(tmp_path / "video.mp4", LIMITS)
    assert (after.width, after.height, after.rotation) == (240, 320, found.rotation)
    poster = made.file(FileKind.POSTER)
    assert poster is not None
    assert (poster.width, poster.height) == (240, 320)
    # Decoders turn the picture by themselves: the copy shows what the source shows.
    seen, meant = pixels(tmp_path / "video.mp4", "24:32"), pixels(turned, "24:32")
    assert np.abs(seen[5].astype(int) - meant[5]).mean() < 2


def test_a_copied_video_tells_nothing_of_its_maker(clips: Any, tmp_path: Path) -> None:
    """Neither in boxes nor in the stream: cameras write a place between the frames (SEI)."""
    hidden = "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+CanaryInTheStream"
    source = clips.made(
        *("told.mp4", "-i", clips.h264_webm(), "-c:v", "copy", "-c:a", "aac", "-bsf:v", hidden),
        *("-movflags", "use_metadata_tags", "-metadata", "location=+52.0907+005.1214/"),
        *("-metadata:s:v", "handler_name=CanaryPhone", "-metadata", "comment=CanaryWords"),
    )
    content = source.read_bytes()
    for told in (b"CanaryInTheStream", b"CanaryPhone", b"CanaryWords", b"+52.0907"):
        assert told in content
    made = convert(source, tmp_path)
    assert made.video_copied
    for file in made.files:
        content = file.path.read_bytes()
        assert b"Canary" not in content
        assert b"+52.0907" not in content
    assert decoded(tmp_path / "video.mp4") == decoded(source)


PLACE = "+52.0907+005.1214/"
TOLD = ("-metadata", f"location={PLACE}")
APPLE = ("-metadata", f"com.apple.quicktime.location.ISO6709={PLACE}")
COPY = ("-c:v", "copy", "-c:a", "aac")
PLACES: dict[str, tuple[tuple[str, ...], bytes]] = {
    "apple.mov": ((*COPY, "-movflags", "use_metadata_tags", *APPLE), b"location.ISO6709"),
    "camera.mov": ((*COPY, *TOLD), b"\xa9xyz"),
    "android.mp4": ((*COPY, *TOLD), b"loci"),
    "android.3gp": ((*COPY, "-f", "3gp", *TOLD), b"loci"),
    "browser.webm": (("-c", "copy", "-f", "matroska", *TOLD), PLACE.encode()),
    "memo.m4a": (("-vn", "-c:a", "aac", *TOLD), b"loci"),
}


@pytest.mark.parametrize("name", PLACES)
def test_wherever_a_phone_writes_its_place_nobody_reads_it(
    clips: Any, tmp_path: Path, name: str
) -> None:
    """Every container has a box of its own for it; what is delivered has none of them."""
    words, box = PLACES[name]
    source = clips.made(f"place-{name}", "-i", clips.h264_webm(), *words)
    assert box in source.read_bytes()
    made = convert(source, tmp_path)
    assert made.files
    for file in made.files:
        content = file.path.read_bytes()
        for told in (box, b"+52.0907", b"loci", b"\xa9xyz", b"Exif"):
            assert told not in content, (file.kind, told)


def test_a_track_of_places_stays_behind(clips: Any, tmp_path: Path) -> None:
    """Cameras write where they are into a track of its own, second after second."""
    track = clips.written("places.srt", f"1\n00:00:00,000 --> 00:00:01,000\nCanary {PLACE}\n")
    source = clips.made(
        *("tracked.mov", "-i", clips.h264_webm(), "-i", track, *COPY, "-c:s", "mov_text"),
    )
    assert b"Canary +52.0907" in source.read_bytes()
    made = convert(source, tmp_path)
    assert set(facts(tmp_path / "video.mp4")) == {"video", "audio", "format"}
    for file in made.files:
        assert b"+52.0907" not in file.path.read_bytes()


def test_sound_alone_becomes_an_m4a_without_poster(clips: Any, tmp_path: Path) -> None:
    made = convert(clips.opus_webm(), tmp_path)
    assert {file.kind for file in made.files} == {FileKind.AUDIO, FileKind.WAV, FileKind.PEAKS}
    assert facts(tmp_path / "audio.m4a")["audio"]["codec_name"] == "aac"
    assert not made.video_copied
    audio = made.file(FileKind.AUDIO)
    assert audio is not None
    assert (audio.video_codec, audio.audio_codec, audio.width) == (None, "aac", None)


def test_silence_is_fine(clips: Any, tmp_path: Path) -> None:
    silence = clips.made(
        *("still.webm", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "4"),
        *("-c:a", "libopus"),
    )
    convert(silence, tmp_path)
    peaks = json.loads((tmp_path / "peaks.json").read_text(encoding="ascii"))
    assert max(peaks) < 0.01
    assert np.abs(sound(tmp_path / "audio.m4a")).max() < 0.05


def test_quiet_speech_is_heard(clips: Any, tmp_path: Path) -> None:
    quiet = clips.made("quiet.webm", *SINE, "-t", "4", "-af", "volume=-26dB", "-c:a", "libopus")
    convert(quiet, tmp_path)
    before, after = sound(quiet), sound(tmp_path / "audio.m4a")
    assert np.sqrt((before**2).mean()) < 0.01
    assert np.sqrt((after**2).mean()) > 0.1
    assert np.abs(after).max() <= 1


def test_large_video_is_made_small_and_never_the_other_way_round(
    clips: Any, tmp_path: Path
) -> None:
    tall = clips.made(
        *("portrait.webm", "-f", "lavfi", "-i", "testsrc2=size=810x1440:rate=30"),
        *(*SINE, "-t", "0.4"),
        *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    )
    convert(tall, tmp_path)
    video = facts(tmp_path / "video.mp4")["video"]
    assert (video["width"], video["height"]) == (720, 1280)


def test_a_phone_that_is_turned_while_it_records(clips: Any, tmp_path: Path) -> None:
    """The frames change from wide to tall halfway: the clip keeps one size and goes on."""
    vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]
    for name, size in (("wide", "320x240"), ("tall", "240x320")):
        clips.made(f"{name}.webm", "-f", "lavfi", "-i", f"testsrc2=s={size}:r=30", "-t", "1", *vp8)
    order = clips.written("order.txt", "file wide.webm\nfile tall.webm\n")
    turned = clips.made(
        *("turned.webm", "-f", "concat", "-i", order, *SINE, "-t", "2"),
        *("-c:v", "copy", "-c:a", "libopus"),
    )
    convert(turned, tmp_path)
    video = facts(tmp_path / "video.mp4")["video"]
    assert (video["width"], video["height"]) == (320, 240)
    frames = pixels(tmp_path / "video.mp4", "32:24")
    assert len(frames) == pytest.approx(100, abs=6)
    early, late = frames[20].reshape(24, 32), frames[80].reshape(24, 32)
    beside, middle = np.r_[0:6, 26:32], np.r_[8:24]
    assert early[:, beside].mean() > 60
    assert late[:, middle].mean() > 60, "the picture stands in the middle"
    assert late[:, beside].max() < 30, "with bars beside it"
    assert np.abs(sound(tmp_path / "video.mp4")[12000:15000]).max() > 0.05


def flash_and_beep(clips: Any, name: str, *, late: str, shift: float, codec: list[str]) -> Path:
    """A white flash and a beep, both 1 s into their track; one track starts 0.5 s later."""
    picture = ["-f", "lavfi", "-i", "color=black:size=160x120:rate=30"]
    tone = ["-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000"]
    wait = ["-itsoffset", "0.5"]
    inputs = [*wait, *picture, *tone] if late == "picture" else [*picture, *wait, *tone]
    if late == "neither":
        inputs = [*picture, *tone]
    moment = "between(t,{0},{0}+0.2)"
    flash = moment.format(1.5 if late == "picture" else 1.0)
    beep = moment.format(1.5 if late == "sound" else 1.0)
    return clips.made(
        *(name, *inputs, "-t", "2.2"),
        *("-vf", f"drawbox=c=white:t=fill:enable='{flash}'"),
        *("-af", f"volume=0:enable='not({beep})'"),
        *(*codec, "-c:a", "libopus", "-output_ts_offset", str(shift), "-f", "matroska"),
    )


X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "30"]
X264_B = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-bf", "2"]
VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]


@pytest.mark.parametrize(
    ("late", "shift", "codec"),
    [
        ("neither", 0.0, X264_B),
        ("neither", 7.0, X264),
        ("neither", 7.0, VP8),
        ("picture", 0.0, X264),
        ("picture", 0.0, VP8),
        ("sound", 0.0, X264),
        ("sound", 2.0, VP8),
    ],
)
def test_picture_sound_and_transcript_share_one_clock(
    clips: Any, tmp_path: Path, late: str, shift: float, codec: list[str]
) -> None:
    """MediaRecorder's tracks seldom start at the same moment, nor at zero."""
    name = f"sync-{late}-{shift}-{codec[1]}-{len(codec)}.mkv"
    source = flash_and_beep(clips, name, late=late, shift=shift, codec=codec)
    made = convert(source, tmp_path)
    assert made.video_copied is (codec is not VP8)
    flash_meant = 1.5 if late == "picture" else 1.0
    beep_meant = 1.5 if late == "sound" else 1.0
    frames = pixels(tmp_path / "video.mp4", "1:1")
    flash = int(np.argmax(frames[:, 0] > 128)) / 50
    heard = np.abs(sound(tmp_path / "video.mp4"))
    beep = int(np.argmax(heard > 0.3 * heard.max())) / 8000
    with wave.open(str(tmp_path / "audio.wav")) as speech:
        samples = np.abs(np.frombuffer(speech.readframes(speech.getnframes()), "<i2").astype(int))
    word = int(np.argmax(samples > 0.3 * samples.max())) / 16000
    assert flash == pytest.approx(flash_meant, abs=0.05)
    assert beep == pytest.approx(beep_meant, abs=0.05)
    assert word == pytest.approx(beep_meant, abs=0.03)


def test_what_was_saved_before_the_crash_can_be_watched(clips: Any, tmp_path: Path) -> None:
    for name, source in (("vp8", clips.vp8_webm()), ("h264", clips.h264_webm())):
        whole = source.read_bytes()
        cut = clips.written(f"crashed-{name}.webm", whole[: int(len(whole) * 0.6)])
        out = tmp_path / name
        out.mkdir()
        made = convert(cut, out)
        duration = float(facts(out / "video.mp4")["format"]["duration"])
        assert duration == pytest.approx(made.duration_seconds, abs=0.2)
        assert duration > 0.7


def test_sound_much_longer_than_the_picture(clips: Any, tmp_path: Path) -> None:
    """A camera that fell out after a moment: the clip goes on, and has a poster."""
    short = clips.made(
        *("short.webm", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30:duration=0.3"),
        *(*SINE, "-t", "2", *VP8, "-c:a", "libopus"),
    )
    made = convert(short, tmp_path)
    assert made.duration_seconds == pytest.approx(2.0, abs=0.1)
    poster = made.file(FileKind.POSTER)
    assert poster is not None
    assert poster.path.read_bytes().startswith(b"\xff\xd8\xff")


def test_the_wav_and_the_poster_can_be_made_again(
    clips: Any, recorded: Recorded, tmp_path: Path
) -> None:
    source = clips.chromium_webm()
    wav = extract_wav(source, tmp_path, probe(source, LIMITS))
    first = recorded.made.file(FileKind.WAV)
    assert first is not None
    assert wav.sha256 == first.sha256
    video = recorded.made.file(FileKind.VIDEO)
    assert video is not None
    assert make_poster(video, tmp_path, most_pixels=10**6).bytes > 500
    assert {path.name for path in tmp_path.iterdir()} == {"audio.wav", "poster.jpg"}


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_a_broken_picture_inside_a_good_container_fails(
    clips: Any, tmp_path: Path, codec: str
) -> None:
    """The container is honest and every frame is noise: no clip comes out that shows nothing."""
    good = clips.vp8_webm() if codec == "vp8" else clips.h264_webm()
    broken = clips.made(f"broken-{codec}.mkv", "-i", good, "-c", "copy", "-bsf:v", "noise=amount=1")
    found = probe(broken, LIMITS)
    assert found.has_video
    with pytest.raises(ProcessingFailed) as failed:
        normalise(broken, tmp_path, found)
    assert failed.value.code is FailureCode.DECODER_FAILED


@pytest.mark.usefixtures("each_kind")
def test_limits_and_cancel_reach_the_conversion(clips: Any, tmp_path: Path) -> None:
    source = clips.vp8_webm()
    found = probe(source, LIMITS)
    tight = Limits(cpu_seconds=20, wall_seconds=60, file_bytes=20_000)
    with pytest.raises(ProcessingFailed) as limited:
        normalise(source, tmp_path, found, limits=tight)
    assert limited.value.code is FailureCode.RESOURCE_LIMIT
    slow = Limits(cpu_seconds=20, wall_seconds=0.01, file_bytes=MEBIBYTE)
    with pytest.raises(ProcessingFailed) as late:
        normalise(source, tmp_path, found, limits=slow)
    assert late.value.code is FailureCode.TIMEOUT
    with pytest.raises(ProcessingFailed) as unwanted:
        normalise(source, tmp_path, found, cancel=lambda: True)
    assert unwanted.value.code is FailureCode.CANCELLED
