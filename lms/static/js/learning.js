// Small helps on the pages of the learning loop: hear the question, the moment of an own top or
// tip, and telling the server that a take was opened. Pages work without it.
import { layoutMarks } from "./marks.js";
import { getPlayer, showAgain, start as startPlayers } from "./player.js";

/** The question read aloud by the browser's own voice, where it has one for the language. */
function wireSpeech(root) {
  const box = root.querySelector("[data-speak]");
  if (!box || !("speechSynthesis" in window)) return;
  const text = root.querySelector("[data-speak-text]");
  box.hidden = false;
  box.querySelector("[data-speak-button]").addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      return;
    }
    const words = new SpeechSynthesisUtterance(text.textContent);
    words.lang = text.lang || document.documentElement.lang;
    speechSynthesis.speak(words);
  });
}

/** An own top or tip keeps the second at which its first letter was typed. */
function wireMoments(root) {
  for (const field of root.querySelectorAll("[data-moment]:not([data-wired])")) {
    field.dataset.wired = "";
    const box = field.closest("[data-moment-field]");
    if (field.value.trim()) {
      field.dataset.frozen = ""; // it was typed before: its moment stays
      box.querySelector("[data-moment-words]").hidden = false;
    }
    field.addEventListener("input", () => {
      const player = getPlayer(field.dataset.moment);
      if (!player || field.dataset.frozen !== undefined) return;
      player.pause();
      field.dataset.frozen = "";
      const at = Math.round(player.time);
      box.querySelector("[data-at-ms]").value = String(at);
      const seconds = Math.floor(at / 1000);
      box.querySelector("[data-at-text]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      box.querySelector("[data-moment-words]").hidden = false;
    });
    field.addEventListener("change", () => {
      if (!field.value.trim()) delete field.dataset.frozen;
    });
  }
}

/** A take was opened: what was told about it counts as read. */
function tellSeen(root) {
  const form = root.querySelector("form[data-seen]");
  if (!form) return;
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true }).catch(() => {
    // Offline: the notice simply stays new until the next visit.
  });
}

function start(root) {
  if (root.querySelector("[data-moment]")) startPlayers();
  wireSpeech(root);
  wireMoments(root);
}

const played = new Map(); // what goes with a swap, by clip: where it was, and whether it ran

/** The address of a clip without its last part: the same for the raw file and what was made of it. */
function clipOf(root) {
  return root.querySelector("source").src.replace(/\/[^/]*$/, "");
}

function notePlayers({ detail }) {
  played.clear();
  for (const root of (detail.target ?? document).querySelectorAll("[data-player]")) {
    const player = getPlayer(root.id);
    if (player) played.set(clipOf(root), { ms: player.time, ran: !player.paused });
  }
}

/** A clip that was being watched goes on in the player that came in its place. */
function playOn() {
  if (played.size) startPlayers();
  for (const root of document.querySelectorAll("[data-player]")) {
    const { ms, ran } = played.get(clipOf(root)) ?? {};
    if (ms > 0) getPlayer(root.id)?.seek(ms);
    if (ran) void getPlayer(root.id)?.play();
  }
  played.clear();
}

start(document);
tellSeen(document);
document.addEventListener("htmx:beforeSwap", notePlayers);
document.addEventListener("htmx:afterSettle", () => {
  start(document);
  playOn();
  showAgain();
  // New remarks came with new marks on the bar of a player that stayed.
  for (const root of document.querySelectorAll("[data-player]")) {
    const player = getPlayer(root.id);
    if (player) layoutMarks(root, player.duration);
  }
});
