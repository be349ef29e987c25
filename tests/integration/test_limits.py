"""How much one person may write in a while, and that a refusal keeps what was typed (S6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from support.browser import Page
from support.factories import NOW, ago
from support.site import Site, at

from courses.models import CommentReply, ContentReport, Take, TimedComment
from courses.rules import limits
from courses.terms import Relation

PEOPLE = [("jeroen", Relation.PEER), ("samira", Relation.OWNER), ("carla", Relation.COACH)]


def wrote(site: Site, person: str, number: int) -> None:
    """So many remarks and as many answers of this person, half an hour ago."""
    question = site.world.comments["jeroen-question"].id
    with site.acting() as session:
        take = session.get_one(Take, site.world.takes["samira-first"].id)
        said = {
            "organisation_id": take.organisation_id,
            "author_id": site.world.people[person].id,
            "text": "Eerder gezegd.",
            "created_at": ago(minutes=30),
        }
        for place in range(number):
            remark = {"kind": "top", "author_role": "peer", "at_ms": place, "client_key": uuid4()}
            session.add(TimedComment(take_id=take.id, **said, **remark))
            session.add(CommentReply(comment_id=question, **said))


def remark(site: Site, person: str) -> tuple[int, str]:
    take = site.world.takes["samira-second"].public_id
    answer = site.browser(person).send(
        f"/takes/{take}/comments/{uuid4()}",
        {"kind": "top", "body": "Een zin te veel.", "at_ms": "1500"},
    )
    return answer.status_code, answer.get_data(as_text=True)


def reply(site: Site, person: str) -> tuple[int, str]:
    take = site.world.takes["samira-second"].public_id
    question = site.world.comments["jeroen-question"].public_id
    answer = site.browser(person).send(
        f"/takes/{take}/comments/{question}/replies", {"text": "Een antwoord te veel."}
    )
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize(("person", "relation"), PEOPLE)
def test_s6_remarks_have_a_limit_in_an_hour(person: str, relation: Relation, site: Site) -> None:
    most = limits.REMARKS[relation].most
    wrote(site, person, most - 6)  # the world holds a few of today's already, none of this hour
    for _ in range(6):
        assert remark(site, person)[0] == 302
    status, html = remark(site, person)
    assert status == 429
    assert "Een zin te veel." in html
    assert f"Je schreef het afgelopen uur al {most} reacties" in html
    with at(NOW + timedelta(minutes=61)):
        assert remark(site, person)[0] == 302


@pytest.mark.parametrize(("person", "relation"), PEOPLE)
def test_s6_answers_have_a_limit_in_an_hour(person: str, relation: Relation, site: Site) -> None:
    wrote(site, person, limits.REPLIES[relation].most - 1)
    assert reply(site, person)[0] == 302
    status, html = reply(site, person)
    assert status == 429
    assert "Een antwoord te veel." in html
    with at(NOW + timedelta(minutes=61)):
        assert reply(site, person)[0] == 302


def test_the_page_of_a_limit_has_the_text_in_its_field_and_at_its_moment(site: Site) -> None:
    wrote(site, "jeroen", limits.REMARKS[Relation.PEER].most)
    take = site.world.takes["samira-second"].public_id
    answer = site.browser("jeroen").send(
        f"/takes/{take}/comments/{uuid4()}",
        {"kind": "top", "body": "Bewaar dit.", "at_ms": "1500"},
    )
    page = Page(answer)
    assert page.field("body") == "Bewaar dit."
    assert page.remark_form.values["at_ms"] == "1500"


def test_the_limit_of_one_is_not_anothers(site: Site) -> None:
    wrote(site, "jeroen", limits.REMARKS[Relation.PEER].most)
    assert remark(site, "mo")[0] == 302
    assert remark(site, "carla")[0] == 302


def reported(site: Site, person: str, number: int) -> None:
    """So many reports of this person in the last hours, about remarks on another take."""
    wrote(site, "carla", number)
    with site.acting() as session:
        found = select(TimedComment).where(TimedComment.text == "Eerder gezegd.")
        for one in session.scalars(found).all():
            session.add(
                ContentReport(
                    organisation_id=one.organisation_id,
                    reporter_id=site.world.people[person].id,
                    comment_id=one.id,
                    created_at=ago(hours=20),
                )
            )


def report(site: Site, person: str) -> tuple[int, str]:
    take: UUID = site.world.takes["jeroen-shared"].public_id
    answer = site.browser(person).send(
        f"/takes/{take}/report", {"reason": "Er staat een klant op."}
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_s6_reports_have_a_limit_in_a_day(site: Site) -> None:
    reported(site, "samira", limits.REPORTS.most)
    status, html = report(site, "samira")
    assert status == 429
    assert "Er staat een klant op." in html
    assert "Je deed het afgelopen etmaal al 20 meldingen" in html
    assert site.take("jeroen-shared").hidden_at is None
    assert report(site, "mo")[0] == 302
    with site.acting() as session:
        session.execute(
            update(Take)
            .where(Take.id == site.world.takes["jeroen-shared"].id)
            .values(hidden_at=None)
        )
    with at(NOW + timedelta(hours=5)):
        assert report(site, "samira")[0] == 302


def test_one_below_the_limit_is_let_through(site: Site) -> None:
    reported(site, "samira", limits.REPORTS.most - 1)
    assert report(site, "samira")[0] == 302
