/* One recording of this page with everything that carries it away: its lock, its sender, and its
   binding to a take on the server. */

import { discard } from "../uploads/discard.js";
import { hold } from "../uploads/locks.js";
import { Recording } from "../uploads/recording.js";
import { Sender } from "../uploads/sender.js";
import { Trouble } from "../uploads/tus.js";

export class Outgoing {
  recording;
  sender;
  /** What makes recording pointless, known as soon as the server said so: a Trouble, or null. */
  refusal = null;
  #server;
  #release;

  constructor(recording, server, release) {
    this.recording = recording;
    this.sender = new Sender(recording, server);
    this.#server = server;
    this.#release = release;
  }

  /** Begin one, bound to `begun` ({person, startUrl, source, mime, maxBytes, maxSeconds}). */
  static async begin(store, server, begun) {
    const recording = await Recording.begin(store, begun);
    return new Outgoing(recording, server, await hold(recording.id));
  }

  /** Ask the server for a take. Offline is no obstacle: the sender asks again. */
  async bind() {
    try {
      await this.sender.bind();
    } catch (error) {
      const hopeless = error instanceof Trouble && error.kind !== "retry";
      if (hopeless || (error instanceof Trouble && error.status === 429)) this.refusal = error;
    }
  }

  /** Send until the end; releases the lock when there is nothing left to send. */
  async run() {
    const ended = await this.sender.run();
    if (ended !== "stopped") this.#release();
    return ended;
  }

  get safe() {
    return this.sender.state === "safe";
  }

  /** The server has all of it, whether or not it is a take by now. */
  get arrived() {
    return this.safe || this.sender.state === "held";
  }

  /** Throw it away. Resolves when the server knows too, or was found not to listen now. */
  async discard() {
    await this.sender.stop();
    await discard(this.recording, this.#server);
    this.#release();
  }
}
