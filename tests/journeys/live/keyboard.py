"""A person with a keyboard and nothing else, who must always see where they are."""

from __future__ import annotations

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

MOST_TABS = 80

# What is wrong with where the focus is now; "" when nothing is. A file field is drawn by its
# label and the link of a tile by the whole tile, so their rings count too.
WHERE = """() => {
  const own = document.activeElement;
  if (!own || own === document.body) return "the focus is nowhere";
  if (own.matches(":is(video, audio)[controls]")) return ""; // the browser's own bar, its own ring
  const drawn = [own, own.closest("label"), own.closest(".gg-tile")].filter(Boolean);
  const name = `${own.tagName.toLowerCase()}#${own.id}.${own.className}`;
  const ring = (one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const ringed = drawn.filter(ring).at(-1);
  if (!ringed) return `${name} shows no focus`;
  const box = ringed.getBoundingClientRect();
  if (box.width < 4 || box.height < 4) return `${name} is too small to see`;
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  if (right - left < 2 || bottom - top < 2) return `${name} is outside the window`;
  const seen = [0.15, 0.5, 0.85].some((across) => [0.15, 0.5, 0.85].some((down) => {
    const hit = document.elementFromPoint(
      left + (right - left) * across, top + (bottom - top) * down);
    return hit && (ringed.contains(hit) || hit.contains(ringed));
  }));
  return seen ? "" : `${name} is hidden behind something`;
}"""
IS_AT = "(wanted) => document.activeElement === wanted"
IS_SOMEWHERE = "() => document.activeElement !== null && document.activeElement !== document.body"
SETTLED = 3_000  # ms; what was put in the page is looked through a moment later
PATH = """() => {
  const own = document.activeElement;
  return `${own.tagName.toLowerCase()}: ${(own.innerText || own.ariaLabel || own.name).trim()}`;
}"""


class Keyboard:
    def __init__(self, tab: Page) -> None:
        self.tab = tab

    def press(self, *keys: str) -> None:
        for key in keys:
            self.tab.keyboard.press(key)

    def type(self, text: str) -> None:
        self.tab.keyboard.type(text)

    def reach(self, wanted: Locator) -> None:
        """Press Tab until `wanted` has the focus; every stop on the way must be visible."""
        wanted.wait_for(state="attached")
        passed: list[str] = []
        while not wanted.evaluate(IS_AT):
            assert len(passed) < MOST_TABS, f"Tab never came to {wanted}:\n" + "\n".join(passed)
            self.press("Tab")
            self.check()
            passed.append(self.tab.evaluate(PATH))

    def choose(self, wanted: Locator) -> None:
        """Reach a link or a button, and press it."""
        self.reach(wanted)
        self.press("Enter")

    def fill(self, wanted: Locator, text: str) -> None:
        self.reach(wanted)
        self.type(text)

    def check(self) -> None:
        """The focus is somewhere, and can be seen there."""
        wrong = self.tab.evaluate(WHERE)
        assert not wrong, f"{self.tab.url}: {wrong}"

    def kept(self) -> None:
        """After a part of the page was replaced the focus is not back at the top."""
        try:
            self.tab.wait_for_function(IS_SOMEWHERE, timeout=SETTLED)
        except PlaywrightTimeout:
            raise AssertionError("the focus was lost when the page changed") from None
