"""Two languages: Dutch first, the page stays where it was, and a choice is remembered."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import select, update
from support.browser import Page
from support.site import Site

from courses.models import Organisation, Person


def test_switching_keeps_the_page_and_is_remembered(site: Site) -> None:
    browser = site.browser("samira")
    lesson = f"/lessons/{site.world.lessons['waiting'].public_id}"
    answer = browser.submit(browser.page(f"{lesson}?from=home").form("/language"), "English")
    assert answer.headers["Location"] == f"{lesson}?from=home"
    browser.language = "en"
    assert browser.page(lesson).tree.root.get("lang") == "en"
    later = site.browser("samira")
    later.language = "en"
    assert later.page("/").tree.root.get("lang") == "en"
    chosen = select(Person.language).where(Person.id == site.world.people["samira"].id)
    assert site.all(chosen) == ["en"]


def test_one_persons_choice_is_not_anothers(site: Site) -> None:
    browser = site.browser("samira")
    browser.submit(browser.page("/").form("/language"), "English")
    assert site.browser("jeroen").page("/").tree.root.get("lang") == "nl"


def test_a_stranger_chooses_for_this_browser(site: Site) -> None:
    browser = site.browser()
    answer = browser.submit(browser.page("/about").form("/language"), "English")
    assert answer.headers["Location"] == "/about"
    browser.language = "en"
    assert browser.page("/sign-in").tree.root.get("lang") == "en"


def test_a_stranger_gets_what_the_browser_asks_for(site: Site) -> None:
    browser = site.browser()
    browser.language = "en"
    browser.get("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.9"})
    browser.language = "nl"
    for asked in ("nl", "de", "fr,nl;q=0.5", ""):
        browser.get("/sign-in", headers={"Accept-Language": asked})


def test_somebody_without_a_choice_reads_the_language_of_the_organisation(site: Site) -> None:
    with site.acting() as session:
        session.execute(update(Organisation).values(language="en"))
    browser = site.browser("samira")
    browser.language = "en"
    browser.get("/", headers={"Accept-Language": "nl"})


@pytest.mark.parametrize("chosen", ["", "de", "xx", "nl-NL", "../nl"])
def test_a_language_we_do_not_have_changes_nothing(chosen: str, site: Site) -> None:
    browser = site.browser("samira")
    answer = browser.send("/language", {"language": chosen, "next": "/lessons"})
    assert answer.headers["Location"] == "/lessons"
    assert site.all(select(Person.language).where(Person.name.startswith("Samira"))) == [None]


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_s20_the_switch_leads_nowhere_else(goal: str, site: Site) -> None:
    answer = site.browser().send("/language", {"language": "nl", "next": goal})
    assert answer.headers["Location"] == "/"


def test_the_page_after_a_form_that_failed_offers_a_way_home(site: Site) -> None:
    """There is no page to come back to after a POST: the switch leads to the first page."""
    browser = site.browser("samira")
    take = site.world.takes["samira-second"].public_id
    answer = browser.send(f"/takes/{take}/comments/{take}", {"kind": "top", "at_ms": "x"})
    assert answer.status_code == 400
    assert 'name="next" value="/"' in answer.get_data(as_text=True)


def test_what_people_wrote_says_its_own_language_on_an_english_page(site: Site) -> None:
    browser = site.browser("samira")
    browser.submit(browser.page("/").form("/language"), "English")
    browser.language = "en"
    page = browser.page(f"/takes/{site.world.takes['samira-first'].public_id}")
    said = {
        (one.text or "").strip(): one.get("lang")
        for one in page.tree.root.iter()
        if one.get("lang") == "nl"
    }
    assert said["Noem het wachten."] == "nl"
    assert said["Rustig."] == "nl"


@pytest.mark.parametrize(
    ("person", "path"),
    [("carla", "/inbox"), ("carla", "/"), ("samira", "/feedback"), ("jeroen", "/feedback")],
)
def test_a_lesson_is_marked_with_its_own_language_in_lists(
    person: str, path: str, site: Site
) -> None:
    """An organisation that speaks English has a Dutch course: its titles are read out as Dutch."""
    with site.acting() as session:
        session.execute(update(Organisation).values(language="en"))
    browser = site.browser(person)
    browser.language = "en"
    titles = {lesson.get("lang") for lesson in _with_text(browser.page(path), "De boze beller")}
    assert titles == {"nl"}


def _with_text(page: Page, text: str) -> list[Element]:
    """The innermost elements that say `text`."""
    return [one for one in page.tree.root.iter() if text in (one.text or "")]
