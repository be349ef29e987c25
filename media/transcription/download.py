"""The network side of fetching a model: into a half place, with progress, able to go on.

Used by `models.fetch_model` alone; nothing else in the package opens a connection.
"""

from __future__ import annotations

import hashlib
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from media.transcription.port import DownloadFailed, EngineMissing

WANTED = ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json")
PIECE = 1 << 20
LOOK_EVERY_SECONDS = 0.5
TIMEOUT_SECONDS = 30

Report = Callable[[int, int], None]


def fetch_repository(repository: str, half: Path, *, name: str, on_progress: Report) -> None:
    """All files of a published model directory into `half`; the hub's library resumes."""
    try:
        import huggingface_hub as hub  # noqa: PLC0415  # lazy: comes with the engine
    except ModuleNotFoundError as error:
        raise EngineMissing("faster") from error
    try:
        info = hub.HfApi().model_info(repository, files_metadata=True, timeout=TIMEOUT_SECONDS)
        wanted = {
            item.rfilename: item.size or 0
            for item in info.siblings or []
            if item.rfilename in WANTED or item.rfilename.startswith("vocabulary.")
        }
        with _watched(half, sum(wanted.values()), on_progress):
            for file in wanted:
                hub.hf_hub_download(repository, file, revision=info.sha, local_dir=half)
    except Exception as error:  # the hub's HTTP client, and so its errors, change by version
        raise DownloadFailed(name, _reason(error)) from error


@contextmanager
def _watched(half: Path, total: int, on_progress: Report) -> Iterator[None]:
    """Reports the bytes on disk while the body runs: the hub's library shows no total."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOK_EVERY_SECONDS):
            on_progress(min(_bytes_in(half), total), total)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    on_progress(total, total)


def _bytes_in(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue  # renamed by the download between listing and looking
    return size


def fetch_file(address: str, half: Path, *, name: str, on_progress: Report) -> None:
    """One file into `half`, going on where it stopped; the address names its SHA-256."""
    expected = address.split("/")[-2]
    try:
        _continue_file(address, half, on_progress)
    except (urllib.error.URLError, OSError) as error:
        raise DownloadFailed(name, _reason(error)) from error
    if _sha256(half) != expected:
        half.unlink()
        raise DownloadFailed(name, "the file that came is not the published one")


def _continue_file(address: str, half: Path, on_progress: Report) -> None:
    there = half.stat().st_size if half.exists() else 0
    headers = {"Range": f"bytes={there}-"} if there else {}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310  # the engine's own https
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310  # the same
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is there already; the checksum decides
        raise
    with answer, half.open("ab" if answer.status == HTTPStatus.PARTIAL_CONTENT else "wb") as file:
        total = file.tell() + int(answer.headers.get("Content-Length") or 0)
        while piece := answer.read(PIECE):
            file.write(piece)
            on_progress(file.tell(), total)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
