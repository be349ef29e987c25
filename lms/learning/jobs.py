"""The work behind a take: make the clip playable, write down what was said, erase bytes.

Each job does its slow part without a transaction and hands back what to commit; the runner
commits that together with the end of the job, and only while the job is still its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from courses.events import ClipFailed, ClipReady, Event, TranscriptReady
from courses.queries import clips as clip_queries
from lms import clock
from lms.config import Settings
from lms.db import Database
from lms.jobs.registry import (
    Commit,
    JobContext,
    JobError,
    JobFunction,
    JobKind,
    NoRoom,
    NotYet,
    Registry,
)
from lms.jobs.rows import Claim
from lms.learning.job_rows import (
    ERASE,
    FILE_LOST,
    MODEL,
    NORMALISE,
    SCANNER,
    SCANNER_LIMIT,
    STORAGE,
    TRANSCRIBE,
    erase_late,
)
from lms.learning.renditions import KINDS, key_of, take_back
from lms.storage import store_of
from media import actions as media_actions
from media.failpoints import reach
from media.models import Clip, RenditionKind
from media.rules import UNSAFE
from media.scanning.port import ScanLimit, ScannerAway
from media.storage.port import BlobDamagedError, BlobStore, StoreUnavailableError
from media.transcription.checkpoint import DEMO_MODEL
from media.transcription.factory import engine_installed, load_transcriber, model_available
from media.transcription.port import (
    AudioUnreadable,
    EngineMissing,
    ModelMissing,
    Transcriber,
    TranscriptResult,
)
from media.transcription.wav import read_wav
from media.video.errors import FailureCode, ProcessingFailed, Refused
from media.video.limits import MediaLimits
from media.video.normalise import Normalised, normalise
from media.video.outputs import FileKind, MediaFile
from media.video.probe import probe

log = structlog.get_logger(__name__)

LENGTH_SLACK_SECONDS = 3.0
"""A recorder that stops at the limit may run a moment over; nobody loses a take for that."""

IsDemoFile = Callable[[str], bool]
"""Whether a file (by its sha256) is one of the demo's own recordings."""


def _get_clip(context: JobContext) -> Clip:
    with context.database.reading() as session:
        clip = clip_queries.find_clip(session, UUID(context.claim.subject_id))
    if clip is None:
        # An attempt that was killed may have put files after the erase job had run (I78).
        store_of(context.settings).erase(UUID(context.claim.subject_id))
        raise JobError("clip_gone", final=True)
    return clip


# --- playable ---------------------------------------------------------------------------


def make_playable(context: JobContext) -> Commit:
    """Scan, probe, normalise, poster, waveform, and the wav for the transcriber."""
    clip = _get_clip(context)
    store = store_of(context.settings)
    with context.database.reading() as session:
        limit = clip_queries.find_max_seconds(session, clip)
    reach("normalise.begun")
    try:
        source = _fetch(context, clip.original_key)
        _require_clean(context, source)
        made = _normalise(context, source, limit)
    except (JobError, FileNotFoundError):
        _get_clip(context)  # what vanished under our hands is no broken recording
        raise
    reach("normalise.made")
    renditions = [_store(store, clip, file, context.claim) for file in made.files]
    reach("normalise.stored")

    def commit(session: Session) -> Iterable[Event]:
        fresh = clip_queries.find_clip(session, clip.public_id)
        if fresh is None:  # erased meanwhile, perhaps before these bytes were put (I78)
            erase_late(session, context.claim, now=clock.now())
            return []
        now = clock.now()
        for rendition in renditions:
            media_actions.put_rendition(session, clip=fresh, new=rendition, now=now)
        media_actions.mark_ready(
            session,
            clip=fresh,
            duration_ms=round(made.duration_seconds * 1000),
            has_video=made.file(FileKind.VIDEO) is not None,
            now=now,
        )
        return [ClipReady(fresh.organisation_id, None, fresh.public_id)]

    return commit


