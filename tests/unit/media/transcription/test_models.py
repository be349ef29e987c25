"""Where models are, and that a failed download never looks like one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from media.transcription import download
from media.transcription.checkpoint import DEMO_MODEL
from media.transcription.factory import load_transcriber, model_available
from media.transcription.models import (
    NEEDED_FILES,
    REPOSITORIES,
    fetch_model,
    is_complete,
    known_models,
    model_path,
    require_model,
)
from media.transcription.port import DownloadFailed, EngineMissing, ModelMissing, ModelUnknown

CONTENT = bytes(range(256)) * 16_384  # 4 MB: several pieces


class RangeHandler(BaseHTTPRequestHandler):
    """Serves CONTENT, whole or from where it is asked."""

    asked: list[str | None]

    def __init__(self, asked: list[str | None], *args: object) -> None:
        self.asked = asked
        super().__init__(*args)  # type: ignore[arg-type]  # what HTTPServer hands over

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def log_message(self, *_: object) -> None:
        """Quiet: pytest shows what fails."""


@pytest.fixture
def served() -> Iterator[tuple[str, list[str | None]]]:
    """(address, ranges asked for) of a server that holds CONTENT under its checksum."""
    asked: list[str | None] = []
    server = HTTPServer(("127.0.0.1", 0), partial(RangeHandler, asked))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    digest = hashlib.sha256(CONTENT).hexdigest()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{digest}/tiny.pt", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_model(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in NEEDED_FILES:
        (folder / name).touch()


def test_names_live_in_the_models_folder_and_paths_stay(tmp_path: Path) -> None:
    assert model_path("faster", "small", tmp_path) == tmp_path / "faster" / "small"
    assert model_path("openai", "small", tmp_path) == tmp_path / "openai" / "small.pt"
    assert model_path("faster", "/srv/own-model", tmp_path) == Path("/srv/own-model")
    assert model_path("openai", tmp_path / "x.pt", Path("models")) == tmp_path / "x.pt"


@pytest.mark.parametrize("missing", NEEDED_FILES)
def test_an_incomplete_directory_is_no_model(tmp_path: Path, missing: str) -> None:
    make_model(tmp_path / "faster" / "small")
    assert model_available("faster", "small", tmp_path)
    (tmp_path / "faster" / "small" / missing).unlink()
    assert not model_available("faster", "small", tmp_path)
    with pytest.raises(ModelMissing) as caught:
        require_model("faster", "small", tmp_path)
    assert caught.value.code == "model_missing"
    assert caught.value.params["name"] == "small"


def test_the_demo_model_is_always_there_and_never_on_offer(tmp_path: Path) -> None:
    assert model_available("faster", DEMO_MODEL, tmp_path)
    assert DEMO_MODEL not in known_models("faster")
    with pytest.raises(ModelUnknown):
        fetch_model(DEMO_MODEL, "faster", tmp_path)


def test_an_unknown_name_is_refused_before_any_connection(tmp_path: Path) -> None:
    with pytest.raises(ModelUnknown) as caught:
        fetch_model("smal", "faster", tmp_path)
    assert "small" in caught.value.params["known"].split(", ")


def test_a_model_that_is_there_is_not_fetched(tmp_path: Path) -> None:
    make_model(tmp_path / "faster" / "small")
    assert fetch_model("small", "faster", tmp_path) == tmp_path / "faster" / "small"


def test_an_engine_that_is_not_installed_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.transcription.factory.find_spec", lambda _name: None)
    with pytest.raises(EngineMissing) as caught:
        load_transcriber("openai", "small", models_dir=tmp_path, threads=1)
    assert caught.value.params == {"engine": "openai"}


def test_every_name_has_a_repository() -> None:
    assert known_models("faster") == tuple(REPOSITORIES)
    assert {"small", "large-v3-turbo", "large-v3"} <= set(REPOSITORIES)


@pytest.mark.enable_socket
def test_a_file_comes_whole_with_progress(
    tmp_path: Path, served: tuple[str, list[str | None]]
) -> None:
    seen: list[tuple[int, int]] = []
    half = tmp_path / "half"
    download.fetch_file(
        served[0], half, name="tiny", on_progress=lambda there, total: seen.append((there, total))
    )
    assert half.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [there for there, _ in seen] == sorted(there for there, _ in seen)


@pytest.mark.enable_socket
def test_a_half_file_is_gone_on_with(tmp_path: Path, served: tuple[str, list[str | None]]) -> None:
    half = tmp_path / "half"
    half.write_bytes(CONTENT[:1000])
    download.fetch_file(served[0], half, name="tiny", on_progress=lambda _there, _all: None)
    assert served[1] == ["bytes=1000-"]
    assert half.read_bytes() == CONTENT


@pytest.mark.enable_socket
def test_a_whole_file_only_gets_its_checksum_looked_at(
    tmp_path: Path, served: tuple[str, list[str | None]]
) -> None:
    half = tmp_path / "half"
    half.write_bytes(CONTENT)
    download.fetch_file(served[0], half, name="tiny", on_progress=lambda _there, _all: None)
    assert half.read_bytes() == CONTENT


@pytest.mark.enable_socket
def test_a_wrong_file_is_thrown_away(tmp_path: Path, served: tuple[str, list[str | None]]) -> None:
    half = tmp_path / "half"
    half.write_bytes(b"x" * 1000)
    with pytest.raises(DownloadFailed):
        download.fetch_file(served[0], half, name="tiny", on_progress=lambda _there, _all: None)
    assert not half.exists()


@pytest.mark.enable_socket
def test_a_refused_connection_is_a_clear_error(tmp_path: Path) -> None:
    address = "http://127.0.0.1:9/0000/tiny.pt"
    with pytest.raises(DownloadFailed) as caught:
        download.fetch_file(address, tmp_path / "half", name="tiny", on_progress=lambda *_: None)
    assert caught.value.code == "download_failed"
    assert "refused" in caught.value.params["reason"].lower()
    assert list(tmp_path.iterdir()) == []


def test_without_network_nothing_looks_like_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("huggingface_hub", reason="not run: faster-whisper is not installed")

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", refuse)
    with pytest.raises(DownloadFailed) as caught:
        fetch_model("small", "faster", tmp_path)
    assert "refused" in caught.value.params["reason"]
    assert not model_available("faster", "small", tmp_path)
    assert not any(is_complete("faster", path) for path in tmp_path.rglob("*"))


def test_a_download_that_stops_halfway_is_never_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_a_download(_repository: str, half: Path, **_: object) -> None:
        half.mkdir(parents=True)
        (half / "config.json").touch()

    monkeypatch.setattr(download, "fetch_repository", half_a_download)
    with pytest.raises(DownloadFailed):
        fetch_model("small", "faster", tmp_path)
    assert not model_available("faster", "small", tmp_path)


def test_a_whole_download_is_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        download, "fetch_repository", lambda _repository, half, **_: make_model(half)
    )
    assert fetch_model("small", "faster", tmp_path) == tmp_path / "faster" / "small"
    assert model_available("faster", "small", tmp_path)
    assert [path.name for path in (tmp_path / "faster").iterdir()] == ["small"]
