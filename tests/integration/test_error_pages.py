"""The page of an error: who is signed in keeps the way back, and nobody else is asked for."""

from __future__ import annotations

from support.site import Site


def test_who_is_signed_in_keeps_the_menu_on_a_page_that_is_not_there(site: Site) -> None:
    page = site.browser("carla").page("/nope", status=404)
    assert "/inbox" in page.links()
    assert page.forms("/sign-out")
    assert "Naar Start" in page.text


def test_a_stranger_sees_no_menu_on_a_page_that_is_not_there(site: Site) -> None:
    page = site.browser().page("/nope", status=404)
    assert "/inbox" not in page.links()
    assert page.forms("/sign-out") == []
    assert "Naar Start" in page.text