def _fetch(context: JobContext, key: str) -> Path:
    """A local file with a blob of this clip, to read from."""
    try:
        return store_of(context.settings).local_copy(key, context.folder)
    except FileNotFoundError as lost:
        raise JobError(FILE_LOST, final=True) from lost
    except BlobDamagedError as damaged:
        raise JobError("file_damaged", final=False) from damaged


def _require_clean(context: JobContext, source: Path) -> None:
    """Ask the scanner, where there is one. Without its verdict the clip waits.

    Here and not while the upload is received: a scanner that is slow or away must cost nobody a
    take that was recorded, and the first program of ours to open the file comes after this.
    """
    scanner = context.settings.scanner
    if scanner is None:
        return
    try:
        verdict = scanner.scan(source, cancel=context.lost)
    except ScanLimit as beyond:
        log.warning("scanner_limit", answer=str(beyond), bytes=source.stat().st_size)
        raise NotYet(SCANNER_LIMIT) from beyond
    except ScannerAway as away:
        log.warning("scanner_away", reason=str(away))
        raise NotYet(SCANNER) from away
    if not verdict.is_clean:
        log.warning("clip_infected", clip=context.claim.subject_id, signature=verdict.signature)
        raise JobError(UNSAFE, final=True, signature=verdict.signature[:100])


def can_scan(settings: Settings) -> bool:
    """Whether clips that wait for the scanner can go on: it answers, or none is wanted any more."""
    scanner = settings.scanner
    if scanner is None:
        return True
    try:
        scanner.version()
    except ScannerAway:
        return False
    return True


def _normalise(context: JobContext, source: Path, limit: int | None) -> Normalised:
    limits = (
        MediaLimits(max_duration_seconds=limit + LENGTH_SLACK_SECONDS) if limit else MediaLimits()
    )
    try:
        found = probe(source, limits, cancel=context.lost)
        return normalise(
            source, context.folder, found, on_progress=context.report, cancel=context.lost
        )
    except Refused as refused:
        params = dict(refused.params)
        if limit and "limit" in params:
            params["limit"] = limit  # what the trainee was told, without the slack
        raise JobError(refused.code, final=True, **params) from refused
    except ProcessingFailed as failed:
        log.warning("processing_failed", code=failed.code, detail=failed.detail)
        if failed.code is FailureCode.DISK_FULL:
            raise NoRoom from failed
        final = failed.code is FailureCode.RESOURCE_LIMIT
        raise JobError(failed.code, final=final) from failed


def _store(
    store: BlobStore, clip: Clip, file: MediaFile, claim: Claim
) -> media_actions.NewRendition:
    key = key_of(clip.public_id, file.kind, job=claim.id, fence=claim.fence)
    store.put(key, file.path)
    reach("normalise.storing")
    return media_actions.NewRendition(
        kind=KINDS[file.kind][0],
        key=key,
        bytes=file.bytes,
        sha256=file.sha256,
        video_codec=file.video_codec,
        audio_codec=file.audio_codec,
        width=file.width,
        height=file.height,
    )


def undo_renditions(settings: Settings, database: Database, claim: Claim) -> bool:
    """Take away the files of an attempt that came to nothing."""
    return take_back(settings, database, job=claim.id, fence=claim.fence)


def clip_failed(
    session: Session, claim: Claim, code: str, params: Mapping[str, Any]
) -> Iterable[Event]:
    """Processing gave up for good: the clip says why, and its maker is told."""
    clip = clip_queries.find_clip(session, UUID(claim.subject_id))
    if clip is None:
        return []
    media_actions.mark_failed(session, clip=clip, code=code, params=params)
    take = clip_queries.find_take_of(session, clip)
    return [
        ClipFailed(
            clip.organisation_id,
            None,
            clip.public_id,
            code=code,
            take=take.public_id if take else None,
            person_id=take.person_id if take else None,
        )
    ]


# --- what was said ----------------------------------------------------------------------


@lru_cache(maxsize=2)
def _transcriber(
    engine: Literal["faster", "openai"], model: str, models: Path, threads: int
) -> Transcriber:
    """A loaded model, kept while the worker lives: loading takes longer than a short clip."""
    return load_transcriber(engine, model, models_dir=models, threads=threads)


