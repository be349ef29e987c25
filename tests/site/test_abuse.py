"""What somebody may try who is let in, and knows how to send a request of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from support.factories import NOW, kept_take, share
from support.factories import ago as before_now
from support.routes import open_upload
from support.site import Site, at

from courses.actions.takes import add_self_review
from courses.models import CommentReply, Take, TimedComment
from lms.audit import Act, AuditEvent

WHOLE = [None, "bytes=0-", "bytes=1-", "bytes=00-", "Bytes=0-", "bytes= 0-", "bytes=5-9"]
TIP = "Noem het wachten."


def watched(site: Site) -> int:
    counted = select(func.count(AuditEvent.id)).where(AuditEvent.act == Act.TAKE_WATCHED)
    return site.all(counted)[0]


@pytest.mark.parametrize("span", WHOLE)
def test_s63_no_way_of_asking_hides_who_watched(span: str | None, site: Site) -> None:
    clip = site.world.takes["samira-second"].clip
    headers = {"Range": span} if span else {}
    answer = site.browser("carla").get(f"/clips/{clip}/video", headers=headers)
    assert answer.status_code in {200, 206}
    assert watched(site) == 1


def test_s63_reading_the_captions_is_watching(site: Site) -> None:
    clip = site.world.takes["samira-second"].clip
    assert site.browser("jeroen").get(f"/clips/{clip}/captions.vtt").status_code == 200
    assert watched(site) == 1


def test_s63_a_viewing_is_written_once_and_a_second_one_again(site: Site) -> None:
    clip = site.world.takes["samira-second"].clip
    carla, jeroen, samira = (site.browser(who) for who in ("carla", "jeroen", "samira"))
    for browser in (carla, carla, jeroen, jeroen, samira):
        browser.get(f"/clips/{clip}/video", headers={"Range": "bytes=100-"})
    assert watched(site) == 2
    with at(NOW.replace(hour=NOW.hour + 1)):
        carla.get(f"/clips/{clip}/video")
    assert watched(site) == 3


def third_take(site: Site) -> Take:
    """Samira's third take of the lesson about waiting, shared."""
    world = site.world
    with site.acting() as session:
        samira, lesson = world.people["samira"], world.lessons["waiting"].id
        take = kept_take(
            site.shop, session, samira, lesson, world.cohorts["one"], before_now(hours=2)
        )
        return share(site.shop, session, take, before_now(hours=1))


def test_what_is_said_about_a_hidden_take_is_hidden_with_it(site: Site) -> None:
    """The page that compares two later takes lists the tips of all earlier ones."""
    take = third_take(site)
    jeroen, carla = site.browser("jeroen"), site.browser("carla")
    assert TIP in jeroen.get(f"/takes/{take.public_id}/compare").get_data(as_text=True)
    first = site.world.takes["samira-first"].public_id
    assert carla.send(f"/takes/{first}/report", {"reason": ""}).status_code == 302
    assert TIP not in jeroen.get(f"/takes/{take.public_id}/compare").get_data(as_text=True)
    assert TIP in carla.get(f"/takes/{take.public_id}/compare").get_data(as_text=True)


def test_nobody_speaks_about_a_tip_they_may_not_know(site: Site) -> None:
    second = site.world.takes["samira-second"].public_id
    first = site.world.takes["samira-first"].public_id
    tip = site.world.comments["carla-tip"].public_id
    path, said = f"/takes/{second}/follow-ups/{tip}", {"verdict": "taken_up"}
    assert site.browser("samira").send(path, said).status_code == 302
    assert site.browser("jeroen").send(path, said).status_code == 422  # not their tip
    assert site.browser("carla").send(f"/takes/{first}/report", {"reason": ""}).status_code == 302
    assert site.browser("jeroen").send(path, said).status_code == 404
    assert site.browser("carla").send(path, said).status_code == 302


@pytest.mark.parametrize("name", ["samira-second", "samira-accepted"])
def test_the_own_top_and_tip_stand_once_a_take_is_shared(name: str, site: Site) -> None:
    """Sharing again wrote them anew, and took with it what others had answered."""
    take = site.world.takes[name]
    remarks = select(TimedComment).where(TimedComment.take_id == take.id)
    own = next(one for one in site.all(remarks) if one.author_role == "self")
    carla, samira = site.browser("carla"), site.browser("samira")
    answer = {"text": "Dat zie ik ook."}
    path = f"/takes/{take.public_id}/comments/{own.public_id}/replies"
    assert carla.send(path, answer).status_code == 302
    before = [(one.public_id, one.text) for one in site.all(remarks)]
    again = {"top": "Alles was goed.", "tip": "Niets.", "top_at_ms": "0", "tip_at_ms": "0"}
    assert samira.send(f"/takes/{take.public_id}/share", again).status_code == 302
    assert [(one.public_id, one.text) for one in site.all(remarks)] == before
    assert len(site.all(select(CommentReply).where(CommentReply.comment_id == own.id))) == 1


def test_before_sharing_the_own_top_and_tip_may_be_written_anew(site: Site) -> None:
    with site.acting() as session:
        take = session.get_one(Take, site.world.takes["samira-kept"].id)
        for text in ("Eerst dit.", "Toch liever dit."):
            add_self_review(
                session,
                take=take,
                top=text,
                top_at_ms=0,
                tip=text,
                tip_at_ms=0,
                language="nl",
                now=NOW,
            )
    found = site.all(select(TimedComment.text).where(TimedComment.take_id == take.id))
    assert found == ["Toch liever dit."] * 2


@pytest.mark.parametrize("page", [10**9, 10**20, 10**300])
def test_s2_a_page_number_beyond_counting_is_the_last_page(page: int, site: Site) -> None:
    assert site.browser("olaf").get(f"/privacy/log?page={page}").status_code == 200


@pytest.mark.parametrize("given", ["sha1 \xe9\xe9", "sha1 @@@", "sha1"])
def test_s2_a_checksum_that_is_none_is_refused(given: str, site: Site) -> None:
    upload = open_upload(site)
    browser = site.browser("samira")
    answer = browser.open(
        f"/uploads/{upload}",
        method="PATCH",
        data=b"1234",
        content_type="application/offset+octet-stream",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Upload-Checksum": given,
            "X-CSRFToken": browser.token,
        },
    )
    assert answer.status_code in {400, 460}


@pytest.mark.parametrize(
    ("path", "goal"), [("/s//x/js//main.js", "/s/x/js/main.js?a=//b"), ("", "/?a=//b")]
)
def test_s20_the_router_sends_nobody_to_the_host_that_was_named(
    path: str, goal: str, site: Site
) -> None:
    """It tidies an address and answers with a whole one, whose host the request chose."""
    answer = site.browser().open(
        "/",
        headers={"Host": "evil.example"},
        environ_overrides={"PATH_INFO": path, "QUERY_STRING": "a=//b"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (308, goal)
