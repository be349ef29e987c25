// Short messages: announced to screen readers through the page's role=status region and shown for a
// moment. The region stands in the layout, outside anything htmx replaces.
const SHOWN_MS = 6000;
const SIGN_IN_AGAIN = [401, 403]; // signed out, or the token of the page is too old

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
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (SIGN_IN_AGAIN.includes(detail.xhr.status)) signIn();
  else toastWord("failed");
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // The session ended: the sign-in page came instead of the part that was asked for.
  const answered = new URL(detail.xhr.responseURL, location.href).pathname;
  if (answered !== signInPath()) return;
  detail.shouldSwap = false;
  signIn();
});

function signInPath() {
  return document.querySelector("[data-status]")?.dataset.signIn;
}

/** Sign in and come back here. What was typed is a draft by now (autosave.js) and comes back too. */
function signIn() {
  const here = location.pathname + location.search;
  location.assign(`${signInPath()}?next=${encodeURIComponent(here)}`);
}
