"""The demo's clips are complete, small, captioned word for word and the ones the manifest knows.

Reads files only: neither ffmpeg nor espeak-ng has to be there. That the recordings sound and
look right is for people to judge.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).resolve().parents[2] / "lms" / "demo"
CLIPS = DEMO / "clips"
LIMITS = {"customer": 500_000, "take": 250_000, "example": 250_000}
TOTAL_LIMIT = 4_000_000
CUE = re.compile(
    r"(?P<id>\d+)\n"
    r"(?P<start>\d{2}:\d{2}:\d{2}\.\d{3}) --> (?P<end>\d{2}:\d{2}:\d{2}\.\d{3})\n"
    r"(?P<text>.+(?:\n.+)*)"
)


@cache
def wanted() -> dict[str, dict[str, Any]]:
    tables = tomllib.loads((DEMO / "clips.toml").read_text("utf-8"))["clip"]
    return {table["key"]: table for table in tables}


@cache
def manifest() -> dict[str, dict[str, Any]]:
    entries = json.loads((CLIPS / "manifest.json").read_text("utf-8"))["clips"]
    return {entry["key"]: entry for entry in entries}


def milliseconds(timestamp: str) -> int:
    hours, minutes, seconds = timestamp.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def cues(key: str) -> list[re.Match[str]]:
    head, *blocks = (CLIPS / f"{key}.vtt").read_text("utf-8").rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    found = [CUE.fullmatch(block) for block in blocks]
    assert all(found), f"{key}.vtt has a block that is no cue"
    return [cue for cue in found if cue]


def movie_milliseconds(movie: bytes) -> float:
    """Return the duration in the movie header (ISO/IEC 14496-12, 8.2.2, version 0)."""
    at = movie.index(b"mvhd") + 4
    assert movie[at] == 0
    timescale = int.from_bytes(movie[at + 12 : at + 16], "big")
    return int.from_bytes(movie[at + 16 : at + 20], "big") * 1000 / timescale


def test_every_clip_has_its_files_and_no_file_is_left_over() -> None:
    expected = {f"{key}.{kind}" for key in wanted() for kind in ("mp4", "vtt")}
    assert {path.name for path in CLIPS.iterdir()} == expected | {"manifest.json"}
    assert list(manifest()) == list(wanted())


def test_all_clips_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in CLIPS.glob("*.mp4")) < TOTAL_LIMIT


@pytest.mark.parametrize("key", wanted())
def test_clip_is_small_and_starts_before_it_is_loaded(key: str) -> None:
    movie = (CLIPS / f"{key}.mp4").read_bytes()
    assert len(movie) < LIMITS[wanted()[key]["role"]]
    assert movie[4:8] == b"ftyp"
    assert movie.index(b"moov") < movie.index(b"mdat")
    assert b"avc1" in movie
    assert b"mp4a" in movie


@pytest.mark.parametrize("key", wanted())
def test_clip_is_the_one_the_manifest_knows(key: str) -> None:
    movie = (CLIPS / f"{key}.mp4").read_bytes()
    assert manifest()[key]["sha256"] == hashlib.sha256(movie).hexdigest()
    assert movie_milliseconds(movie) == pytest.approx(manifest()[key]["duration_ms"], abs=25)


@pytest.mark.parametrize("key", wanted())
def test_captions_say_exactly_the_sentences(key: str) -> None:
    said = [cue["text"].replace("\n", " ") for cue in cues(key)]
    assert said == wanted()[key]["sentences"]
    assert said == [sentence["text"] for sentence in manifest()[key]["sentences"]]
    assert [cue["id"] for cue in cues(key)] == [str(n + 1) for n in range(len(said))]
    lines = [cue["text"].split("\n") for cue in cues(key)]
    assert all(len(pair) <= 2 and max(map(len, pair)) <= 42 for pair in lines)


@pytest.mark.parametrize("key", wanted())
def test_captions_follow_each_other_within_the_clip(key: str) -> None:
    entry = manifest()[key]
    times = [(milliseconds(cue["start"]), milliseconds(cue["end"])) for cue in cues(key)]
    assert times == [(part["start_ms"], part["end_ms"]) for part in entry["sentences"]]
    edges = [edge for pair in times for edge in pair]
    assert edges == sorted(set(edges))
    assert edges[0] == pytest.approx(400, abs=1)
    pauses = [after[0] - before[1] for before, after in pairwise(times)]
    assert all(449 <= pause <= 701 for pause in pauses)
    assert edges[-1] + 499 <= entry["duration_ms"]
