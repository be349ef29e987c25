// What htmx puts in a page must not cost anybody their place: who worked with the keyboard inside
// the part that went would otherwise begin at the top again (WCAG 2.4.3).
//
// htmx itself gives the focus back to a field with the same id. This is for everything else: an
// invalid field, else the place marked [data-swap-focus], else the new part as a whole.
let lost = null; // id of the part in which the focus was

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target) return; // the browser's own way back: a new page
  const { activeElement, body } = document;
  const inside = detail.target.contains(activeElement) && activeElement !== body;
  // A key pressed on the page itself (J, K) has no place yet: it gets one where one is marked.
  const marked = activeElement === body && detail.target.querySelector("[data-swap-focus]");
  lost = inside || marked ? detail.target.id : null;
});

document.addEventListener("htmx:afterSettle", () => {
  const part = lost && document.getElementById(lost);
  lost = null;
  if (!part) return;
  const { activeElement, body } = document;
  if (activeElement !== body) {
    // A longer list pushed the field away that somebody goes on writing in.
    if (part.contains(activeElement)) activeElement.scrollIntoView({ block: "nearest" });
    return;
  }
  const place = part.querySelector("[aria-invalid='true']") ?? part.querySelector("[data-swap-focus]") ?? part;
  if (!place.matches("input, textarea, select, button, a[href], [tabindex]")) place.tabIndex = -1;
  place.focus({ preventScroll: place === part });
});
