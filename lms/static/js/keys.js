// One place that decides whether a key press is a shortcut (WCAG 2.2, 2.1.4: single-letter shortcuts
// can be switched off, and never fire while somebody types).
const SWITCH = "gg-keys";
const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]";

/** True when no field has the focus, no modifier is held and no dialog is open. */
export function isFree(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !event.target.closest?.(FIELDS) && !document.querySelector("dialog[open]");
}

/** True when single-letter shortcuts are on and this press may be one. */
export function isShortcut(event) {
  return localStorage.getItem(SWITCH) !== "off" && isFree(event);
}

/** Wire the switches ([data-keys-switch], a checkbox) to the stored choice. */
export function wireSwitch() {
  for (const box of document.querySelectorAll("[data-keys-switch]")) {
    box.checked = localStorage.getItem(SWITCH) !== "off";
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }
}
