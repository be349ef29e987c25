"""What building the demo needs at every step: who is who, where bytes go, how jobs run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from lms.config import Settings
from lms.db import Database
from lms.demo.content import DemoClip
from lms.jobs.models import Lane
from lms.jobs.runner import Runner
from lms.storage import store_of
from media.actions import ReceivedFile


class Cast(Protocol):
    """The people of the demo."""

    @property
    def organisation_id(self) -> int: ...
    @property
    def cohort_id(self) -> int: ...
    @property
    def ids(self) -> dict[str, int]: ...


@dataclass(frozen=True)
class Workshop:
    settings: Settings
    database: Database
    runner: Runner
    people: Cast
    now: datetime
    say: Callable[[str], None]

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def finish_clips(self) -> None:
        """Every clip of the demo is playable and written down, by us or by a running worker."""
        self.runner.settle(self.people.organisation_id, (Lane.MEDIA, Lane.TRANSCRIPTION))

    def store(self, clip: DemoClip) -> ReceivedFile:
        """Put a copy of a demo recording in the blob store, as an upload would have."""
        public_id = uuid4()
        copy = self.settings.uploads / f"{public_id}.part"
        shutil.copyfile(clip.path, copy)
        size = copy.stat().st_size
        store_of(self.settings).put(f"{public_id}/{clip.sha256}", copy)
        return ReceivedFile(
            public_id=public_id, sha256=clip.sha256, bytes=size, media_type="video/mp4"
        )
