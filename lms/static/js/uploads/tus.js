/* The words of tus 1.0 (https://tus.io/protocols/resumable-upload) as our server speaks it, and
   what an answer means for who sends. No call waits for ever: each has a time limit that grows
   with what it carries. */

const PATIENCE_MS = 10_000;
const SLOWEST_BYTES_PER_MS = 8; // 8 kB/s
const MOST_RANDOM = 64 * 1024; // what a browser gives at a time

/** An answer that stops the sender. `kind` is one of
 *  retry    the line or the server is not up to it now: look where we are and go on; `reason`
 *           says which of the two
 *  sign-in  nobody is signed in, somebody else is, or this page is too old
 *  gone     what we send to is not there
 *  done     the server has this take already
 *  refused  the server will not take it, whatever we do; `message` says why if it told */
export class Trouble extends Error {
  constructor(kind, { status = 0, message = "", wait = 0 } = {}) {
    super(message || `${kind} ${status}`);
    this.kind = kind;
    this.status = status;
    this.told = message;
    this.wait = wait;
  }

  /** Why it must wait: "line" (no answer), "full" (no room on the server), "busy" (the server has
   *  no time or is being looked after), or "" for what the next try, at once, puts right. */
  get reason() {
    if (this.status === 0) return "line";
    if (this.status === 507) return "full";
    return this.status === 429 || this.status >= 500 ? "busy" : "";
  }
}

const KINDS = new Map([
  [401, "sign-in"],
  [403, "sign-in"],
  [404, "gone"],
  [408, "retry"],
  [409, "retry"],
  [410, "gone"],
  [423, "retry"],
  [425, "retry"],
  [429, "retry"],
  [460, "retry"],
]);

/** What an answer says of itself: {error, message}, where it is ours. */
async function told(response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("application/json")) return {};
  try {
    return await response.json();
  } catch {
    return {};
  }
}

async function troubleOf(response) {
  const status = response.status;
  const { error, message } = await told(response);
  const wait = 1000 * (Number(response.headers.get("Retry-After")) || 0);
  let kind = KINDS.get(status) ?? (status >= 500 || status === 0 ? "retry" : "refused");
  if (error === "already_kept") kind = "done";
  return new Trouble(kind, { status, message, wait });
}

/** Speaks for one page and for the person it was made for: with its CSRF token, which a page that
 *  stood open long can renew, as long as the same person is signed in. What one recorded must never
 *  be sent as another, who signed in meanwhile in the next tab. */
export class Server {
  #token;
  #person;
  #page;

  constructor({ csrf, person }, page = location.href) {
    this.#token = csrf;
    this.#person = person;
    this.#page = page;
  }

