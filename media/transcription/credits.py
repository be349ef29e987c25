"""Sentences Whisper invents in near-silence: credits of the subtitles it was trained on.

Only a segment that is such a credit and nothing else is filtered, and it stays in the result
(`filtered`), so that whoever did say it can put it back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from media.transcription.port import Segment

# Folded as `_fold` does. The Dutch ones are reported for Whisper's Dutch, the others for all.
KNOWN = frozenset(
    {
        "ondertitels ingediend door de amara org gemeenschap",
        "ondertiteld door de amara org gemeenschap",
        "ondertiteling door de amara org gemeenschap",
        "ondertiteling tv gemist",
        "tv gelderland 2021",
        "tv gelderland 2022",
        "tv gelderland 2023",
        "bedankt voor het kijken",
        "dank u voor het kijken",
        "bedankt om te kijken",
        "vergeet niet te abonneren",
        "subtitles by the amara org community",
        "subtitled by the amara org community",
        "thanks for watching",
        "thank you for watching",
        "please subscribe",
        "untertitel im auftrag des zdf fur funk 2017",
        "untertitel der amara org community",
    }
)


def mark_credits(segment: Segment) -> Segment:
    """The segment, `filtered` when the whole of it is a known credit."""
    return replace(segment, filtered=True) if _fold(segment.text) in KNOWN else segment


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))
