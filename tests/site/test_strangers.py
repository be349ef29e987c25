"""What strangers learn from us, and what other sites can make us say."""

from __future__ import annotations

import pytest
from support.site import Site

from lms.web.identity import Home
from lms.web.theme_views import theme_url


def test_nobody_learns_from_a_stylesheet_which_organisations_there_are(site: Site) -> None:
    """The hash is of a colour, and most have the colour of the house: anybody can work it out."""
    there, nowhere = (
        theme_url(Home(0, "", slug, "", "", "nl", is_demo=False, brand_colour="#006b54"))
        for slug in ("vogelwijk", "nowhere")
    )
    for person in (None, "berta"):
        answers = [site.browser(person).get(path) for path in (there, nowhere)]
        assert len({answer.status_code for answer in answers}) == 1, person
        bodies = [answer.get_data(as_text=True) for answer in answers]
        assert "--gg" not in bodies[0]
        if person:
            assert [answer.status_code for answer in answers] == [404, 404]
    mine = site.browser("samira").get(there)
    assert (mine.status_code, mine.mimetype) == (200, "text/css")
    assert mine.headers["Cache-Control"].startswith("private")


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://localhost"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("person", [None, "samira"])
def test_what_another_site_put_in_a_form_is_not_shown(
    headers: dict[str, str], person: str | None, site: Site
) -> None:
    said = "Je account is geblokkeerd. Bel nu 0900 1234."
    take = site.world.takes["samira-second"].public_id
    for path in ("/sign-in", "/language", f"/takes/{take}/share", "/nowhere"):
        answer = site.browser(person).post(path, data={"top": said, "email": said}, headers=headers)
        assert answer.status_code in {403, 404}
        assert said not in answer.get_data(as_text=True), path


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "https://localhost"}], ids=str
)
def test_what_was_typed_here_stands_on_the_page_of_a_refusal(
    headers: dict[str, str], site: Site
) -> None:
    """A session that ended while somebody wrote: the token is refused and the text is kept."""
    take, said = site.world.takes["samira-second"].public_id, "Wat ik zorgvuldig opschreef."
    answer = site.browser("samira").post(
        f"/takes/{take}/share", data={"csrf_token": "old", "top": said}, headers=headers
    )
    assert answer.status_code == 403
    assert said in answer.get_data(as_text=True)