  async #fetch(url, { method, headers = {}, body, signal, bytes = 0 }) {
    const limit = new AbortController();
    const stop = () => limit.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    const timer = setTimeout(stop, PATIENCE_MS + bytes / SLOWEST_BYTES_PER_MS);
    try {
      return await fetch(url, {
        method,
        body,
        headers: { Accept: "application/json", "X-CSRFToken": this.#token, ...headers },
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: limit.signal,
      });
    } catch {
      throw new Trouble("retry");
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Call, and once more with a new token when the page's own has grown too old. To somebody else
   *  nothing of ours exists: before "not found" is believed, who is signed in is asked. */
  async #call(url, request) {
    let response = await this.#fetch(url, request);
    if (response.status === 403 || response.status === 404) {
      const renewed = await this.#renew(request.signal);
      if (renewed && response.status === 403) response = await this.#fetch(url, request);
    }
    if (!response.ok && response.type !== "opaqueredirect") throw await troubleOf(response);
    return response;
  }

  /** Look at the page again: true when it has a new token. Throws when it is somebody else's. */
  async #renew(signal) {
    const headers = { Accept: "text/html" };
    const response = await this.#fetch(this.#page, { method: "GET", headers, signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = page.querySelector("form[data-sign-out]")?.dataset.person;
    if (now !== undefined && now !== this.#person) throw new Trouble("sign-in", { status: 403 });
    const token = page.querySelector("[data-csrf]")?.dataset.csrf;
    if (!token || token === this.#token) return false;
    this.#token = token;
    return true;
  }

  #tus(url, request) {
    const headers = { "Tus-Resumable": "1.0.0", ...request.headers };
    return this.#call(url, { ...request, headers });
  }

  /** Bind a recording to its maker and lesson; what the server says of the new take. */
  async startTake(url, { source, signal }) {
    const body = new URLSearchParams({ source }); // the token goes in the header: it may be renewed
    const response = await this.#call(url, { method: "POST", body, signal });
    if (response.status !== 201) throw new Trouble("sign-in", { status: response.status });
    const told = await response.json();
    return {
      take: told.take,
      takeUrl: told.take_url,
      uploadsUrl: told.uploads_url,
      maxBytes: told.max_bytes,
      maxSeconds: told.max_seconds,
    };
  }

  /** Open an upload for `take`; `total` null while nobody knows how long it will be. */
  async create(url, { take, total, signal }) {
    const length = total === null ? { "Upload-Defer-Length": "1" } : { "Upload-Length": `${total}` };
    const headers = { "Upload-Metadata": `take ${btoa(take)}`, ...length };
    const response = await this.#tus(url, { method: "POST", headers, signal });
    const place = new URL(response.headers.get("Location") ?? "", location.href);
    if (response.status !== 201 || place.origin !== location.origin) throw new Trouble("retry");
    return place.pathname;
  }

  /** How many bits a millisecond get through: `bytes` of noise, which the server throws away. */
  async measure(url, bytes, signal) {
    const noise = crypto.getRandomValues(new Uint8Array(MOST_RANDOM)); // nobody can shrink it
    const body = new Blob(Array(Math.ceil(bytes / MOST_RANDOM)).fill(noise)).slice(0, bytes);
    const headers = { "Content-Type": "application/octet-stream" };
    const began = performance.now();
    await this.#tus(url, { method: "POST", headers, body, bytes, signal });
    return (bytes * 8) / Math.max(1, performance.now() - began);
  }

  /** How far the server is. */
  async offset(url, { signal }) {
    const response = await this.#tus(url, { method: "HEAD", signal });
    return offsetOf(response);
  }

  /** Send `bytes` from `offset` on; `total` with the last of them. The new offset. */
  async send(url, { offset, bytes, total, signal }) {
    const headers = {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": `${offset}`,
      ...(total === null ? {} : { "Upload-Length": `${total}` }),
      ...(await checksum(bytes)),
    };
    const request = { method: "PATCH", headers, body: bytes, bytes: bytes.byteLength, signal };
    return offsetOf(await this.#tus(url, request));
  }

  /** Drop an upload; true when it was finished already, so that its take must be deleted. */
  async terminate(url, { signal } = {}) {
    try {
      await this.#tus(url, { method: "DELETE", signal });
    } catch (trouble) {
      if (trouble.kind === "done") return true;
      if (trouble.kind !== "gone") throw trouble;
    }
    return false;
  }

  /** Delete a take. One that is gone is gone. */
  async deleteTake(url, { signal } = {}) {
    try {
      await this.#call(`${url}/delete`, { method: "POST", signal });
    } catch (trouble) {
      if (trouble.kind !== "gone") throw trouble;
    }
  }
}

function offsetOf(response) {
  const offset = Number.parseInt(response.headers.get("Upload-Offset") ?? "", 10);
  if (!Number.isSafeInteger(offset) || offset < 0) throw new Trouble("retry");
  return offset;
}

/** The checksum header of the tus extension; browsers compute one in a secure context only. */
async function checksum(bytes) {
  if (!globalThis.crypto?.subtle || bytes.byteLength === 0) return {};
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...digest))}` };
}

/** Resolves after `ms`, or sooner: when the line is back, the page is looked at, or `signal`. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const wake = () => {
      clearTimeout(timer);
      stop.abort();
      resolve();
    };
    const timer = setTimeout(wake, ms);
    addEventListener("online", wake, { signal: stop.signal });
    document.addEventListener("visibilitychange", wake, { signal: stop.signal });
    signal?.addEventListener("abort", wake, { signal: stop.signal });
    if (signal?.aborted) wake();
  });
}
