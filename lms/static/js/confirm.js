// Asks before a form with data-confirm="question" is sent. Listens in the capture phase, so that the
// answer comes before htmx or anybody else sees the submit. data-confirm-yes is what the button that
// goes on then does; it is red, for such forms throw something away or report somebody.
const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const dialog = document.querySelector("[data-confirm-dialog]");
    if (!form.dataset.confirm || !dialog || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(dialog, form.dataset).then((yes) => {
      if (!yes) return;
      agreed.add(form);
      form.requestSubmit(event.submitter ?? undefined);
    });
  },
  true,
);

function ask(dialog, { confirm, confirmYes }) {
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
