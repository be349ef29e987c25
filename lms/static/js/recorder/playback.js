/* Plays back what was just recorded or chosen, from this device, and measures it. */

const BEYOND_ANY_CLIP = 1e7; // seconds

/** Show `blob` in `video`, or call `fail`; returns the function that lets go of it again. */
export function play(video, blob, fail = () => {}) {
  const address = URL.createObjectURL(blob);
  // A recorded webm does not say how long it is; looking past its end makes the browser find out.
  const measure = () => {
    if (video.duration !== Infinity) return;
    const back = () => {
      if (video.duration === Infinity) return;
      video.removeEventListener("durationchange", back);
      video.currentTime = 0;
    };
    video.addEventListener("durationchange", back);
    video.currentTime = BEYOND_ANY_CLIP;
  };
  video.addEventListener("loadedmetadata", measure, { once: true });
  video.addEventListener("error", fail);
  video.src = address;
  return () => {
    video.removeEventListener("loadedmetadata", measure);
    video.removeEventListener("error", fail);
    video.pause();
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(address);
  };
}

/** What makes `file` unfit before it is sent, in one word, or null. */
export async function wrongWith(file, maxSeconds) {
  if (file.type !== "" && !/^(video|audio)\//.test(file.type)) return "not-media";
  if (file.size === 0) return "empty";
  return (await measure(file)) > maxSeconds + 1 ? "too-long" : null;
}

/* How the files begin that hold picture or sound: [place, bytes]. */
const BEGINNINGS = [
  [4, "ftyp"], // mp4, mov, m4a, 3gp
  [0, "\x1a\x45\xdf\xa3"], // webm, mkv
  [0, "OggS"],
  [0, "RIFF"], // wav, avi
  [0, "ID3"],
  [0, "fLaC"],
  [0, "\xff\xfb"], // mp3 without a tag
  [0, "\xff\xf1"], // aac
  [0, "\x00\x00\x01\xba"], // mpeg
  [0, "\x30\x26\xb2\x75"], // wmv
  [4, "moov"],
  [4, "mdat"],
];

/** Whether `file` begins as a film or a recording does. Its name and type say nothing. */
export async function looksLikeMedia(file) {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  return BEGINNINGS.some(([place, bytes]) => text.startsWith(bytes, place));
}

/** How many seconds `blob` lasts; NaN when this browser cannot tell (HEVC, a broken file). */
export async function measure(blob) {
  const video = document.createElement("video");
  video.preload = "metadata";
  const release = play(video, blob);
  try {
    await new Promise((resolve, reject) => {
      setTimeout(resolve, 5_000);
      video.addEventListener("error", reject, { once: true });
      video.addEventListener("durationchange", () => {
        if (Number.isFinite(video.duration)) resolve();
      });
    });
    return video.duration;
  } catch {
    return Number.NaN;
  } finally {
    release();
  }
}
