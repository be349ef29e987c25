// Short messages: announced to screen readers through the page's role=status region and shown for a
// moment. The region stands in the layout, outside anything htmx replaces.
const SHOWN_MS = 6000;

/** Show and announce one message. The text is put in as text, never as markup. */
export function toast(text) {
  const region = document.querySelector("[data-status]");
  if (!region || !text) return;
  const box = document.createElement("div");
  box.className = "gg-toast";
  box.textContent = text;
  region.append(box);
  setTimeout(() => box.remove(), SHOWN_MS);
}

function toastWord(name) {
  toast(document.querySelector("[data-status]")?.dataset[name]);
}

// The server may send HX-Trigger: {"gg:toast": "Bewaard."}; any module may dispatch the same event.
document.addEventListener("gg:toast", (event) => toast(event.detail?.value ?? event.detail));
document.addEventListener("htmx:sendError", () => toastWord("offline"));
document.addEventListener("htmx:responseError", () => toastWord("failed"));
