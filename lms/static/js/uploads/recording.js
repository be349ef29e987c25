/* One recording on its way: a growing row of bytes that is on this device before it is sent.

   The record is bound to a person and to a lesson (by the address that starts a take) when it
   begins, and neither ever changes. Bytes are published to the sender only after they were
   stored, so the server is never ahead of the device. Where storing fails (disk full, private
   window) bytes stay in memory and `onlyHere` says so.

   It becomes a take only by the word of its maker: until `use` it is kept here and on the server,
   unfinished, and a later page offers it again (pending.js). */

const FILE_SLICE = 1024 * 1024;

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The slices up to the first gap: where storing failed, the bytes went with the page. */
function unbroken(slices) {
  const gap = slices.findIndex((slice, at) => slice.start !== (slices[at - 1]?.end ?? 0));
  return gap < 0 ? slices : slices.slice(0, gap);
}

export class Recording extends EventTarget {
  record;
  size = 0;
  /** Some bytes are in this page only, and lost with it. */
  onlyHere = false;
  #store;
  #slices = []; // {start, end, seconds, blob?}: blob where storing failed
  #queue = Promise.resolve();

  constructor(store, record) {
    super();
    this.#store = store;
    this.record = record;
    this.onlyHere = store === null;
  }

  /** Begin a recording. `begun`: {person, startUrl, lesson, source, mime, limit} of this page. */
  static async begin(store, begun) {
    const recording = new Recording(store, {
      id: newId(),
      startedAt: Date.now(),
      take: null,
      takeUrl: null,
      uploadsUrl: null,
      url: null,
      total: null,
      truncated: false,
      seconds: 0,
      used: false,
      safe: false,
      discarded: false,
      ...begun,
    });
    await recording.save();
    return recording;
  }

  /** Take up a recording of an earlier visit. One that broke off is as long as what is here; a
   *  file of which a part is missing is no use to anybody and is discarded. */
  static async resume(store, record) {
    const recording = new Recording(store, record);
    recording.#slices = unbroken(await store.slices(record.id));
    recording.size = recording.#slices.at(-1)?.end ?? 0;
    if (recording.size === record.total || record.discarded) return recording;
    if (record.source !== "camera" || recording.size === 0) {
      await recording.discard();
    } else {
      record.total = recording.size;
      record.truncated = true;
      await recording.save();
    }
    return recording;
  }

  get id() {
    return this.record.id;
  }

  get closed() {
    return this.record.total !== null;
  }

  /** Its maker wants to keep it: only now may the server make a take of it. */
  async use() {
    this.record.used = true;
    await this.save();
    this.#changed();
  }

  /** Store the record as it is now. A device that refuses leaves it in this page alone. */
  async save() {
    if (this.#store === null) return;
    try {
      await this.#store.save({ ...this.record });
    } catch {
      this.#stayHere();
    }
  }

  /** Add `blob`, of which the last moment lies at `seconds`. In order, one after another. */
  append(blob, seconds = 0) {
    this.#queue = this.#queue.then(() => this.#append(blob, seconds));
    return this.#queue;
  }

  async #append(blob, seconds) {
    if (blob.size === 0 || this.record.discarded) return;
    const slice = { start: this.size, end: this.size + blob.size, seconds };
    this.record.seconds = seconds;
    try {
      if (this.#store === null) throw new Error("no store");
      await this.#store.put({ ...this.record }, slice.start, await blob.arrayBuffer());
    } catch {
      slice.blob = blob;
      this.#stayHere();
    }
    this.#slices.push(slice);
    this.size = slice.end;
    this.#changed();
  }

  /** Take all of a file, in slices: the phone's own camera may keep no copy of it. */
  async appendFile(file) {
    this.record.total = file.size;
    await this.save();
    for (let start = 0; start < file.size; start += FILE_SLICE) {
      await this.append(file.slice(start, start + FILE_SLICE));
    }
  }

  /** Nothing more comes. */
  async close() {
    await this.#queue;
    this.record.total ??= this.size;
    await this.save();
    this.#changed();
  }

  /** The server has more than this device: a recording that broke off ends where the server is. */
  async endAt(offset) {
    this.record.total = offset;
    await this.save();
  }

  /** The bytes from `start` up to `end`, which must have been published. */
  async read(start, end) {
    const bytes = new Uint8Array(end - start);
    for (const slice of this.#slices) {
      if (slice.end <= start || slice.start >= end) continue;
      const whole = new Uint8Array(await this.#whole(slice));
      const from = Math.max(start, slice.start);
      const part = whole.subarray(from - slice.start, Math.min(end, slice.end) - slice.start);
      bytes.set(part, from - start);
    }
    return bytes;
  }

  async #whole(slice) {
    const stored = slice.blob ?? (await this.#store.get(this.id, slice.start, slice.end));
    if (stored === undefined) throw new Error("a slice is no longer on this device");
    return stored instanceof Blob ? stored.arrayBuffer() : stored;
  }

  get fileName() {
    const ending = this.record.mime.includes("mp4") ? "mp4" : "webm";
    return `${document.documentElement.lang}.${ending}`;
  }

  /** Everything so far as one Blob. */
  async blob() {
    const parts = [];
    for (const slice of this.#slices) parts.push(await this.#whole(slice));
    return new Blob(parts, { type: this.record.mime });
  }

  /** Up to which second of the recording the first `bytes` reach. While it runs, what a slice
   *  holds of picture and sound may lie a slice behind: the first one may be a header alone. */
  secondsAt(bytes) {
    const at = this.#slices.findLastIndex((slice) => slice.end <= bytes);
    const whole = this.closed && at === this.#slices.length - 1;
    return this.#slices[whole ? at : at - 1]?.seconds ?? 0;
  }

  /** Throw the bytes away, and remember that the server must do so too. */
  async discard() {
    this.record.discarded = true;
    await this.#queue;
    this.#slices = [];
    await this.save();
    await this.#store?.dropSlices(this.id);
  }

  /** The server has it all: leave no trace here. */
  async arrived() {
    this.record.safe = true;
    await this.forget();
  }

  /** Leave no trace on this device. */
  async forget() {
    this.#slices = [];
    try {
      await this.#store?.drop(this.id);
    } catch {
      // A record that stays is met again on the next visit, and the server says it is done.
    }
  }

  #stayHere() {
    if (this.onlyHere) return;
    this.onlyHere = true;
    this.dispatchEvent(new Event("onlyhere"));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
