"""Files that people choose by mistake, or on purpose: made when a test needs them."""

from __future__ import annotations

import subprocess
from pathlib import Path

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10")
TONE = ("-f", "lavfi", "-i", "sine=frequency=300:sample_rate=48000")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
PLAYLIST = "#EXTM3U\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self) -> Path:
        return self._written("aantekeningen.txt", "Boodschappen: melk en brood.")

    def empty(self) -> Path:
        return self._written("leeg.mp4", "")

    def picture_named_mp4(self) -> Path:
        made = self._made("foto.png", *PICTURE, "-frames:v", "1")
        return made.rename(made.with_suffix(".mp4"))

    def playlist_named_webm(self) -> Path:
        return self._written("lijst.webm", PLAYLIST)

    def without_sound(self) -> Path:
        return self._made("stil.mp4", *PICTURE, "-t", "3", *H264)

    def lasting(self, seconds: int) -> Path:
        """A real clip of this length, as small as it gets."""
        return self._made("lang.mp4", *PICTURE, *TONE, "-t", str(seconds), *H264, "-c:a", "aac")

    def _written(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def _made(self, name: str, *words: str) -> Path:
        path = self.folder / name
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *words, str(path)]
        subprocess.run(command, check=True, timeout=120)
        return path
