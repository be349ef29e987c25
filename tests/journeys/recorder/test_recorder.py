"""The recorder in a real Chromium with a fake camera, against the command that serves people.

Each journey ends at the bytes: what the browser recorded is what lies in the blob store. Lines
break by Playwright's own means, so that the server is the same as everywhere.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from live.booth import (
    DESK,
    HASH_PARTS,
    HASH_STORED,
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
    visiting,
)
from playwright.sync_api import Browser, Page, expect

from courses.terms import TakeState

AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Launch = Callable[..., Browser]


# --- the bytes --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_what_was_recorded_is_what_is_kept(site: Site, visit: Visit, size: tuple[int, int]) -> None:
    """Record, look back, use it; offline for a while in the middle."""
    page = visit(size=size)
    record(page, 2)
    expect(page.locator("[data-part=safe]")).to_have_text(re.compile(r"\d s veilig bewaard"))
    page.context.set_offline(offline=True)
    expect(page.locator("[data-part=safe]")).to_have_text("Bewaard op dit apparaat")
    page.wait_for_timeout(3_000)
    page.context.set_offline(offline=False)
    stop(page)
    expect(note(page)).to_have_text("Je opname is veilig bewaard. Alleen jij kunt hem zien.")
    recorded = page.evaluate(HASH_PARTS)
    assert site.takes() == [(TakeState.RECORDING, None)]
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    page.locator("[data-do=use]:visible").dblclick()  # the second press finds nothing to do
    page.wait_for_url("**/takes/*")
    assert site.takes() == [(TakeState.KEPT, recorded)]
    assert hashlib.sha256(site.blob()).hexdigest() == recorded
    assert page.evaluate(HASH_STORED)["records"] == 0


def test_what_was_not_used_is_offered_again(site: Site, visit: Visit) -> None:
    """Neither lost nor a take: its maker is asked, and may throw it away."""
    page = visit()
    for answer in ("drop", "use"):
        record(page, 2)
        stop(page)
        expect(note(page)).to_contain_text("veilig bewaard")
        recorded = page.evaluate(HASH_PARTS)
        page.reload()
        pending = page.locator("[data-pending-uploads]")
        told = pending.locator("[data-pending-text]")
        expect(told).to_have_text(
            re.compile(r"Je hebt nog een opname van 0:0\d bij “De beller die wacht”")
        )
        assert site.takes() == [(TakeState.RECORDING, None)]
        pending.locator(f"[data-pending-{answer}]").click()
        if answer == "use":
            expect(told).to_have_text("Je filmpje is verzonden.")
            assert site.takes() == [(TakeState.KEPT, recorded)]
        else:
            expect(pending).to_be_hidden()
            page.wait_for_function("async () => (await fetch('/uploads', {method: 'OPTIONS'})).ok")
            assert site.takes() == []
        assert page.evaluate(HASH_STORED)["records"] == 0


def test_a_page_that_died_is_finished_on_the_next_visit(site: Site, visit: Visit) -> None:
    page = visit()
    record(page, 2.5)
    page.context.route(UPLOADS, lambda route: route.abort())
    page.wait_for_timeout(2_500)
    page.close()

    page = page.context.new_page()
    page.goto(site.recorder)
    pending = page.locator("[data-pending-uploads]")
    expect(pending.locator("[data-pending-text]")).to_contain_text("Je hebt nog een opname")
    pending.locator("[data-pending-use]").click()
    expect(pending.locator("[data-pending-text]")).to_contain_text("1 filmpje wacht op verzenden")
    expect(pending.locator("[data-pending-text]")).to_contain_text("geen verbinding")
    sign_out = page.locator("form[data-sign-out]")
    expect(sign_out).to_have_attribute("data-confirm", re.compile("raak je hem kwijt"))
    stored = page.evaluate(HASH_STORED)
    assert stored["slices"] >= 2  # a busy machine cuts fewer, longer slices
    page.context.unroute(UPLOADS)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(pending.locator("[data-pending-text]")).to_have_text("Je filmpje is verzonden.")
    assert site.takes() == [(TakeState.KEPT, stored["hex"])]
    assert len(site.blob()) == stored["bytes"]
    assert page.evaluate(HASH_STORED)["records"] == 0
    expect(sign_out).not_to_have_attribute("data-confirm", re.compile("."))
    pending.locator("[data-pending-open]").click()
    page.wait_for_url("**/takes/*")


def test_a_recording_begun_offline_is_bound_when_the_line_is_back(site: Site, visit: Visit) -> None:
    page = visit()
    page.context.set_offline(offline=True)
    record(page, 2)
    stop(page)
    expect(note(page)).to_contain_text("Geen verbinding")
    assert site.takes() == []
    page.context.set_offline(offline=False)
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_a_full_device_loses_nothing_while_the_page_is_open(site: Site, visit: Visit) -> None:
    full = """
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (this.name === "slices" && key[1] > 0) throw new DOMException("", "QuotaExceededError");
        return put.call(this, value, key);
      };
    """
    page = visit(script=full)
    record(page, 3)
    expect(page.locator("[data-part=problem]")).to_contain_text("Je apparaat is vol")
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_who_is_signed_out_meanwhile_loses_nothing(site: Site, visit: Visit) -> None:
    page = visit()
    record(page, 2)
    with site.signed_out():
        stop(page)
        expect(note(page)).to_contain_text("Je bent niet meer ingelogd")
        expect(page.locator("[data-part=sign-in]")).to_be_visible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(note(page)).to_contain_text("veilig bewaard")
    expect(page.locator("[data-part=sign-in]")).to_be_hidden()
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_nobody_sends_what_somebody_else_recorded(site: Site, visit: Visit) -> None:
    page = visit()
    page.context.route(UPLOADS, lambda route: route.abort())
    record(page, 2)
    stop(page)
    page.close()
    page.context.unroute(UPLOADS)

    be(page.context, site, "bram")
    page = page.context.new_page()
    page.goto(site.recorder)
    page.wait_for_timeout(1_500)
    expect(page.locator("[data-pending-uploads]")).to_be_hidden()
    assert site.takes() == [(TakeState.RECORDING, None)]
    stored = page.evaluate(HASH_STORED)

    be(page.context, site, "samira")
    page.reload()
    page.locator("[data-pending-use]").click()
    expect(page.locator("[data-pending-text]")).to_have_text("Je filmpje is verzonden.")
    assert site.takes() == [(TakeState.KEPT, stored["hex"])]


# --- again, trial, file -----------------------------------------------------------------------


IN_SIGHT = """(part) => {
  const { top, bottom } = document.querySelector(part).getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}"""


def test_the_round_button_is_in_sight_under_the_bars_of_a_phone(visit: Visit) -> None:
    """And what is said of a recording goes with it when it is thrown away."""
    page = visit(size=(390, 664))

    def check(screen: str) -> None:
        on_screen(page, screen)
        for part in ("[data-part=toggle]", "#recorder-toggle", ".gg-booth__stage"):
            assert page.evaluate(IN_SIGHT, part), f"{part} on the screen {screen}"

    press(page, "soundOnly")
    check("ready")
    page.reload()
    press(page, "camera")
    check("ready")
    press(page, "toggle")
    check("recording")
    safe = page.locator("[data-part=safe]")
    expect(safe).to_have_text(re.compile(r"\d s veilig bewaard"))
    stop(page)
    press(page, "again")
    check("ready")
    expect(safe).to_be_hidden()


def test_again_throws_away_and_a_trial_leaves_no_trace(site: Site, visit: Visit) -> None:
    page = visit()
    record(page, 1.5)
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        press(page, "again")
    on_screen(page, "ready")
    assert site.takes() == []

    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    press(page, "trial")
    on_screen(page, "recording")
    page.wait_for_timeout(1_500)
    stop(page)
    expect(note(page)).to_contain_text("Dit proefje is niet verzonden")
    expect(page.locator("[data-part=use]")).to_be_hidden()
    page.wait_for_timeout(500)
    assert [line for line in asked if not line.split()[1].startswith("blob:")] == []
    assert page.evaluate(HASH_STORED)["records"] == 0

    press(page, "again")
    on_screen(page, "ready")
    press(page, "toggle")
    on_screen(page, "recording")
    page.wait_for_timeout(1_500)
    stop(page)
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_called_off_in_the_countdown_makes_no_take(site: Site, visit: Visit) -> None:
    page = visit()
    press(page, "camera")
    on_screen(page, "ready")
    with page.expect_response(lambda answer: answer.url.endswith("/delete")):
        page.locator("[data-do=toggle]:visible").dblclick()  # a double click calls nothing off
        on_screen(page, "count")
        page.wait_for_timeout(700)
        expect(page.locator("[data-recorder]")).to_have_attribute("data-screen", "count")
        expect(page.locator(".gg-booth__task")).to_be_visible()
        page.keyboard.press("Escape")
    on_screen(page, "ready")
    expect(note(page)).to_contain_text("Gestopt voor het begon")
    expect(page.locator("[data-part=status]")).to_be_empty()
    assert site.takes() == []
    assert page.evaluate(HASH_STORED)["records"] == 0


def test_a_chosen_file_arrives_as_it_is(site: Site, visit: Visit) -> None:
    page = visit()
    clip = ROOT / "lms/demo/clips/example-greeting.mp4"
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", clip)
    on_screen(page, "review")
    expect(note(page)).to_contain_text("veilig bewaard")
    use(page)
    assert site.blob() == clip.read_bytes()


@pytest.mark.parametrize(
    ("name", "kind", "content", "said"),
    [
        ("brief.txt", "text/plain", b"geen filmpje", "Dit is geen filmpje of geluid"),
        ("leeg.mp4", "video/mp4", b"", "Dit bestand is leeg"),
    ],
)
def test_a_wrong_file_is_refused_before_it_is_sent(
    site: Site, visit: Visit, name: str, kind: str, content: bytes, said: str
) -> None:
    page = visit()
    given: Any = {"name": name, "mimeType": kind, "buffer": content}
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", given)
    expect(page.locator("[data-part=problem]")).to_contain_text(said)
    assert site.takes() == []


def test_a_text_that_is_called_a_film_is_doubted_at_once(site: Site, visit: Visit) -> None:
    """Its name says webm. Trying is allowed: the server has the last word."""
    page = visit()
    given: Any = {"name": "brief.webm", "mimeType": "video/webm", "buffer": b"Beste klant, " * 99}
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", given)
    expect(page.locator("[data-part=problem]")).to_contain_text("Dit lijkt geen filmpje of geluid")
    expect(page.locator("[data-part=use]")).to_be_visible()
    assert site.takes() == [(TakeState.RECORDING, None)]


def test_a_file_that_lasts_too_long_is_refused_before_it_is_sent(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    site.limit(10)
    long = tmp_path / "long.webm"
    tone = ["-f", "lavfi", "-i", "sine", "-t", "13", "-c:a", "libopus"]
    subprocess.run(["ffmpeg", "-v", "error", *tone, str(long)], check=True)
    page = visit()
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", long)
    expect(page.locator("[data-part=problem]")).to_contain_text("Dit filmpje duurt te lang")
    assert site.takes() == []


# --- limits, keys and help --------------------------------------------------------------------


def test_by_keyboard_alone_until_the_time_is_up(site: Site, visit: Visit) -> None:
    site.limit(10)
    page = visit(size=DESK)
    page.locator("[data-do=camera]").focus()
    page.keyboard.press("Enter")
    on_screen(page, "ready")
    assert page.evaluate("document.activeElement.dataset.part") == "toggle"
    page.keyboard.press("Space")
    on_screen(page, "recording")
    assert page.evaluate("document.activeElement.dataset.part") == "toggle"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    on_screen(page, "paused")
    expect(page.locator("[data-part=pause-label]")).to_have_text("Verder")
    page.keyboard.press("Enter")
    on_screen(page, "review")
    expect(page.locator("[data-part=status]")).to_contain_text("De tijd is om")
    expect(page.locator("[data-part=length]")).to_have_text(re.compile("De tijd is om.* 0:10"))
    assert page.evaluate("document.activeElement.dataset.part") == "title"
    expect(note(page)).to_contain_text("veilig bewaard")
    recorded = page.evaluate(HASH_PARTS)
    use(page)
    assert site.takes() == [(TakeState.KEPT, recorded)]


def test_axe_finds_nothing_on_any_screen(site: Site, visit: Visit) -> None:
    site.limit(10)
    for size in (PHONE, DESK):
        page = visit(size=size)
        page.evaluate(AXE)
        clean(page, "start")
        press(page, "camera")
        on_screen(page, "ready")
        clean(page, "ready")
        press(page, "toggle")
        on_screen(page, "recording")
        clean(page, "recording")
        page.wait_for_timeout(1_500)  # shorter than a second nothing stops
        press(page, "pause")
        on_screen(page, "paused")
        clean(page, "paused")
        stop(page)
        clean(page, "review")
        page.evaluate("document.querySelector('[data-part=problem]').hidden = false")


def clean(page: Page, screen: str) -> None:
    run = "(tags) => axe.run({ runOnly: tags })"
    found = page.evaluate(run, [*WCAG, "best-practice"])["violations"]
    told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
    assert told == [], screen


def test_a_refused_camera_says_what_to_do(site: Site, launch: Launch) -> None:
    with visiting(launch(), site) as visit:
        page = visit()
        press(page, "camera")
        problem = page.locator("[data-part=problem]")
        expect(problem).to_contain_text("We mogen je camera of microfoon niet gebruiken")
        expect(problem).to_contain_text("slotje")
        expect(page.locator("[data-do=camera]")).to_be_visible()
        assert site.takes() == []


def test_a_page_without_https_explains_and_takes_files(site: Site, visit: Visit) -> None:
    page = visit(script="Object.defineProperty(window, 'isSecureContext', { value: false });")
    expect(page.locator("[data-part=problem]")).to_contain_text("https://")
    expect(page.locator("[data-do=camera]")).to_be_hidden()
    expect(page.locator("[data-part=phone]")).to_be_visible()
    clip = ROOT / "lms/demo/clips/example-greeting.mp4"
    page.set_input_files("[data-recorder] [data-file][accept*=audio]", clip)
    expect(note(page)).to_contain_text("veilig bewaard")
    use(page)
    assert site.blob() == clip.read_bytes()
