/* Goes on sending what an earlier visit left on this device, on whatever page is open.

   A page that carries this element, and loads this module, takes part:

     <section data-pending-uploads data-person="…" data-csrf="…" hidden>
       <p role="status" data-pending-text></p>
       <progress data-pending-progress></progress> <span data-pending-percent></span>
       <a data-pending-open hidden></a>
       <video data-pending-preview hidden></video>
       <button data-pending-use hidden></button>
       <a data-pending-file hidden></a> <button data-pending-drop hidden></button>
       <template data-texts><span data-text="one">…</span> …</template>
     </section>

   data-person names who is signed in: only their recordings are looked at. The texts are `one`
   and `many` ({n} recordings wait), `offline`, `busy`, `full`, `sign-in`, `refused`, `safe`,
   `percent` ({n}), `offer` ({time}, {les}) and `offer-unknown`.
   A recording that its maker has not said yes to is offered: it becomes a take, or is thrown away.
   What else the page says of an unfinished recording ([data-unfinished]) gives way to this.
   The element is shown while there is something to tell; a recording of a tab that is still open
   waits for that tab. */

import { clock } from "../clock.js";
import { measure, play } from "../recorder/playback.js";
import { discard } from "./discard.js";
import { holding } from "./locks.js";
import { Recording } from "./recording.js";
import { Sender } from "./sender.js";
import { CHANGED } from "./sign_out.js";
import { openStore } from "./store.js";
import { texts } from "./texts.js";
import { Server } from "./tus.js";

const REASONS = [
  ["waiting", "offline"],
  ["busy", "busy"],
  ["full", "full"],
];

class Pending {
  #root;
  #say;
  #store;
  #server;
  #senders = new Map(); // by id; a recording of another tab has none
  #asking = Promise.resolve(); // one question at a time
  #safe = null; // where the last one that got through can be seen
  #offered = ""; // what is asked about a recording just now

  constructor(root, store) {
    this.#root = root;
    this.#say = texts(root);
    this.#store = store;
    this.#server = new Server(root.dataset);
  }

  async start() {
    const records = await this.#store.list(this.#root.dataset.person);
    await Promise.all(records.map(({ id }) => holding(id, () => this.#finish(id))));
  }

  async #finish(id) {
    const record = await this.#store.find(id);
    if (record === undefined) return; // another tab finished it while we waited
    const recording = await Recording.resume(this.#store, record);
    if (record.discarded) {
      await discard(recording, this.#server);
      return;
    }
    const offered = !record.used;
    if (offered) {
      const asked = this.#asking.then(() => this.#offer(recording));
      this.#asking = asked;
      if (!(await asked)) return;
    }
    const sender = new Sender(recording, this.#server, { mayRebind: offered });
    this.#senders.set(id, sender);
    sender.addEventListener("change", () => this.#show());
    this.#show();
    const ended = await sender.run();
    if (ended === "refused") {
      this.#asking = this.#asking.then(() => this.#askWhatToDo(recording));
      await this.#asking;
    }
    if (ended === "safe") {
      this.#safe = record.takeUrl;
      if (location.pathname === record.takeUrl) location.reload(); // it tells how far the take is
    }
    this.#senders.delete(id);
    this.#show();
  }

  #find(name) {
    return this.#root.querySelector(`[data-pending-${name}]`);
  }

  #show() {
    const senders = [...this.#senders.values()];
    const busy = senders.length > 0;
    const silent = !busy && this.#safe === null && this.#offered === "";
    this.#root.hidden = silent;
    for (const said of document.querySelectorAll("[data-unfinished]")) said.hidden = !silent;
    this.#find("progress").hidden = this.#find("percent").hidden = !busy;
    this.#find("open").hidden = busy || this.#safe === null;
    if (busy) this.#showProgress(senders);
    else if (this.#safe !== null) this.#find("open").href = this.#safe;
    document.dispatchEvent(new Event(CHANGED));
    const sent = busy ? this.#sentences(senders) : this.#safe === null ? "" : this.#say("safe");
    this.#tell([sent, this.#offered].filter(Boolean).join(" "));
  }

  /** Ask whether a recording is to be used; true when it is, else it was thrown away. */
  async #offer(recording) {
    const blob = await recording.blob();
    const seconds = await measure(blob);
    const known = !Number.isNaN(seconds);
    const time = clock(1000 * (Number.isFinite(seconds) ? seconds : recording.record.seconds));
    const les = recording.record.lesson;
    this.#offered = this.#say(known ? "offer" : "offer-unknown", { time, les });
    const preview = this.#find("preview");
    const release = known ? play(preview, blob) : () => {};
    preview.hidden = !known;
    this.#show();
    const use = await this.#answer();
    release();
    preview.hidden = true;
    this.#offered = "";
    if (use) await recording.use();
    else await discard(recording, this.#server);
    this.#show();
    return use;
  }

  /** True for "use it", false for "throw it away". */
  async #answer() {
    const buttons = [this.#find("use"), this.#find("drop")];
    const [use] = buttons;
    for (const button of buttons) button.hidden = false;
    const pressed = await new Promise((resolve) => {
      for (const button of buttons) button.onclick = () => resolve(button);
    });
    for (const button of buttons) {
      button.hidden = true;
      button.onclick = null;
    }
    return pressed === use;
  }

  #showProgress(senders) {
    const sum = (of) => senders.reduce((total, sender) => total + of(sender), 0);
    const bar = this.#find("progress");
    bar.max = Math.max(1, sum(({ recording }) => recording.record.total));
    bar.value = sum(({ sent }) => sent);
    const n = Math.floor((100 * bar.value) / bar.max);
    this.#find("percent").textContent = this.#say("percent", { n });
  }

  #sentences(senders) {
    const states = new Set(senders.map(({ state }) => state));
    const lines = [this.#say(senders.length === 1 ? "one" : "many", { n: senders.length })];
    if (states.has("refused")) lines.push(...senders.map(({ told }) => told), this.#say("refused"));
    else if (states.has("sign-in")) lines.push(this.#say("sign-in"));
    else lines.push(...REASONS.filter(([state]) => states.has(state)).map(([, text]) => this.#say(text)));
    return lines.filter(Boolean).join(" ");
  }

  /** Only what changed: the place is a live region. */
  #tell(text) {
    const place = this.#find("text");
    if (place.textContent !== text) place.textContent = text;
  }

  /** The server will not take it: the maker may save the file, or throw it away. */
  async #askWhatToDo(recording) {
    const file = this.#find("file");
    const drop = this.#find("drop");
    file.href = URL.createObjectURL(await recording.blob());
    file.download = recording.fileName;
    file.hidden = drop.hidden = false;
    await new Promise((resolve) => drop.addEventListener("click", resolve, { once: true }));
    file.hidden = drop.hidden = true;
    URL.revokeObjectURL(file.href);
    await recording.forget();
  }
}

const root = document.querySelector("[data-pending-uploads]");
if (root?.dataset.person) {
  const store = await openStore();
  if (store !== null) await new Pending(root, store).start();
}
