// Keys for who gives a lot of feedback. In a list ([data-inbox]): J and K walk the rows, Enter opens.
// On a review page: J and K go to the next and previous ([data-inbox-next], [data-inbox-prev]), T and
// I start a top or a tip, Ctrl+Enter sends it, Escape goes back to the clip. Space is the player's.
// tips.js keeps a tip that came before its top, unsent.js a decision that came before a remark was sent.
import { isShortcut, wireSwitch } from "./keys.js";
import { choose, startTips } from "./tips.js";
import "./unsent.js";

const ROW_MARGIN = 8; // px of the row before it, so that one sees there is more
let wired = false;

/** Listen once; rows and forms are looked up at each press, so htmx may replace them. */
export function start() {
  wireSwitch();
  showCurrent();
  for (const form of document.querySelectorAll("[data-comment-form]")) startTips(form);
  if (wired) return;
  wired = true;
  document.addEventListener("keydown", onKey);
}

/** Scroll the list, and nothing but the list, to the row that is open. */
function showCurrent() {
  const row = document.querySelector("[data-row-link][aria-current]")?.closest("[data-row]");
  if (!row) return;
  for (const list of [row.parentElement, row.parentElement.parentElement]) {
    const outer = list.getBoundingClientRect();
    const inner = row.getBoundingClientRect();
    if (inner.left < outer.left || inner.right > outer.right) list.scrollLeft += inner.left - outer.left - ROW_MARGIN;
    if (inner.top < outer.top || inner.bottom > outer.bottom) list.scrollTop += inner.top - outer.top - ROW_MARGIN;
  }
}

function onKey(event) {
  const field = event.target.closest?.("[data-pause-on-type]");
  if (field) onFieldKey(field, event);
  else if (isShortcut(event)) onLetter(event);
}

function onLetter(event) {
  const act = {
    j: () => walk(1),
    k: () => walk(-1),
    t: () => begin("top"),
    i: () => begin("tip"),
  }[event.key.toLowerCase()];
  if (act?.()) event.preventDefault();
}

/** Returns true when there was something to go to. */
function walk(by) {
  const links = [...document.querySelectorAll("[data-inbox] [data-row-link]")];
  if (links.length) {
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    next?.focus();
    next?.closest("[data-row]").scrollIntoView({ block: "nearest" });
    return Boolean(next);
  }
  const link = document.querySelector(by > 0 ? "[data-inbox-next]" : "[data-inbox-prev]");
  link?.click();
  return Boolean(link);
}

function begin(kind) {
  const button = document.querySelector(`[data-comment-form] [data-kind="${kind}"]`);
  const form = button?.closest("form");
  if (!form) return false;
  choose(form, kind);
  form.querySelector("[data-pause-on-type]").focus();
  return true;
}

function onFieldKey(field, event) {
  const form = field.closest("form");
  if (event.key === "Escape") {
    document.getElementById(form.dataset.commentForm)?.querySelector("[data-player-slider]")?.focus();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const chosen = form.querySelector(`[data-kind="${form.dataset.chosen}"]`);
    (chosen ?? form.querySelector("[data-kind]")).click(); // a click: htmx must learn which button
  }
}
