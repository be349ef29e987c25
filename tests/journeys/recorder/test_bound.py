"""A recording stays with its maker, and whole.

After the browser was closed, in a second tab, when somebody else signs in, when the server has no
time or no room, and when bytes change on their way.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live.booth import (
    ALLOWED,
    FLAGS,
    HASH_PARTS,
    HASH_STORED,
    KEEP_PARTS,
    PATIENCE,
    PHONE,
    ROOT,
    UPLOADS,
    Site,
    Visit,
    be,
    note,
    on_screen,
    press,
    record,
    stop,
    use,
)
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, Route, expect
from sqlalchemy import select

from courses.models import Take
from courses.terms import TakeState
from lms.accounts.models import Account

ONE_WAITS = "1 filmpje wacht op verzenden"
SENT = "Je filmpje is verzonden."
WAKE = "document.dispatchEvent(new Event('visibilitychange'))"


def pending(page: Page) -> Locator:
    return page.locator("[data-pending-text]")


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(PATIENCE * 4):
        if is_so():
            return
        page.wait_for_timeout(250)
    raise AssertionError("never")


def refuse(context: BrowserContext, status: int) -> None:
    """Let every upload be answered as a server in trouble does."""
    body = '{"error": "away", "message": "Even niet."}'

    def answer(route: Route) -> None:
        if route.request.method == "OPTIONS":
            route.continue_()
            return
        route.fulfill(status=status, content_type="application/json", body=body)

    context.route(UPLOADS, answer)


# --- the browser is closed, and opened again ------------------------------------------------------


class Device:
    """A browser whose profile stays on the disk, as on somebody's own phone."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self.playwright, self.profile = playwright, profile
        self.context = self._launch()

    def _launch(self) -> BrowserContext:
        context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=shutil.which("chromium"),
            args=[*FLAGS, ALLOWED],
            viewport={"width": PHONE[0], "height": PHONE[1]},
            locale="nl-NL",
        )
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(KEEP_PARTS)
        return context

    def restart(self) -> Page:
        """Close the browser and open it again."""
        self.context.close()
        self.context = self._launch()
        return self.context.pages[0]


@pytest.fixture
def device(playwright: Playwright, tmp_path: Path) -> Iterator[Device]:
    expect.set_options(timeout=PATIENCE * 1000)
    device = Device(playwright, tmp_path / "profile")
    yield device
    device.context.close()


def test_a_browser_that_was_closed_goes_on_sending(site: Site, device: Device) -> None:
    page = device.context.pages[0]
    be(device.context, site, "samira")
    page.goto(site.recorder)
    record(page, 2)
    device.context.set_offline(offline=True)
    page.wait_for_timeout(2_000)
    stop(page)
    press(page, "use")
    expect(note(page)).to_contain_text("Geen verbinding")
    recorded = page.evaluate(HASH_PARTS)

    page = device.restart()
    be(device.context, site, "samira")
    device.context.route(UPLOADS, lambda route: route.abort())  # on the bus, still
    page.goto(site.url)
    expect(pending(page)).to_contain_text(ONE_WAITS)
    expect(pending(page)).to_contain_text("geen verbinding")
    expect(page.locator("[data-pending-progress]")).to_be_visible()
    expect(page.locator("[data-pending-percent]")).to_have_text(re.compile(r"^\d+%$"))
    device.context.unroute(UPLOADS)
    expect(pending(page)).to_have_text(SENT)  # by its own clock: nobody told it
    assert site.takes() == [(TakeState.KEPT, recorded)]
    assert page.evaluate(HASH_STORED)["records"] == 0


# --- why it waits ---------------------------------------------------------------------------------


