/* How much this line can carry, learnt from what was sent over it, so that a recording is made no
   larger than it can be sent while it is made. Asked anew before each recording, unless it is known
   from the last minute: who was at home is on the bus now. */

const KEY = "gg-line";
const FRESH_MS = 60_000;
const TELLING = 48 * 1024; // fewer bytes measure the way there, not the width of the line
const TRIES = [64 * 1024, 256 * 1024];
const TOO_QUICK_MS = 500; // the way there and back counts for too much: try with more
const WEIGHT = 0.3;
const SHARE = 0.7;
const AUDIO = 64_000;
const LEAST_VIDEO = 200_000;
const MOST_VIDEO = 1_250_000;
const THRIFTY_VIDEO = 320_000; // with sound, and what the file adds, under 3 MB a minute
const FRUGAL = 600_000; // below this a smaller picture and another encoder do better
const SLOW = new Map([
  ["slow-2g", 50],
  ["2g", 150],
  ["3g", 700],
]);

let asking = null; // {bytes, since} of a measurement that runs

/** {kbit, at} as kept on this device; zeros while nothing is known. */
function kept() {
  const [kbit, at] = (localStorage.getItem(KEY) ?? "").split(" ").map(Number);
  return kbit > 0 ? { kbit, at: at || 0 } : { kbit: 0, at: 0 };
}

function keep(kbit) {
  localStorage.setItem(KEY, `${Math.max(1, Math.round(kbit))} ${Date.now()}`);
}

function isFresh({ at }) {
  const age = Date.now() - at;
  return age >= 0 && age < FRESH_MS;
}

/** Kilobits a second, or null while nothing is known. */
function known() {
  const { kbit } = kept();
  const line = kbit || SLOW.get(navigator.connection?.effectiveType) || null;
  if (asking === null) return line;
  // What is under way for so long cannot be faster than this.
  const most = (asking.bytes * 8) / (performance.now() - asking.since);
  return Math.min(line ?? most, most);
}

/** Learn from `bytes` that took `milliseconds` to be acknowledged. */
export function remember(bytes, milliseconds) {
  if (bytes < TELLING || milliseconds <= 0) return;
  const now = (bytes * 8) / milliseconds;
  const before = kept();
  keep(isFresh(before) ? before.kbit + WEIGHT * (now - before.kbit) : now);
}

/** Ask `server` how fast this line is just now, until `signal`. A line that is gone says nothing. */
export async function ask(server, url, signal) {
  if (isFresh(kept())) return;
  for (const bytes of TRIES) {
    const since = performance.now();
    const mine = { bytes, since };
    asking = mine;
    try {
      keep(await server.measure(url, bytes, signal));
    } catch {
      return;
    } finally {
      if (asking === mine) asking = null;
    }
    if (performance.now() - since > TOO_QUICK_MS) return;
  }
}

/** Bits a second for picture and sound: at most 70 % of the line, and what is pleasant to see. */
export function bitrates(thrifty) {
  const line = known();
  const room = line === null ? MOST_VIDEO : line * 1000 * SHARE - AUDIO;
  const most = thrifty ? THRIFTY_VIDEO : MOST_VIDEO;
  return {
    videoBitsPerSecond: Math.round(Math.max(LEAST_VIDEO, Math.min(most, room))),
    audioBitsPerSecond: AUDIO,
  };
}

/** Whether so few bits ask for a small picture, and for an encoder that keeps to them. */
export function areFew({ videoBitsPerSecond }) {
  return videoBitsPerSecond < FRUGAL;
}

/** Whether the browser asks to be thrifty by itself. */
export function wantsThrift() {
  return navigator.connection?.saveData === true;
}
