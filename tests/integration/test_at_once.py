"""One person asks for the same thing several times at one moment: one outcome, no error page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from support.browser import Browser
from support.databases import make_settings
from support.factories import ago, begin_take
from support.site import Site
from support.together import at_once
from werkzeug.test import TestResponse

from courses.models import ContentReport, Take, TimedComment, TipFollowUp
from courses.rules import limits
from courses.terms import CommentKind, Relation, TakeState
from lms.audit import Act
from lms.notices.models import Notice, NoticeKind
from media.models import Segment

TIMES = 6


def together(
    site: Site, person: str, call: Callable[[Browser, int], TestResponse], times: int = TIMES
) -> list[int]:
    """The statuses of one person's requests, each from a browser of its own."""
    browsers = [site.browser(person) for _ in range(times)]
    assert all(browser.token for browser in browsers)
    return at_once(*[partial(call, browser, place) for place, browser in enumerate(browsers)])


def test_a_take_shared_many_times_at_once_is_shared_once(site: Site) -> None:
    take, before = site.world.takes["samira-kept"], site.last_event()
    own = {"top": "Ik groet eerst.", "tip": "Ik praat te snel."}
    address = f"/takes/{take.public_id}/share"
    assert together(site, "samira", lambda one, _: one.send(address, own)) == [302] * TIMES
    assert site.take("samira-kept").state is TakeState.SHARED
    remarks = select(TimedComment.kind).where(TimedComment.take_id == take.id)
    assert sorted(site.all(remarks)) == [CommentKind.TIP, CommentKind.TOP]
    assert [e.act for e in site.trail(before)].count(Act.TAKE_SHARED) == 1


@pytest.mark.parametrize(
    ("verb", "state", "act", "kind"),
    [
        ("accept", TakeState.ACCEPTED, Act.TAKE_ACCEPTED, NoticeKind.TAKE_ACCEPTED),
        ("ask-retake", TakeState.RETAKE_ASKED, Act.TAKE_RETAKE_ASKED, NoticeKind.RETAKE_ASKED),
    ],
)
def test_a_decision_sent_many_times_at_once_is_one_decision(
    verb: str, state: TakeState, act: Act, kind: NoticeKind, site: Site
) -> None:
    site.give_tip("carla", "samira-second")
    take, before = site.world.takes["samira-second"], site.last_event()
    address = f"/takes/{take.public_id}/{verb}"
    assert together(site, "carla", lambda one, _: one.send(address)) == [302] * TIMES
    assert site.take("samira-second").state is state
    assert [e.act for e in site.trail(before)].count(act) == 1
    told = select(func.count(Notice.id)).where(Notice.take == take.public_id, Notice.kind == kind)
    assert site.all(told) == [1]


def test_a_sentence_corrected_many_times_at_once_holds_one_of_the_texts(site: Site) -> None:
    address = f"/takes/{site.world.takes['samira-second'].public_id}/text"
    texts = [f"Het is hier druk, voor de {place}e keer." for place in range(TIMES)]
    answers = together(site, "samira", lambda one, n: one.send(address, {"text-2": texts[n]}))
    assert answers == [302] * TIMES
    corrected = site.all(select(Segment.corrected_text).where(Segment.corrected_text.is_not(None)))
    assert len(corrected) == 1
    assert corrected[0] in texts


def test_remarks_at_the_limit_do_not_overshoot_it(site: Site) -> None:
    """Two are left in this hour: of six at one moment two stand, and four are refused."""
    take, left = site.world.takes["samira-second"], 2
    most = limits.REMARKS[Relation.PEER].most
    fill_with_remarks(site, "jeroen", most - left)
    answers = together(
        site,
        "jeroen",
        lambda one, n: one.send(
            f"/takes/{take.public_id}/comments/{uuid4()}",
            {"kind": "top", "body": f"Net op tijd {n}.", "at_ms": "10"},
        ),
    )
    assert sorted(answers) == [302] * left + [429] * (TIMES - left)
    written = select(func.count(TimedComment.id)).where(TimedComment.text.like("Net op tijd%"))
    assert site.all(written) == [left]