def test_a_server_in_trouble_is_not_called_a_line_that_is_gone(site: Site, visit: Visit) -> None:
    page = visit()
    record(page, 1.5)
    refuse(page.context, 503)
    page.wait_for_timeout(1_500)
    stop(page)
    expect(note(page)).to_contain_text("De site heeft het nu te druk")
    page.context.unroute(UPLOADS)
    refuse(page.context, 507)
    said = "De opslag van de site is vol"
    expect(note(page)).to_contain_text(said)
    expect(note(page)).to_contain_text("staat veilig op dit apparaat. We gaan vanzelf verder")
    press(page, "use")
    page.locator("[data-do=leave]:visible").click()
    page.wait_for_url(re.compile("/(takes|lessons)/"))
    page.goto(site.url)
    expect(pending(page)).to_contain_text(ONE_WAITS)
    expect(pending(page)).to_contain_text(said)
    stored = page.evaluate(HASH_STORED)
    page.context.unroute(UPLOADS)
    page.evaluate(WAKE)
    expect(pending(page)).to_have_text(SENT)
    assert site.takes() == [(TakeState.KEPT, stored["hex"])]


def test_bytes_that_changed_on_their_way_are_sent_again(site: Site, visit: Visit) -> None:
    """They stay on this device, which was asked to keep them, until their checksum was right."""
    page = visit(script="navigator.storage.persist = async () => (window.askedToKeep = true);")
    spoilt: list[int] = []
    statuses: list[int] = []

    def spoil(route: Route) -> None:
        sent = route.request.post_data_buffer
        if route.request.method != "PATCH" or not sent or len(spoilt) >= 3:
            route.continue_()
            return
        spoilt.append(len(sent))
        route.continue_(post_data=bytes([sent[0] ^ 1]) + sent[1:])

    page.context.route(UPLOADS, spoil)
    page.on("response", lambda answer: statuses.append(answer.status))
    record(page, 2)
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    stored = page.evaluate(HASH_STORED)
    assert page.evaluate("window.askedToKeep === true")
    assert (stored["hex"], stored["records"]) == (recorded, 1), "it left before it was a take"
    use(page)
    assert statuses.count(460) == len(spoilt) == 3
    assert site.takes() == [(TakeState.KEPT, recorded)]


# --- whose it is ----------------------------------------------------------------------------------


def makers(site: Site) -> list[str]:
    """Whose takes there are, first to last."""
    with site.database.reading() as session:
        query = select(Account.email).join(Take, Take.person_id == Account.person_id)
        return list(session.scalars(query.order_by(Take.id)))


@pytest.mark.parametrize("bound", [True, False], ids=["bound", "begun without a line"])
def test_an_open_page_never_sends_as_who_signed_in_meanwhile(
    site: Site,
    visit: Visit,
    bound: bool,  # noqa: FBT001 -- pytest hands it by name
) -> None:
    page = visit()
    if not bound:
        page.context.set_offline(offline=True)
    record(page, 2)
    page.context.set_offline(offline=True)
    stop(page)
    press(page, "use")
    expect(note(page)).to_contain_text("Geen verbinding")
    recorded = page.evaluate(HASH_PARTS)
    be(page.context, site, "bram")
    page.context.set_offline(offline=False)
    expect(note(page)).to_contain_text("Je bent niet meer ingelogd")
    assert makers(site) == (["samira@x.nl"] if bound else [])
    assert [state for state, _ in site.takes()] == [TakeState.RECORDING] * bound

    be(page.context, site, "samira")
    page.evaluate(WAKE)
    page.wait_for_url("**/takes/*")
    assert makers(site) == ["samira@x.nl"]
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_signing_out_asks_first_in_whatever_tab(site: Site, visit: Visit) -> None:
    """The recorder stands open in one tab; in another its maker signs out from any page."""
    page = visit()
    page.context.route(UPLOADS, lambda route: route.abort())
    record(page, 2)
    stop(page)
    recorded = page.evaluate(HASH_PARTS)
    other = page.context.new_page()
    other.goto(f"{site.url}/lessons")
    question = other.locator("[data-confirm-dialog]")
    for answer in ("no", "yes"):
        other.locator("[data-menu] summary").focus()
        other.keyboard.press("Enter")
        other.get_by_role("button", name="Uitloggen").focus()
        other.keyboard.press("Enter")
        expect(question).to_contain_text("Als je uitlogt, raak je hem kwijt")
        if answer == "no":
            other.keyboard.press("Escape")
            expect(question).to_be_hidden()
            assert other.evaluate(HASH_STORED)["hex"] == recorded
            other.reload()
    question.locator("[data-confirm-do]").click()
    other.wait_for_url("**/sign-in")
    wait_until(other, lambda: other.evaluate("indexedDB.databases()") == [])
    site.sign_in("samira")


