"""No command reaches a file without the input guards, and the runner is the one who asks."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import media.video
from media.video import arguments, commands, runner
from media.video.arguments import (
    GUARDS,
    INPUT_GUARDS,
    PROBE_GUARDS,
    UnguardedCommandError,
    ffprobe_argv,
    file_url,
    guarded_input,
    require_guards,
)
from media.video.limits import Limits
from media.video.probe import Probe
from media.video.tracks import HEADER_ENTRIES, PACKET_ENTRIES

SOURCE = Path("/data/uploads/source")
OUT = Path("/data/work/7-1")
PACKAGE = Path(media.video.__file__).parent


def a_probe(**changes: Any) -> Probe:
    values: dict[str, Any] = {
        "container": "matroska,webm",
        "size_bytes": 1_000_000,
        "duration_seconds": 10.0,
        "packet_count": 800,
        "has_video": True,
        "has_audio": True,
        "audio_index": 1,
        "audio_codec": "opus",
        "audio_channels": 1,
        "audio_sample_rate": 48000,
        "video_index": 0,
        "video_codec": "vp8",
        "width": 640,
        "height": 480,
        "pixel_format": "yuv420p",
        "frame_rate": 30.0,
    }
    return Probe(**{**values, **changes})


def every_command() -> list[list[str]]:
    """All command lines that the package can make, one of each shape."""
    probes = [
        a_probe(),
        a_probe(video_codec="h264"),
        a_probe(has_video=False, video_index=None),
        a_probe(width=3840, height=2160, color_transfer="arib-std-b67", interlaced=True),
    ]
    made = [commands.playable(SOURCE, OUT, probe, gain_db=4.5) for probe in probes]
    made += [commands.wav_and_loudness(SOURCE, OUT, probe) for probe in probes]
    made += [commands.loudness_delivered(SOURCE, probe, gain_db=4.5) for probe in probes]
    made.append(
        commands.poster(OUT / "video.mp4", OUT, start_seconds=1.0, size=(640, 480), pixels=9**6)
    )
    made += [
        ffprobe_argv(SOURCE, entries=entries, layout="json")
        for entries in (HEADER_ENTRIES, PACKET_ENTRIES)
    ]
    return made


@pytest.mark.parametrize("argv", every_command())
def test_every_command_has_each_guard_before_its_input(argv: list[str]) -> None:
    at = argv.index("-i")
    for name, value in GUARDS[argv[0]].items():
        position = argv.index(f"-{name}")
        assert position < at
        given = argv[position + 1]
        assert given == value or (name == "max_pixels" and 0 < int(given) < int(value))
    assert argv.count("-i") == 1
    assert argv[at + 1].startswith("file:/")
    require_guards(argv)


def test_the_guards_are_what_stopped_the_attacks() -> None:
    assert INPUT_GUARDS["protocol_whitelist"] == "file"
    assert INPUT_GUARDS["format_whitelist"] == "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg"
    assert INPUT_GUARDS["max_pixels"] == "8847360"
    assert set(PROBE_GUARDS.items()) - set(INPUT_GUARDS.items()) == {
        ("codec_whitelist", f"{INPUT_GUARDS['codec_whitelist']},png")
    }
    decoders = INPUT_GUARDS["codec_whitelist"].split(",")
    assert not {"png", "svg", "librsvg", "gif", "webp", "exr", "ansi"} & set(decoders)


@pytest.mark.parametrize("argv", every_command())
@pytest.mark.parametrize("guard", sorted(INPUT_GUARDS))
def test_a_command_that_lost_a_guard_is_refused(argv: list[str], guard: str) -> None:
    at = argv.index(f"-{guard}")
    with pytest.raises(UnguardedCommandError):
        require_guards([*argv[:at], *argv[at + 2 :]])


@pytest.mark.parametrize("guard", sorted(INPUT_GUARDS))
def test_a_guard_after_the_input_does_not_count(guard: str) -> None:
    argv = every_command()[0]
    at, source = argv.index(f"-{guard}"), argv.index("-i")
    late = [*argv[:at], *argv[at + 2 : source + 2], *argv[at : at + 2], *argv[source + 2 :]]
    assert sorted(late) == sorted(argv)
    with pytest.raises(UnguardedCommandError):
        require_guards(late)


@pytest.mark.parametrize("guard", sorted(INPUT_GUARDS))
def test_a_second_weaker_value_is_refused(guard: str) -> None:
    argv = every_command()[0]
    at = argv.index("-i")
    with pytest.raises(UnguardedCommandError):
        require_guards([*argv[:at], f"-{guard}", "ALL", *argv[at:]])


@pytest.mark.parametrize("pixels", ["0", "-1", "8847361", "1e9", "", "ALL", "²"])
def test_a_ceiling_may_be_lower_and_nothing_else(pixels: str) -> None:
    argv = every_command()[0]
    at = argv.index("-max_pixels")
    with pytest.raises(UnguardedCommandError):
        require_guards([*argv[: at + 1], pixels, *argv[at + 2 :]])
    require_guards([*argv[: at + 1], "100", *argv[at + 2 :]])


def _guards(program: str = "ffmpeg") -> list[str]:
    return [text for name, value in GUARDS[program].items() for text in (f"-{name}", value)]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["ffmpeg"],
        ["ffmpeg", "-i", "file:/data/a"],
        ["bash", "-c", "true"],
        ["ffprobe", *_guards("ffprobe"), "file:/data/a"],
        ["ffprobe", *_guards("ffprobe"), "-i", "file:/data/a", "file:/data/b"],
        ["ffmpeg", *_guards(), "-i", "/data/a", "out.mp4"],
        ["ffmpeg", *_guards(), "-i", "http://example.org/a", "out.mp4"],
        ["ffmpeg", *_guards(), "-i", "concat:/data/a|/data/b", "out.mp4"],
        ["ffmpeg", *_guards(), "-i"],
        ["ffmpeg", *_guards(), "-i", "file:/data/a", "-i", "file:/data/b", "out.mp4"],
        ["ffmpeg", *_guards(), "-i", "file:/data/a", "-vf", "movie=/data/b[x]", "out.mp4"],
        ["ffmpeg", *_guards(), "-i", "file:/data/a", "-af", "amovie=/data/b", "out.mp4"],
    ],
)
def test_commands_that_open_something_unguarded_are_refused(argv: list[str]) -> None:
    with pytest.raises(UnguardedCommandError):
        require_guards(argv)


def test_two_inputs_pass_when_both_are_guarded() -> None:
    require_guards(
        ["ffmpeg", *_guards(), "-i", "file:/data/a", *_guards(), "-i", "file:/data/b", "out.mp4"]
    )


@given(st.lists(st.sampled_from([*_guards(), "-i", "file:/a", "-f", "concat", "x"]), max_size=24))
def test_what_passes_has_the_guards_right_before_each_input(words: list[str]) -> None:
    argv = ["ffmpeg", *words]
    try:
        require_guards(argv)
    except UnguardedCommandError:
        return
    previous = 0
    for at in (index for index, word in enumerate(argv) if word == "-i"):
        between = argv[previous:at]
        for name, value in INPUT_GUARDS.items():
            position = between.index(f"-{name}")
            assert between[position + 1] == value
        previous = at + 2


def test_the_runner_refuses_before_it_starts_anything(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x")
    limits = Limits(cpu_seconds=1, wall_seconds=1, file_bytes=0)
    with pytest.raises(UnguardedCommandError):
        runner.run(["ffmpeg", "-i", file_url(file), "-f", "null", "-"], limits=limits, readable=[])


def _names(module: Path) -> set[str]:
    """Everything a module imports, calls or refers to by name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {name.name for name in names}
            case ast.ImportFrom(module=str(source), names=names):
                found |= {source} | {name.name for name in names}
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
                found.add(f"{owner}.{attribute}")
            case ast.Name(id=name):
                found.add(name)
    return found


