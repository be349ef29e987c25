/* The recorder as it is seen: which parts show when, what is said, where focus goes.

   Parts are found by data-part. A part with data-on="ready recording" is shown on those screens
   only. Screens: start, ready, count, recording, paused, review, sending. */

import { texts } from "../uploads/texts.js";

const LIVE = new Set(["ready", "count", "recording", "paused"]);
const RUNNING = new Set(["recording", "paused"]);
const TOLD_LEFT = [30, 10]; // seconds before the end at which a screen reader is told

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export class View {
  screen = "";
  say;
  #root;
  #toldLeft = Infinity;

  constructor(root) {
    this.#root = root;
    this.say = texts(root);
  }

  part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }

  /** Show `screen`; `words` adds to it where one screen has several wordings (a trial). */
  go(screen, { words = screen, focus } = {}) {
    this.screen = screen;
    this.announce(""); // what was said of the screen before is over
    this.#root.dataset.screen = screen;
    this.#root.toggleAttribute("data-live", LIVE.has(screen));
    for (const element of this.#root.querySelectorAll("[data-on]")) {
      element.hidden = !element.dataset.on.split(" ").includes(screen);
    }
    this.part("title").textContent = this.say(`title-${words}`);
    this.part("hint").textContent = this.say(`hint-${words}`);
    this.#step(LIVE.has(screen) ? (screen === "ready" ? 0 : 1) : screen === "start" ? 0 : 2);
    this.#toggle(screen);
    if (!RUNNING.has(screen)) this.part("safe").hidden = true; // of a recording that is over
    this.part(focus ?? "title")?.focus({ preventScroll: true });
    if (screen !== "start") this.part("main").scrollIntoView({ block: "start" });
  }

  #step(current) {
    const steps = this.#root.querySelectorAll("[data-steps] li");
    steps.forEach((step, at) => {
      step.classList.toggle("gg-steps--done", at < current);
      if (at === current) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
  }

  #toggle(screen) {
    const running = RUNNING.has(screen);
    const name = running ? "stop" : screen === "count" ? "cancel" : "record";
    this.part("toggle").setAttribute("aria-pressed", String(running));
    this.part("toggle-label").textContent = this.say(name);
    this.part("pause-label").textContent = this.say(screen === "paused" ? "resume" : "pause");
    this.part("pause").dataset.paused = String(screen === "paused");
    this.part("state-text").textContent = this.say(screen === "paused" ? "paused" : "live");
  }

  /** Tell a screen reader, politely. */
  announce(text) {
    this.part("status").textContent = text;
  }

  /** Say what is wrong and what to do about it; null takes it away. */
  problem(name, told = "") {
    const alert = this.part("problem");
    alert.hidden = name === null;
    if (name === null) return;
    this.part("problem-title").textContent = this.say(`problem-${name}`);
    this.part("problem-text").textContent = told || this.say(`help-${name}`);
    alert.scrollIntoView({ block: "nearest" });
  }

  note(name, values) {
    const text = name === null ? "" : this.say(name, values);
    const place = this.part("note");
    if (place.textContent === text) return;
    place.textContent = text;
  }

  /** Elapsed and left, as figures; aloud only near the end. */
  time(elapsed, left) {
    this.part("elapsed").textContent = clock(elapsed);
    this.part("left").textContent = this.say("left", { time: clock(left + 0.999) });
    if (elapsed === 0) this.#toldLeft = left; // what is left at the start is no news
    const told = TOLD_LEFT.find((seconds) => left <= seconds && this.#toldLeft > seconds);
    if (told !== undefined) this.announce(this.say("left-aloud", { n: told }));
    this.#toldLeft = left;
  }

  /** Set out what can be done with a recording, or with a trial; `seconds` null when unknown. */
  review({ trial, sound, seconds }) {
    this.part("use").hidden = this.part("again").hidden = trial;
    this.part("trial-done").hidden = !trial;
    this.part("save").hidden = true;
    this.part("sent-row").hidden = trial;
    this.part("main").toggleAttribute("data-sound", sound);
    const time = clock(seconds ?? 0);
    this.part("length").textContent = seconds === null ? "" : this.say("length", { time });
    this.note(trial ? "trial" : null);
  }

  /** Let the maker save what is being played back. */
  offer(fileName) {
    const save = this.part("save");
    save.href = this.part("playback").src;
    save.download = fileName;
    save.hidden = false;
  }

  /** Why it stopped by itself, to see and to hear. */
  ended(reason) {
    const place = this.part("length");
    place.textContent = `${this.say(reason)} ${place.textContent}`;
    this.announce(this.say(reason));
  }

  /** This browser cannot show the file (HEVC, for one); that says nothing about sending it. */
  unplayable() {
    this.part("length").textContent = this.say("unplayable");
  }

  /** The picture of oneself, or a curtain, or the sign that only sound is recorded. */
  live(stream, { sound, hidden }) {
    const video = this.part("live");
    if (video.srcObject !== stream) video.srcObject = stream;
    const none = stream === null;
    video.hidden = none || sound || hidden;
    this.part("curtain").hidden = none || sound || !hidden;
    this.part("sound").hidden = none || !sound;
    this.part("hide").hidden = none || sound;
    this.part("hide-label").textContent = this.say(hidden ? "show" : "hide");
  }

  devices(name, found, chosen) {
    const select = this.part(name);
    select.replaceChildren(
      ...found.map(({ id, label }, at) => new Option(label || `${at + 1}`, id, false, id === chosen)),
    );
    select.closest("[data-choice]").hidden = found.length < 2;
  }

  /** Offer only what this browser can do. */
  able(camera) {
    for (const element of this.#root.querySelectorAll("[data-needs-camera]")) {
      element.hidden = !camera;
    }
    this.part("phone").hidden = camera;
  }

  /** How much is safe on the server, in bytes. */
  sent(bytes, total) {
    const bar = this.part("sent");
    bar.max = Math.max(1, total);
    bar.value = bytes;
    const n = Math.min(100, Math.floor((100 * bytes) / bar.max));
    this.part("sent-text").textContent = this.say("percent", { n });
  }

  /** Up to which second the recording is safe, said in a corner. */
  safe(seconds, state) {
    const here = ["waiting", "busy", "full", "sign-in"].includes(state);
    const place = this.part("safe");
    place.textContent = this.say(here ? "safe-here" : "safe", { n: Math.floor(seconds) });
    place.hidden = seconds < 1 && !here;
  }

  /** Where a finished recording is on its way. */
  sending(state) {
    this.note(state === "refused" ? null : `state-${state}`);
    this.part("sent-row").hidden = ["held", "safe", "refused"].includes(state);
    this.part("sign-in").hidden = state !== "sign-in";
  }
}
