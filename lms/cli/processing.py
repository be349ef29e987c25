"""What `lms media process` does: the pipeline of the worker on one file, without a database."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.config import Settings
from media.transcription.captions import write_vtt
from media.transcription.factory import load_transcriber
from media.transcription.port import EngineMissing, ModelMissing, TranscriptResult
from media.transcription.wav import read_wav
from media.video.limits import MediaLimits
from media.video.normalise import normalise
from media.video.outputs import FileKind, MediaFile
from media.video.probe import probe

LANGUAGE = "nl"
"""What a course speaks unless it says otherwise; LMS_WHISPER_LANGUAGE goes before it."""

OnStage = Callable[[str, float], None]
"""Told (stage, share done 0..1); stages are "convert" and "listen"."""


@dataclass(frozen=True)
class Processed:
    """What came out. `transcript` is None where this host has no engine or no model."""

    duration_seconds: float
    files: tuple[MediaFile, ...]
    captions: Path | None
    transcript: TranscriptResult | None

    def find(self, kind: FileKind) -> MediaFile | None:
        return next((file for file in self.files if file.kind is kind), None)

    @property
    def playable(self) -> list[MediaFile]:
        return [file for file in self.files if file.kind in (FileKind.VIDEO, FileKind.AUDIO)]

    def as_json(self) -> dict[str, Any]:
        """The promise of `lms media process --json`; times in seconds of the original clip."""
        return {
            "duration_seconds": round(self.duration_seconds, 3),
            "renditions": [_rendition(file) for file in self.playable],
            "poster": _path(self.find(FileKind.POSTER)),
            "waveform": _path(self.find(FileKind.PEAKS)),
            "speech_audio": _path(self.find(FileKind.WAV)),
            "captions": str(self.captions) if self.captions else None,
            "transcript": _transcript(self.transcript) if self.transcript else None,
        }


def _rendition(file: MediaFile) -> dict[str, Any]:
    return {
        "kind": file.kind.value,
        "path": str(file.path),
        "media_type": file.media_type,
        "codecs": [codec for codec in (file.video_codec, file.audio_codec) if codec],
        "width": file.width,
        "height": file.height,
        "bytes": file.bytes,
        "sha256": file.sha256,
    }


def _path(file: MediaFile | None) -> str | None:
    return str(file.path) if file else None


def _transcript(heard: TranscriptResult) -> dict[str, Any]:
    return {
        "language": heard.language,
        "speech": heard.speech,
        "engine": heard.engine,
        "engine_version": heard.engine_version,
        "model": heard.model,
        "segments": [
            {"start": segment.start, "end": segment.end, "text": segment.text}
            for segment in heard.segments
            if not segment.filtered
        ],
        "omitted": [
            {"start": segment.start, "end": segment.end, "text": segment.text}
            for segment in heard.segments
            if segment.filtered
        ],
    }


def process_file(settings: Settings, source: Path, out: Path, on_stage: OnStage) -> Processed:
    """Probe, convert and write down one file; results in `out`, which is made when needed.

    `source` and `out` are absolute. Raises `Refused` before anything is written, and
    `ProcessingFailed`, `AudioUnreadable` when the attempt stops.
    """
    with tempfile.TemporaryDirectory(prefix="lms-") as folder:
        # The pipeline trusts names made by us only; whatever the file is called stays outside.
        alias = Path(folder).resolve() / "source"
        alias.symlink_to(source)
        found = probe(alias, MediaLimits())
        out.mkdir(parents=True, exist_ok=True)
        made = normalise(alias, out, found, on_progress=lambda share: on_stage("convert", share))
    wav = made.file(FileKind.WAV)
    if wav is None:
        raise FileNotFoundError("audio.wav")
    heard = _listen(settings, wav.path, on_stage)
    captions = None
    if heard is not None:
        captions = out / "captions.vtt"
        numbered = ((str(n), segment) for n, segment in enumerate(heard.segments, start=1))
        captions.write_text(write_vtt(numbered), encoding="utf-8")
    return Processed(made.duration_seconds, made.files, captions, heard)


def _listen(settings: Settings, wav: Path, on_stage: OnStage) -> TranscriptResult | None:
    try:
        transcriber = load_transcriber(
            settings.whisper_engine,
            settings.whisper_model,
            models_dir=settings.models,
            threads=settings.transcription_threads,
        )
    except (EngineMissing, ModelMissing):
        return None
    return transcriber.transcribe(
        read_wav(wav),
        language=settings.whisper_language or LANGUAGE,
        on_progress=lambda share: on_stage("listen", share),
    )
