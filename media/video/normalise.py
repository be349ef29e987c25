"""`normalise`: turns a probed file into what players, Whisper and the waveform need.

One ffmpeg process writes the wav and measures how loud the clip is; one writes the playable file
with its sound at the gain that follows from that; a last one takes the poster from the playable
file, which also proves that it decodes. All files land in the folder the caller made for this
attempt; renaming them into storage, and removing the folder when this raises, are left to the
caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from media.video import commands
from media.video.errors import FailureCode, ProcessingFailed, RefusalCode, Refused
from media.video.limits import Limits, render_limits
from media.video.outputs import NAMES, FileKind, MediaFile, made
from media.video.peaks import read_peak, write_peaks
from media.video.plan import copy_obstacle, poster_size
from media.video.probe import TOO_MANY_PIXELS, Probe, describe
from media.video.progress import OnProgress, Progress
from media.video.runner import Cancel, OnLine, run
from media.video.sound import MAX_GAIN_DB, Loudness, corrected_gain, gain_for, is_limited

# Of the whole work, for the waiting person: an encode takes fifty times as long as a hearing.
HEARING_SHARE = 0.03
HEARING_SHARE_WITHOUT_ENCODE = 0.3
RENDER_SHARE = 0.95
POSTER_SECOND = 1.0


@dataclass(frozen=True)
class _Work:
    """What every program that reads the source has in common. The limits hold for each of them."""

    source: Path
    out_dir: Path
    probe: Probe
    limits: Limits
    cancel: Cancel | None

    def run(self, argv: list[str], on_line: OnLine) -> None:
        with _no_growth(self.probe.most_pixels) as said:
            done = run(
                argv,
                limits=self.limits,
                readable=[self.source],
                writable=self.out_dir,
                on_line=on_line,
                cancel=self.cancel,
            )
            said.append(done.stderr_tail)

    def hear(self, on_line: OnLine) -> tuple[MediaFile, float | None]:
        """Make the wav; return it with the loudness of the clip (LUFS, None for silence)."""
        loudness = Loudness()

        def take(line: str) -> None:
            loudness.take(line)
            on_line(line)

        self.run(commands.wav_and_loudness(self.source, self.out_dir, self.probe), take)
        return made(self.out_dir, FileKind.WAV, audio_codec="pcm_s16le"), loudness.lufs

    def gain(self, lufs: float | None, wav: MediaFile) -> float:
        """Return the gain of the delivered sound in dB, after a second hearing where it needs one.

        It hears the source and not the wav: that is cut off at full scale and lacks what is above
        8 kHz, and the input guards rightly know no wav.
        """
        gain_db = gain_for(lufs)
        if lufs is None or gain_db == MAX_GAIN_DB or not is_limited(gain_db, read_peak(wav.path)):
            return gain_db
        limited = Loudness()
        argv = commands.loudness_delivered(self.source, self.probe, gain_db=gain_db)
        self.run(argv, limited.take)
        return corrected_gain(gain_db, limited.lufs)


@contextmanager
def _no_growth(most_pixels: int) -> Iterator[list[str]]:
    """Raise `Refused` when a program in this block met a frame of more than `most_pixels`.

    Whether it gave up over that or went on without those frames: what it said goes into the list.
    """
    said: list[str] = []
    try:
        yield said
    except ProcessingFailed as failure:
        if TOO_MANY_PIXELS not in failure.detail:
            raise
        said.append(failure.detail)
    if any(TOO_MANY_PIXELS in words for words in said):
        raise Refused(RefusalCode.TOO_MANY_PIXELS, {"limit": most_pixels})


@dataclass(frozen=True, kw_only=True)
class Normalised:
    """All files of a clip. `video_copied` tells that the picture was not encoded again."""

    files: tuple[MediaFile, ...]
    duration_seconds: float
    video_copied: bool

    def file(self, kind: FileKind) -> MediaFile | None:
        return next((file for file in self.files if file.kind is kind), None)


def normalise(
    source: Path,
    out_dir: Path,
    probe: Probe,
    *,
    on_progress: OnProgress | None = None,
    cancel: Cancel | None = None,
    limits: Limits | None = None,
) -> Normalised:
    """Make video.mp4 and poster.jpg, or audio.m4a; then audio.wav and peaks.json, in `out_dir`.

    `source` and `out_dir` are absolute, `probe` is what `probe.probe` said about this very file.
    `on_progress` gets a fraction (0..1) that never falls; `cancel` is asked a few times a second.
    Raises `ProcessingFailed`, and `Refused` when the picture grows far beyond what its header told;
    then `out_dir` may hold pieces.
    """
    progress = Progress(on_progress)
    copied = probe.has_video and copy_obstacle(probe) is None
    encoded = probe.has_video and not copied
    hearing = HEARING_SHARE if encoded else HEARING_SHARE_WITHOUT_ENCODE
    work = _Work(source, out_dir, probe, limits or _budget(probe), cancel)
    wav, lufs = work.hear(progress.reader(probe.duration_seconds, hearing))
    work.run(
        commands.playable(source, out_dir, probe, gain_db=work.gain(lufs, wav)),
        on_line=progress.reader(probe.duration_seconds, RENDER_SHARE - hearing, after=hearing),
    )
    files = [_playable(out_dir, probe, cancel)]
    if probe.has_video:
        files.append(make_poster(files[0], out_dir, most_pixels=probe.most_pixels, cancel=cancel))
    write_peaks(wav.path, out_dir / NAMES[FileKind.PEAKS])
    files += [wav, made(out_dir, FileKind.PEAKS)]
    progress.tell(1.0)
    return Normalised(
        files=tuple(files),
        duration_seconds=probe.duration_seconds,
        video_copied=copied,
    )


def extract_wav(
    source: Path, out_dir: Path, probe: Probe, *, cancel: Cancel | None = None
) -> MediaFile:
    """Make audio.wav alone (16 kHz, mono, 16 bit), to transcribe a clip again.

    Its clock is the player's: second 0 is where the first track of the source begins.
    """
    wav, _lufs = _Work(source, out_dir, probe, _budget(probe), cancel).hear(lambda _line: None)
    return wav


def make_poster(
    video: MediaFile, out_dir: Path, *, most_pixels: int, cancel: Cancel | None = None
) -> MediaFile:
    """Make poster.jpg from a playable video of ours; raise `ProcessingFailed` if none decodes.

    `most_pixels` is what a frame may have: a picture that was copied may grow halfway.
    """
    size = poster_size(video.width or 0, video.height or 0)
    budget = render_limits(duration_seconds=10, source_bytes=0)
    target = out_dir / NAMES[FileKind.POSTER]
    # A picture track that is shorter than a second has nothing there: then take its beginning.
    for start in (POSTER_SECOND, 0.0):
        argv = commands.poster(
            video.path, out_dir, start_seconds=start, size=size, pixels=most_pixels
        )
        with _no_growth(most_pixels) as said:
            done = run(argv, limits=budget, readable=[video.path], writable=out_dir, cancel=cancel)
            said.append(done.stderr_tail)
        if target.is_file() and target.stat().st_size:
            break
    return made(out_dir, FileKind.POSTER, size=size)


def _playable(out_dir: Path, probe: Probe, cancel: Cancel | None) -> MediaFile:
    """Describe the playable file from what is really in it, not from what was asked for."""
    kind = FileKind.VIDEO if probe.has_video else FileKind.AUDIO
    made(out_dir, kind)
    try:
        header = describe(out_dir / NAMES[kind], cancel=cancel)
    except Refused as refused:
        raise ProcessingFailed(FailureCode.DECODER_FAILED, "our own file is broken") from refused
    if header.audio is None or (probe.has_video and header.video is None):
        raise ProcessingFailed(FailureCode.DECODER_FAILED, "a track was lost")
    video = header.video
    return made(
        out_dir,
        kind,
        video_codec=video.codec if video else None,
        audio_codec=header.audio.codec,
        size=(video.width, video.height) if video else None,
    )


def _budget(probe: Probe) -> Limits:
    return render_limits(duration_seconds=probe.duration_seconds, source_bytes=probe.size_bytes)
