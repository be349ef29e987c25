"""What was said: read back by its maker first, corrected beside the original, then for others."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from support.browser import Browser, Page
from support.factories import NOW
from support.footage import CREDIT, FIRST
from support.site import Site
from werkzeug.test import TestResponse

from courses.models import Take
from lms.audit import Act
from media.models import Clip, Segment, Transcript

SAID = FIRST[1]
BETTER = "Het is vandaag erg druk bij ons."


def unread(site: Site) -> str:
    """A shared take whose maker has not looked back yet (its text came after sharing)."""
    take = site.world.takes["jeroen-shared"]
    with site.acting() as session:
        session.execute(update(Take).where(Take.id == take.id).values(looked_back_at=None))
    return f"/takes/{take.public_id}"


def captions(browser: Browser, site: Site, take: str = "jeroen-shared") -> TestResponse:
    return browser.get(f"/clips/{site.world.takes[take].clip}/captions.vtt")


def correct(browser: Browser, site: Site, text: str, position: int = 2) -> TestResponse:
    take = site.world.takes["samira-second"].public_id
    return browser.send(f"/takes/{take}/text", {f"text-{position}": text})


def test_others_read_nothing_before_the_maker_looked_back(site: Site) -> None:
    address = unread(site)
    for person in ("samira", "carla"):
        browser = site.browser(person)
        page = browser.page(address)
        assert SAID not in page.text
        assert "heeft de tekst nog niet teruggelezen" in page.text
        assert captions(browser, site).status_code == 404
    maker = site.browser("jeroen")
    assert SAID in maker.page(address).text
    assert captions(maker, site).status_code == 200


def test_looking_back_opens_the_text_for_others(site: Site) -> None:
    address, before = unread(site), site.last_event()
    maker = site.browser("jeroen")
    maker.submit(maker.page(address).form("/looked-back"))
    assert SAID in site.browser("samira").page(address).text
    assert SAID in captions(site.browser("carla"), site).get_data(as_text=True)
    assert [e.act for e in site.trail(before) if e.act != Act.TAKE_WATCHED] == [
        Act.TAKE_LOOKED_BACK
    ]
    maker.send(f"{address}/looked-back")
    assert len([e for e in site.trail(before) if e.act == Act.TAKE_LOOKED_BACK]) == 1


def test_sharing_with_the_text_at_hand_is_looking_back(site: Site) -> None:
    take = site.take("samira-second")
    assert take.looked_back_at == take.shared_at


def test_a_text_that_came_after_the_page_was_opened_waits_for_its_maker(site: Site) -> None:
    address, before = f"/takes/{site.world.takes['samira-kept'].public_id}", site.last_event()
    maker = site.browser("samira")
    form = maker.page(address).form("/share")
    assert form.values.pop("text_was_shown") == "1"  # an older page knows nothing of a text
    maker.submit(form, top="Ik groet eerst.", tip="Ik praat te snel.")
    assert site.take("samira-kept").looked_back_at is None
    assert Act.TAKE_LOOKED_BACK not in [e.act for e in site.trail(before)]
    assert "heeft de tekst nog niet teruggelezen" in site.browser("carla").page(address).text
    assert captions(site.browser("carla"), site, "samira-kept").status_code == 404
    maker.submit(maker.page(address).form("/looked-back"))
    assert captions(site.browser("carla"), site, "samira-kept").status_code == 200


def test_only_the_maker_looks_back(site: Site) -> None:
    address = unread(site)
    for person in ("samira", "carla"):
        assert site.browser(person).send(f"{address}/looked-back").status_code == 404
    assert site.take("jeroen-shared").looked_back_at is None


def test_a_take_without_a_text_cannot_be_looked_back_at(site: Site) -> None:
    take = site.world.takes["samira-processing"].public_id
    assert site.browser("samira").send(f"/takes/{take}/looked-back").status_code == 422


def test_others_read_the_corrected_text_only(site: Site) -> None:
    second = f"/takes/{site.world.takes['samira-second'].public_id}"
    maker = site.browser("samira")
    heard = "Wat vervelend dat u zo lang moest wachten."
    assert correct(maker, site, BETTER).headers["Location"] == f"{second}#text"
    mine = maker.page(second).text
    assert BETTER in mine
    assert heard in mine  # beside it: "De computer hoorde"
    for person in ("jeroen", "carla"):
        browser = site.browser(person)
        for path in (second, f"{second}/compare"):
            text = browser.page(path).text
            assert BETTER in text
            assert heard not in browser.get(path).get_data(as_text=True)
        subtitles = captions(browser, site, "samira-second").get_data(as_text=True)
        assert " ".join(BETTER.split()) in " ".join(subtitles.split())
        assert "vervelend" not in subtitles


def test_what_the_engine_heard_is_never_changed(site: Site) -> None:
    before = site.all(select(Segment.text).order_by(Segment.id))
    correct(site.browser("samira"), site, BETTER)
    assert site.all(select(Segment.text).order_by(Segment.id)) == before
    assert BETTER in site.all(select(Segment.corrected_text))


def test_typing_the_same_again_undoes_a_correction(site: Site) -> None:
    maker = site.browser("samira")
    correct(maker, site, BETTER)
    correct(maker, site, "Wat vervelend dat u zo lang moest wachten.")
    assert set(site.all(select(Segment.corrected_text))) == {None}


@pytest.mark.parametrize("text", ["", "   ", "a" * 1_001, "Nummer 123456782 is van mij."])
def test_a_correction_that_may_not_stand_is_kept_on_the_page(text: str, site: Site) -> None:
    answer = correct(site.browser("samira"), site, text)
    assert answer.status_code == 422
    page = Page(answer)
    assert (page.find("text-2").text or "").strip() == text.strip()
    assert page.find("text-2").get("aria-invalid") == "true"
    assert set(site.all(select(Segment.corrected_text))) == {None}


def test_one_sentence_that_may_not_stand_keeps_all_as_they_were_typed(site: Site) -> None:
    """The panel stays open with every sentence; nothing is kept until all of them may stand."""
    maker, path = site.browser("samira"), f"/takes/{site.world.takes['samira-second'].public_id}"
    form = maker.page(path).form("/text")
    answer = maker.submit(form, **{"text-1": "Goedemorgen!", "text-2": "", "text-3": BETTER})
    assert answer.status_code == 422
    page = Page(answer)
    assert [page.field(f"text-{n}") for n in (1, 2, 3)] == ["Goedemorgen!", "", BETTER]
    assert "open" in page.find("correct").attrib
    invalid = [one.get("id") for one in page.tree.all("textarea") if one.get("aria-invalid")]
    assert invalid == ["text-2"]
    assert set(site.all(select(Segment.corrected_text))) == {None}


def test_only_what_changed_is_kept_and_written_down(site: Site) -> None:
    maker, path = site.browser("samira"), f"/takes/{site.world.takes['samira-second'].public_id}"
    before = site.last_event()
    maker.submit(maker.page(path).form("/text"), **{"text-1": "Goedemorgen!", "text-3": BETTER})
    assert "Je tekst is bewaard." in maker.page(path).text
    trail = [e.detail for e in site.trail(before) if e.act == Act.TRANSCRIPT_CORRECTED]
    assert trail == [{"position": 1}, {"position": 3}]
    maker.submit(maker.page(path).form("/text"))
    assert "Er is niets veranderd." in maker.page(path).text
    assert len([e for e in site.trail(before) if e.act == Act.TRANSCRIPT_CORRECTED]) == 2


@pytest.mark.parametrize("position", ["0", "99", "-1", "x", "1.5"])
def test_a_sentence_that_is_not_there_changes_nothing(position: str, site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    form = {f"text-{position}": BETTER}
    assert site.browser("samira").send(f"/takes/{take}/text", form).status_code == 302
    assert set(site.all(select(Segment.corrected_text))) == {None}


def test_i76_the_engines_doubt_is_for_the_speaker_alone(site: Site) -> None:
    """Words it was unsure of are marked for the maker; nobody else gets a mark."""
    second = f"/takes/{site.world.takes['samira-second'].public_id}"
    mine = site.browser("samira").page(second)
    assert mine.tree.all("mark")[0].text == "met"
    for person in ("jeroen", "carla"):
        browser = site.browser(person)
        for path in (second, f"{second}/compare", f"{second}/status", "/inbox"):
            html = browser.get(path).get_data(as_text=True)
            assert "<mark" not in html
            assert "probab" not in html
        assert "0.9" not in captions(browser, site, "samira-second").get_data(as_text=True)
    assert "0.3" not in mine.text.replace("10.3", "")


def test_what_the_engine_invented_is_shown_to_the_speaker_alone(site: Site) -> None:
    second = f"/takes/{site.world.takes['samira-second'].public_id}"
    assert CREDIT in site.browser("samira").page(second).text
    for person in ("jeroen", "carla"):
        browser = site.browser(person)
        assert CREDIT not in browser.get(second).get_data(as_text=True)
        assert CREDIT not in captions(browser, site, "samira-second").get_data(as_text=True)
        assert CREDIT not in browser.get(f"{second}/compare").get_data(as_text=True)


def test_captions_are_a_file_that_players_read(site: Site) -> None:
    answer = captions(site.browser("jeroen"), site)
    lines = answer.get_data(as_text=True).split("\n")
    assert lines[0] == "WEBVTT"
    assert lines[2:4] == ["1", "00:00:00.400 --> 00:00:02.000"]
    page = site.browser("jeroen").page(f"/takes/{site.world.takes['jeroen-shared'].public_id}")
    (track,) = page.tree.all("track")
    assert track.get("src") == f"/clips/{site.world.takes['jeroen-shared'].clip}/captions.vtt"
    assert track.get("label") == "Nederlands (automatisch)"


def test_a_lesson_has_captions_for_everybody_who_follows_it(site: Site) -> None:
    clip = site.world.lesson_clips["waiting"]
    for person in ("lotte", "tom", "carla", "esther"):
        assert site.browser(person).get(f"/clips/{clip}/captions.vtt").status_code == 200
    for person in ("berta", "ingrid", "thea"):
        assert site.browser(person).get(f"/clips/{clip}/captions.vtt").status_code == 404


def test_no_speech_is_a_state_of_its_own(site: Site) -> None:
    clip = select(Clip.id).where(Clip.public_id == site.world.takes["samira-kept"].clip)
    with site.acting() as session:
        transcript = session.scalars(
            select(Transcript).where(Transcript.clip_id == clip.scalar_subquery())
        ).one()
        transcript.speech = False
        transcript.segments.clear()
    page = site.browser("samira").page(f"/takes/{site.world.takes['samira-kept'].public_id}")
    assert "We hoorden geen spraak" in page.text
    assert captions(site.browser("samira"), site, "samira-kept").status_code == 404


def test_the_page_says_that_the_computer_heard_it(site: Site) -> None:
    page = site.browser("samira").page(f"/takes/{site.world.takes['samira-kept'].public_id}")
    assert "De computer hoorde dit. Dat zegt niets over jouw Nederlands." in page.text


def test_the_correction_is_dated(site: Site) -> None:
    correct(site.browser("samira"), site, BETTER)
    assert set(site.all(select(Segment.corrected_at))) == {None, NOW}
