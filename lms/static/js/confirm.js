// Asks before a form with data-confirm="question" is sent. Listens in the capture phase, so that the
// answer comes before htmx or anybody else sees the submit. data-confirm-yes is what the button that
// goes on then does; it is red, for such forms throw something away or report somebody.
const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset.confirm || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    askFirst(form.dataset).then((yes) => {
      if (!yes) return;
      agreed.add(form);
      form.requestSubmit(event.submitter ?? undefined);
    });
  },
  true,
);

/** Put a question in the page's own dialog; a promise of whether the answer was yes. */
export function askFirst({ confirm, confirmYes }) {
  const dialog = document.querySelector("[data-confirm-dialog]");
  dialog.querySelector("[data-confirm-text]").textContent = confirm;
  const label = dialog.querySelector("[data-confirm-label]");
  label.textContent = confirmYes ?? label.dataset.plain;
  dialog.querySelector("[data-confirm-do]").classList.toggle("gg-button--stop", Boolean(confirmYes));
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
