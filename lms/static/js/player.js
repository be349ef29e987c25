// The player: an own bar over a native <video> or <audio>. Marks on the bar, a transcript that
// follows, comments that light up, a comment form that stamps the second. See player.html,
// transcript.html and comment.html for the parts; without this file the native controls remain.
//
// Events on the player's element, bubbling: gg:play, gg:pause, gg:seek and gg:time, each with
// detail {id, ms}. compare.js and inbox.js use these and getPlayer().
import { clock } from "./clock.js";
import { isFree, isShortcut, wireSwitch } from "./keys.js";
import { renewLinks } from "./links.js";
import { layoutMarks } from "./marks.js";
import { followComments, followTranscript, stampForms, wireForms } from "./follow.js";

const STEP_MS = 5000;
const PAGE_MS = 15000;
const CAPTIONS = "gg-captions";
const players = new Map();

/** The player with this element id, if the page has one. */
export function getPlayer(id) {
  return players.get(id);
}

/** Start every player of the page once, and the links that seek. */
export function start() {
  for (const [id, player] of players) {
    if (!player.root.isConnected) players.delete(id); // htmx put another page part in its place
  }
  for (const root of document.querySelectorAll("[data-player]")) {
    if (players.get(root.id)?.root !== root) createPlayer(root);
  }
  wirePage();
}

/** Show the time of every player again: what htmx put in the page beside one does not know it yet. */
export function showAgain() {
  for (const player of players.values()) {
    if (player.root.isConnected) show(player);
  }
}

/**
 * Take over one [data-player] element.
 * @returns {{root: HTMLElement, media: HTMLMediaElement, time: number, duration: number,
 *   paused: boolean, play: () => Promise<void>, pause: () => void, seek: (ms: number) => void}}
 */
export function createPlayer(root) {
  const media = root.querySelector("video, audio");
  const player = {
    root,
    media,
    /** The server's length; a clip that is not measured yet gives its own, or 0 while unknown. */
    get duration() {
      return Number(root.dataset.duration) || (Number.isFinite(media.duration) ? media.duration * 1000 : 0);
    },
    get time() {
      const now = Math.round(media.currentTime * 1000);
      return player.duration ? Math.min(now, player.duration) : now;
    },
    get paused() {
      return media.paused;
    },
    play: () => media.play().catch(() => root.dispatchEvent(new CustomEvent("gg:blocked", { bubbles: true }))),
    pause: () => media.pause(),
    toggle: () => (media.paused ? player.play() : player.pause()),
    seek(ms) {
      media.currentTime = Math.min(Math.max(ms, 0), player.duration || ms) / 1000;
      show(player);
      tell(player, "seek");
    },
  };
  players.set(root.id, player);
  media.removeAttribute("controls");
  for (const part of root.querySelectorAll("[data-player-bar], [data-player-controls]")) part.hidden = false;
  wireMedia(player);
  wireButtons(player);
  wireSlider(player);
  wireCaptions(player);
  root.addEventListener("keydown", (event) => onKey(player, event));
  new ResizeObserver(() => layoutMarks(root, player.duration)).observe(root);
  show(player);
  return player;
}

function tell(player, name) {
  const detail = { id: player.root.id, ms: player.time };
  player.root.dispatchEvent(new CustomEvent(`gg:${name}`, { bubbles: true, detail }));
}

function wireMedia(player) {
  const { media } = player;
  const frame = () => {
    draw(player);
    if (!media.paused) requestAnimationFrame(frame);
  };
  media.addEventListener("play", () => {
    showPlaying(player);
    tell(player, "play");
    frame();
  });
  media.addEventListener("pause", () => {
    showPlaying(player);
    tell(player, "pause");
  });
  media.addEventListener("durationchange", () => show(player));
  media.addEventListener("timeupdate", () => {
    show(player);
    tell(player, "time");
  });
  media.addEventListener("click", () => player.toggle());
  const seconds = Number(player.root.dataset.linkSeconds);
  if (seconds) renewLinks(media, seconds);
  // The <source> fires the error, and errors do not bubble: listen on the way down.
  player.root.addEventListener("error", () => showError(player), true);
}

function showError(player) {
  const note = player.root.querySelector("[data-player-error]");
  if (note) note.hidden = false;
}

function showPlaying({ root, media }) {
  const button = root.querySelector("[data-player-play]");
  for (const part of root.querySelectorAll("[data-player-icon]")) {
    part.hidden = (part.dataset.playerIcon === "play") !== media.paused;
  }
  root.querySelector("[data-player-play-label]").textContent = media.paused
    ? button.dataset.play
    : button.dataset.pause;
}

/** Move the bar. Runs each frame while playing, so it only touches two elements. */
function draw({ root, time, duration }) {
  const share = `${duration ? (100 * time) / duration : 0}%`;
  root.querySelector("[data-player-done]").style.setProperty("inline-size", share);
  root.querySelector("[data-player-knob]").style.setProperty("inset-inline-start", share);
}

