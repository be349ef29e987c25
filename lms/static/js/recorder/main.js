/* Brings the recorder of learning/record.html to life: finds it, reads what the page says, and
   hands buttons and fields to the studio, one action at a time. */

import { openStore } from "../uploads/store.js";
import { Server } from "../uploads/tus.js";
import { Studio } from "./studio.js";
import { View } from "./view.js";

const ALWAYS = new Set(["cancel", "toggle"]); // may interrupt what runs: the countdown
const DOUBLE_CLICK_MS = 600;

function pageOf({ dataset }) {
  return {
    person: dataset.person,
    startUrl: dataset.takesUrl,
    lineUrl: dataset.lineUrl,
    lesson: dataset.lesson,
    backUrl: dataset.backUrl,
    exampleUrl: dataset.exampleUrl,
    maxSeconds: Number(dataset.maxSeconds),
  };
}

function wire(root, view, studio) {
  let busy = false;
  let usedAt = -Infinity;
  const act = async (name, ...rest) => {
    const interrupts = ALWAYS.has(name) && view.screen === "count";
    if (busy && !interrupts) return;
    if (interrupts) {
      if (studio.countedMs > DOUBLE_CLICK_MS) studio.cancel();
      return;
    }
    busy = true;
    try {
      await studio[name](...rest);
    } finally {
      busy = false;
    }
  };
  root.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-do]")?.dataset.do;
    if (name === undefined) return;
    // Where "use" was, "go on" stands now: the second press of two is not meant for it.
    if (name === "leave" && performance.now() - usedAt < DOUBLE_CLICK_MS) return;
    if (name === "use") usedAt = performance.now();
    void act(name);
  });
  root.addEventListener("change", ({ target }) => {
    if (target.matches("[data-choose]")) void act("choose");
    if (!target.matches("[data-file]") || target.files.length === 0) return;
    const [file] = target.files;
    target.value = ""; // so that the same file can be chosen again
    void act("take", file, "file");
  });
  root.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && view.screen === "count") studio.cancel();
  });
  addEventListener("beforeunload", (event) => {
    if (studio.unsent) event.preventDefault();
  });
}

const root = document.querySelector("[data-recorder]");
if (root !== null) {
  const view = new View(root);
  const server = new Server(root.dataset);
  const studio = new Studio({ page: pageOf(root), view, server, store: await openStore() });
  wire(root, view, studio);
  studio.begin();
}
