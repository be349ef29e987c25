// Two takes in step, by sentence and not by time: as one plays, the other jumps to the sentence that
// belongs with it, plays it without sound and waits at its end. On a phone one side shows at a time.
import { getPlayer, start as startPlayers } from "./player.js";

const SIDES = ["a", "b"];

/** Start every [data-compare] of the page once. */
export function start() {
  startPlayers();
  for (const root of document.querySelectorAll("[data-compare]:not([data-ready])")) {
    root.dataset.ready = "";
    createCompare(root);
  }
}

function createCompare(root) {
  const pairs = JSON.parse(root.querySelector("[data-compare-pairs]").textContent);
  const players = SIDES.map((side) => getPlayer(root.querySelector(`[data-compare-side="${side}"] [data-player]`).id));
  const state = { root, pairs, players, leader: 0, index: -1, followerEnd: Infinity, started: null };
  players.forEach((player, side) => wire(state, player, side));
  root.querySelector("[data-compare-switch]").hidden = false;
  root.addEventListener("click", (event) => onClick(state, event));
}

function wire(state, player, side) {
  player.root.addEventListener("gg:play", () => {
    // A play we did not start ourselves is the person choosing this side.
    if (side !== state.leader && state.started !== side) lead(state, side);
    state.started = null;
    if (side === state.leader) follow(state, true);
  });
  player.root.addEventListener("gg:pause", () => {
    if (side === state.leader) other(state).pause();
  });
  player.root.addEventListener("gg:seek", () => {
    if (side === state.leader) follow(state, true);
  });
  player.root.addEventListener("gg:time", () => {
    if (side === state.leader) follow(state, false);
    else if (player.time >= state.followerEnd) player.pause();
  });
}

function other(state) {
  return state.players[1 - state.leader];
}

/** The person started this side: it gets the sound, the other follows. */
function lead(state, side) {
  state.leader = side;
  state.index = -1;
  state.players[side].media.muted = false;
}

/** Index of the last pair that began on a side, or -1 before the first. */
function indexAt(pairs, side, ms) {
  return pairs.findLastIndex((pair) => pair[side] <= ms);
}

function follow(state, force) {
  const { pairs, players, leader } = state;
  const index = indexAt(pairs, leader, players[leader].time);
  if (index === state.index && !force) return;
  showPair(state, index);
  if (index < 0) return;
  const side = 1 - leader;
  const follower = players[side];
  follower.media.muted = true;
  state.followerEnd = Math.min(...pairs.map((pair) => pair[side]).filter((ms) => ms > pairs[index][side]), follower.duration);
  follower.seek(pairs[index][side]);
  if (players[leader].paused) {
    follower.pause();
  } else if (follower.paused) {
    state.started = side;
    follower.play();
  }
}

function showPair(state, index) {
  state.index = index;
  for (const button of state.root.querySelectorAll("[data-compare-pair]")) {
    const on = Number(button.dataset.comparePair) === index;
    button.toggleAttribute("data-now", on);
    if (on) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function onClick(state, event) {
  const pair = event.target.closest("[data-compare-pair]");
  if (pair) {
    state.players[state.leader].seek(state.pairs[Number(pair.dataset.comparePair)][state.leader]);
  }
  const show = event.target.closest("[data-compare-show]");
  if (show) switchTo(state, SIDES.indexOf(show.dataset.compareShow));
}

/** Phone: show the other side, at the same sentence, playing if the first was playing. */
function switchTo(state, side) {
  state.root.dataset.side = SIDES[side];
  for (const button of state.root.querySelectorAll("[data-compare-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.compareShow === SIDES[side]));
  }
  if (side === state.leader) return;
  const before = state.players[state.leader];
  const wasPlaying = !before.paused;
  const index = indexAt(state.pairs, state.leader, before.time);
  before.pause();
  lead(state, side);
  if (index >= 0) state.players[side].seek(state.pairs[index][side]);
  if (wasPlaying) state.players[side].play();
}
