/* The recorder: from "switch the camera on" to a take that is safe on the server.

   Nothing recorded is lost on the way: slices are stored and sent while the recording runs, every
   error keeps what there is, and only "again" throws a recording away. A trial stays in this page
   and is never sent. */

import { ask, bitrates } from "../uploads/line.js";
import { Capture } from "./capture.js";
import { obstacle } from "./devices.js";
import { Gear } from "./gear.js";
import { Outgoing } from "./outgoing.js";
import { looksLikeMedia, play, wrongWith } from "./playback.js";

const COUNT_FROM = 3;
const TRIAL_SECONDS = 15;
const SHORTEST_SECONDS = 1; // less says nothing, and may hold no picture yet

const second = () => new Promise((resolve) => setTimeout(resolve, 1_000));

export class Studio {
  #page; // what the template says: addresses, limits, who
  #view;
  #store;
  #server;
  #gear;
  #capture = null;
  #out = null;
  #trial = false;
  #unplay = null;
  #counting = null;
  #countingSince = 0;
  #asking = null; // ends the question how fast the line is

  constructor({ page, view, store, server }) {
    this.#page = page;
    this.#view = view;
    this.#store = store;
    this.#server = server;
    this.#gear = new Gear(view);
  }

  /** Something of this page would be lost, or sent late, if it were closed now. */
  get unsent() {
    if (this.#capture !== null && !this.#trial) return true;
    return this.#out !== null && !this.#out.arrived;
  }

  /** How long the countdown runs: a double click must not call off what it began. */
  get countedMs() {
    return performance.now() - this.#countingSince;
  }

  begin() {
    const why = obstacle();
    this.#view.go("start", { words: why ?? "start", focus: "none" });
    this.#view.note(null);
    this.#view.able(why === null);
    if (why) this.#view.problem(why);
  }

  // --- before -----------------------------------------------------------------------------

  async camera() {
    this.#gear.wishes.sound = false;
    await this.#prepare("toggle");
  }

  async soundOnly() {
    this.#gear.wishes.sound = true;
    await this.#prepare("toggle");
  }

  /** Another camera, microphone, or thrift was chosen. */
  async choose() {
    this.#gear.choose();
    if (this.#view.screen === "ready") await this.#prepare("none");
  }

  hide() {
    this.#gear.hide();
  }

  async #prepare(focus) {
    this.#view.problem(null);
    this.#view.note(null);
    try {
      await this.#gear.open();
    } catch (error) {
      this.begin();
      this.#view.problem(error.kind ?? "failed");
      return;
    }
    this.#view.time(0, this.#page.maxSeconds);
    this.#ready(focus);
    this.#askLine();
  }

  /** While the maker gets ready: how fast is the line? */
  #askLine() {
    this.#asking?.abort();
    this.#asking = new AbortController();
    void ask(this.#server, this.#page.lineUrl, this.#asking.signal);
  }

  #ready(focus) {
    this.#view.go("ready", { words: this.#gear.wishes.sound ? "ready-sound" : "ready", focus });
  }

  // --- recording --------------------------------------------------------------------------

