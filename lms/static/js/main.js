// Starts what a page needs. Small habits of every page are loaded at once; the player, compare and
// inbox modules only where their parts are present. Everything works without this file.
import "./uploads/sign_out.js"; // before confirm.js, whose question it decides
import "./status.js";
import "./menu.js";
import "./dialog.js";
import "./confirm.js";
import "./swaps.js";
import "./missing.js";
import { restoreDrafts } from "./autosave.js";
import { enhanceTabs } from "./tabs.js";

const LAZY = [
  ["[data-player], [data-speak], form[data-seen]", () => import("./learning.js")],
  ["[data-player]", () => import("./player.js").then((module) => module.start())],
  ["[data-compare]", () => import("./compare.js").then((module) => module.start())],
  ["[data-inbox], [data-comment-form]", () => import("./inbox.js").then((module) => module.start())],
];

/** Enhance what `root` holds; called for the page and again for each part htmx puts in. */
function enhance(root) {
  restoreDrafts(root);
  enhanceTabs(root);
  root.querySelector("[data-focus-me]")?.focus();
  for (const [selector, load] of LAZY) {
    if (document.querySelector(selector)) {
      load().catch((error) => console.error(error));
    }
  }
}

enhance(document);
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  // Going back in the browser's history swaps the whole page and names no target.
  enhance(detail.target?.parentElement ?? document);
});
