// What moves along with a player outside its own box: transcript, comments, the comment form.
import { clock } from "./clock.js";

const COMMENT_MS = 5000;

/** Light up the last sentence that began; at a boundary two cues are active and the last counts. */
export function followTranscript(id, ms) {
  const list = document.querySelector(`[data-transcript="${id}"]`);
  if (!list) return;
  const segments = [...list.querySelectorAll("[data-seek]")];
  const now = segments.findLast((segment) => Number(segment.dataset.seek) <= ms);
  if (now?.hasAttribute("data-now")) return;
  for (const segment of segments) setNow(segment, segment === now);
  keepInView(list, now);
}

/** Light up the comment of this moment: the last that began less than five seconds ago. */
export function followComments(id, ms) {
  const items = [...document.querySelectorAll(`[data-comments] [data-at]`)].filter(
    (item) => item.querySelector("[data-seek-player]")?.dataset.seekPlayer === id,
  );
  const now = items.findLast((item) => {
    const at = Number(item.dataset.at);
    return at <= ms && ms < at + COMMENT_MS;
  });
  for (const item of items) setNow(item, item === now);
}

function setNow(element, on) {
  element.toggleAttribute("data-now", on);
  if (on) element.setAttribute("aria-current", "true");
  else element.removeAttribute("aria-current");
}

/** Scroll only a list that scrolls by itself, never the page under somebody's thumb. */
function keepInView(list, item) {
  if (!item || list.scrollHeight <= list.clientHeight) return;
  const box = list.getBoundingClientRect();
  const own = item.getBoundingClientRect();
  if (own.top < box.top || own.bottom > box.bottom) list.scrollTop += own.top - box.top - box.height / 3;
}

/** Write the second in the comment forms of a player, unless somebody is typing there. */
export function stampForms(id, ms, text) {
  for (const form of document.querySelectorAll(`[data-comment-form="${id}"]`)) {
    if (isFrozen(form)) continue;
    form.querySelector("[data-at-ms]").value = String(ms);
    for (const label of form.querySelectorAll("[data-at-text]")) label.textContent = text;
  }
}

function isFrozen(form) {
  return [...form.querySelectorAll("[data-pause-on-type]")].some((field) => field.value.trim() !== "");
}

/** Typing pauses the clip and keeps the second at which typing began. */
export function wireForms(find) {
  document.addEventListener("beforeinput", (event) => {
    const field = event.target.closest?.("[data-pause-on-type]");
    const player = field && find(field.closest("[data-comment-form]")?.dataset.commentForm);
    if (player && field.value.trim() === "") player.pause();
  });
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("[data-pause-on-type]");
    const player = field && find(field.closest("[data-comment-form]")?.dataset.commentForm);
    // Emptied again: what comes now is about the moment the clip shows.
    if (player && field.value.trim() === "") stampForms(player.root.id, player.time, clock(player.time));
  });
}