/** Everything that shows the time: bar, slider value, transcript, comments, forms. */
function show(player) {
  const { root, time, duration } = player;
  const slider = root.querySelector("[data-player-slider]");
  const now = clock(time);
  draw(player);
  root.querySelector("[data-player-now]").textContent = now;
  root.querySelector("[data-player-all]").textContent = clock(duration);
  slider.setAttribute("aria-valuemax", String(Math.floor(duration / 1000)));
  slider.setAttribute("aria-valuenow", String(Math.floor(time / 1000)));
  slider.setAttribute("aria-valuetext", slider.dataset.text.replace("{now}", now).replace("{all}", clock(duration)));
  followTranscript(root.id, time);
  followComments(root.id, time);
  stampForms(root.id, time, now);
}

function wireButtons(player) {
  const { root, media } = player;
  root.querySelector("[data-player-play]").addEventListener("click", () => player.toggle());
  root.querySelector("[data-player-back]").addEventListener("click", () => player.seek(player.time - STEP_MS));
  root.querySelector("[data-player-speed]").addEventListener("change", (event) => {
    media.playbackRate = Number(event.target.value);
  });
  root.querySelector("[data-player-full]")?.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen();
    else media.webkitEnterFullscreen?.(); // iPhone: only the video itself can fill the screen
  });
}

function wireSlider(player) {
  const slider = player.root.querySelector("[data-player-slider]");
  const seekTo = (event) => {
    const box = slider.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * player.duration);
  };
  slider.addEventListener("pointerdown", (event) => {
    slider.setPointerCapture(event.pointerId);
    seekTo(event);
  });
  slider.addEventListener("pointermove", (event) => {
    if (slider.hasPointerCapture(event.pointerId)) seekTo(event);
  });
  slider.addEventListener("keydown", (event) => {
    const jump = { Home: 0, End: player.duration, PageUp: player.time + PAGE_MS, PageDown: player.time - PAGE_MS };
    const steps = { ArrowUp: STEP_MS, ArrowDown: -STEP_MS };
    const to = jump[event.key] ?? (event.key in steps ? player.time + steps[event.key] : null);
    if (to === null) return;
    event.preventDefault();
    player.seek(to);
  });
}

function wireCaptions({ root, media }) {
  const button = root.querySelector("[data-player-captions]");
  const track = media.textTracks[0];
  if (!button || !track) return;
  const set = (on) => {
    track.mode = on ? "showing" : "hidden";
    button.setAttribute("aria-pressed", String(on));
  };
  set(localStorage.getItem(CAPTIONS) !== "off" && track.mode === "showing");
  button.addEventListener("click", () => {
    const on = track.mode !== "showing";
    set(on);
    localStorage.setItem(CAPTIONS, on ? "on" : "off");
  });
}

function changeSpeed(root, by) {
  const select = root.querySelector("[data-player-speed]");
  const index = Math.min(Math.max(select.selectedIndex + by, 0), select.options.length - 1);
  select.selectedIndex = index;
  select.dispatchEvent(new Event("change"));
}

/** Keys of the player: space and arrows always, letters and signs unless switched off. */
function onKey(player, event) {
  if (!isFree(event)) return;
  const onButton = event.target.closest("button, a, summary, label");
  const always = {
    " ": () => (onButton ? null : player.toggle()),
    ArrowLeft: () => player.seek(player.time - STEP_MS),
    ArrowRight: () => player.seek(player.time + STEP_MS),
  };
  const letters = {
    c: () => player.root.querySelector("[data-player-captions]")?.click(),
    ",": () => changeSpeed(player.root, -1),
    ".": () => changeSpeed(player.root, 1),
  };
  const act = always[event.key] ?? (isShortcut(event) ? letters[event.key] : null);
  if (!act || (event.key === " " && onButton)) return;
  event.preventDefault();
  act();
}

// --- the page around the players ---------------------------------------------------------

let wired = false;

function wirePage() {
  if (wired) return;
  wired = true;
  document.addEventListener("click", onSeekLink);
  document.addEventListener("keydown", (event) => {
    // With one player on the page its keys work wherever no control has the focus.
    const free = event.target === document.body || event.target.matches("[tabindex='-1']");
    if (players.size === 1 && free) onKey([...players.values()][0], event);
  });
  wireForms((id) => players.get(id));
  wireSwitch();
  window.addEventListener("hashchange", seekToHash);
  seekToHash();
}

function onSeekLink(event) {
  const link = event.target.closest("[data-seek]");
  const player = link && players.get(link.dataset.seekPlayer ?? [...players.keys()][0]);
  if (!player) return;
  event.preventDefault();
  player.seek(Number(link.dataset.seek));
  if (link.dataset.comment) pointAt(link.dataset.comment);
  else showClip(player.root);
}

/** Bring the clip into sight, unless it is: one that sticks to the top must not move the sentences. */
function showClip(root) {
  const { top, bottom } = root.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight) root.scrollIntoView({ block: "nearest" });
}

function pointAt(id) {
  document.getElementById(`comment-${id}`)?.scrollIntoView({ block: "nearest" });
}

/** #t=36 opens the page at a second; the browser must know the length before it can seek. */
function seekToHash() {
  const found = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  const player = players.values().next().value;
  if (!found || !player) return;
  const seek = () => player.seek(Number(found[1]) * 1000);
  if (player.media.readyState >= HTMLMediaElement.HAVE_METADATA) seek();
  else player.media.addEventListener("loadedmetadata", seek, { once: true });
}
