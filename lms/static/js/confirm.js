// Asks before a form with data-confirm="question" is sent. Listens in the capture phase, so that the
// answer comes before htmx or anybody else sees the submit.
const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const dialog = document.querySelector("[data-confirm-dialog]");
    if (!form.dataset.confirm || !dialog || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(dialog, form.dataset.confirm).then((yes) => {
      if (!yes) return;
      agreed.add(form);
      form.requestSubmit(event.submitter ?? undefined);
    });
  },
  true,
);

function ask(dialog, question) {
  dialog.querySelector("[data-confirm-text]").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
