// Keeps what somebody types in a [data-draft-key] textarea for this tab, until it was sent.
//
// A draft is marked as sent at submit, not removed: it goes when the page comes back with the field
// empty (the server took it). A refused form comes back filled in and keeps its draft.
import { clock } from "./clock.js";

const PREFIX = "gg-draft:";
const MOMENT = "gg-draft-at:"; // the second of the clip at which it was typed
const SENT = "gg-sent:";
/** Tips that wait for their top (tips.js). */
export const KEPT = "gg-kept:";

/** The hidden field with the moment that belongs to a draft field, if it has one. */
function momentOf(field) {
  return field.closest("[data-moment-field], form")?.querySelector("[data-at-ms]");
}

/** Put text and its moment in a draft field. */
export function fill(field, { text, atMs }) {
  const moment = momentOf(field);
  if (moment && atMs) {
    moment.value = atMs;
    for (const label of moment.parentElement.querySelectorAll("[data-at-text]")) label.textContent = clock(Number(atMs));
  }
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Forget the draft of the field with this key. */
export function dropDraft(key) {
  for (const prefix of [PREFIX, MOMENT]) sessionStorage.removeItem(prefix + key);
}

/** Put kept text back in the empty draft fields of `root`. */
export function restoreDrafts(root) {
  for (const field of root.querySelectorAll("textarea[data-draft-key]")) {
    const key = field.dataset.draftKey;
    if (field.value === "" && sessionStorage.getItem(SENT + key)) {
      dropDraft(key);
    }
    sessionStorage.removeItem(SENT + key);
    const text = sessionStorage.getItem(PREFIX + key);
    if (field.value === "" && text) fill(field, { text, atMs: sessionStorage.getItem(MOMENT + key) });
  }
}

document.addEventListener("input", (event) => {
  const key = event.target.dataset?.draftKey;
  if (!key) return;
  sessionStorage.removeItem(SENT + key);
  if (!event.target.value) {
    dropDraft(key);
    return;
  }
  sessionStorage.setItem(PREFIX + key, event.target.value);
  // After the others that listen: one of them sets the moment at the first letter.
  queueMicrotask(() => {
    const moment = momentOf(event.target);
    if (moment) sessionStorage.setItem(MOMENT + key, moment.value);
  });
});

// The line or the server failed: the text was not taken, so it is a draft again.
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    for (const field of event.target.querySelectorAll?.("[data-draft-key]") ?? []) {
      sessionStorage.removeItem(SENT + field.dataset.draftKey);
    }
  });
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented && !event.target.closest("[hx-post], [hx-put]")) return;
  for (const field of event.target.querySelectorAll("[data-draft-key]")) {
    sessionStorage.setItem(SENT + field.dataset.draftKey, "1");
  }
  // Drafts must not outlive the person: the next one on a shared phone uses the same tab.
  if (event.target.matches("[data-sign-out]")) {
    for (const key of Object.keys(sessionStorage)) {
      if ([PREFIX, MOMENT, SENT, KEPT].some((prefix) => key.startsWith(prefix))) sessionStorage.removeItem(key);
    }
  }
});
