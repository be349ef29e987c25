"""The demo model's files: written whole, once, offline, and the same for both engines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from media.transcription.checkpoint import DEMO_MODEL, ensure_demo_model
from media.transcription.factory import load_transcriber, model_available
from media.transcription.models import is_complete
from media.transcription.port import ModelMissing

pytestmark = [
    pytest.mark.engine,
    # openai-whisper reads its token table without closing it; that is not ours to mend.
    pytest.mark.filterwarnings("ignore:unclosed file .*multilingual.tiktoken:ResourceWarning"),
]

WRITE = (
    "import sys; from pathlib import Path;"
    "from media.transcription.checkpoint import ensure_demo_model;"
    "print(ensure_demo_model(Path(sys.argv[1]), sys.argv[2]))"
)


def test_the_directory_holds_what_keeps_the_engine_offline(lab: Any, models_dir: Path) -> None:
    lab.need("faster")
    path = ensure_demo_model(models_dir, "faster")
    assert is_complete("faster", path)
    config = json.loads((path / "config.json").read_text())
    assert len(config["lang_ids"]) == 99
    assert config["alignment_heads"] == [[1, 0], [1, 1], [1, 2], [1, 3]]
    assert 50_258 in config["suppress_ids"]
    assert config["suppress_ids_begin"] == [220, 50_257]
    features = json.loads((path / "preprocessor_config.json").read_text())
    assert features["feature_size"] == 80


def test_loading_and_listening_need_no_network(
    lab: Any, studio: Any, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.need("faster")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something looked up a host")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    loaded = load_transcriber("faster", DEMO_MODEL, models_dir=models_dir, threads=1)
    clip = studio.clip((studio.dutch[0],), studio.unseen_voices[0])
    assert loaded.transcribe(clip.audio, language="nl").text == studio.dutch[0]


@pytest.mark.parametrize("engine", ["faster", "openai"])
def test_two_workers_at_once_both_get_a_good_model(lab: Any, tmp_path: Path, engine: str) -> None:
    lab.need(engine)
    command = [sys.executable, "-c", WRITE, str(tmp_path), engine]
    workers = [
        subprocess.Popen(command, cwd=lab.root, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    places = {worker.communicate(timeout=300)[0].strip() for worker in workers}
    assert [worker.returncode for worker in workers] == [0, 0]
    assert len(places) == 1
    assert is_complete("faster" if engine == "faster" else "openai", Path(places.pop()))
    assert len(list((tmp_path / engine).iterdir())) == 1  # nothing half is left


def test_a_broken_write_leaves_nothing(
    lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.need("faster")

    def fill_the_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("media.transcription.checkpoint.write_directory", fill_the_disk)
    with pytest.raises(OSError, match="No space"):
        ensure_demo_model(tmp_path, "faster")
    assert list((tmp_path / "faster").iterdir()) == []


def test_a_model_without_its_tokenizer_is_refused_before_it_downloads(
    lab: Any, tmp_path: Path
) -> None:
    lab.need("faster")
    folder = tmp_path / "faster" / "small"
    folder.mkdir(parents=True)
    for name in ("model.bin", "config.json"):
        (folder / name).touch()
    assert not model_available("faster", "small", tmp_path)
    with pytest.raises(ModelMissing):
        load_transcriber("faster", "small", models_dir=tmp_path, threads=1)


def test_the_tokenizer_file_encodes_as_whisper_does(
    lab: Any, studio: Any, models_dir: Path
) -> None:
    lab.need("faster")
    lab.need("openai")
    from tokenizers import Tokenizer  # noqa: PLC0415  # only where the engines are
    from whisper.tokenizer import get_tokenizer  # noqa: PLC0415  # the same

    ours = Tokenizer.from_file(str(ensure_demo_model(models_dir, "faster") / "tokenizer.json"))
    theirs = get_tokenizer(multilingual=True, language="nl", task="transcribe")
    hard = (
        " Ĳsselmeer's café, €12.50 — 3e verdieping!",
        "  twee  spaties\n\nén regels",
        "日本語 ok",
    )
    for text in (*studio.dutch, *studio.english, *hard):
        numbers = ours.encode(text, add_special_tokens=False).ids
        assert numbers == theirs.encode(text)
        assert ours.decode(numbers) == text


def test_both_engines_say_the_same(lab: Any, studio: Any, models_dir: Path) -> None:
    lab.need("faster")
    lab.need("openai")
    engines = [
        load_transcriber(engine, DEMO_MODEL, models_dir=models_dir, threads=1)
        for engine in ("faster", "openai")
    ]
    for number in range(8):
        clip = studio.clip(
            tuple(studio.dutch[number * 3 : number * 3 + 3]), studio.unseen_voices[number % 6]
        )
        first, second = (e.transcribe(clip.audio, language="nl") for e in engines)
        assert first.text == second.text
        times = [[t for s in r.segments for t in (s.start, s.end)] for r in (first, second)]
        assert times[0] == pytest.approx(times[1], abs=0.1)