def fill_with_remarks(site: Site, person: str, number: int) -> None:
    """So many remarks of this person in the last hour."""
    take = site.world.takes["samira-first"]
    with site.acting() as session:
        row = session.get_one(Take, take.id)
        for place in range(number):
            session.add(
                TimedComment(
                    organisation_id=row.organisation_id,
                    take_id=row.id,
                    author_id=site.world.people[person].id,
                    author_role="peer",
                    kind="top",
                    at_ms=place,
                    text="Eerder gezegd.",
                    client_key=uuid4(),
                    created_at=ago(minutes=30),
                )
            )


def test_recordings_at_the_limit_of_a_day_do_not_overshoot_it(site: Site) -> None:
    settings = make_settings(site.settings.data, site.settings.database_url, takes_per_day=2)
    site.app.extensions["lms_settings"] = settings
    lesson = site.world.lessons["greeting"]
    with site.acting() as session:
        lotte, cohort = site.world.people["lotte"], site.world.cohorts["one"]
        begin_take(site.shop, session, lotte, lesson.id, cohort, ago(minutes=5))
    answers = together(site, "lotte", lambda one, _: one.send(f"/lessons/{lesson.public_id}/takes"))
    assert sorted(answers) == [201] + [422] * (TIMES - 1)


def test_a_report_sent_many_times_at_once_is_one_report(site: Site) -> None:
    """Who is late finds it hidden already, which is what they asked for."""
    take = site.world.takes["samira-second"]
    address = f"/takes/{take.public_id}/report"
    assert set(together(site, "jeroen", lambda one, _: one.send(address))) <= {302, 404}
    mine = select(func.count(ContentReport.id)).where(ContentReport.take_id == take.id)
    assert site.all(mine) == [1]
    told = select(Notice.person_id).where(
        Notice.kind == NoticeKind.REPORT_RECEIVED, Notice.take == take.public_id
    )
    coaches = sorted(site.world.people[name].id for name in ("carla", "erik"))
    assert sorted(site.all(told)) == coaches


def test_two_peers_report_the_same_take_at_once(site: Site) -> None:
    take = site.world.takes["samira-second"]
    address = f"/takes/{take.public_id}/report"
    one, two = site.browser("jeroen"), site.browser("mo")
    assert one.token
    assert two.token
    assert set(at_once(lambda: one.send(address), lambda: two.send(address))) <= {302, 404}
    assert site.take("samira-second").hidden_at is not None


def test_two_coaches_decide_about_a_report_at_once(site: Site) -> None:
    take, before = site.world.takes["mo-hidden"], site.last_event()
    address = f"/takes/{take.public_id}/reports/decide"
    carla, erik = site.browser("carla"), site.browser("erik")
    assert carla.token
    assert erik.token
    answers = at_once(
        lambda: carla.send(address, {"restore": "no"}),
        lambda: erik.send(address, {"restore": "no"}),
    )
    assert answers == [302, 302]
    assert [e.act for e in site.trail(before)].count(Act.REPORT_DECIDED) == 1
    told = select(func.count(Notice.id)).where(Notice.kind == NoticeKind.REPORT_REMOVED)
    assert site.all(told) == [1]


def test_two_coaches_say_what_became_of_a_tip_at_once(site: Site) -> None:
    take = site.world.takes["samira-second"].public_id
    address = f"/takes/{take}/follow-ups/{site.world.comments['carla-tip'].public_id}"
    assert site.browser("samira").send(address, {"verdict": "partly"}).status_code == 302
    carla, erik = site.browser("carla"), site.browser("erik")
    assert carla.token
    assert erik.token
    answers = at_once(
        lambda: carla.send(address, {"verdict": "taken_up"}),
        lambda: erik.send(address, {"verdict": "not_yet"}),
    )
    assert answers == [302, 302]
    assert len(site.all(select(TipFollowUp))) == 2
