// Puts the comment marks of a player on its bar. Marks that would overlap become one that counts;
// pressing it again goes to the next comment of the group.
import { clock } from "./clock.js";

const ROOM_PX = 26; // a mark is 28 px wide; two may touch, never hide each other

/** Place the [data-mark] buttons of `root` for a clip of `duration` milliseconds. */
export function layoutMarks(root, duration) {
  const marks = [...root.querySelectorAll("[data-mark]")];
  const width = root.querySelector("[data-player-bar]").clientWidth;
  if (!marks.length || !width) return;
  for (const group of groupMarks(marks, width / duration)) showGroup(group, duration);
}

function groupMarks(marks, pxPerMs) {
  const at = (mark) => Number((mark.dataset.first ??= mark.dataset.seek));
  const groups = [];
  for (const mark of marks.toSorted((a, b) => at(a) - at(b))) {
    const last = groups.at(-1);
    if (last && (at(mark) - at(last[0])) * pxPerMs < ROOM_PX) last.push(mark);
    else groups.push([mark]);
  }
  return groups;
}

function showGroup(group, duration) {
  const [first, ...rest] = group;
  for (const mark of rest) mark.parentElement.hidden = true;
  first.parentElement.hidden = false;
  first.style.setProperty("inset-inline-start", `${(100 * Number(first.dataset.first)) / duration}%`);
  const number = first.querySelector("[data-mark-number]");
  const words = first.querySelector("[data-mark-words]");
  first.dataset.own ??= number.textContent;
  first.dataset.words ??= words.textContent;
  first.classList.toggle("gg-mark--many", rest.length > 0);
  number.textContent = rest.length ? `${group.length}×` : first.dataset.own;
  words.textContent = rest.length ? manyWords(first, group.length) : first.dataset.words;
  first.title = words.textContent;
  first.onclick = rest.length ? () => rotate(first, group) : null;
}

function manyWords(mark, count) {
  return mark.dataset.many.replace("{n}", String(count)).replace("{time}", clock(Number(mark.dataset.first)));
}

/** The n-th press of a group goes to its n-th comment. Runs before the page's own seek handler. */
function rotate(first, group) {
  const turn = Number(first.dataset.turn ?? 0) % group.length;
  const target = group[turn];
  first.dataset.turn = String(turn + 1);
  first.dataset.seek = target.dataset.first;
  first.dataset.ownComment ??= first.dataset.comment ?? "";
  first.dataset.comment = target === first ? first.dataset.ownComment : (target.dataset.comment ?? "");
}
