/* How much this line can carry, learnt from what was sent over it, so that a recording is made no
   larger than it can be sent while it is made. */

const KEY = "gg-line";
const TELLING = 48 * 1024; // fewer bytes measure the way there, not the width of the line
const WEIGHT = 0.3;
const SHARE = 0.7;
const AUDIO = 64_000;
const LEAST_VIDEO = 200_000;
const MOST_VIDEO = 1_250_000;
const THRIFTY_VIDEO = 330_000; // with sound just under 3 MB a minute
const SLOW = new Map([
  ["slow-2g", 50],
  ["2g", 150],
  ["3g", 700],
]);

/** Kilobits a second, or null while nothing is known. */
function known() {
  const kept = Number(localStorage.getItem(KEY));
  if (kept > 0) return kept;
  return SLOW.get(navigator.connection?.effectiveType) ?? null;
}

/** Learn from `bytes` that took `milliseconds` to be acknowledged. */
export function remember(bytes, milliseconds) {
  if (bytes < TELLING || milliseconds <= 0) return;
  const now = (bytes * 8) / milliseconds;
  const before = Number(localStorage.getItem(KEY)) || now;
  localStorage.setItem(KEY, String(Math.round(before + WEIGHT * (now - before))));
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

/** Whether the browser asks to be thrifty by itself. */
export function wantsThrift() {
  return navigator.connection?.saveData === true;
}
