// Tips that somebody wrote before giving a top. Each is kept for this tab until it was sent: its words
// stand beside the box while the top is written, and then they come back into it, one by one, with
// "Tip" as the main button.
import { dropDraft, fill, KEPT } from "./autosave.js";
import { showAgain } from "./player.js";

const LOOKS = {
  primary: ["nl-button--primary", "gg-button--primary"],
  secondary: ["nl-button--secondary", "gg-button--secondary"],
};

/** Keep what was refused, or offer what was kept. For each form that came with the page or a swap. */
export function startTips(form) {
  const field = form.querySelector("[data-draft-key]");
  if (!field) return;
  if (form.dataset.topFirst) keepRefused(form, field);
  else offerNext(form, field);
  show(form, field);
}

/** Make `kind` the button that stands out, and the one that Ctrl+Enter presses. */
export function choose(form, kind) {
  const chosen = form.dataset.offered ? "tip" : kind;
  form.dataset.chosen = chosen;
  for (const button of form.querySelectorAll("[data-kind]")) {
    const main = button.dataset.kind === chosen;
    for (const name of LOOKS.primary) button.classList.toggle(name, main);
    for (const name of LOOKS.secondary) button.classList.toggle(name, !main);
  }
}

/** True while a tip is kept that is not in the box. */
export function hasKept(form) {
  const field = form.querySelector("[data-draft-key]");
  return Boolean(field) && read(field).tips.length > 0;
}

function read(field) {
  const kept = sessionStorage.getItem(KEPT + field.dataset.draftKey);
  return kept ? JSON.parse(kept) : { tips: [], offered: false };
}

function write(field, kept) {
  const key = KEPT + field.dataset.draftKey;
  if (kept.tips.length || kept.offered) sessionStorage.setItem(key, JSON.stringify(kept));
  else sessionStorage.removeItem(key);
}

function keepRefused(form, field) {
  const { tips } = read(field);
  if (form.dataset.refused === "top_first") {
    delete form.dataset.refused;
    const text = field.value;
    if (!tips.some((tip) => tip.text === text)) tips.push({ text, atMs: form.querySelector("[data-at-ms]").value });
    dropDraft(field.dataset.draftKey);
    field.value = "";
    showAgain(); // an empty form follows the clip again
  }
  write(field, { tips, offered: false });
  if (tips.length) choose(form, "top");
}

function offerNext(form, field) {
  const kept = read(field);
  const next = field.value.trim() === "" ? kept.tips.shift() : null;
  kept.offered = Boolean(next) || (kept.offered && field.value.trim() !== "");
  write(field, kept);
  if (next) {
    fill(field, next);
    field.focus();
    form.querySelector("[data-kind='tip']")?.scrollIntoView({ block: "nearest" }); // what to press now
  }
  if (kept.offered) {
    form.dataset.offered = "yes";
    choose(form, "tip");
  }
}

/** The lines about what is kept and what was offered. */
function show(form, field) {
  const { tips, offered } = read(field);
  const box = form.querySelector("[data-kept]");
  const { one, many, next } = box.dataset;
  const words = tips.length > 1 ? many : one;
  box.hidden = !tips.length;
  box.querySelector("[data-kept-words]").textContent = form.dataset.topFirst ? words : next;
  box.querySelector("[data-kept-texts]").replaceChildren(...tips.flatMap(({ text }) => [quote(text), " "]));
  box.querySelector("[data-kept-next]").hidden = Boolean(form.dataset.topFirst) || field.value.trim() !== "";
  form.querySelector("[data-offered-words]").hidden = !offered;
}

function quote(text) {
  const words = document.createElement("q");
  words.dataset.keptText = "";
  words.textContent = text;
  return words;
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-comment-form]");
  if (!form || !target.dataset.draftKey) return;
  if (form.dataset.offered && target.value.trim() === "") {
    // Thrown away by who wrote it: the box is for something new.
    delete form.dataset.offered;
    write(target, { ...read(target), offered: false });
    choose(form, "top");
  }
  if (hasKept(form)) show(form, target);
  else form.querySelector("[data-offered-words]").hidden = !form.dataset.offered;
});

document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("[data-kept-next]")?.closest("form");
  if (form) startTips(form);
});
