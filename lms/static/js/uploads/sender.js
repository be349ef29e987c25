/* Sends one recording, while it still grows if need be, until the server has all of it.

   One PATCH at a time with whatever is there, at most 256 KiB (1 MiB for a file); the server's
   offset is the truth, asked again after every trouble. It never gives up over a bad line: it
   waits a quarter of a second, doubling to four, and is woken when the line returns. Every piece
   carries its checksum, and bytes leave this device only after the answer to the last one. */

import { remember } from "./line.js";
import { pause, Trouble } from "./tus.js";

const SMALLEST = 16 * 1024;
const LIVE = 256 * 1024;
const FILE = 1024 * 1024;
const QUICK_MS = 1_000;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 4_000;
const SIGN_IN_WAIT = 30_000;
const MOST_RESTARTS = 3;
const WAITING = new Map([
  ["line", "waiting"],
  ["busy", "busy"],
  ["full", "full"],
]);

/** States of a sender, as `change` events tell them:
 *  sending, waiting (for the line), busy or full (the server is), sign-in, refused, held (all of it is on the server, and its
 *  maker has not said yet that it is to be used), safe (it is a take), stopped. */
export class Sender extends EventTarget {
  state = "sending";
  /** Bytes the server has told us are safe there. */
  sent = 0;
  /** Why it was refused, in the reader's language, where the server told. */
  told = "";
  recording;
  #server;
  #stop = new AbortController();
  #known = false;
  #piece = LIVE;
  #largest = LIVE;
  #restarts = 0;
  #running = null;
  #binding = null;
  #mayRebind;

  /** `mayRebind`: its maker asks for it just now, so that a take the server has given up by then
   *  (after two days) is begun anew. */
  constructor(recording, server, { mayRebind = false } = {}) {
    super();
    this.recording = recording;
    this.#server = server;
    this.#mayRebind = mayRebind;
    if (recording.record.source !== "camera") this.#largest = FILE;
  }

  /** Send until safe, refused or stopped; the state it ended in. Asked twice, runs once. */
  run() {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Stop at once; nothing is lost, a later sender goes on. */
  async stop() {
    this.#stop.abort();
    await this.#running;
  }

  /** Bind the recording to a take on the server, if that has not been done: one take, however
   *  often it is asked for. */
  async bind() {
    if (this.recording.record.take !== null) return;
    this.#binding ??= this.#bind();
    try {
      await this.#binding;
    } finally {
      this.#binding = null;
    }
  }

  async #bind() {
    const { record } = this.recording;
    const { startUrl, source } = record;
    const started = await this.#server.startTake(startUrl, { source, signal: this.#stop.signal });
    Object.assign(record, started);
    await this.recording.save();
  }

  async #run() {
    let wait = FIRST_WAIT;
    while (!this.#stop.signal.aborted) {
      const before = this.sent;
      try {
        await this.#send();
        return this.#become("safe");
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        const trouble = error instanceof Trouble ? error : new Trouble("retry");
        if (!(await this.#survives(trouble))) return this.state;
        if (this.sent > before) wait = FIRST_WAIT;
        const patience = trouble.kind === "sign-in" ? SIGN_IN_WAIT : wait;
        await pause(Math.max(patience, trouble.wait), this.#stop.signal);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
    return this.#become("stopped");
  }

  /** What to do about `trouble`: true to try again after a while. */
  async #survives(trouble) {
    this.#known = false;
    this.#piece = Math.max(SMALLEST, this.#piece / 2);
    if (trouble.kind === "done") {
      await this.recording.arrived();
      this.#become("safe");
      return false;
    }
    if (trouble.kind === "gone" && this.recording.record.url !== null) {
      if (this.#restarts < MOST_RESTARTS) return this.#restart();
    }
    if (trouble.kind === "gone" && this.#mayRebind && this.recording.record.take !== null) {
      this.#mayRebind = false;
      this.recording.record.take = null;
      return true;
    }
    if (trouble.kind === "gone" || trouble.kind === "refused") {
      this.told = trouble.told;
      this.#become("refused");
      return false;
    }
    const state = trouble.kind === "sign-in" ? "sign-in" : WAITING.get(trouble.reason);
    if (state !== undefined) this.#become(state);
    return true;
  }

  /** The upload is no longer there: send everything again, to a new one. */
  async #restart() {
    this.#restarts += 1;
    this.recording.record.url = null;
    this.sent = 0;
    await this.recording.save();
    return true;
  }

  async #send() {
    await this.bind();
    await this.#find();
    let safe = false;
    while (!safe) {
      this.#stop.signal.throwIfAborted();
      safe = await this.#sendNext();
    }
    await this.recording.arrived();
  }

  /** Make sure there is an upload, and that we know how far it is. */
  async #find() {
    const { recording } = this;
    const { record } = recording;
    const signal = this.#stop.signal;
    if (record.url === null) {
      const { take, uploadsUrl } = record;
      // An upload that knows its length ends by itself with the last byte.
      const total = record.used ? record.total : null;
      record.url = await this.#server.create(uploadsUrl, { take, total, signal });
      await recording.save();
    } else if (!this.#known) {
      this.sent = await this.#server.offset(record.url, { signal });
      if (record.truncated && this.sent > record.total) await recording.endAt(this.sent);
    }
    this.#known = true;
  }

  /** Send the next piece, or wait for one; true when the server has everything. */
  async #sendNext() {
    const { recording } = this;
    const end = Math.min(recording.size, this.sent + this.#piece);
    const whole = recording.closed && Math.max(end, this.sent) === recording.record.total;
    const last = whole && recording.record.used;
    if (end <= this.sent && !last) {
      if (whole) this.#become("held");
      await more(recording, this.#stop.signal);
      return false;
    }
    const bytes = await recording.read(this.sent, Math.max(end, this.sent));
    const began = performance.now();
    this.sent = await this.#server.send(recording.record.url, {
      offset: this.sent,
      bytes,
      total: last ? recording.record.total : null,
      signal: this.#stop.signal,
    });
    this.#learn(bytes.byteLength, performance.now() - began);
    return last && this.sent === recording.record.total;
  }

  #learn(bytes, milliseconds) {
    remember(bytes, milliseconds);
    this.#restarts = 0;
    if (milliseconds < QUICK_MS) this.#piece = Math.min(this.#piece * 2, this.#largest);
    this.#become("sending");
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
    return state;
  }
}

/** Resolves when `recording` has grown or closed, or on `signal`. */
function more(recording, signal) {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const go = () => {
      stop.abort();
      resolve();
    };
    recording.addEventListener("change", go, { signal: stop.signal });
    signal.addEventListener("abort", go, { signal: stop.signal });
  });
}
