"""The verbs that change clips. They flush and never commit; bytes move before rows appear.

Order on arrival: file fsynced and renamed into its blob place, then clip row (and the job row
of the caller) in one transaction. A kill in between leaves an orphan blob, never a clip
without bytes. Erasing runs the other way round: rows and tombstone first, bytes by a job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from media.models import (
    Clip,
    ClipState,
    Rendition,
    RenditionKind,
    Segment,
    Tombstone,
    Transcript,
    Upload,
    UploadState,
)


@dataclass(frozen=True)
class ReceivedFile:
    """A file that already lies durable at `<public_id>/<sha256>` in the blob store."""

    public_id: UUID
    sha256: str
    bytes: int
    media_type: str


def open_upload(
    session: Session,
    *,
    organisation_id: int,
    owner_id: int,
    target: UUID,
    length: int | None,
    max_bytes: int,
    language: str,
    now: datetime,
    expires_at: datetime,
) -> Upload:
    """Start an upload that is bound to its owner and target before its first byte."""
    upload = Upload(
        organisation_id=organisation_id,
        owner_id=owner_id,
        target=target,
        length=length,
        max_bytes=max_bytes,
        language=language,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(upload)
    session.flush()
    return upload


def finish_upload(
    session: Session, *, upload: Upload, received: ReceivedFile, now: datetime
) -> Clip:
    """Turn a complete upload into a clip. The caller adds the job in the same transaction."""
    upload.state = UploadState.FINISHED
    upload.finished_at = now
    return receive_clip(
        session,
        organisation_id=upload.organisation_id,
        owner_id=upload.owner_id,
        received=received,
        language=upload.language,
        now=now,
    )


def receive_clip(
    session: Session,
    *,
    organisation_id: int,
    owner_id: int | None,
    received: ReceivedFile,
    language: str,
    now: datetime,
) -> Clip:
    """Make the row of a file that is already durable in the blob store."""
    clip = Clip(
        public_id=received.public_id,
        organisation_id=organisation_id,
        owner_id=owner_id,
        original_sha256=received.sha256,
        original_bytes=received.bytes,
        media_type=received.media_type,
        language=language,
        failure_params={},
        created_at=now,
    )
    session.add(clip)
    session.flush()
    return clip


@dataclass(frozen=True)
class NewRendition:
    kind: RenditionKind
    key: str
    bytes: int
    sha256: str
    video_codec: str | None = None
    audio_codec: str | None = None
    width: int | None = None
    height: int | None = None


def put_rendition(session: Session, *, clip: Clip, new: NewRendition, now: datetime) -> None:
    """Make `new` the rendition of its kind; what stood there before is forgotten."""
    session.execute(
        delete(Rendition).where(Rendition.clip_id == clip.id, Rendition.kind == new.kind)
    )
    session.add(
        Rendition(
            organisation_id=clip.organisation_id,
            clip_id=clip.id,
            kind=new.kind,
            key=new.key,
            bytes=new.bytes,
            sha256=new.sha256,
            video_codec=new.video_codec,
            audio_codec=new.audio_codec,
            width=new.width,
            height=new.height,
            created_at=now,
        )
    )
    session.flush()


def mark_ready(
    session: Session, *, clip: Clip, duration_ms: int, has_video: bool, now: datetime
) -> None:
    """The clip can be played everywhere."""
    clip.state = ClipState.READY
    clip.duration_ms = duration_ms
    clip.has_video = has_video
    clip.ready_at = now
    clip.failure_code = None
    session.flush()


def mark_failed(session: Session, *, clip: Clip, code: str, params: Mapping[str, Any]) -> None:
    """Processing gave up; the original stays, so nothing recorded is lost."""
    clip.state = ClipState.FAILED
    clip.failure_code = code
    clip.failure_params = dict(params)
    session.flush()


@dataclass(frozen=True)
class HeardWord:
    text: str
    start_ms: int
    end_ms: int
    probability: float


@dataclass(frozen=True)
class HeardSegment:
    text: str
    start_ms: int
    end_ms: int
    words: Sequence[HeardWord]
    omitted: bool = False


@dataclass(frozen=True)
class Heard:
    """Everything an engine may tell: text and times, and its own probability (I76)."""

    language: str
    speech: bool
    engine: str
    engine_version: str
    model: str
    options: Mapping[str, Any]
    segments: Sequence[HeardSegment]


def attach_transcript(session: Session, *, clip: Clip, heard: Heard, now: datetime) -> Transcript:
    """Keep what the engine heard. A transcript that stood there is replaced as a whole."""
    session.execute(delete(Transcript).where(Transcript.clip_id == clip.id))
    transcript = Transcript(
        organisation_id=clip.organisation_id,
        clip_id=clip.id,
        language=heard.language,
        speech=heard.speech,
        engine=heard.engine,
        engine_version=heard.engine_version,
        model=heard.model,
        options=dict(heard.options),
        created_at=now,
        segments=[
            Segment(
                organisation_id=clip.organisation_id,
                position=position,
                start_ms=segment.start_ms,
                end_ms=segment.end_ms,
                text=segment.text,
                omitted=segment.omitted,
                words=[
                    {
                        "text": word.text,
                        "start_ms": word.start_ms,
                        "end_ms": word.end_ms,
                        "probability": word.probability,
                    }
                    for word in segment.words
                ],
            )
            for position, segment in enumerate(heard.segments, start=1)
        ],
    )
    session.add(transcript)
    session.flush()
    return transcript


def correct_segment(session: Session, *, segment: Segment, text: str, now: datetime) -> None:
    """Set the speaker's own words beside what was heard; the same words undo a correction."""
    segment.corrected_text = None if text == segment.text else text
    segment.corrected_at = now
    session.flush()


def erase_clip(session: Session, *, clip: Clip, now: datetime) -> UUID:
    """Delete the rows and leave a tombstone (I78). The caller adds the job for the bytes."""
    erased = clip.public_id
    session.add(
        Tombstone(organisation_id=clip.organisation_id, kind="clip", thing=erased, erased_at=now)
    )
    session.delete(clip)
    session.flush()
    return erased
