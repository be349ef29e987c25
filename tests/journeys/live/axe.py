"""What axe-core finds on a page: WCAG 2.2 A and AA, and its best practices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).resolve().parents[2] / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations;
}"""
# What is folded away is looked at too; menus stay closed, they lie over other things.
UNFOLD = """() => {
  for (const one of document.querySelectorAll("details:not([data-menu])")) one.open = true;
}"""


def violations(tab: Page) -> list[str]:
    """Each violation in a line: the rule, what it is about, and where."""
    if not tab.evaluate("() => 'axe' in window"):
        tab.evaluate(f"{SCRIPT.read_text()}; 0")
    tab.evaluate(UNFOLD)
    return [_line(one) for one in tab.evaluate(RUN, TAGS)]


def _line(violation: dict[str, Any]) -> str:
    places = "; ".join(" ".join(node["target"]) for node in violation["nodes"][:4])
    return f"{violation['id']}: {violation['help']} [{places}]"
