"""How people come in: the tour of the demo, and the sign-in page."""

from __future__ import annotations

import re

from live.browser import Visitor
from playwright.sync_api import expect

from pages.base import Screen
from pages.home import CoachHome, Home, TraineeHome


class Tour(Screen):
    """The tour: stations of one click, and everybody one can be."""

    title = re.compile("^Rondleiding$")

    @classmethod
    def open(cls, visitor: Visitor) -> Tour:
        visitor.page.goto("/demo")
        return cls(visitor)

    def become(self, name: str) -> None:
        self.button(name).click()

    def become_trainee(self, name: str) -> TraineeHome:
        self.become(name)
        return TraineeHome(self.visitor)

    def become_coach(self, name: str) -> CoachHome:
        self.become(name)
        return CoachHome(self.visitor)

    def become_other(self, name: str) -> Home:
        self.become(name)
        return Home(self.visitor)


class SignIn(Screen):
    title = re.compile("^Inloggen$")

    @classmethod
    def open(cls, visitor: Visitor) -> SignIn:
        visitor.page.goto("/sign-in")
        return cls(visitor)

    def start_tour(self) -> Tour:
        self.link("Start de rondleiding").click()
        return Tour(self.visitor)

    def try_password(self, email: str, password: str) -> SignIn:
        """Sign in with a password that is not right."""
        self.tab.get_by_label("E-mailadres").fill(email)
        self.tab.get_by_label("Wachtwoord").fill(password)
        with self.visitor.expecting(422):
            self.button("Inloggen").click()
            expect(self.tab.get_by_role("alert")).to_be_visible()
        return SignIn(self.visitor)

    @property
    def problem(self) -> str:
        return self.tab.get_by_role("alert").inner_text()

    @property
    def email(self) -> str:
        return self.tab.get_by_label("E-mailadres").input_value()
