// Keeps what somebody types in a [data-draft-key] textarea for this tab, until it was sent.
//
// A draft is marked as sent at submit, not removed: it goes when the page comes back with the field
// empty (the server took it). A refused form comes back filled in and keeps its draft.
const PREFIX = "gg-draft:";
const SENT = "gg-sent:";

/** Put kept text back in the empty draft fields of `root`. */
export function restoreDrafts(root) {
  for (const field of root.querySelectorAll("textarea[data-draft-key]")) {
    const key = field.dataset.draftKey;
    if (field.value === "" && sessionStorage.getItem(SENT + key)) {
      sessionStorage.removeItem(PREFIX + key);
    }
    sessionStorage.removeItem(SENT + key);
    const kept = sessionStorage.getItem(PREFIX + key);
    if (field.value === "" && kept) {
      field.value = kept;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

document.addEventListener("input", (event) => {
  const key = event.target.dataset?.draftKey;
  if (!key) return;
  sessionStorage.removeItem(SENT + key);
  if (event.target.value) sessionStorage.setItem(PREFIX + key, event.target.value);
  else sessionStorage.removeItem(PREFIX + key);
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
      if (key.startsWith(PREFIX) || key.startsWith(SENT)) sessionStorage.removeItem(key);
    }
  }
});
