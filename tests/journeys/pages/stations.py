"""The stations of the tour, as a newcomer who tries everything goes through them."""

from __future__ import annotations

from live.browser import Visitor
from playwright.sync_api import Locator, expect

from pages.compare import Compare
from pages.entrance import Tour
from pages.home import TraineeHome
from pages.inbox import Inbox
from pages.recorder import Recorder
from pages.review import Review

# Every press of a mouse or finger, kept from page to page. A label passes its press on to its
# field as a second one, without a place on the screen: that is not another press.
COUNT_CLICKS = """
addEventListener("click", (event) => {
  if (!event.isTrusted || event.detail === 0) return;
  sessionStorage.journeyClicks = Number(sessionStorage.journeyClicks ?? 0) + 1;
}, true);
"""
BARE = 120  # characters of text below which a page counts as empty


class Newcomer:
    """Walks from station to station, and finds something to see and to do at each."""

    def __init__(self, visitor: Visitor) -> None:
        visitor.context.add_init_script(COUNT_CLICKS)
        self.visitor = visitor
        self.tab = visitor.page

    @property
    def clicks(self) -> int:
        return int(self.tab.evaluate("() => Number(sessionStorage.journeyClicks ?? 0)"))

    @property
    def stations(self) -> list[str]:
        return self.tab.locator(".gg-stations h2").all_inner_texts()

    def press(self, station: str) -> None:
        card = self.tab.locator(".gg-stations li").filter(has_text=station)
        card.get_by_role("button").click()
        expect(self.tab.locator(".gg-stations")).to_have_count(0)
        self.look_around()

    def back(self) -> Tour:
        """The way back stands on every page."""
        self.tab.get_by_role("link", name="Naar de rondleiding").click()
        return Tour(self.visitor)

    def look_around(self) -> None:
        """The page is no empty one, and says how to go on."""
        main = self.tab.get_by_role("main")
        expect(main.get_by_role("heading", level=1)).to_be_visible()
        text = main.inner_text()
        assert len(text) > BARE, f"{self.tab.url} is nearly empty: {text}"
        expect(main.locator(".gg-empty")).to_have_count(0)
        assert self._steps(main).count() > 0, f"{self.tab.url} has no next step"
        self.visitor.watch.check_page(self.tab)

    def _steps(self, main: Locator) -> Locator:
        return main.locator("a.gg-button, button.gg-button, p > a").filter(visible=True)

    # --- what there is to do ----------------------------------------------------------------

    def see_the_day(self) -> None:
        home = TraineeHome(self.visitor)
        expect(home.turn).to_be_visible()

    def record(self) -> None:
        recorder = Recorder(self.visitor).take_example()
        recorder.use()
        review = Review(self.visitor)
        self.look_around()
        review.wait_for_text()

    def read_back(self) -> None:
        review = Review(self.visitor)
        assert review.sentences
        review.share(top="Ik begin met een open vraag.", tip="Ik wil nog even samenvatten.")
        self.look_around()

    def react(self) -> None:
        parts = Review(self.visitor).parts
        parts.remark("top", "Je begint met begrip.")
        parts.remark("tip", "Laat na je samenvatting een stilte vallen.")

    def work_the_inbox(self) -> None:
        inbox = Inbox(self.visitor)
        waiting = inbox.waiting
        assert len(waiting) > 1
        inbox.parts.remark("top", "Fijn dat je hem welkom heet.")
        assert inbox.accept().waiting == waiting[1:]
        self.look_around()

    def compare(self) -> None:
        compare = Compare(self.visitor)
        assert compare.same
        tip = compare.tab.locator("#tips .gg-comment").first
        tip.get_by_role("button", name="Een beetje").click()
        said = tip.get_by_role("button", name="Een beetje")
        expect(said).to_have_attribute("aria-pressed", "true")

    def see_figures(self) -> None:
        board = self.tab.locator(".gg-board")
        expect(board.get_by_role("rowheader")).to_have_count(15)
        expect(self.tab.locator("video")).to_have_count(0)