def test_there_is_no_other_way_to_start_a_program_or_open_an_input() -> None:
    """The proof that no call site can forget the guards: the doors are counted."""
    named = {module.name: _names(module) for module in PACKAGE.rglob("*.py")}
    starting = {"subprocess", "os.system", "os.popen", "os.posix_spawn", "os.execv", "pty"}
    # sandbox starts `ffmpeg -version` once, without any file.
    assert {name for name, used in named.items() if used & starting} == {"runner.py", "sandbox.py"}
    assert {name for name, used in named.items() if "supervise" in used} == {"runner.py"}
    assert {name for name, used in named.items() if "ffmpeg" in used} == {"arguments.py"}
    for forbidden in ("ffmpeg.run", "ffmpeg.run_async", "ffmpeg.probe", "ffmpeg.compile"):
        assert not any(forbidden in used for used in named.values())
    source = Path(arguments.__file__).read_text(encoding="utf-8")
    assert source.count("ffmpeg.input(") == 1
    body = Path(runner.__file__).read_text(encoding="utf-8")
    run = next(
        node
        for node in ast.parse(body).body
        if isinstance(node, ast.FunctionDef) and node.name == "run"
    )
    first = run.body[1]
    assert ast.unparse(first) == "require_guards(argv)"


@pytest.mark.parametrize(
    "name", ["clip.mp4", "-evil.mp4", "concat:a|b", "http://example.org/a", "../clip.mp4"]
)
def test_only_absolute_paths_become_inputs(name: str) -> None:
    with pytest.raises(UnguardedCommandError):
        guarded_input(Path(name))


def test_a_caller_cannot_loosen_a_guard() -> None:
    node = guarded_input(SOURCE, max_pixels=10**9, protocol_whitelist="file,http")
    argv = arguments.ffmpeg_argv(arguments.output([node["0"]], OUT / "video.mp4"))
    require_guards(argv)
