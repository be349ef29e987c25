"""“Meld dit”: hidden at once for everyone but its owner and a coach, until a coach decides."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from support.browser import Page
from support.factories import TODAY, Thing
from support.site import Site

from courses.models import ContentReport, Lesson, Person, Take, TimedComment
from courses.terms import ReportState, Role
from lms.accounts.actions import grant_role
from lms.accounts.models import RoleGrant
from lms.audit import Act
from lms.notices.models import Notice, NoticeKind
from media.models import Clip

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


# --- who hears of it and who decides ------------------------------------------------------------


def report_take(site: Site, person: str, reason: str = "", name: str = "samira-second") -> int:
    address = f"/takes/{site.world.takes[name].public_id}/report"
    return site.browser(person).send(address, {"reason": reason}).status_code


def told(site: Site, *kinds: NoticeKind) -> list[tuple[str, NoticeKind]]:
    """Who was told what and has not read it yet."""
    names = {human.id: name for name, human in site.world.people.items()}
    rows = site.all(select(Notice).where(Notice.kind.in_(kinds), Notice.read_at.is_(None)))
    return sorted((names[row.person_id], row.kind) for row in rows)


def words(site: Site, person: str, path: str, part: str = "reported") -> str:
    found = site.browser(person).page(path).tree.find_id(part)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def count(site: Site, person: str) -> str:
    """The number of what is new behind an item of the navigation."""
    page = site.browser(person).page("/about")
    counts = [one for one in page.tree.root.iter() if one.get("class") == "gg-nav__count"]
    return (counts[0].text or "") if counts else ""


@pytest.fixture
def nothing_reported(site: Site) -> Site:
    """The world without the report that is in it."""
    assert decide_about_mo(site) == 302
    with site.acting() as session:
        session.execute(delete(Notice))
    return site


def decide_about_mo(site: Site) -> int:
    address = f"/takes/{site.world.takes['mo-hidden'].public_id}/reports/decide"
    return site.browser("erik").send(address, {"restore": "yes"}).status_code


def test_the_coaches_of_the_group_are_told_and_find_it_in_their_inbox(
    nothing_reported: Site,
) -> None:
    site = nothing_reported
    assert words(site, "carla", "/inbox") == ""  # a list only when there is something in it
    assert count(site, "carla") == ""
    assert report_take(site, "jeroen", "Er staat een klant op.") == 302
    assert told(site, NoticeKind.REPORT_RECEIVED) == [
        ("carla", NoticeKind.REPORT_RECEIVED),
        ("erik", NoticeKind.REPORT_RECEIVED),
    ]
    assert count(site, "carla") == "1"
    for coach in ("carla", "erik"):
        listed = words(site, coach, "/inbox")
        assert "Filmpje van Samira El Idrissi" in listed
        assert "De boze beller · poging 2" in listed
        assert "Gemeld door Jeroen de Kok, vandaag" in listed
        assert "Er staat een klant op." in listed
    for other in ("daan", "karel"):
        assert words(site, other, "/inbox") == ""
        assert count(site, other) == ""


def test_a_reported_remark_is_listed_with_its_words(nothing_reported: Site) -> None:
    site = nothing_reported
    assert report_remark(site, "mo") == 302
    listed = words(site, "carla", "/inbox")
    assert "Reactie van Jeroen de Kok" in listed
    assert TEXT in listed
    assert "Gemeld door Mo Yusuf" in listed
    carla = site.browser("carla")
    form = carla.page("/inbox").forms("/reports/decide")[0]
    assert form.values["comment"] == str(site.world.comments["jeroen-question"].public_id)
    assert carla.submit(form).headers["Location"] == "/inbox"
    assert sees(site, "samira", TEXT)
    assert words(site, "carla", "/inbox") == ""
    assert count(site, "erik") == ""  # another coach has nothing to do any more


def test_a_coach_does_not_decide_about_own_words_and_does_not_see_who_reported_them(
    nothing_reported: Site,
) -> None:
    site = nothing_reported
    first = site.world.takes["samira-first"].public_id
    tip = site.world.comments["carla-tip"].public_id
    site.browser("samira").send(f"/takes/{first}/comments/{tip}/report")
    assert told(site, NoticeKind.REPORT_RECEIVED) == [("erik", NoticeKind.REPORT_RECEIVED)]
    assert words(site, "carla", "/inbox") == ""
    assert "Gemeld door Samira" in words(site, "erik", "/inbox")


def test_who_made_it_never_reads_who_reported_it(nothing_reported: Site) -> None:
    site, reason = nothing_reported, "Er staat een klant op."
    report_take(site, "jeroen", reason)
    take = site.world.takes["samira-second"].public_id
    pages = ["/", "/feedback", "/progress", f"/takes/{take}", f"/takes/{take}/compare"]
    for moment in ("reported", "decided"):
        for path in pages:
            html = site.browser("samira").get(path).get_data(as_text=True)
            assert reason not in html, (moment, path)
            assert "Gemeld door" not in html, (moment, path)
        told_now = site.all(select(Notice).where(Notice.kind == NoticeKind.OWN_REMOVED))
        assert all("jeroen" not in str(row.params).lower() for row in told_now)
        site.browser("carla").send(f"/takes/{take}/reports/decide", {"restore": "no"})


@pytest.mark.parametrize(
    ("restore", "reporter", "maker"),
    [
        (
            "yes",
            (
                "Dank je voor je melding over een filmpje. We hebben ernaar gekeken. "
                "Het filmpje mag blijven staan."
            ),
            "Iemand meldde je filmpje. We hebben ernaar gekeken. Je filmpje is in orde",
        ),
        (
            "no",
            (
                "Dank je voor je melding over een filmpje. We hebben ernaar gekeken. "
                "Het filmpje blijft verborgen."
            ),
            "Iemand meldde je filmpje. We hebben ernaar gekeken. Je filmpje blijft verborgen.",
        ),
    ],
)
def test_who_reported_and_who_made_it_are_told_in_words_until_they_say_they_read_it(
    restore: str, reporter: str, maker: str, nothing_reported: Site
) -> None:
    site = nothing_reported
    report_take(site, "jeroen")
    take = site.world.takes["samira-second"].public_id
    site.browser("carla").send(f"/takes/{take}/reports/decide", {"restore": restore})
    for person, text in (("jeroen", reporter), ("samira", maker)):
        browser = site.browser(person)
        assert count(site, person) == "1"
        for path in ("/", "/feedback"):
            assert text in browser.page(path).text, path
        if person == "samira":  # the page of the take is not where it is told
            assert browser.send(f"/takes/{take}/seen").status_code == 204
        form = browser.page("/feedback").form("/notices/")
        assert browser.submit(form).headers["Location"] == "/feedback"
        assert text not in browser.page("/feedback").text
        assert count(site, person) == ""


def test_nobody_reads_a_notice_for_somebody_else(nothing_reported: Site) -> None:
    site = nothing_reported
    report_take(site, "jeroen")
    take = site.world.takes["samira-second"].public_id
    site.browser("carla").send(f"/takes/{take}/reports/decide", {"restore": "no"})
    form = site.browser("samira").page("/").form("/notices/")
    mo = site.browser("mo")
    assert mo.send(form.action).status_code == 302
    assert told(site, NoticeKind.OWN_REMOVED) == [("samira", NoticeKind.OWN_REMOVED)]


def test_who_wrote_a_remark_is_told_and_not_who_made_the_take(nothing_reported: Site) -> None:
    site = nothing_reported
    report_remark(site, "mo")
    assert decide(site, "carla", "jeroen-question", restore="no") == 302
    assert told(site, NoticeKind.OWN_REMOVED, NoticeKind.REPORT_REMOVED) == [
        ("jeroen", NoticeKind.OWN_REMOVED),
        ("mo", NoticeKind.REPORT_REMOVED),
    ]
    assert "Je reactie blijft verborgen." in site.browser("jeroen").page("/feedback").text


def test_one_person_reports_one_thing_once_and_another_may_too(nothing_reported: Site) -> None:
    site = nothing_reported
    take = site.world.takes["samira-second"].public_id
    assert report_take(site, "jeroen") == 302
    site.browser("carla").send(f"/takes/{take}/reports/decide", {"restore": "yes"})
    answer = site.browser("jeroen").send(f"/takes/{take}/report", {"reason": "Toch niet goed."})
    assert answer.status_code == 422
    page = Page(answer)
    assert "Je hebt dit al een keer gemeld." in page.text
    assert page.field("reason") == "Toch niet goed."
    assert site.take("samira-second").hidden_at is None
    assert report_take(site, "mo") == 302
    assert site.take("samira-second").hidden_at is not None


def test_a_remark_reported_again_by_the_same_person_says_so_beside_it(
    nothing_reported: Site,
) -> None:
    site = nothing_reported
    assert report_remark(site, "mo") == 302
    assert decide(site, "carla", "jeroen-question", restore="yes") == 302
    take = site.world.takes["samira-second"].public_id
    question = site.world.comments["jeroen-question"].public_id
    answer = site.browser("mo").send(f"/takes/{take}/comments/{question}/report")
    assert answer.status_code == 422
    told_there = "".join(Page(answer).find(f"comment-{question}").itertext())
    assert "Je hebt dit al een keer gemeld." in told_there
    assert report_remark(site, "carla") == 302


def test_all_who_reported_the_same_thing_stand_in_one_row_and_all_are_told(
    nothing_reported: Site,
) -> None:
    site = nothing_reported
    assert report_take(site, "jeroen") == 302
    assert report_take(site, "carla", "Dit kan niet.") == 302  # a coach still sees it
    assert report_take(site, "carla") == 302  # said twice is said once
    listed = words(site, "erik", "/inbox")
    assert listed.count("Filmpje van Samira") == 1
    assert "Gemeld door Jeroen de Kok" in listed
    assert "Gemeld door Carla Blom" in listed
    take = site.world.takes["samira-second"].public_id
    site.browser("erik").send(f"/takes/{take}/reports/decide", {"restore": "no"})
    assert told(site, NoticeKind.REPORT_REMOVED) == [
        ("carla", NoticeKind.REPORT_REMOVED),
        ("jeroen", NoticeKind.REPORT_REMOVED),
    ]
    assert set(site.all(select(ContentReport.state).where(ContentReport.take_id.is_not(None)))) == {
        ReportState.REMOVED,
        ReportState.RESTORED,
    }


def test_who_decides_second_is_told_that_it_was_decided(site: Site) -> None:
    hidden = site.world.takes["mo-hidden"].public_id
    address, body = f"/takes/{hidden}/reports/decide", {"restore": "no"}
    assert site.browser("carla").send(address, body).status_code == 302
    before, erik = site.last_event(), site.browser("erik")
    assert erik.send(address, body).status_code == 302
    assert "Hierover was al beslist." in erik.page("/inbox").text
    assert [e for e in site.trail(before) if e.act == Act.REPORT_DECIDED] == []


def test_what_was_left_hidden_may_be_shown_again_later(site: Site) -> None:
    hidden = site.world.takes["mo-hidden"].public_id
    carla = site.browser("carla")
    carla.send(f"/takes/{hidden}/reports/decide", {"restore": "no"})
    page = carla.page(f"/takes/{hidden}")
    assert "Er is besloten dat het verborgen blijft." in page.text
    form = page.form("/reports/decide")
    assert form.values["restore"] == "yes"
    assert carla.submit(form).status_code == 302
    assert site.take("mo-hidden").hidden_at is None


@pytest.mark.parametrize("person", ["samira", "jeroen"])
def test_nobody_reports_what_is_their_own(person: str, site: Site) -> None:
    if person == "samira":
        assert report_take(site, "samira") == 422
        assert site.take("samira-second").hidden_at is None
    else:
        assert report_remark(site, "jeroen") == 422
        assert sees(site, "samira", TEXT)


# --- where no coach is left ---------------------------------------------------------------------


def report_what_daan_said(site: Site) -> None:
    """Daan is the only coach of the other group; Tom reports what Daan said."""
    take = site.world.takes["tom-shared"].public_id
    top = site.world.comments["daan-top"].public_id
    answer = site.browser("tom").send(
        f"/takes/{take}/comments/{top}/report", {"reason": "Niet aardig."}
    )
    assert answer.status_code == 302


def test_an_editor_decides_where_the_only_coach_is_the_subject(nothing_reported: Site) -> None:
    site = nothing_reported
    report_what_daan_said(site)
    assert told(site, NoticeKind.REPORT_RECEIVED) == [("esther", NoticeKind.REPORT_RECEIVED)]
    assert words(site, "daan", "/inbox") == ""
    for person in ("carla", "erik"):
        assert words(site, person, "/inbox") == ""
    esther = site.browser("esther")
    assert count(site, "esther") == "1"
    listed = words(site, "esther", "/")
    assert "Reactie van Daan Mulder" in listed
    assert "Fijn tempo." in listed
    assert "Niet aardig." in listed
    take = site.world.takes["tom-shared"].public_id
    assert esther.page("/").links(f"/takes/{take}") == []  # words, no takes
    assert esther.get(f"/takes/{take}").status_code == 404
    form = esther.page("/").forms("/decide")[1]
    assert esther.submit(form).headers["Location"] == "/"
    assert words(site, "esther", "/") == ""
    assert not sees(site, "tom", "Fijn tempo.", "tom-shared")
    assert told(site, NoticeKind.REPORT_REMOVED, NoticeKind.OWN_REMOVED) == [
        ("daan", NoticeKind.OWN_REMOVED),
        ("tom", NoticeKind.REPORT_REMOVED),
    ]
    assert "Je reactie blijft verborgen." in site.browser("daan").page("/inbox").text


def test_an_editor_decides_nothing_while_a_coach_can(site: Site) -> None:
    esther = site.browser("esther")
    report = site.world.reports["mo-hidden"].public_id
    assert words(site, "esther", "/") == ""
    answer = esther.send(f"/reports/{report}/decide", {"restore": "yes"})
    assert answer.status_code == 404
    assert site.take("mo-hidden").hidden_at is not None


def test_once_another_coach_comes_the_report_is_theirs(nothing_reported: Site) -> None:
    site = nothing_reported
    report_what_daan_said(site)
    with site.acting() as session:
        grant_role(
            session,
            person=session.get_one(Person, site.world.people["erik"].id),
            role=Role.COACH,
            cohort_id=site.world.cohorts["two"],
            valid_from=TODAY,
        )
    assert "Reactie van Daan Mulder" in words(site, "erik", "/inbox")
    assert words(site, "esther", "/") == ""


def test_without_coach_and_editor_an_administrator_hears_that_it_waits(
    nothing_reported: Site,
) -> None:
    site = nothing_reported
    with site.acting() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.role == Role.EDITOR))
    report_what_daan_said(site)
    assert told(site, NoticeKind.REPORT_STUCK) == [("thea", NoticeKind.REPORT_STUCK)]
    page = site.browser("thea").page("/")
    assert "Er wacht een melding, maar niemand mag erover beslissen." in page.text
    assert "Fijn tempo." not in page.text
    assert page.forms("/decide") == []


def test_a_take_of_another_organisation_cannot_be_decided_at_this_desk(site: Site) -> None:
    """Karel is the only coach there and there is no editor: no one of ours may help out."""
    take = site.world.takes["berta-shared"].public_id
    top = site.world.comments["karel-top"].public_id
    assert site.browser("berta").send(f"/takes/{take}/comments/{top}/report").status_code == 302
    reports = site.all(select(ContentReport.public_id).where(ContentReport.comment_id.is_not(None)))
    answer = site.browser("esther").send(f"/reports/{reports[0]}/decide", {"restore": "yes"})
    assert answer.status_code == 404


def test_the_maker_hears_that_a_take_is_reported_and_sees_it_in_the_lists(site: Site) -> None:
    """Once, whoever reports it too; over when a coach decided."""
    take = site.world.takes["samira-second"].public_id
    lesson = site.world.lessons["waiting"].public_id
    for name in ("jeroen", "carla"):
        site.browser(name).send(f"/takes/{take}/report", {"reason": "", "comment": ""})
    samira = site.browser("samira")
    home = samira.page("/").text
    assert home.count("Iemand meldde je filmpje. Het is nu verborgen") == 1
    for address in ("/", f"/lessons/{lesson}", "/progress", "/lessons"):
        assert "Gemeld, wordt bekeken" in samira.page(address).text
    assert decide(site, "carla", restore="yes") == 302
    home = samira.page("/").text
    assert "Het is nu verborgen" not in home
    assert "Gemeld, wordt bekeken" not in home
    assert "staat er weer" in home


def test_a_take_that_failed_is_no_attempt(site: Site) -> None:
    """It says so in the lists, nothing of it is asked for, and the count leaves it out."""
    jeroen, failed = site.browser("jeroen"), site.world.takes["jeroen-failed"]
    row = site.take(failed)
    lesson = site.all(select(Lesson.public_id).where(Lesson.id == row.lesson_id))[0]
    for address in (f"/lessons/{lesson}", "/progress"):
        page = jeroen.page(address)
        assert "Geen geluid" in page.text
        assert [img for img in page.tree.all("img") if str(failed.clip) in img.get("src", "")] == []
    with site.acting() as session:
        session.execute(
            update(Clip).where(Clip.id == row.clip_id).values(failure_code="unreadable")
        )
    assert "Mislukt" in jeroen.page("/progress").text
    takes = [one.state for one in site.all(select(Take).where(Take.person_id == row.person_id))]
    assert f"Je maakte {len(takes) - 1} poging" in jeroen.page("/").text


def test_the_home_of_a_coach_says_that_a_report_waits(nothing_reported: Site) -> None:
    site = nothing_reported
    assert "besluit" not in site.browser("carla").page("/").text
    assert report_take(site, "jeroen") == 302
    home = site.browser("carla").page("/")
    assert "1 melding wacht op jouw besluit." in home.text
    assert "/inbox#reported" in home.links()
    assert "besluit" not in site.browser("daan").page("/").text
