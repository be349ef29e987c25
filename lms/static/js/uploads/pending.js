/* Goes on sending what an earlier visit left on this device, on whatever page is open.

   A page that carries this element, and loads this module, takes part:

     <section data-pending-uploads data-person="…" data-csrf="…" hidden>
       <p data-pending-text></p> <progress data-pending-progress></progress>
       <a data-pending-file hidden></a> <button data-pending-drop hidden></button>
       <template data-texts> <span data-text="one">…</span> … </template>
     </section>

   data-person names who is signed in: only their recordings are looked at. The texts are `one`
   and `many` ({n} recordings wait), `offline`, `sign-in`, `refused`, `full` and `safe`. The
   element is shown while there is something to tell; a recording of a tab that is still open
   waits for that tab. Listeners may hear `gg:take-safe` on the document, with {take, takeUrl}. */

import { texts } from "../recorder/texts.js";
import { discard } from "./discard.js";
import { holding } from "./locks.js";
import { Recording } from "./recording.js";
import { Sender } from "./sender.js";
import { openStore } from "./store.js";
import { Server } from "./tus.js";

class Pending {
  #root;
  #say;
  #store;
  #server;
  #waiting = new Map(); // id → Sender, or null while another tab has it

  constructor(root, store) {
    this.#root = root;
    this.#say = texts(root);
    this.#store = store;
    this.#server = new Server(root.dataset.csrf);
  }

  async start() {
    const records = await this.#store.list(this.#root.dataset.person);
    await Promise.all(records.map((record) => this.#finish(record)));
  }

  async #finish({ id, discarded }) {
    if (!discarded) this.#waiting.set(id, null);
    await holding(id, async () => {
      const record = await this.#store.find(id);
      if (record !== undefined) await this.#send(await Recording.resume(this.#store, record));
    });
    this.#waiting.delete(id);
    this.#show();
  }

  async #send(recording) {
    if (recording.record.discarded) {
      this.#waiting.delete(recording.id);
      await discard(recording, this.#server);
      return;
    }
    const sender = new Sender(recording, this.#server);
    this.#waiting.set(recording.id, sender);
    sender.addEventListener("change", () => this.#show());
    this.#show();
    const { take, takeUrl } = recording.record;
    const ended = await sender.run();
    if (ended === "refused") await this.#askWhatToDo(recording, sender);
    if (ended !== "safe") return;
    const detail = { take: recording.record.take ?? take, takeUrl };
    document.dispatchEvent(new CustomEvent("gg:take-safe", { detail }));
  }

  #find(name) {
    return this.#root.querySelector(`[data-pending-${name}]`);
  }

  #show() {
    const senders = [...this.#waiting.values()].filter(Boolean);
    this.#root.hidden = senders.length === 0;
    if (senders.length === 0) return;
    const sum = (of) => senders.reduce((total, sender) => total + of(sender), 0);
    const bar = this.#find("progress");
    bar.max = Math.max(1, sum(({ recording }) => recording.record.total));
    bar.value = sum(({ sent }) => sent);
    const percent = Math.floor((100 * bar.value) / bar.max);
    const lines = [this.#say(senders.length === 1 ? "one" : "many", { n: senders.length, percent })];
    const states = new Set(senders.map(({ state }) => state));
    if (states.has("refused")) lines.push(...senders.map(({ told }) => told), this.#say("refused"));
    else if (states.has("sign-in")) lines.push(this.#say("sign-in"));
    else if (states.has("waiting")) lines.push(this.#say("offline"));
    const text = lines.filter(Boolean).join(" ");
    const place = this.#find("text");
    if (place.textContent !== text) place.textContent = text;
  }

  /** The server will not take it: the maker may save the file, or throw it away. */
  async #askWhatToDo(recording, sender) {
    const file = this.#find("file");
    const drop = this.#find("drop");
    const address = URL.createObjectURL(await recording.blob());
    file.href = address;
    file.download = `opname${recording.record.mime.includes("mp4") ? ".mp4" : ".webm"}`;
    file.hidden = drop.hidden = false;
    await new Promise((resolve) => drop.addEventListener("click", resolve, { once: true }));
    file.hidden = drop.hidden = true;
    URL.revokeObjectURL(address);
    this.#waiting.delete(sender.recording.id);
    await recording.forget();
  }
}

const root = document.querySelector("[data-pending-uploads]");
if (root?.dataset.person) {
  const store = await openStore();
  if (store !== null) await new Pending(root, store).start();
}
