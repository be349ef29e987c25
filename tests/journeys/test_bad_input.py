"""What people do wrong: each ends in a clear message with a way on, and nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from live import axe
from live.browser import PHONE, Arrive, Visitor
from live.files import Files
from live.records import Records
from live.site import Site
from pages.base import ErrorScreen
from pages.catalogue import CLOSING, GREETING, QUESTION, SAMIRA, WAITING
from pages.entrance import SignIn, Tour
from pages.lesson import Lesson
from pages.recorder import Recorder
from pages.review import Review
from playwright.sync_api import expect

NAME = "Tom Bakker"
TEXT = "Je legt rustig uit wat er nu gebeurt."


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def records(site: Site) -> Records:
    return Records(site)


@pytest.fixture
def trainee(arrive: Arrive) -> Visitor:
    visitor = arrive(size=PHONE)
    Tour.open(visitor).become_trainee(NAME)
    return visitor


@pytest.mark.parametrize(
    ("kind", "title", "help_"),
    [
        ("text", "Dit is geen filmpje of geluid", "Kies een filmpje, zoals mp4, mov of webm."),
        ("empty", "Dit bestand is leeg", "Kies een ander bestand."),
        ("long", "Dit filmpje duurt te lang", "Je filmpje mag maximaal 1 minuut duren."),
    ],
)
def test_the_recorder_refuses_at_once(
    trainee: Visitor, records: Records, files: Files, kind: str, title: str, help_: str
) -> None:
    chosen = {"text": files.text, "empty": files.empty, "long": lambda: files.lasting(65)}[kind]()
    recorder = Recorder.open(trainee, records.lesson(GREETING)).choose(chosen)
    expect(recorder.problem).to_contain_text(title)
    expect(recorder.problem).to_contain_text(help_)
    expect(recorder.button("Gebruik voorbeeldopname")).to_be_visible()
    recorder.check(kind)
    assert not axe.violations(recorder.tab)
    recorder.take_example()  # the next step works


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("picture", "Dit is een foto en geen filmpje."),
        ("playlist", "Dit is een afspeellijst en geen filmpje."),
        ("silent", "maar we horen niets"),
    ],
)
def test_the_worker_refuses_and_says_why(
    trainee: Visitor, records: Records, files: Files, kind: str, told: str
) -> None:
    chosen = {
        "picture": files.picture_named_mp4,
        "playlist": files.playlist_named_webm,
        "silent": files.without_sound,
    }[kind]()
    recorder = Recorder.open(trainee, records.lesson(CLOSING)).chosen(chosen)
    recorder.use()
    review = Review(trainee)
    expect(review.tab.locator("#processing")).to_contain_text(told)
    expect(review.link("Neem opnieuw op").first).to_be_visible()
    review.check(kind)
    assert not axe.violations(review.tab)
    thrown_away(review)


def thrown_away(review: Review) -> None:
    """A refused take can go; the lesson is as it was."""
    if not review.throw_away.is_visible():
        review.tab.locator("summary", has_text="Deze poging weggooien").click()
    review.throw_away.click()
    review.button("Gooi weg").click()
    lesson = Lesson(review.visitor)
    lesson.said("Je poging is weggegooid en gewist.")
    expect(lesson.link("Neem je antwoord op")).to_be_visible()


def test_a_wrong_password(arrive: Arrive) -> None:
    sign_in = SignIn.open(arrive()).try_password("samira@heuvelrijk.example", "welkom01")
    assert "horen niet bij elkaar" in sign_in.problem
    assert sign_in.email == "samira@heuvelrijk.example", "what was typed stays"
    assert not axe.violations(sign_in.tab)


def test_what_belongs_to_somebody_else(trainee: Visitor, records: Records) -> None:
    """A private take, a take of a lesson not shared for, and one that never was: all the same."""
    private = records.take(SAMIRA, QUESTION)
    shared = records.take("Aylin Demir", WAITING)
    never = "/takes/00000000-0000-4000-8000-000000000000"
    texts = {ErrorScreen.at(trainee, path).text for path in (private, shared, never)}
    assert len(texts) == 1
    screen = ErrorScreen.at(trainee, f"{private}/compare")
    expect(screen.link("Naar Start")).to_be_visible()


def test_nothing_written(arrive: Arrive, records: Records) -> None:
    """Our own words beside the field, not the bubble of the browser; they go when one writes."""
    visitor = arrive(size=PHONE)
    visitor.become("Jeroen de Kok")
    review = Review.open(visitor, records.take("Aylin Demir", WAITING))
    review.tab.locator("#reactions [data-kind=top]").click()
    error = review.tab.locator("#reactions .gg-field__error")
    expect(error).to_have_text("Schrijf eerst iets. Eén zin is genoeg.")
    expect(review.parts.field).to_be_focused()
    expect(review.parts.field).to_have_attribute("aria-invalid", "true")
    expect(review.player.box).to_be_in_viewport()  # the second one speaks about stays in sight
    review.check("missing")
    assert not axe.violations(review.tab)
    review.parts.field.press_sequentially("J")
    expect(error).to_have_count(0)


def test_a_comment_beyond_the_end_of_the_clip(arrive: Arrive, records: Records) -> None:
    visitor = arrive()
    visitor.become("Jeroen de Kok")
    review = Review.open(visitor, records.take("Aylin Demir", WAITING))
    review.parts.field.fill(TEXT)
    moment = review.tab.locator("#reactions [data-at-ms]")
    moment.evaluate("(field) => { field.value = '999000'; }")
    with visitor.expecting(422):
        review.tab.locator("#reactions [data-kind=top]").click()
        expect(review.tab.locator("#reactions .gg-field__error")).to_contain_text(
            "Dat moment ligt buiten het filmpje."
        )
    expect(review.parts.field).to_have_value(TEXT)
    review.check("beyond")


def test_signed_out_while_typing(arrive: Arrive, records: Records) -> None:
    """A remark survives: sign in again, and it stands where it stood."""
    visitor = arrive()
    visitor.become("Jeroen de Kok")
    path = records.take("Aylin Demir", WAITING)
    review = Review.open(visitor, path)
    review.parts.field.fill(TEXT)
    records.end_sessions("Jeroen de Kok")
    with visitor.expecting(401):
        review.tab.locator("#reactions [data-kind=top]").click()
        visitor.page.wait_for_url("**/sign-in?next=*")
    sign_in = SignIn(visitor)
    expect(sign_in.tab.get_by_text("Daarna ga je verder waar je was.")).to_be_visible()
    sign_in.start_tour().become_trainee("Jeroen de Kok")
    review = Review.open(visitor, path)
    expect(review.parts.field).to_have_value(TEXT)
    review.parts.send("top", TEXT)


def test_signed_out_while_sharing(arrive: Arrive, records: Records) -> None:
    """A whole page was sent and refused: what was typed stands on the answer."""
    visitor = arrive(size=PHONE)
    visitor.become("Gideon Mensah")
    Recorder.open(visitor, records.lesson(GREETING)).take_example().use()
    review = Review(visitor).wait_until_playable().wait_for_text()
    records.end_sessions("Gideon Mensah")
    review.tab.get_by_label("Jouw top").fill("Ik klink vriendelijk.")
    review.tab.get_by_label("Jouw tip").fill("Ik praat te snel.")
    with visitor.expecting(401):
        review.button("Deel met groep en coach").click()
        error = ErrorScreen(visitor)
    assert error.name == "Log opnieuw in"
    assert "Ik klink vriendelijk." in error.text
    assert "Ik praat te snel." in error.text
    assert not axe.violations(error.tab)
