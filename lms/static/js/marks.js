// Puts the comment marks of a player on its bar, each in its own colour and with its own number. Marks
// of one moment stand side by side; only where the bar has no room for all, those that overlap become
// one that counts, and pressing it again goes to the next comment of the group.
import { clock } from "./clock.js";

const ROOM_PX = 26; // a mark is 28 px wide; two may touch, never hide each other

/** Place the [data-mark] buttons of `root` for a clip of `duration` milliseconds. */
export function layoutMarks(root, duration) {
  const width = root.querySelector("[data-player-bar]").clientWidth;
  const marks = [...root.querySelectorAll("[data-mark]")].toSorted((a, b) => at(a) - at(b));
  if (!marks.length || !width) return;
  const px = marks.map((mark) => (width * at(mark)) / duration);
  if ((marks.length - 1) * ROOM_PX <= width) {
    const places = spread(px, width);
    marks.forEach((mark, index) => place(mark, [mark], places[index] / width));
  } else {
    for (const group of groupMarks(marks, width / duration)) place(group[0], group, at(group[0]) / duration);
  }
}

function at(mark) {
  return Number((mark.dataset.first ??= mark.dataset.seek));
}

/** Sorted places in px, moved as little as needed to lie ROOM_PX apart between 0 and `width`. */
function spread(wanted, width) {
  const runs = []; // neighbours that push each other: where the first would be on average, how many
  wanted.forEach((px, index) => {
    let run = { sum: px, count: 1 };
    for (let last = runs.at(-1); last && start(last, width) + last.count * ROOM_PX > start(run, width); last = runs.at(-1)) {
      runs.pop();
      run = { sum: last.sum + run.sum - run.count * last.count * ROOM_PX, count: last.count + run.count };
    }
    runs.push(run);
  });
  return runs.flatMap((run) => Array.from({ length: run.count }, (_, nth) => start(run, width) + nth * ROOM_PX));
}

/** Where a run begins: `sum` adds up where each of its marks would have the first one stand. */
function start({ sum, count }, width) {
  return Math.min(Math.max(sum / count, 0), width - (count - 1) * ROOM_PX);
}

function groupMarks(marks, pxPerMs) {
  const groups = [];
  for (const mark of marks) {
    const last = groups.at(-1);
    if (last && (at(mark) - at(last[0])) * pxPerMs < ROOM_PX) last.push(mark);
    else groups.push([mark]);
  }
  return groups;
}

/** Show `first` at a share of the bar, for itself or for a group; the rest of the group hides. */
function place(first, group, share) {
  for (const mark of group) mark.parentElement.hidden = mark !== first;
  first.style.setProperty("inset-inline-start", `${100 * share}%`);
  const many = group.length > 1;
  const number = first.querySelector("[data-mark-number]");
  const words = first.querySelector("[data-mark-words]");
  first.dataset.own ??= number.textContent;
  first.dataset.words ??= words.textContent;
  first.classList.toggle("gg-mark--many", many);
  number.textContent = many ? `${group.length}×` : first.dataset.own;
  words.textContent = many ? manyWords(first, group.length) : first.dataset.words;
  first.title = words.textContent;
  if (!many) {
    first.dataset.seek = first.dataset.first; // it may have stood for others before
    if (first.dataset.ownComment) first.dataset.comment = first.dataset.ownComment;
  }
  first.onclick = many ? () => rotate(first, group) : null;
}

function manyWords(mark, count) {
  return mark.dataset.many.replace("{n}", String(count)).replace("{time}", clock(at(mark)));
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
