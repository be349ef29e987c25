"""One recording of the demo, made ready by the real pipeline once, so that clips can be quick.

Processing itself is tested elsewhere (video, journeys, and `test_the_loop`); most tests only need
clips with real files behind them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from courses.events import ClipReady, TranscriptReady
from courses.queries.clips import find_take_of
from lms.config import Settings
from lms.demo.content import DemoClip, clips
from lms.events import EventBus
from lms.jobs.models import Job, JobState
from lms.learning.renditions import KINDS
from media import actions as media_actions
from media.actions import Heard, HeardSegment, HeardWord, ReceivedFile
from media.models import Clip
from media.storage.disk import DiskStore
from media.video.limits import MediaLimits
from media.video.normalise import normalise
from media.video.outputs import MediaFile
from media.video.probe import probe

FIRST = (
    "Goedemiddag, met de balie, wat kan ik voor u doen?",
    "Het is hier erg druk vandaag.",
    "Ik kijk nu meteen met u mee.",
)
SECOND = (
    "Goedemiddag, met de balie, wat kan ik voor u doen?",
    "Wat vervelend dat u zo lang moest wachten.",
    "Ik kijk nu meteen met u mee.",
)
CREDIT = "Ondertiteling door de verzonnen gemeenschap."
"""What an engine invents in silence: left out for everybody but the speaker."""


@dataclass(frozen=True)
class Footage:
    """A recording with everything the pipeline makes of it."""

    recording: DemoClip
    files: tuple[MediaFile, ...]
    duration_ms: int


def make_footage(folder: Path) -> Footage:
    """Probe and normalise one clip of the demo with the real ffmpeg. Takes a second or two."""
    recording = clips()["samira-waiting-1"]
    source = folder / "source.mp4"
    shutil.copyfile(recording.path, source)
    made = normalise(source, folder, probe(source, MediaLimits()))
    return Footage(recording, made.files, round(made.duration_seconds * 1000))


def receive(settings: Settings, footage: Footage) -> ReceivedFile:
    """Put the recording in the blob store, as the desk for uploads does."""
    public_id = uuid4()
    part = settings.uploads / f"{public_id}.part"
    shutil.copyfile(footage.recording.path, part)
    received = ReceivedFile(
        public_id=public_id,
        sha256=footage.recording.sha256,
        bytes=part.stat().st_size,
        media_type="video/mp4",
    )
    DiskStore(settings.blobs).put(f"{public_id}/{received.sha256}", part)
    return received


def heard(sentences: Sequence[str]) -> Heard:
    """What an engine could have written down: two seconds a sentence, and a credit at the end."""
    segments = [
        HeardSegment(
            text=text,
            start_ms=400 + 2_000 * place,
            end_ms=2_000 + 2_000 * place,
            words=[
                HeardWord(word, 400 + 2_000 * place, 2_000 + 2_000 * place, 0.3 if at == 1 else 0.9)
                for at, word in enumerate(text.split())
            ],
        )
        for place, text in enumerate(sentences)
    ]
    credit = HeardSegment(text=CREDIT, start_ms=8_500, end_ms=9_000, words=(), omitted=True)
    return Heard(
        language="nl",
        speech=True,
        engine="faster",
        engine_version="1.2.1",
        model="small",
        options={},
        segments=[*segments, credit],
    )


def make_playable(
    session: Session, settings: Settings, bus: EventBus, clip: Clip, footage: Footage, now: datetime
) -> None:
    """Give a clip its files, through the actions that the worker's job uses."""
    for file in footage.files:
        kind, extension = KINDS[file.kind]
        key = f"{clip.public_id}/{kind}-1.{extension}"
        os.link(file.path, settings.blobs / key)
        media_actions.put_rendition(
            session,
            clip=clip,
            new=media_actions.NewRendition(
                kind=kind,
                key=key,
                bytes=file.bytes,
                sha256=file.sha256,
                video_codec=file.video_codec,
                audio_codec=file.audio_codec,
                width=file.width,
                height=file.height,
            ),
            now=now,
        )
    media_actions.mark_ready(
        session, clip=clip, duration_ms=footage.duration_ms, has_video=True, now=now
    )
    bus.publish(session, [ClipReady(clip.organisation_id, None, clip.public_id)], now=now)
    close_jobs(session, clip, now)


def write_down(
    session: Session, bus: EventBus, clip: Clip, sentences: Sequence[str], now: datetime
) -> None:
    """Give a clip its text, through the action that the worker's job uses."""
    media_actions.attach_transcript(session, clip=clip, heard=heard(sentences), now=now)
    take = find_take_of(session, clip)
    ready = TranscriptReady(
        clip.organisation_id,
        None,
        clip.public_id,
        take=take.public_id if take else None,
        person_id=take.person_id if take else None,
    )
    bus.publish(session, [ready], now=now)


def close_jobs(session: Session, clip: Clip, now: datetime) -> None:
    """The jobs of a clip end as if a worker had done them."""
    session.execute(
        update(Job)
        .where(Job.subject_id == str(clip.public_id))
        .values(state=JobState.DONE, progress=100, started_at=now, finished_at=now)
    )
