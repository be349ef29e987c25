"""Who is told what: a code and ids in a row, words only on the page, read once it was opened."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from support.browser import Page
from support.factories import NOW, process
from support.site import Site

from courses.events import ClipFailed
from courses.models import Take
from lms.notices.models import Notice, NoticeKind


@pytest.fixture(autouse=True)
def nothing_told_yet(site: Site) -> None:
    with site.acting() as session:
        session.execute(delete(Notice))


def told(site: Site) -> list[tuple[str, NoticeKind, str]]:
    """Who was told what about which take, by the names of the world."""
    people = {human.id: name for name, human in site.world.people.items()}
    takes = {thing.public_id: name for name, thing in site.world.takes.items()}
    rows = site.all(select(Notice).order_by(Notice.id))
    assert all(row.params == {} and row.created_at == NOW for row in rows)
    return [(people[row.person_id], row.kind, takes[row.take]) for row in rows if row.take]


def second(site: Site) -> str:
    return f"/takes/{site.world.takes['samira-second'].public_id}"


def say(site: Site, person: str, kind: str = "top") -> None:
    site.browser(person).send(
        f"{second(site)}/comments/{site.world.takes['samira-second'].public_id}",
        {"kind": kind, "body": "Goed zo.", "at_ms": "10"},
    )


def test_a_remark_tells_the_maker(site: Site) -> None:
    say(site, "carla")
    assert told(site) == [("samira", NoticeKind.FEEDBACK_RECEIVED, "samira-second")]


def test_who_remarks_on_their_own_take_is_told_nothing(site: Site) -> None:
    say(site, "samira")
    assert told(site) == []


def test_an_answer_tells_everybody_else_in_the_thread_and_the_maker(site: Site) -> None:
    question = site.world.comments["jeroen-question"].public_id
    address = f"{second(site)}/comments/{question}/replies"
    site.browser("samira").send(address, {"text": "Ik zocht een map."})
    assert told(site) == [("jeroen", NoticeKind.REPLY_RECEIVED, "samira-second")]
    site.browser("carla").send(address, {"text": "Goed opgelost."})
    assert sorted(told(site)[1:]) == [
        ("jeroen", NoticeKind.REPLY_RECEIVED, "samira-second"),
        ("samira", NoticeKind.REPLY_RECEIVED, "samira-second"),
    ]


@pytest.mark.parametrize(
    ("verb", "kind"),
    [("accept", NoticeKind.TAKE_ACCEPTED), ("ask-retake", NoticeKind.RETAKE_ASKED)],
)
def test_a_decision_tells_the_maker(verb: str, kind: NoticeKind, site: Site) -> None:
    site.give_tip("carla", "samira-second")
    site.browser("carla").send(f"{second(site)}/{verb}")
    assert told(site) == [("samira", kind, "samira-second")]


def test_the_end_of_the_work_tells_the_maker(site: Site) -> None:
    with site.acting() as session:
        take = session.get_one(Take, site.world.takes["samira-processing"].id)
        process(site.shop, session, take, NOW)
    assert told(site) == [("samira", NoticeKind.TRANSCRIPT_READY, "samira-processing")]


def test_a_clip_that_could_not_be_made_ready_tells_its_maker(site: Site) -> None:
    take = site.world.takes["samira-processing"]
    assert take.clip is not None
    with site.acting() as session:
        failed = ClipFailed(
            site.world.organisations["vogelwijk"].id,
            None,
            take.clip,
            code="no_audio",
            take=take.public_id,
            person_id=site.world.people["samira"].id,
        )
        site.happen(session, [failed])
    assert told(site) == [("samira", NoticeKind.CLIP_FAILED, "samira-processing")]


def count(site: Site, person: str) -> str:
    """The number behind "Feedback" in the navigation."""
    page = site.browser(person).page("/about")
    counts = [one for one in page.tree.root.iter() if one.get("class") == "gg-nav__count"]
    return (counts[0].text or "") if counts else ""


def test_the_number_behind_feedback_goes_away_once_the_take_is_opened(site: Site) -> None:
    assert count(site, "samira") == ""
    say(site, "carla")
    say(site, "jeroen")
    assert count(site, "samira") == "2"
    samira = site.browser("samira")
    page = samira.page(second(site))
    assert count(site, "samira") == "2"  # reading alone changes nothing (habit 4)
    form = page.form("/seen")
    assert samira.post(form.action, data=form.values).status_code == 204
    assert count(site, "samira") == ""


def test_opening_one_take_reads_nothing_of_another(site: Site) -> None:
    say(site, "carla")
    first = site.world.takes["samira-first"].public_id
    site.browser("samira").send(f"/takes/{first}/seen")
    assert count(site, "samira") == "1"


def test_what_somebody_opened_stays_unread_for_others(site: Site) -> None:
    question = site.world.comments["jeroen-question"].public_id
    site.browser("carla").send(
        f"{second(site)}/comments/{question}/replies", {"text": "Goed opgelost."}
    )
    site.browser("samira").send(f"{second(site)}/seen")
    assert (count(site, "samira"), count(site, "jeroen")) == ("", "1")


# --- the page of one's feedback -----------------------------------------------------------------


def new_lines(page: Page) -> list[str]:
    """What the page marks as new: the words of each remark, or of what else happened."""
    found = []
    for line in page.tree.all("li"):
        badges = [one.text for one in line.iter() if "gg-badge" in one.get("class", "")]
        if "Nieuw" in badges:
            words = [one for one in line.iter() if "gg-comment__body" in one.get("class", "")]
            who = [one for one in line.iter() if "gg-comment__who" in one.get("class", "")]
            found.append(((words or who)[0].text or "").strip())
    return found


def test_the_page_marks_as_many_as_the_number_and_clears_it_once_seen(site: Site) -> None:
    carla = site.browser("carla")
    say(site, "carla")
    tip = {"kind": "tip", "body": "Noem je naam.", "at_ms": "10"}
    carla.send(f"{second(site)}/comments/{site.world.takes['samira-first'].public_id}", tip)
    carla.send(f"{second(site)}/ask-retake")
    samira = site.browser("samira")
    page = samira.page("/feedback")
    assert count(site, "samira") == "3"
    assert new_lines(page) == [
        "Je coach vraagt om nog een poging.",
        "Noem je naam.",
        "Goed zo.",
    ]
    assert len(samira.page("/feedback").forms("/read-until")) == 1  # reading alone changes nothing
    say(site, "jeroen")  # after the page was shown
    form = page.form("/read-until")
    assert samira.post(form.action, data=form.values).status_code == 204
    assert count(site, "samira") == "1"
    assert new_lines(samira.page("/feedback")) == ["Goed zo."]


def test_an_answer_on_a_take_that_was_closed_is_told_without_a_way_there(site: Site) -> None:
    question = site.world.comments["jeroen-question"].public_id
    address = f"{second(site)}/comments/{question}/replies"
    site.browser("samira").send(address, {"text": "Ik zocht een map."})
    jeroen = site.browser("jeroen")
    assert new_lines(jeroen.page("/feedback")) == ["Er is een antwoord op een reactie."]
    assert second(site) in jeroen.page("/feedback").links("/takes/")
    site.browser("carla").send(f"{second(site)}/accept")
    assert new_lines(jeroen.page("/feedback")) == ["Er is een antwoord op een reactie."]
    assert second(site) not in jeroen.page("/feedback").links("/takes/")


def test_nobody_reads_the_feedback_of_somebody_else(site: Site) -> None:
    say(site, "carla")
    (notice,) = site.all(select(Notice.public_id))
    assert site.browser("jeroen").send(f"/notices/{notice}/read-until").status_code == 204
    assert count(site, "samira") == "1"