def can_transcribe(settings: Settings) -> bool:
    """Whether the engine and the model of the settings are on this host."""
    engine = settings.whisper_engine
    return engine_installed(engine) and model_available(
        engine, settings.whisper_model, settings.models
    )


def transcribe(context: JobContext, *, is_demo_file: IsDemoFile) -> Commit:
    """Write down what was said; waits without using an attempt where no model is."""
    clip = _get_clip(context)
    with context.database.reading() as session:
        speech = clip_queries.find_rendition(session, clip, RenditionKind.SPEECH)
        own = clip_queries.is_of_demo(session, clip) and is_demo_file(clip.original_sha256)
    if speech is None:
        raise JobError("speech_missing", final=True)
    settings = context.settings
    model = DEMO_MODEL if own else settings.whisper_model
    path = _fetch(context, speech.key)
    reach("transcribe.begun")
    result = _listen(context, path, model, settings.whisper_language or clip.language)
    reach("transcribe.heard")

    def commit(session: Session) -> Iterable[Event]:
        fresh = clip_queries.find_clip(session, clip.public_id)
        if fresh is None:
            return []
        media_actions.attach_transcript(session, clip=fresh, heard=_heard(result), now=clock.now())
        take = clip_queries.find_take_of(session, fresh)
        return [
            TranscriptReady(
                fresh.organisation_id,
                None,
                fresh.public_id,
                take=take.public_id if take else None,
                person_id=take.person_id if take else None,
            )
        ]

    return commit


def _listen(context: JobContext, wav: Path, model: str, language: str) -> TranscriptResult:
    settings = context.settings
    try:
        transcriber = _transcriber(
            settings.whisper_engine, model, settings.models, settings.transcription_threads
        )
        return transcriber.transcribe(read_wav(wav), language=language, on_progress=context.report)
    except (ModelMissing, EngineMissing) as missing:
        raise NotYet(MODEL) from missing
    except AudioUnreadable as broken:
        raise JobError(broken.code, final=True) from broken


def _heard(result: TranscriptResult) -> media_actions.Heard:
    return media_actions.Heard(
        language=result.language,
        speech=result.speech,
        engine=result.engine,
        engine_version=result.engine_version,
        model=result.model,
        options=result.options,
        segments=[
            media_actions.HeardSegment(
                text=segment.text,
                start_ms=_ms(segment.start),
                end_ms=max(_ms(segment.start), _ms(segment.end)),
                omitted=segment.filtered,
                words=[
                    media_actions.HeardWord(
                        word.text, _ms(word.start), _ms(word.end), round(word.probability, 3)
                    )
                    for word in segment.words
                ],
            )
            for segment in result.segments
        ],
    )


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))


# --- erased -----------------------------------------------------------------------------


def erase_blobs(context: JobContext) -> Commit:
    """Remove every byte of an erased clip. Its rows are gone already; only ids are left."""
    reach("erase.begun")
    store_of(context.settings).erase(UUID(context.claim.subject_id))
    reach("erase.removed")
    return lambda _session: []


def patient(run: JobFunction) -> JobFunction:
    """The same work, but it waits without using an attempt while the store does not answer."""

    def work(context: JobContext) -> Commit:
        try:
            return run(context)
        except StoreUnavailableError as away:
            log.warning("store_unavailable", code=away.code)
            raise NotYet(STORAGE) from away

    return work


def register(registry: Registry, *, is_demo_file: IsDemoFile) -> None:
    """Add the kinds of job of this area."""

    def listen(context: JobContext) -> Commit:
        return transcribe(context, is_demo_file=is_demo_file)

    normalise_kind = JobKind(
        patient(make_playable), on_final_failure=clip_failed, undo=undo_renditions
    )
    registry.add(NORMALISE, normalise_kind)
    registry.add(TRANSCRIBE, JobKind(patient(listen)))
    registry.add(ERASE, JobKind(patient(erase_blobs)))
