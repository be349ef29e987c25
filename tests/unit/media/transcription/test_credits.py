"""Credits Whisper invents are filtered, what people say is not."""

from __future__ import annotations

import pytest

from media.transcription.credits import KNOWN, _fold, mark_credits
from media.transcription.port import Segment


@pytest.mark.parametrize(
    "text",
    [
        "Ondertitels ingediend door de Amara.org gemeenschap",
        " ONDERTITELING: TV GEMIST! ",
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "Thanks for watching!",
    ],
)
def test_credits(text: str) -> None:
    assert mark_credits(Segment(0, 2, text)).filtered


@pytest.mark.parametrize(
    "text",
    [
        "Goedemorgen, ik zag de ondertiteling TV Gemist niet.",
        "Bedankt voor het kijken naar mijn aanvraag.",
        "Dank u wel voor het wachten.",
        "",
    ],
)
def test_speech_stays(text: str) -> None:
    segment = Segment(0, 2, text)
    assert mark_credits(segment) is segment


def test_the_list_is_written_as_it_is_compared() -> None:
    assert {_fold(entry) for entry in KNOWN} == KNOWN
