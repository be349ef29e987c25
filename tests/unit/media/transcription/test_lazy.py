"""The web process imports all of this package without an engine coming along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import media

CHECK = """
import sys
import media.transcription.captions, media.transcription.checkpoint, media.transcription.factory
import media.transcription.glossary, media.transcription.models, media.transcription.wav
import media.transcription.engines.faster, media.transcription.engines.openai
from pathlib import Path
media.transcription.factory.engine_installed("faster")
media.transcription.factory.model_available("openai", "small", Path("nowhere"))
heavy = {"torch", "whisper", "faster_whisper", "ctranslate2", "onnxruntime", "huggingface_hub"}
print(sorted(heavy & set(sys.modules)))
"""


def test_no_engine_is_imported() -> None:
    root = Path(media.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
