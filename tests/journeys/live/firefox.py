"""Debian's Firefox, which Playwright does not drive, spoken to in WebDriver BiDi.

https://www.w3.org/TR/webdriver-bidi/: one websocket, commands with a number. Only what a journey
needs: open a page, look at it, press what is on it as a mouse does, and collect complaints.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PROGRAM = os.environ.get("LMS_TEST_FIREFOX") or shutil.which("firefox-esr") or "firefox-esr"
START_SECONDS = 120.0
WAIT_SECONDS = 120.0
LOOK_AGAIN_SECONDS = 0.1
COMPLAINTS = {"error", "warn"}
PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "intl.accept_languages": "nl",
    # A new profile asks, reports and fetches: nothing of that here.
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class FirefoxError(RuntimeError):
    """Firefox did not start, or refused a command."""


class Tab:
    """One tab of a Firefox. What a page complains of in its console is in `complaints`."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        tree = self._call("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._line.recv(timeout=WAIT_SECONDS))
            if told.get("id") == number:
                break
            self._note(told)
        if told["type"] == "error":
            raise FirefoxError(f"{method}: {told['error']}: {told['message']}")
        return told["result"]

    def _note(self, told: dict[str, Any]) -> None:
        params = told.get("params", {})
        if told.get("method") == "log.entryAdded" and params["level"] in COMPLAINTS:
            self.complaints.append(str(params["text"]))

    def before_every_page(self, script: str) -> None:
        declaration = f"() => {{ {script} }}"
        self._call("script.addPreloadScript", functionDeclaration=declaration)

    def open(self, address: str) -> None:
        self._call("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def run(self, function: str, *given: Any) -> Any:
        """What `function` of the page answers to `given`; both as JSON."""
        values = ", ".join(json.dumps(value) for value in given)
        answer = self._call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({function})({values})) ?? 'null')()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise FirefoxError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait(self, function: str, *given: Any, seconds: float = WAIT_SECONDS) -> Any:
        """Wait until `function` of the page answers something; that answer."""
        until = time.monotonic() + seconds
        while True:
            try:
                found = self.run(function, *given)
            except FirefoxError:  # between two pages there is nobody to ask
                found = None
            if found:
                return found
            if time.monotonic() > until:
                page = self.run("() => location.href + ' ' + document.body.innerText")
                raise FirefoxError(f"never: {function} {given}\n{page}")
            time.sleep(LOOK_AGAIN_SECONDS)

    def text(self, selector: str) -> str:
        return str(self.run("(at) => document.querySelector(at).innerText.trim()", selector))

    def wait_for_text(self, selector: str, text: str) -> None:
        has = "(at, text) => document.querySelector(at)?.innerText.includes(text)"
        self.wait(has, selector, text)

    def press(self, selector: str, name: str = "") -> None:
        """Press what `selector` finds in sight, with `name` on it where given, in its middle."""
        place = self.wait(MIDDLE, selector, name)
        move = {"type": "pointerMove", "x": place["x"], "y": place["y"]}
        press = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "actions": press}
        self._call("input.performActions", context=self._context, actions=[mouse])


MIDDLE = """(selector, name) => {
  const found = [...document.querySelectorAll(selector)].find(
    (one) => one.checkVisibility() && (!name || one.innerText.trim() === name),
  );
  if (!found) return null;
  found.scrollIntoView({ block: "center" });
  const { x, y, width, height } = found.getBoundingClientRect();
  return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
}"""


@contextmanager
def firefox(profile: Path) -> Iterator[Tab]:
    """A Firefox with an invented camera and microphone, without a window, and its one tab."""
    profile.mkdir(parents=True)
    lines = [f"user_pref({json.dumps(n)}, {json.dumps(v)});" for n, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [PROGRAM, "--headless", "--no-remote", "--profile", str(profile)]
    mortal = ["setpriv", "--pdeathsig", "TERM", *command, "--remote-debugging-port", "0"]
    with (profile / "firefox.log").open("wb") as log:
        running = subprocess.Popen(mortal, stdout=log, stderr=log)
    try:
        with connect(f"{_address(profile, running)}/session", max_size=None) as line:
            yield Tab(line)
    finally:
        running.terminate()
        running.wait()


def _address(profile: Path, running: subprocess.Popen[bytes]) -> str:
    told = profile / "WebDriverBiDiServer.json"
    until = time.monotonic() + START_SECONDS
    while not told.exists() or not told.read_text():
        if running.poll() is not None or time.monotonic() > until:
            raise FirefoxError((profile / "firefox.log").read_text())
        time.sleep(LOOK_AGAIN_SECONDS)
    at = json.loads(told.read_text())
    return f"ws://{at['ws_host']}:{at['ws_port']}"
