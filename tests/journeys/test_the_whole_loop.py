"""The whole loop, by three people at once: record, read back, feedback, a better take, accepted.

A voice the demo model never met speaks into Chromium's microphone; the words must come back from
the real worker, at the right second. On a phone and on a desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from live.browser import DESK, PHONE, Arrive, Visitor, launch
from live.site import Site
from live.speech import speak
from pages.base import ErrorScreen
from pages.compare import Compare
from pages.entrance import Tour
from pages.home import Feedback, TraineeHome
from pages.inbox import Inbox
from pages.recorder import Recorded, Recorder
from pages.review import Review
from playwright.sync_api import Playwright, expect

LESSON = "De boze beller"
BUSY = "Het is hier erg druk vandaag."
SORRY = "Wat vervelend dat u zo lang moest wachten."
BOTH = "Ik kijk nu meteen met u mee."
BACK = "Ik bel u vanmiddag voor vier uur terug."
OWN_TOP, OWN_TIP = "Ik ga meteen aan de slag.", "Ik noem de drukte en niet het wachten."
PEER_TOP = "Je stem is heel rustig."
COACH_TOP = "Je gaat meteen aan de slag. Dat geeft vertrouwen."
COACH_TIP = "Noem eerst het lange wachten. De drukte is ons probleem."
SECOND = 1.0  # how far a sentence may be off


@dataclass
class People:
    """Who takes part: the trainee in one browser, everybody else in another."""

    trainee: Visitor
    coach: Visitor
    peer: Visitor
    stranger: Visitor
    microphone: Path
    site: Site
    name: str
    voice: str


@dataclass(frozen=True)
class Cast:
    name: str
    voice: str
    size: tuple[int, int]


CASTS = [Cast("Linda Bos", "nl+m6", PHONE), Cast("Mo Yusuf", "nl+f5", DESK)]


@pytest.fixture(params=CASTS, ids=lambda cast: f"{cast.size[0]} px, {cast.voice}")
def people(
    request: pytest.FixtureRequest,
    arrive: Arrive,
    site: Site,
    playwright: Playwright,
    tmp_path: Path,
) -> Iterator[People]:
    cast: Cast = request.param
    microphone = tmp_path / "microphone.wav"
    talking = launch(playwright, microphone=microphone)
    trainee = arrive(browser=talking, size=cast.size)
    Recorder.note_times(trainee)
    coach, peer, stranger = (arrive(size=cast.size) for _ in range(3))
    yield People(trainee, coach, peer, stranger, microphone, site, cast.name, cast.voice)
    talking.close()


def test_the_whole_loop(people: People) -> None:
    first = record_first_take(people)
    nobody_else_sees(people, first)
    share_first_take(people)
    react_as_peer(people, first)
    react_as_coach(people)
    second = record_better_take(people)
    use_the_tip(people, second)
    confirm_and_accept(people, second)
    find_it_accepted(people, second)


def record_first_take(people: People) -> str:
    """From the tour to a take that was read back and corrected; its address."""
    lesson = Tour.open(people.trainee).become_trainee(people.name).lesson(LESSON)
    lesson.player.play()
    lesson.player.pause()
    expect(lesson.turn).to_contain_text("Neem het gesprek over")
    speech = speak(people.microphone, people.voice, BUSY, BOTH)
    recorder = lesson.record().switch_on()
    recorded = recorder.record(speech)
    recorder.wait_until_safe()
    review = wait_with_percentages(people, recorder)
    assert_read_back(review, recorded)
    corrected = review.correct(0, "Het is hier héél erg druk vandaag.")
    assert corrected.sentences[1].text == review.sentences[1].text
    assert BUSY in corrected.heard
    return corrected.path


def wait_with_percentages(people: People, recorder: Recorder) -> Review:
    """The trainee leaves the recorder while the worker is busy, and sees what happens."""
    with people.site.worker_at_rest():
        recorder.use()
        review = Review(people.trainee)
        expect(review.progress).to_have_text(re.compile(r"^Wacht op zijn beurt$|^\d+%$"))
        review.raw_player.play()
    with people.site.worker_halfway("media.normalise"):
        expect(review.progress).to_have_text(re.compile(r"^\d+%$"))
        review.check("working")
    review.wait_until_playable()
    return review.wait_for_text()


def assert_read_back(review: Review, recorded: Recorded) -> None:
    """Every word as it was said, at the second it was said; a press jumps there."""
    heard = review.sentences
    assert [words(one.text) for one in heard] == [words(one) for one in recorded.sentences]
    for sentence, start in zip(heard, recorded.starts, strict=True):
        assert abs(sentence.at - start) <= SECOND, f"{sentence} was said at {start:.2f}"
    last = heard[-1]
    assert abs(review.jump_to(last.text) - last.at) < 0.1


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def nobody_else_sees(people: People, take: str) -> None:
    """Before it is shared the take does not exist, not even for the coach."""
    Tour.open(people.coach).become_coach("Carla Blom")
    Tour.open(people.peer).become_trainee("Jeroen de Kok")
    Tour.open(people.stranger).become_trainee("Priya Nair")
    for visitor in (people.coach, people.peer, people.stranger):
        error = ErrorScreen.at(visitor, take)
        assert error.name == "Deze pagina bestaat niet"
        ErrorScreen.at(visitor, f"{take}/compare")
    assert people.name not in Inbox.open(people.coach).waiting
    assert people.name not in Feedback.open(people.peer).peers


def share_first_take(people: People) -> None:
    review = Review(people.trainee)
    assert review.badges == ["Alleen voor jou"]
    shared = review.share(top=OWN_TOP, tip=OWN_TIP)
    assert shared.badges == ["Gedeeld"]
    expect(shared.parts.comments).to_have_count(2)


def react_as_peer(people: People, take: str) -> None:
    """A colleague who shared for this lesson may react; one who did not sees nothing."""
    ErrorScreen.at(people.stranger, take)
    review = Feedback.open(people.peer).watch_peer(people.name)
    assert review.path == take
    assert review.sentences[0].text == "Het is hier héél erg druk vandaag."
    expect(review.throw_away).to_have_count(0)
    review.parts.remark("top", PEER_TOP, at=2.0)
    expect(review.parts.moment).to_have_text("0:02")  # where the clip stands, and not its beginning


def react_as_coach(people: People) -> None:
    """Top before tip, each at its second; then another take is asked for."""
    inbox = Inbox.open(people.coach)
    assert inbox.waiting[-1] == people.name, "who waits longest stands first"
    inbox.take_of(people.name)
    told = inbox.parts.refused_remark("tip", COACH_TIP)
    assert "Geef eerst een top: wat ging er goed? Daarna kun je een tip geven." in told
    expect(inbox.parts.kept_tip).to_have_text(COACH_TIP)
    inbox.parts.remark("top", COACH_TOP, at=3.0, then=COACH_TIP)
    expect(inbox.parts.comment(COACH_TOP)).to_contain_text("0:03")
    inbox.parts.field.fill("")
    expect(inbox.parts.moment).to_have_text("0:03")
    inbox.parts.remark("tip", COACH_TIP, at=1.0)
    expect(inbox.parts.comment(COACH_TIP)).to_contain_text("0:01")
    longest = inbox.waiting[0]
    assert people.name not in inbox.ask_for_another().waiting
    expect(inbox.opened).to_contain_text(longest)  # after the last whoever waits longest
    expect(inbox.button("Maak ongedaan")).to_be_visible()


def record_better_take(people: People) -> str:
    """The trainee is told, takes the tip along, and records again; the take's address."""
    home = TraineeHome.open(people.trainee)
    assert home.unread > 0
    expect(home.turn).to_contain_text("Neem poging 2 op")
    expect(home.turn).to_contain_text(COACH_TIP)
    review = home.look_at_feedback()
    expect(review.parts.comment(PEER_TOP)).to_be_visible()
    assert review.badges == ["Nog een poging gevraagd"]
    home = TraineeHome.open(people.trainee)
    assert home.unread == 0, "what was seen is no longer new"
    speech = speak(people.microphone, people.voice, SORRY, BOTH, BACK)
    recorder = home.record_again().switch_on()
    expect(recorder.last_tip).to_contain_text(COACH_TIP)
    recorded = recorder.record(speech)
    recorder.wait_until_safe().use()
    review = Review(people.trainee).wait_for_text()
    assert review.name.endswith("poging 2")
    assert_read_back(review, recorded)
    return review.share(top="Nu noem ik eerst het wachten.", tip="Ik wil rustiger praten.").path


