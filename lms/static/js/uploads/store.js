/* What this device still keeps: recordings on their way to the server, in IndexedDB.

   A recording is a record ({id, person, …}, see recording.js) and slices of bytes. A slice is
   stored under [recording id, start, end], so that the list of keys tells which bytes are here
   without reading any of them. Who asks for recordings names the person: on a shared phone
   nobody sends, or sees, what somebody else recorded. */

const NAME = "goed-gesprek-uploads";
const VERSION = 1;

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function slicesOf(id) {
  return IDBKeyRange.bound([id], [id, Infinity, Infinity]);
}

class Store {
  #db;

  constructor(db) {
    this.#db = db;
    db.onversionchange = () => db.close();
  }

  #write(...stores) {
    return this.#db.transaction(stores, "readwrite", { durability: "strict" });
  }

  async save(record) {
    const transaction = this.#write("records");
    transaction.objectStore("records").put(record);
    await finished(transaction);
  }

  async find(id) {
    return done(this.#db.transaction("records").objectStore("records").get(id));
  }

  /** The records of one person, oldest first. */
  async list(person) {
    const index = this.#db.transaction("records").objectStore("records").index("person");
    const records = await done(index.getAll(person));
    return records.sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Keep `bytes` (an ArrayBuffer) of a recording, with its record as it is then; rejects with
   *  QuotaExceededError when full. */
  async put(record, start, bytes) {
    const transaction = this.#write("records", "slices");
    transaction.objectStore("slices").put(bytes, [record.id, start, start + bytes.byteLength]);
    transaction.objectStore("records").put(record);
    await finished(transaction);
  }

  async get(id, start, end) {
    return done(this.#db.transaction("slices").objectStore("slices").get([id, start, end]));
  }

  /** Which bytes are here: [{start, end}], in order. */
  async slices(id) {
    const store = this.#db.transaction("slices").objectStore("slices");
    const keys = await done(store.getAllKeys(slicesOf(id)));
    return keys.map(([, start, end]) => ({ start, end }));
  }

  async dropSlices(id) {
    const transaction = this.#write("slices");
    transaction.objectStore("slices").delete(slicesOf(id));
    await finished(transaction);
  }

  async drop(id) {
    const transaction = this.#write("records", "slices");
    transaction.objectStore("records").delete(id);
    transaction.objectStore("slices").delete(slicesOf(id));
    await finished(transaction);
  }
}

const LONGEST_WAIT_MS = 3_000; // a browser that answers nothing must not stop the page

let opening = null;

/** The store of this browser, or null where there is none (a private window may refuse). */
export function openStore() {
  opening ??= new Promise((resolve) => {
    setTimeout(() => resolve(null), LONGEST_WAIT_MS);
    let request;
    try {
      request = indexedDB.open(NAME, VERSION);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => {
      const records = request.result.createObjectStore("records", { keyPath: "id" });
      records.createIndex("person", "person");
      request.result.createObjectStore("slices");
    };
    request.onsuccess = () => resolve(new Store(request.result));
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
  return opening;
}
