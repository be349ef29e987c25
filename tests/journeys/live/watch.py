"""What no page of a journey may do: complain, crash, break its own policy, or run off sideways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response

NOTE_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`));
"""
# The page as a whole may not scroll sideways; parts that may are marked and scroll inside.
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return "";
  const wide = [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > room + 1)
    .slice(-3)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
  return `${document.documentElement.scrollWidth} px in ${room}: ${wide.join(", ")}`;
}"""
REFUSAL_LINES = ("status of", "Response Status Error Code")  # the browser's own, and htmx's
OWN_FAULTS = 500
FAULTS = 400


@dataclass
class Watch:
    """Collects what went wrong in the pages of one browser context."""

    expected: set[int] = field(default_factory=set)
    """Statuses between 400 and 499 that the journey itself asks for just now."""
    problems: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.add_init_script(NOTE_VIOLATIONS)
        context.on("page", self._follow_page)
        context.on("response", self._on_response)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._note(f"script error: {error.error}"))

    def _follow_page(self, page: Page) -> None:
        page.on("crash", lambda _page: self._note("the page crashed"))

    def _on_response(self, response: Response) -> None:
        if response.status < FAULTS or response.status in self.expected:
            return
        self._note(f"HTTP {response.status}: {response.request.method} {response.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        lines = [f"{line} {status}" for status in self.expected for line in REFUSAL_LINES]
        if any(line in message.text for line in lines):
            return  # about an answer the journey asked for
        self._note(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _note(self, problem: str) -> None:
        self.problems.append(problem)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Let these refusals pass, as long as the block lasts; never a fault of ours."""
        assert all(FAULTS <= status < OWN_FAULTS for status in statuses)
        before = set(self.expected)
        self.expected.update(statuses)
        try:
            yield
        finally:
            self.expected = before

    def check(self) -> None:
        assert not self.problems, "\n".join(self.problems)

    def check_page(self, page: Page) -> None:
        """Raise when this page, as it is now, is too wide or anything went wrong before."""
        try:
            wide = page.evaluate(TOO_WIDE)
        except Error as gone:
            if "navigat" in str(gone) or "destroyed" in str(gone):
                return  # it is already on its way to the next page, which is checked itself
            raise
        assert not wide, f"{page.url} runs off sideways: {wide}"
        self.check()
