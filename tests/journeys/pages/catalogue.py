"""Every main page as each kind of person meets it: for what must hold of all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from live.browser import Visitor
from live.records import Records
from playwright.sync_api import Page, expect

GREETING, WAITING = "Welkom aan de balie", "De boze beller"
QUESTION, CLOSING = "Doorvragen tot het helder is", "Afsluiten zodat niemand terug hoeft te bellen"
SAMIRA = "Samira El Idrissi"
STRANGER = ""
"""Nobody: a visitor who did not sign in."""

Address = Callable[[Records], str]
Prepare = Callable[[Visitor], None]


@dataclass(frozen=True)
class View:
    """A page for one person; `prepare` brings it into another state than it opens in."""

    name: str
    address: Address
    prepare: Prepare | None = None
    status: int = 200

    def open(self, visitor: Visitor, records: Records) -> Page:
        tab = visitor.page
        with visitor.expecting(*({self.status} - {200})):
            answer = tab.goto(self.address(records))
            assert answer is not None
            assert answer.status == self.status, f"{self.name} answered {answer.status}"
            tab.wait_for_load_state("load")
        if self.prepare:
            self.prepare(visitor)
        return tab


def at(path: str) -> Address:
    return lambda _records: path


def lesson(title: str, then: str = "") -> Address:
    return lambda records: records.lesson(title) + then


def take(person: str, title: str, number: int = 1, then: str = "") -> Address:
    return lambda records: records.take(person, title, number) + then


def inbox_of(person: str, title: str) -> Address:
    return lambda records: records.take(person, title).replace("/takes/", "/inbox/")


# --- other states of a page ----------------------------------------------------------------


def _refused_sign_in(visitor: Visitor) -> None:
    with visitor.expecting(422):
        visitor.page.locator("form.gg-form button[type=submit]").click()
        expect(visitor.page.locator(".gg-errors")).to_be_visible()


def _camera_on(visitor: Visitor) -> None:
    visitor.page.locator("[data-do=camera]").click()
    expect(visitor.page.locator("[data-recorder]")).to_have_attribute("data-screen", "ready")


def _recording(visitor: Visitor) -> None:
    _camera_on(visitor)
    visitor.page.locator("[data-do=toggle]").click()
    expect(visitor.page.locator("[data-recorder]")).to_have_attribute("data-screen", "recording")


def _example_chosen(visitor: Visitor) -> None:
    visitor.page.locator("[data-do=example]").click()
    expect(visitor.page.locator("[data-recorder]")).to_have_attribute("data-screen", "review")
    expect(visitor.page.locator("[data-part=sent-text]")).to_have_text(re.compile("100"))


def _refused_tip(visitor: Visitor) -> None:
    visitor.page.locator("#player-comment").fill("Noem ook je naam.")
    with visitor.expecting(422):
        visitor.page.locator("#reactions [data-kind=tip]").click()
        expect(visitor.page.locator("#reactions .gg-field__error")).to_be_visible()


def _menu_open(visitor: Visitor) -> None:
    visitor.page.locator(".gg-header .gg-menu summary").click()


VIEWS: dict[str, list[View]] = {
    STRANGER: [
        View("sign in", at("/sign-in")),
        View("sign in, refused", at("/sign-in"), _refused_sign_in),
        View("tour", at("/demo")),
        View("about", at("/about")),
        View("nowhere", at("/nowhere"), status=404),
    ],
    SAMIRA: [
        View("home", at("/")),
        View("home, menu open", at("/"), _menu_open),
        View("lessons", at("/lessons")),
        View("lesson with takes", lesson(WAITING)),
        View("lesson without takes", lesson(CLOSING)),
        View("recorder", lesson(CLOSING, "/record")),
        View("recorder, ready", lesson(CLOSING, "/record"), _camera_on),
        View("recorder, recording", lesson(CLOSING, "/record"), _recording),
        View("recorder, something to keep", lesson(CLOSING, "/record"), _example_chosen),
        View("own take, private", take(SAMIRA, QUESTION)),
        View("own take, shared", take(SAMIRA, WAITING, 2)),
        View("own take, asked again", take(SAMIRA, WAITING, 1)),
        View("own take, accepted", take(SAMIRA, GREETING)),
        View("take of a peer", take("Aylin Demir", WAITING)),
        View("take of a peer, tip refused", take("Jeroen de Kok", WAITING), _refused_tip),
        View("compare", take(SAMIRA, WAITING, 2, "/compare")),
        View("feedback", at("/feedback")),
        View("progress", at("/progress")),
        View("purpose", at("/purpose")),
        View("accessibility", at("/accessibility")),
        View("nowhere", at("/nowhere"), status=404),
    ],
    "Sanne de Vries": [  # who did nothing yet
        View("home, new", at("/")),
        View("feedback, empty", at("/feedback")),
        View("progress, empty", at("/progress")),
    ],
    "Daan Mulder": [
        View("home", at("/")),
        View("inbox", at("/inbox")),
        View("inbox, one open", inbox_of("Aylin Demir", WAITING)),
        View("inbox, tip refused", inbox_of("Bram Visser", GREETING), _refused_tip),
        View("take", take("Koen Jansen", "Slecht nieuws zonder verkleinwoorden", 2)),
        View("compare", take("Koen Jansen", "Slecht nieuws zonder verkleinwoorden", 2, "/compare")),
        View("lessons", at("/lessons")),
        View("lesson", lesson(GREETING)),
        View("figures", at("/reports/cohort")),
    ],
    "Ingrid Postma": [View("home", at("/")), View("figures", at("/reports/cohort"))],
    "Wim Kuipers": [View("home", at("/")), View("figures", at("/reports/cohort"))],
    "Peter Hoekstra": [View("home", at("/"))],
    "Nadia Kaya": [View("home", at("/"))],
    "Esther van Dam": [
        View("home", at("/")),
        View("lessons", at("/lessons")),
        View("lesson", lesson(WAITING)),
    ],
    "Olaf Brandt": [View("home", at("/")), View("log", at("/privacy/log"))],
    "Thea Lansink": [View("home", at("/"))],
}
