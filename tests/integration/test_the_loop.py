"""The whole loop through its pages: record, read back, share, feedback, better, compare, accept.

One recording goes through the real upload, the real queue and the real ffmpeg. Browsers, cameras
and speech are left to the journeys.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from support.browser import Browser, Page, take_of
from support.factories import NOW
from support.footage import FIRST, SECOND, close_jobs, make_playable, write_down
from support.sending import begin_take, send_piece
from support.site import Site
from werkzeug.test import TestResponse

from courses.models import Take
from courses.terms import TakeState
from lms.demo.content import clips
from lms.jobs.models import Job, JobState, Lane
from media.models import Clip, ClipState

CORRECTED = "Het is hier druk vandaag."


def record(browser: Browser, lesson: UUID) -> UUID:
    """Bind a take and send a recording in two pieces, as the recorder does."""
    begun = begin_take(browser, lesson)
    recording = clips()["samira-waiting-1"].path.read_bytes()
    half = len(recording) // 2
    first = send_piece(browser, begun, recording[:half], is_last=False)
    assert first.headers["Upload-Offset"] == str(half)
    assert "Deze opname is nog niet af" in browser.page(begun.page).text
    assert send_piece(browser, begun, recording[half:], offset=half).status_code == 204
    assert take_of(begun.page) == begun.take
    return begun.take


def state_of(site: Site, take: UUID) -> TakeState:
    return site.all(select(Take.state).where(Take.public_id == take))[0]


def make_ready(site: Site, take: UUID, said: tuple[str, ...], *, playable: bool) -> None:
    """What a worker does, without its minutes."""
    with site.acting() as session:
        clip = session.get_one(Clip, site.clip_of(take).id)
        if not playable:
            make_playable(session, site.settings, site.bus, clip, site.footage, NOW)
        write_down(session, site.bus, clip, said, NOW)
        close_jobs(session, clip, NOW)


def say(browser: Browser, take: UUID, kind: str, text: str, at_ms: int = 1_000) -> TestResponse:
    """Fill in the form under the reactions and press the button of a kind."""
    form = browser.page(f"/takes/{take}").remark_form
    return browser.submit(form, kind, body=text, at_ms=str(at_ms))


def landed(answer: TestResponse, take: UUID) -> bool:
    """Whether a form did its work and led back to the take."""
    return answer.status_code == 302 and answer.headers["Location"].startswith(f"/takes/{take}")


@dataclass(frozen=True)
class Loop:
    """Who takes part, and in which lesson."""

    site: Site
    lesson: UUID
    lotte: Browser
    jeroen: Browser
    carla: Browser


def test_the_whole_loop(site: Site) -> None:
    with site.acting() as session:
        session.execute(delete(Job))  # so that the worker has one thing to do
    loop = Loop(
        site,
        site.world.lessons["greeting"].public_id,
        *(site.browser(name) for name in ("lotte", "jeroen", "carla")),
    )
    clear_the_desk(loop)
    first = records(loop)
    is_made_playable(loop, first)
    reads_back_and_shares(loop, first)
    gets_feedback(loop, first)
    answers(loop, first)
    second = does_it_better(loop)
    says_what_became_of_the_tips(loop, second)
    is_done(loop, second)


def clear_the_desk(loop: Loop) -> None:
    """An older try of hers has to go first: her first page would ask about that one."""
    old = loop.site.world.takes["lotte-kept"].public_id
    gone = loop.lotte.submit(loop.lotte.page(f"/takes/{old}").form("/delete"))
    assert gone.headers["Location"].startswith("/lessons/")


def records(loop: Loop) -> UUID:
    """Nothing can be done with a take until it plays, but she may watch it raw."""
    take = record(loop.lotte, loop.lesson)
    raw = loop.lotte.get(f"/clips/{loop.site.clip_of(take).public_id}/raw")
    assert raw.data == clips()["samira-waiting-1"].path.read_bytes()
    page = loop.lotte.page(f"/takes/{take}")
    assert "Je opname is veilig" in page.text
    assert page.forms("/share") == []
    assert loop.jeroen.get(f"/takes/{take}").status_code == 404
    return take


def is_made_playable(loop: Loop, take: UUID) -> None:
    """By the worker and the real ffmpeg; the text waits for a model and says so."""
    runner = loop.site.runner
    assert runner.run_one([Lane.MEDIA])
    assert loop.site.clip_of(take).state is ClipState.READY
    assert runner.run_one([Lane.TRANSCRIPTION])
    states = loop.site.all(select(Job.state).where(Job.lane == Lane.TRANSCRIPTION))
    assert states == [JobState.WAITING]
    assert "wacht op het taalmodel" in loop.lotte.page(f"/takes/{take}").text
    make_ready(loop.site, take, FIRST, playable=True)


def reads_back_and_shares(loop: Loop, take: UUID) -> None:
    page = loop.lotte.page(f"/takes/{take}")
    assert FIRST[1] in page.text
    loop.lotte.submit(page.form(f"/takes/{take}/text"), **{"text-2": CORRECTED})
    assert loop.carla.get(f"/takes/{take}").status_code == 404
    shared = loop.lotte.submit(page.form("/share"), top="Ik groet eerst.", tip="Rustiger praten.")
    assert landed(shared, take)
    assert state_of(loop.site, take) is TakeState.SHARED


def gets_feedback(loop: Loop, take: UUID) -> None:
    """A peer who shared one too gives a top before a tip; the coach asks for another take."""
    jeroen, carla = loop.jeroen, loop.carla
    theirs = record(jeroen, loop.lesson)
    make_ready(loop.site, theirs, FIRST, playable=False)
    jeroen.submit(jeroen.page(f"/takes/{theirs}").form("/share"), top="Goed.", tip="Langzamer.")
    assert landed(say(jeroen, take, "Top", "Je lacht als je groet."), take)
    assert landed(say(jeroen, take, "Tip", "Vraag waar hij voor komt.", 4_000), take)
    assert f"/inbox/{take}" in carla.page("/inbox").links("/inbox/")
    assert landed(say(carla, take, "Top", "Fijn tempo.", 500), take)
    assert landed(say(carla, take, "Tip", "Noem je naam.", 800), take)
    carla.submit(carla.page(f"/inbox/{take}").form("/ask-retake"))
    assert state_of(loop.site, take) is TakeState.RETAKE_ASKED
    assert f"/inbox/{take}" not in carla.page("/inbox").links("/inbox/")


def answers(loop: Loop, take: UUID) -> None:
    """Her first page says what to do now, with the newest tip; she answers and marks one solved."""
    home = loop.lotte.page("/").text
    assert "Neem poging 2 op" in home
    assert "Noem je naam." in home
    page = loop.lotte.page(f"/takes/{take}")
    assert landed(loop.lotte.submit(page.forms("/replies")[0], text="Dat ga ik doen."), take)
    loop.lotte.submit(page.forms("/resolve")[0], "Markeer als opgelost")
    after = loop.lotte.page(f"/takes/{take}").text
    assert "Dat ga ik doen." in after
    assert "Opgelost" in after


def does_it_better(loop: Loop) -> UUID:
    """A second take, beside the first one."""
    lotte = loop.lotte
    take = record(lotte, loop.lesson)
    make_ready(loop.site, take, SECOND, playable=False)
    lotte.submit(lotte.page(f"/takes/{take}").form("/share"), top="Beter.", tip="Nog rustiger.")
    assert_compared(lotte.page(f"/takes/{take}/compare"))
    return take


def says_what_became_of_the_tips(loop: Loop, take: UUID) -> None:
    address = f"/takes/{take}/compare"
    before = loop.carla.page(address)
    assert before.forms("/follow-ups/") == []
    assert "zegt eerst zelf" in before.text
    for browser, verdict in ((loop.lotte, "Ja, gebruikt"), (loop.carla, "Een beetje")):
        for form in browser.page(address).forms("/follow-ups/"):
            browser.submit(form, verdict)
    both = loop.carla.page(address).text
    assert both.count("Deelnemer: Ja, gebruikt") == 2
    assert both.count("Coach: Een beetje") == 2
    assert loop.lotte.page(address).text.count("Jij: Ja, gebruikt") == 2  # the button that is down


def is_done(loop: Loop, take: UUID) -> None:
    """The coach finds it good: peers no longer see it, nobody throws it away, HR sees "klaar"."""
    loop.carla.submit(loop.carla.page(f"/inbox/{take}").form("/accept"))
    assert state_of(loop.site, take) is TakeState.ACCEPTED
    page = loop.lotte.page(f"/takes/{take}")
    assert "Goedgekeurd" in page.text
    assert page.forms("/delete") == []
    assert loop.lotte.send(f"/takes/{take}/delete").status_code == 422
    assert loop.jeroen.get(f"/takes/{take}").status_code == 404
    board = loop.site.browser("ingrid").page("/reports/cohort")
    row = next(row for row in board.tree.all("tr") if "Lotte" in "".join(row.itertext()))
    assert "klaar" in "".join(row.itertext())


def assert_compared(page: Page) -> None:
    """Sentences that say the same stand in one row; what is new is called new."""
    rows = [
        ["".join(cell.itertext()).split(maxsplit=1) for cell in row if cell.tag == "td"]
        for row in page.tree.all("tr")
    ]
    texts = [[" ".join(cell[1:]).strip() for cell in row] for row in rows if row]
    assert texts[0] == [FIRST[0], SECOND[0]]
    assert texts[-1] == [FIRST[2], SECOND[2]]
    assert any(cells == [CORRECTED, ""] for cells in texts)
    assert any(cells[0] == "" and cells[1].startswith(SECOND[1]) for cells in texts)
    (pairs,) = [
        one.text for one in page.tree.all("script") if one.get("type") == "application/json"
    ]
    assert pairs == "[[400, 400], [4400, 4400]]"