def use_the_tip(people: People, take: str) -> None:
    """Both takes side by side; what they both say is paired; the tip was taken up."""
    compare = Review.open(people.trainee, take).compare()
    assert [(words(left), words(right)) for left, right in compare.same] == [(words(BOTH),) * 2]
    assert [words(one) for one in compare.new] == [words(SORRY), words(BACK)]
    compare.earlier.play()
    compare.earlier.pause()
    if people.trainee.page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:
        compare.show(2)
    expect(compare.later.box).to_be_visible()
    said = compare.say(COACH_TIP, "Ja, gebruikt")
    expect(said.tip(COACH_TIP)).to_contain_text("Jij:")
    assert said.verdicts(COACH_TIP) == [], "the button that is down says it"


def confirm_and_accept(people: People, take: str) -> None:
    """The coach agrees that the tip was taken up, and accepts the take."""
    compare = Compare.open(people.coach, take)
    confirmed = compare.say(COACH_TIP, "Ja, gebruikt")
    assert confirmed.verdicts(COACH_TIP) == ["Deelnemer: Ja, gebruikt", "Coach: Ja, gebruikt"]
    inbox = Inbox.open(people.coach).take_of(people.name)
    expect(inbox.opened).to_contain_text("poging 2")
    assert people.name not in inbox.accept().waiting


def find_it_accepted(people: People, take: str) -> None:
    """Approved for good: the trainee sees it, and cannot throw it away by any door."""
    review = Review.open(people.trainee, take)
    assert review.badges == ["Goedgekeurd"]
    expect(review.throw_away).to_have_count(0)
    token = review.tab.locator("input[name=csrf_token]").first.input_value()
    answer = review.tab.request.post(f"{take}/delete", form={"csrf_token": token})
    assert answer.status == 422
    assert "goedgekeurd" in answer.text()
    assert Review.open(people.trainee, take).badges == ["Goedgekeurd"]
