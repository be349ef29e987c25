"""“Meld dit”: hidden at once for everyone but its owner and a coach, until a coach decides."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from support.factories import Thing
from support.site import Site

from courses.models import ContentReport, Take, TimedComment
from courses.terms import ReportState
from lms.audit import Act

TEXT = "Waarom wacht je even?"


def sees(site: Site, person: str, text: str, take: str = "samira-second") -> bool:
    answer = site.browser(person).get(f"/takes/{site.world.takes[take].public_id}")
    return answer.status_code == 200 and text in answer.get_data(as_text=True)


def _about(take: Thing) -> dict[str, str]:
    return {"subject_type": "take", "take": str(take.public_id)}


def report_remark(site: Site, person: str, comment: str = "jeroen-question") -> int:
    take = site.world.takes["samira-second"].public_id
    remark = site.world.comments[comment].public_id
    return (
        site.browser(person)
        .send(f"/takes/{take}/comments/{remark}/report", {"reason": "Niet aardig."})
        .status_code
    )


def decide(site: Site, person: str, comment: str = "", *, restore: str) -> int:
    take = site.world.takes["samira-second"].public_id
    named = str(site.world.comments[comment].public_id) if comment else ""
    return (
        site.browser(person)
        .send(f"/takes/{take}/reports/decide", {"comment": named, "restore": restore})
        .status_code
    )


def test_a_reported_take_is_hidden_at_once(site: Site) -> None:
    take = site.world.takes["samira-second"]
    jeroen, before = site.browser("jeroen"), site.last_event()
    form = jeroen.page(f"/takes/{take.public_id}").form(f"/takes/{take.public_id}/report")
    answer = jeroen.submit(form, reason="Er staat een klant op.")
    assert answer.headers["Location"] == "/feedback"
    for person, status in (
        ("jeroen", 404),
        ("mo", 404),
        ("samira", 200),
        ("carla", 200),
        ("erik", 200),
    ):
        browser = site.browser(person)
        assert browser.get(f"/takes/{take.public_id}").status_code == status, person
        assert browser.get(f"/clips/{take.clip}/video").status_code == status, person
    assert f"/takes/{take.public_id}" not in jeroen.page("/feedback").links("/takes/")
    event = next(e for e in site.trail(before) if e.act == Act.CONTENT_REPORTED)
    assert (event.subject, event.detail) == (str(take.public_id), _about(take))


def test_nobody_but_its_maker_speaks_on_a_hidden_take(site: Site) -> None:
    hidden = site.world.takes["mo-hidden"].public_id
    carla = site.browser("carla")
    page = carla.page(f"/takes/{hidden}")
    assert "gemeld en verborgen" in page.text
    answer = carla.send(
        f"/takes/{hidden}/comments/{hidden}", {"kind": "top", "body": "Goed.", "at_ms": "1"}
    )
    assert answer.status_code == 422


def test_a_coach_shows_a_take_again(site: Site) -> None:
    hidden = site.world.takes["mo-hidden"].public_id
    carla, before = site.browser("carla"), site.last_event()
    form = carla.page(f"/takes/{hidden}").forms("/reports/decide")[0]
    assert form.values["restore"] == "yes"
    assert carla.submit(form).status_code == 302
    assert site.browser("jeroen").get(f"/takes/{hidden}").status_code == 200
    reports = site.all(select(ContentReport))
    assert [(r.state, r.decided_by_id) for r in reports] == [
        (ReportState.RESTORED, site.world.people["carla"].id)
    ]
    event = next(e for e in site.trail(before) if e.act == Act.REPORT_DECIDED)
    assert event.detail == {"state": "restored", **_about(site.world.takes["mo-hidden"])}


def test_a_coach_leaves_a_take_hidden(site: Site) -> None:
    hidden = site.world.takes["mo-hidden"].public_id
    carla = site.browser("carla")
    form = carla.page(f"/takes/{hidden}").forms("/reports/decide")[1]
    assert carla.submit(form).status_code == 302
    assert site.browser("jeroen").get(f"/takes/{hidden}").status_code == 404
    assert site.browser("mo").get(f"/takes/{hidden}").status_code == 200
    assert site.all(select(ContentReport.state)) == [ReportState.REMOVED]


def test_a_reported_remark_is_hidden_for_all_but_its_author_and_coaches(site: Site) -> None:
    assert report_remark(site, "mo") == 302
    seen = [
        person for person in ("samira", "jeroen", "mo", "carla", "erik") if sees(site, person, TEXT)
    ]
    assert seen == ["jeroen", "carla", "erik"]
    compare = site.browser("samira").page("/feedback").text
    assert TEXT not in compare


def test_a_hidden_remark_takes_no_answers_of_others(site: Site) -> None:
    report_remark(site, "mo")
    take = site.world.takes["samira-second"].public_id
    question = site.world.comments["jeroen-question"].public_id
    for verb in ("replies", "resolve", "report"):
        for person in ("samira", "mo"):
            answer = site.browser(person).send(
                f"/takes/{take}/comments/{question}/{verb}", {"text": "Hallo daar."}
            )
            assert answer.status_code == 404, (verb, person)


@pytest.mark.parametrize("restore", ["yes", "no"])
def test_another_coach_decides_about_the_remark_of_a_coach(restore: str, site: Site) -> None:
    """Carla's own words were reported: she may not judge that, Erik may."""
    first = site.world.takes["samira-first"].public_id
    tip = site.world.comments["carla-tip"].public_id
    site.browser("samira").send(f"/takes/{first}/comments/{tip}/report")
    address = f"/takes/{first}/reports/decide"
    body = {"comment": str(tip), "restore": restore}
    assert site.browser("carla").send(address, body).status_code == 422
    assert not sees(site, "samira", "Noem het wachten.", "samira-first")
    forms = site.browser("carla").page(f"/takes/{first}").forms("/reports/decide")
    assert forms == []
    assert site.browser("erik").send(address, body).status_code == 302
    assert sees(site, "samira", "Noem het wachten.", "samira-first") == (restore == "yes")


@pytest.mark.parametrize("person", ["samira", "jeroen", "lotte", "daan", "karel", "ingrid"])
def test_nobody_else_decides(person: str, site: Site) -> None:
    report_remark(site, "mo")
    assert decide(site, person, "jeroen-question", restore="yes") == 404
    assert site.all(select(TimedComment.hidden_at).where(TimedComment.text == TEXT)) != [None]


def test_deciding_names_a_remark_of_this_take_or_nothing(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    carla = site.browser("carla")
    for named in ("not-an-id", str(take), str(site.world.comments["carla-tip"].public_id)):
        answer = carla.send(f"/takes/{take}/reports/decide", {"comment": named, "restore": "yes"})
        assert answer.status_code == 404


def test_a_reason_with_a_citizen_number_is_refused_and_kept(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    reason = "Hij noemt nummer 111222333 van een klant."
    answer = site.browser("jeroen").send(f"/takes/{take}/report", {"reason": reason})
    assert answer.status_code == 422
    assert reason in answer.get_data(as_text=True)
    assert site.take("samira-second").hidden_at is None


def test_a_report_needs_no_reason(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    assert site.browser("jeroen").send(f"/takes/{take}/report").status_code == 302
    assert site.all(select(Take.hidden_at).where(Take.public_id == take)) != [None]
