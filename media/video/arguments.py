"""Argument lists for ffmpeg and ffprobe, built with ffmpeg-python, never without the guards.

Without these options an HLS playlist named `.webm` made ffmpeg 5.1 transcode another local file,
that is: somebody else's clip. `require_guards` is asked by the runner before every start, so a call
site that forgets them does not run. Executing is left to `runner`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import ffmpeg

from media.video.limits import MAX_PIXELS, MAX_STREAMS

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg"

# Decoders, by ffmpeg's names: what browsers and phones record. Everything else that ffmpeg can
# decode (pictures, vector graphics, screen recorders, game formats) is only attack surface here.
VIDEO_DECODERS = (
    *("h264", "hevc", "vp8", "libvpx", "vp9", "libvpx-vp9", "av1", "libdav1d", "libaom-av1"),
    *("mpeg4", "h263", "mjpeg"),
)
AUDIO_DECODERS = (
    *("aac", "opus", "libopus", "vorbis", "libvorbis", "mp3", "mp3float", "alac", "flac"),
    *("amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb"),
    *("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_f32le"),
)
# A phone may add a text track; ffprobe opens the decoder of every track it lists.
OTHER_DECODERS = ("mov_text",)

# A voice memo may have a cover. ffprobe opens the decoder of every track that it lists; ffmpeg only
# those of the tracks that are used, which a cover never is.
COVER_DECODERS = ("png",)

INPUT_GUARDS = {
    "protocol_whitelist": "file",
    "format_whitelist": FORMATS,
    "codec_whitelist": ",".join((*VIDEO_DECODERS, *AUDIO_DECODERS, *OTHER_DECODERS)),
    "max_pixels": str(MAX_PIXELS),
    "max_streams": str(MAX_STREAMS),
}

PROBE_GUARDS = INPUT_GUARDS | {
    "codec_whitelist": ",".join((INPUT_GUARDS["codec_whitelist"], *COVER_DECODERS))
}
GUARDS = {"ffmpeg": INPUT_GUARDS, "ffprobe": PROBE_GUARDS}
QUIET = ("-hide_banner", "-v", "error")


class UnguardedCommandError(ValueError):
    """A programming error: a command that would open a file without the input guards."""


def file_url(path: Path) -> str:
    """Return a name that ffmpeg cannot read as an option, a protocol or a list of files."""
    if not path.is_absolute():
        raise UnguardedCommandError(f"not an absolute path: {path}")
    return f"file:{path}"


def guarded_input(path: Path, *, pixels: int = MAX_PIXELS, **options: str | float) -> Any:  # noqa: ANN401 - ffmpeg-python has no types
    """Return an ffmpeg-python input node for a server-made absolute path, with all guards.

    `pixels` is the most that a frame may have; beyond `MAX_PIXELS` nobody can ask for more.
    """
    ceiling = {"max_pixels": str(min(pixels, MAX_PIXELS))}
    return ffmpeg.input(file_url(path), **{**options, **INPUT_GUARDS, **ceiling})


def output(streams: Sequence[Any], path: Path, **options: str | float) -> Any:  # noqa: ANN401 - as above
    """Return an output node that carries no metadata of the maker (place, device, time)."""
    private = {"map_metadata": "-1", "map_chapters": "-1", "fflags": "+bitexact"}
    return ffmpeg.output(*streams, file_url(path), **{**private, **options})


def no_output(streams: Sequence[Any], **options: str | float) -> Any:  # noqa: ANN401 - as above
    """Return an output node that writes nothing: for a command that only measures."""
    return ffmpeg.output(*streams, "-", **{**options, "f": "null"})


def ffmpeg_argv(*outputs: Any) -> list[str]:  # noqa: ANN401 - as above
    """Return the command for one process that reads once and writes all outputs."""
    merged = ffmpeg.merge_outputs(*outputs)
    head = ["ffmpeg", *QUIET, "-nostdin", "-y", "-progress", "pipe:1", "-stats_period", "0.5"]
    return [*head, *ffmpeg.get_args(merged)]


def ffprobe_argv(path: Path, *, entries: str, layout: str) -> list[str]:
    """Return an ffprobe command. `entries` is its -show_entries, `layout` its -of."""
    guards = [text for name, value in PROBE_GUARDS.items() for text in (f"-{name}", value)]
    shape = ["-show_entries", entries, "-of", layout]
    return ["ffprobe", *QUIET, *shape, *guards, "-i", file_url(path)]


def require_guards(argv: Sequence[str]) -> None:
    """Raise `UnguardedCommandError` unless every input of the command carries every guard.

    ffmpeg applies an option to the next `-i` only, so each input is looked at with the options
    between it and the previous one. Inputs that need no `-i` are refused as well: ffprobe's bare
    argument and the movie filters, which open a file from inside a filter.
    """
    if not argv or argv[0] not in GUARDS:
        raise UnguardedCommandError("only ffmpeg and ffprobe are run here")
    inputs = 0
    for options, url in _inputs(argv):
        inputs += 1
        if not url.startswith("file:/"):
            raise UnguardedCommandError("an input must be an absolute file")
        for name, value in GUARDS[argv[0]].items():
            if not _is_kept(name, value, options):
                raise UnguardedCommandError(f"input without -{name}")
    if inputs == 0 or (argv[0] == "ffprobe" and (inputs != 1 or argv[-2] != "-i")):
        raise UnguardedCommandError("no input, or one without -i")
    if any("movie=" in text for text in argv):
        raise UnguardedCommandError("a filter that opens files")


def _is_kept(name: str, value: str, options: Sequence[str]) -> bool:
    given = [after for option, after in pairwise(options) if option == f"-{name}"]
    if options.count(f"-{name}") != 1 or len(given) != 1:
        return False
    if name == "max_pixels":  # less than that is stricter
        return given[0].isdecimal() and 0 < int(given[0]) <= MAX_PIXELS
    return given[0] == value


def _inputs(argv: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """Yield (options that apply to it, url) for each input."""
    options: list[str] = []
    words: Iterable[str] = iter(argv[1:])
    for word in words:
        if word == "-i":
            yield options, next(iter(words), "")
            options = []
        else:
            options.append(word)
