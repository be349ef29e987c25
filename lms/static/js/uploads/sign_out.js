/* Signing out clears this device. On every page, and whatever tab or page made it: who would lose a
   recording by signing out is asked first.

   A form[data-sign-out] says who is signed in (data-person) and what to ask (data-unsent). The
   question is asked by confirm.js, which must be loaded after this: it reads data-confirm. */

import { openStore } from "./store.js";

export const CHANGED = "gg:uploads"; // on the document: something began, or is safe

const looked = new WeakSet(); // forms whose question was settled for the press that comes

async function look(form) {
  const store = await openStore();
  const records = store === null ? [] : await store.list(form.dataset.person);
  if (records.some(({ discarded }) => !discarded)) form.dataset.confirm = form.dataset.unsent;
  else delete form.dataset.confirm;
}

function lookAgain() {
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    void look(form).catch((error) => console.error(error));
  }
}

document.addEventListener(CHANGED, lookAgain);
document.addEventListener("visibilitychange", lookAgain); // another tab may have changed it
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("form[data-sign-out]") || looked.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const goOn = () => {
      looked.add(form);
      form.requestSubmit(event.submitter ?? undefined);
    };
    look(form).then(goOn, goOn); // a device that cannot tell keeps nobody in
  },
  true,
);
lookAgain();