  /** The round button: record, or stop. */
  async toggle() {
    if (this.#view.screen === "ready") await this.#record(false);
    else if (this.#capture?.seconds >= SHORTEST_SECONDS) this.#capture.stop();
  }

  async trial() {
    await this.#record(true);
  }

  /** Call off the countdown. */
  cancel() {
    this.#counting?.abort();
  }

  pause() {
    const capture = this.#capture;
    if (capture === null) return;
    if (capture.paused) capture.resume();
    else capture.pause();
    const now = capture.paused ? "paused" : "recording";
    this.#view.go(now, { focus: "pause", words: this.#words(now) });
    this.#view.announce(this.#view.say(capture.paused ? "paused" : "live"));
  }

  #words(screen) {
    return this.#trial ? `trial-${screen}` : screen;
  }

  async #record(trial) {
    this.#trial = trial;
    this.#view.problem(null);
    this.#view.note(null);
    const out = trial ? null : await this.#send("camera", ""); // which kind of file: see #start
    if (!(await this.#countDown(out))) {
      await this.#callOff(out);
      return;
    }
    try {
      await this.#start(out?.recording);
    } catch (error) {
      console.error(error);
      await this.#callOff(out);
      this.#view.note(null);
      this.#view.problem("failed");
      return;
    }
    if (out) this.#carry(out);
  }

  /** Three, two, one. The server has that long to bind the take; false when called off. */
  async #countDown(out) {
    const view = this.#view;
    this.#counting = new AbortController();
    this.#countingSince = performance.now();
    const { signal } = this.#counting;
    view.go("count", { focus: "toggle", words: this.#words("count") });
    view.announce(view.say("count-aloud", { n: COUNT_FROM }));
    const bound = out?.bind();
    const calledOff = new Promise((resolve) => signal.addEventListener("abort", resolve));
    for (let n = COUNT_FROM; n > 0 && !signal.aborted && !out?.refusal; n -= 1) {
      view.part("count").textContent = `${n}`;
      await Promise.race([second(), calledOff]);
    }
    if (signal.aborted) await bound; // so that what it made can be withdrawn
    return !signal.aborted && !out?.refusal;
  }

  async #callOff(out) {
    this.#out = null;
    this.#ready("toggle");
    if (out?.refusal) this.#refuse(out.refusal);
    else this.#view.note("called-off");
    await out?.discard();
  }

  async #start(recording) {
    const { maxBytes, maxSeconds } = recording?.record ?? this.#page;
    const rates = bitrates(this.#gear.wishes.thrifty);
    this.#asking?.abort(); // from now on the line is for the recording
    const mime = await this.#gear.fit(rates);
    const capture = new Capture(this.#gear.stream, {
      mime,
      bitrates: rates,
      maxBytes: maxBytes ?? Infinity, // unknown while offline: then time is the limit
      maxSeconds: this.#trial ? Math.min(TRIAL_SECONDS, maxSeconds) : maxSeconds,
    });
    capture.addEventListener("slice", ({ detail }) => {
      void recording?.append(detail.blob, detail.seconds);
    });
    capture.addEventListener("tick", () => this.#view.time(capture.seconds, capture.secondsLeft));
    capture.addEventListener("ended", ({ detail }) => void this.#captured(detail.reason));
    capture.start();
    this.#capture = capture;
    if (recording) recording.record.mime = capture.mime || mime;
    this.#view.go("recording", { focus: "toggle", words: this.#words("recording") });
    this.#view.time(0, capture.secondsLeft);
    this.#view.announce(this.#view.say("live"));
  }

  async #captured(reason) {
    const { parts, mime, seconds } = this.#capture;
    this.#gear.close();
    await this.#out?.recording.close();
    this.#capture = null;
    this.#review(new Blob(parts, { type: mime }), this.#words("review"), seconds);
    if (reason === "limit" || reason === "size") this.#view.ended(reason);
    else if (reason !== "stopped") this.#view.problem(reason);
  }

  /** Play back what was made; `seconds` from our own clock, or unknown for a file. */
  #review(blob, words, seconds = null) {
    const view = this.#view;
    this.#unplay = play(view.part("playback"), blob, () => view.unplayable());
    view.review({ trial: this.#trial, sound: blob.type.startsWith("audio/"), seconds });
    view.go("review", { words });
    this.#showSent();
  }

  // --- sending ----------------------------------------------------------------------------

  async #send(source, mime) {
    void navigator.storage?.persist?.();
    const { person, startUrl, lesson, maxSeconds } = this.#page;
    const begun = { person, startUrl, lesson, source, mime, maxBytes: null, maxSeconds };
    const out = await Outgoing.begin(this.#store, this.#server, begun);
    this.#out = out;
    out.sender.addEventListener("change", () => this.#showSent());
    out.recording.addEventListener("change", () => this.#showSent());
    out.recording.addEventListener("onlyhere", () => this.#view.problem("only-here"));
    return out;
  }

  #showSent() {
    if (this.#out === null) return;
    const { recording, sender } = this.#out;
    this.#view.safe(recording.secondsAt(sender.sent), sender.state);
    this.#view.sent(sender.sent, recording.record.total ?? recording.size);
    if (this.#view.screen === "review" || this.#view.screen === "sending") {
      this.#view.sending(sender.state);
    }
  }

  /** Run to the end, in the background: safe, or refused for good. */
  #carry(out) {
    void out.run().then((ended) => {
      if (out !== this.#out) return;
      if (ended === "refused") this.#refused(out);
      this.#showSent();
      if (ended === "safe" && this.#view.screen === "sending") this.leave();
    });
  }

  /** The server will not have it: stop, and let the maker save what there is. */
  #refused({ sender, recording }) {
    this.#capture?.stop();
    this.#view.problem("refused", sender.told);
    this.#view.offer(recording.fileName);
  }

  #refuse(trouble) {
    this.#view.problem(trouble.kind === "sign-in" ? "sign-in" : "not-now", trouble.told);
  }

  /** Keep this one: wait until it is a take, then look at it. */
  async use() {
    const out = this.#out;
    if (out === null) return; // the second press of two
    this.#view.go("sending");
    this.#showSent();
    await out.recording.use();
  }

  /** On to the take; what is still on this device is sent from the next page. */
  leave() {
    if (this.#out === null) return;
    const { record, onlyHere } = this.#out.recording;
    if (this.#out.safe || !onlyHere) this.#out = null;
    location.assign(record.takeUrl ?? this.#page.backUrl);
  }

  /** Throw this one away and make another. */
  async again() {
    void this.#out?.discard();
    this.#out = null;
    this.#unplay?.();
    this.#unplay = null;
    if (obstacle() === null && this.#gear.used) await this.#prepare("toggle");
    else this.begin();
  }

  // --- a file instead -----------------------------------------------------------------------

  /** Take a chosen file: `source` is "file" or "example". */
  async take(file, source) {
    this.#gear.close();
    this.#view.problem(null);
    this.#view.note("state-sending");
    this.#trial = false;
    const wrong = await wrongWith(file, this.#page.maxSeconds);
    const out = wrong ? null : await this.#send(source, file.type);
    await out?.bind();
    const tooLarge = file.size > (out?.recording.record.maxBytes ?? Infinity);
    if (wrong || out.refusal || tooLarge) {
      this.#out = null;
      this.begin();
      if (out?.refusal) this.#refuse(out.refusal);
      else this.#view.problem(wrong ?? "too-large");
      await out?.discard();
      return;
    }
    void out.recording.appendFile(file);
    this.#carry(out);
    this.#review(file, "review-file");
    if (!(await looksLikeMedia(file))) this.#view.problem("odd");
  }

  async example() {
    const answer = await fetch(this.#page.exampleUrl);
    if (answer.ok) await this.take(await answer.blob(), "example");
    else this.#view.problem("no-example");
  }
}
