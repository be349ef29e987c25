// Asks before a coach decides about a take while a remark on it was typed and not sent. Listens in
// the capture phase, so that the answer comes before htmx or anybody else hears of the press.
// Whoever goes on without it finds the words again where they undo the decision: they stay a draft.
import { askFirst } from "./confirm.js";
import { hasKept } from "./tips.js";

const agreed = new WeakSet();

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("[data-unsent]");
    if (!button || agreed.delete(button)) return;
    const field = findUnsent();
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    askFirst({ confirm: button.dataset.unsent, confirmYes: button.dataset.unsentYes }).then((yes) => {
      if (yes) {
        agreed.add(button);
        button.click();
      } else {
        for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
        field.scrollIntoView({ block: "center" });
        field.focus();
      }
    });
  },
  true,
);

/** The first field of the take with words that nobody got yet: a remark, an answer, a correction. */
function findUnsent() {
  const fields = [...document.querySelectorAll("#take textarea")];
  const typed = fields.find((field) => {
    if (field.value.trim() === "") return false;
    return "draftKey" in field.dataset || field.value !== field.defaultValue;
  });
  const form = document.querySelector("#take [data-comment-form]");
  return typed ?? (form && hasKept(form) ? form.querySelector("[data-draft-key]") : null);
}
