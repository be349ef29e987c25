// What is missing is said beside the field in the page's own words and language, not in the bubble of
// the browser, which speaks its own and disappears. The server says the same without this file.
let first = null; // of the fields that are wrong, the one to go to

document.addEventListener(
  "invalid",
  (event) => {
    const field = event.target;
    if (!field.id) return;
    event.preventDefault();
    tell(field, words(field));
    if (first) return;
    first = field;
    queueMicrotask(() => {
      first.focus();
      first = null;
    });
  },
  true, // these events do not bubble
);

function words(field) {
  const { missing, missingText } = document.querySelector("[data-status]").dataset;
  if (!field.validity.valueMissing) return field.validationMessage;
  return field.matches("textarea") ? missingText : missing;
}

/** Show an error above a field, in the place and look of the server's own. */
function tell(field, text) {
  const id = `${field.id}-error`;
  let error = document.getElementById(id);
  if (!error) {
    error = document.createElement("p");
    error.id = id;
    error.className = "utrecht-form-field-error-message gg-field__error";
    field.before(error);
  }
  error.textContent = text;
  field.setAttribute("aria-invalid", "true");
  field.closest(".gg-field")?.classList.add("gg-field--invalid");
  const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  field.setAttribute("aria-describedby", [...described.add(id)].join(" "));
}

// Who writes something mends it: the red goes, and comes back if it is still wrong when sent.
document.addEventListener("input", ({ target }) => {
  if (target.getAttribute?.("aria-invalid") !== "true") return;
  const id = `${target.id}-error`;
  document.getElementById(id)?.remove();
  target.removeAttribute("aria-invalid");
  target.closest(".gg-field")?.classList.remove("gg-field--invalid");
  const described = (target.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (described.length) target.setAttribute("aria-describedby", described.join(" "));
  else target.removeAttribute("aria-describedby");
});
