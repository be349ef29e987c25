"""Lessons as those see them who answer none: no state of their own, no turn to take."""

from __future__ import annotations

from support.site import Site


def sees(site: Site, person: str) -> tuple[bool, str]:
    """Whether the list of lessons has a state on its cards, and the text of one lesson."""
    browser = site.browser(person)
    page = browser.page("/lessons")
    badges = [one for one in page.tree.root.iter() if "gg-badge" in one.get("class", "").split()]
    return bool(badges), browser.page(f"/lessons/{site.world.lessons['greeting'].public_id}").text


def test_a_trainee_sees_where_they_stand_and_whose_turn_it_is(site: Site) -> None:
    badges, lesson = sees(site, "samira")
    assert badges
    assert "Jouw beurt" in lesson


def test_a_coach_sees_the_assignment_and_where_the_answers_come(site: Site) -> None:
    badges, lesson = sees(site, "carla")
    assert not badges
    assert "Jouw beurt" not in lesson
    assert "De opdracht" in lesson
    assert "Antwoorden die zij delen, staan in je postvak." in lesson