def test_one_recording_in_two_tabs_and_after_going_back_is_one_take(
    site: Site, visit: Visit
) -> None:
    page = visit()
    record(page, 2)
    page.context.route(UPLOADS, lambda route: route.abort())
    page.wait_for_timeout(1_500)
    stop(page)
    page.locator("[data-do=use]:visible").dblclick()
    expect(note(page)).to_contain_text("Geen verbinding")
    recorded = page.evaluate(HASH_PARTS)
    tabs = [page.context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(site.url)  # both find it; the tab that made it holds it
    page.close()
    page.context.unroute(UPLOADS)
    for tab in tabs:
        tab.evaluate(WAKE)
    wait_until(tabs[0], lambda: tabs[0].evaluate(HASH_STORED)["records"] == 0)
    assert site.takes() == [(TakeState.KEPT, recorded)]

    tab = tabs[1]
    tab.goto(site.recorder)
    record(tab, 1.5)
    stop(tab)
    expect(note(tab)).to_contain_text("veilig bewaard")
    second = tab.evaluate(HASH_PARTS)
    use(tab)
    tab.go_back()
    on_screen(tab, "start")
    tab.wait_for_timeout(500)
    expect(pending(tab)).to_be_hidden()
    assert site.takes() == [(TakeState.KEPT, recorded), (TakeState.KEPT, second)]


def test_two_devices_make_two_takes_of_two_recordings(site: Site, visit: Visit) -> None:
    phone, desk = visit(), visit()
    record(phone, 1.5)
    phone.context.route(UPLOADS, lambda route: route.abort())
    phone.wait_for_timeout(1_000)
    stop(phone)
    press(phone, "use")
    expect(note(phone)).to_contain_text("Geen verbinding")
    desk.goto(site.url)
    desk.wait_for_timeout(1_000)
    expect(pending(desk)).to_be_hidden()
    desk.goto(site.recorder)
    record(desk, 1.5)
    stop(desk)
    expect(note(desk)).to_contain_text("veilig bewaard")
    made = [one.evaluate(HASH_PARTS) for one in (phone, desk)]
    use(desk)
    phone.context.unroute(UPLOADS)
    phone.evaluate(WAKE)
    phone.wait_for_url("**/takes/*")
    assert site.takes() == [(TakeState.KEPT, digest) for digest in made]
    assert makers(site) == ["samira@x.nl"] * 2


# --- a browser that cannot record -----------------------------------------------------------------


def test_without_mediarecorder_the_phones_own_camera_opens(site: Site, visit: Visit) -> None:
    page = visit(script="delete window.MediaRecorder;")
    expect(page.locator("[data-part=problem]")).to_contain_text("Deze browser kan niet opnemen")
    expect(page.locator("[data-do=camera]")).to_be_hidden()
    film = page.locator("[data-part=phone]")
    expect(film).to_be_visible()
    camera = film.locator("input[type=file]")
    assert camera.get_attribute("capture") == "user"
    assert camera.get_attribute("accept") == "video/*"
    clip = ROOT / "lms/demo/clips/example-greeting.mp4"
    camera.set_input_files(clip)
    expect(note(page)).to_contain_text("veilig bewaard")
    use(page)
    assert site.blob() == clip.read_bytes()
