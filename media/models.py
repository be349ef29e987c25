"""What media remembers: clips, their renditions, transcripts, uploads and tombstones.

People and organisations are opaque numbers; who may see what is decided above.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from media.db import Base, Identified, text_enum


class ClipState(StrEnum):
    """received -> ready | failed. An erased clip leaves no row, only a tombstone."""

    RECEIVED = "received"
    READY = "ready"
    FAILED = "failed"


class Clip(Identified, Base):
    """One recorded file with everything derived from it."""

    __tablename__ = "clip"

    organisation_id: Mapped[int] = mapped_column(index=True)
    owner_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[ClipState] = mapped_column(text_enum(ClipState), default=ClipState.RECEIVED)
    original_sha256: Mapped[str] = mapped_column(String(64))
    original_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(40))
    """What the browser may be told when the raw file is played: one of a fixed list."""
    duration_ms: Mapped[int | None]
    has_video: Mapped[bool | None]
    language: Mapped[str] = mapped_column(String(8), default="nl")
    failure_code: Mapped[str | None] = mapped_column(String(40))
    failure_params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]

    renditions: Mapped[list[Rendition]] = relationship(
        back_populates="clip", cascade="all, delete-orphan", order_by=lambda: Rendition.id
    )
    transcript: Mapped[Transcript | None] = relationship(
        back_populates="clip", cascade="all, delete-orphan", uselist=False
    )

    @property
    def original_key(self) -> str:
        return f"{self.public_id}/{self.original_sha256}"


class RenditionKind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    POSTER = "poster"
    PEAKS = "peaks"
    SPEECH = "speech"
    """16 kHz mono wav for the transcriber; never served."""
    CAPTIONS = "captions"


class Rendition(Base):
    """A file derived from a clip. `key` carries the fence of the job that made it."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("clip_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int]
    clip_id: Mapped[int] = mapped_column(ForeignKey(Clip.id, ondelete="CASCADE"))
    kind: Mapped[RenditionKind] = mapped_column(text_enum(RenditionKind))
    key: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    video_codec: Mapped[str | None] = mapped_column(String(20))
    audio_codec: Mapped[str | None] = mapped_column(String(20))
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime]

    clip: Mapped[Clip] = relationship(back_populates="renditions")


class Transcript(Base):
    """What the engine heard, kept as it came; corrections stand beside it, per segment."""

    __tablename__ = "transcript"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int]
    clip_id: Mapped[int] = mapped_column(ForeignKey(Clip.id, ondelete="CASCADE"), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    speech: Mapped[bool]
    """False when no speech was heard: a state of its own, not an empty text."""
    engine: Mapped[str] = mapped_column(String(40))
    engine_version: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(120))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]

    clip: Mapped[Clip] = relationship(back_populates="transcript")
    segments: Mapped[list[Segment]] = relationship(
        back_populates="transcript",
        cascade="all, delete-orphan",
        order_by=lambda: Segment.position,
    )


class Segment(Base):
    """A sentence or so, in milliseconds of the clip."""

    __tablename__ = "segment"
    __table_args__ = (
        UniqueConstraint("transcript_id", "position"),
        CheckConstraint("end_ms >= start_ms AND start_ms >= 0", name="times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int]
    transcript_id: Mapped[int] = mapped_column(ForeignKey(Transcript.id, ondelete="CASCADE"))
    position: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """`[{"text", "start_ms", "end_ms", "probability"}]`; the last for the speaker's eyes only."""
    omitted: Mapped[bool] = mapped_column(default=False)
    """A known credit the engine invents in silence: shown to the speaker as "weggelaten"."""
    corrected_text: Mapped[str | None] = mapped_column(Text)
    corrected_at: Mapped[datetime | None]

    transcript: Mapped[Transcript] = relationship(back_populates="segments")

    @property
    def spoken_text(self) -> str:
        """What others may read: the correction where there is one."""
        return self.text if self.corrected_text is None else self.corrected_text


class UploadState(StrEnum):
    OPEN = "open"
    FINISHED = "finished"


class Upload(Identified, Base):
    """A resumable upload. Its offset is the size of its file, nothing else."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_expires", "state", "expires_at"),)

    organisation_id: Mapped[int]
    owner_id: Mapped[int] = mapped_column(index=True)
    target: Mapped[UUID] = mapped_column(index=True)
    """Public id of what the file is for, bound before the first byte; never changed."""
    state: Mapped[UploadState] = mapped_column(text_enum(UploadState), default=UploadState.OPEN)
    length: Mapped[int | None]
    """None while the recorder still runs (tus deferred length)."""
    max_bytes: Mapped[int]
    language: Mapped[str] = mapped_column(String(8), default="nl")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Tombstone(Base):
    """That something was erased: ids only, so that a restore can erase it again (I78)."""

    __tablename__ = "tombstone"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    thing: Mapped[UUID] = mapped_column(unique=True)
    erased_at: Mapped[datetime]
