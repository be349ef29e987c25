"""Make every clip of the demo: a drawn person who says the sentences of lms/demo/clips.toml.

`python tools/make_demo_clips.py [--only KEY] [--out DIR]` needs espeak-ng, ffmpeg with libx264
and the Python package cairocffi (a development tool: the site itself only serves the results).
Nothing is drawn from the clock or the network: the same versions give the same clips.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from demo_clips.captions import to_vtt
from demo_clips.encode import FPS, SIZE, encode_mp4
from demo_clips.looks import LOOKS, Look
from demo_clips.motion import make_poses
from demo_clips.people import Painter
from demo_clips.scenes import scene_for
from demo_clips.speech import speak_track, to_wav

DEMO = Path(__file__).resolve().parent.parent / "lms" / "demo"
SORRY = ("waiting", "badnews")  # lessons in which nobody should beam


@dataclass(frozen=True)
class Clip:
    """What clips.toml asks for."""

    key: str
    role: str
    look: str
    voice: str
    sentences: list[str]


def read_clips(path: Path) -> list[Clip]:
    """Return the clips of a TOML file with `[[clip]]` tables, in its order."""
    return [Clip(**table) for table in tomllib.loads(path.read_text("utf-8"))["clip"]]


def look_in(clip: Clip) -> Look:
    """Return the clip's person, who smiles less where there is something to be sorry for."""
    look = LOOKS[clip.look]
    if clip.role == "customer" or not any(part in clip.key for part in SORRY):
        return look
    return replace(look, mood=0.4 * look.mood, brow_tilt=look.brow_tilt + 0.9)


def make_clip(clip: Clip, out: Path) -> dict[str, object]:
    """Write the clip's mp4 and vtt in `out` and return its entry for the manifest."""
    look = look_in(clip)
    rng = random.Random(clip.key)  # noqa: S311 - seeds movement, not secrets
    track = speak_track(
        clip.sentences,
        voice=clip.voice,
        pitch=look.pitch,
        speed=look.speed,
        rng=rng,
        fps=FPS,
    )
    poses = make_poses(track, fps=FPS, rng=rng)
    painter = Painter(look, scene_for(clip.key, look), SIZE)
    frames: Iterator[bytes] = (painter.frame(pose) for pose in poses)
    video = out / f"{clip.key}.mp4"
    encode_mp4(frames, to_wav(track), video, seconds=len(poses) / FPS)
    (out / f"{clip.key}.vtt").write_text(to_vtt(track.sentences), encoding="utf-8")
    return {
        "key": clip.key,
        "duration_ms": track.duration_ms,
        "sentences": [asdict(sentence) for sentence in track.sentences],
        "sha256": hashlib.sha256(video.read_bytes()).hexdigest(),
    }


def write_manifest(path: Path, entries: dict[str, dict[str, object]], keys: list[str]) -> None:
    """Write `entries` in the order of `keys`; a clip that left clips.toml leaves here too."""
    listed = [entries[key] for key in keys if key in entries]
    text = json.dumps({"clips": listed}, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Make all clips, or one with --only, and keep the manifest true to the files."""
    parser = argparse.ArgumentParser(description="Draw and speak the clips of the demo.")
    parser.add_argument("--only", metavar="KEY", help="make this clip only")
    parser.add_argument("--out", metavar="DIR", type=Path, default=DEMO / "clips")
    options = parser.parse_args()
    clips = read_clips(DEMO / "clips.toml")
    wanted = [clip for clip in clips if options.only in (None, clip.key)]
    if not wanted:
        parser.error(f"no clip is called {options.only}")
    options.out.mkdir(parents=True, exist_ok=True)
    manifest = options.out / "manifest.json"
    entries: dict[str, dict[str, object]] = {}
    if manifest.exists():
        known = json.loads(manifest.read_text("utf-8"))["clips"]
        entries = {entry["key"]: entry for entry in known}
    for clip in wanted:
        entries[clip.key] = make_clip(clip, options.out)
        size = (options.out / f"{clip.key}.mp4").stat().st_size
        print(f"{clip.key}: {entries[clip.key]['duration_ms']} ms, {size // 1000} kB")
    write_manifest(manifest, entries, [clip.key for clip in clips])


if __name__ == "__main__":
    main()
