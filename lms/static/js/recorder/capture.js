/* One run of MediaRecorder, with its own clock and its own limits.

   Events: `slice` ({blob, seconds}) about once a second, `tick` four times a second, and `ended`
   ({reason}) once, after the last slice: stopped, limit (time is up), size (the server takes no
   more), device (camera or microphone went away) or failed. */

const SLICE_MS = 1_000;
const TICK_MS = 250;
// An mp4 leaves the recorder a key frame at a time: without this once in three seconds (measured
// in Chromium 156), and so much would be lost with the page. Browsers that do not know it ignore it.
// A webm leaves it as it comes: there key frames would only cost bits.
const KEY_FRAMES = { videoKeyFrameIntervalDuration: SLICE_MS };
const SPARE_SECONDS = 4; // what may still come out of the recorder after "stop"

export class Capture extends EventTarget {
  parts = [];
  #recorder;
  #stream;
  #maxSeconds;
  #maxBytes;
  #bytes = 0;
  #before = 0; // milliseconds of earlier stretches
  #since = null; // when this stretch began
  #timer = null;
  #reason = "stopped";

  constructor(stream, { mime, bitrates, maxSeconds, maxBytes }) {
    super();
    this.#stream = stream;
    this.#maxSeconds = maxSeconds;
    const rate = bitrates.videoBitsPerSecond + bitrates.audioBitsPerSecond;
    this.#maxBytes = maxBytes - (SPARE_SECONDS * rate) / 8;
    const type = mime === "" ? {} : { mimeType: mime };
    const frames = mime.includes("mp4") ? KEY_FRAMES : {};
    this.#recorder = new MediaRecorder(stream, { ...type, ...bitrates, ...frames });
  }

  /** What is really being recorded, known once it runs. */
  get mime() {
    return this.#recorder.mimeType;
  }

  get seconds() {
    const now = this.#since === null ? 0 : performance.now() - this.#since;
    return Math.min((this.#before + now) / 1000, this.#maxSeconds);
  }

  get secondsLeft() {
    return this.#maxSeconds - this.seconds;
  }

  get paused() {
    return this.#recorder.state === "paused";
  }

  start() {
    const recorder = this.#recorder;
    recorder.addEventListener("dataavailable", ({ data }) => this.#slice(data));
    recorder.addEventListener("error", () => this.stop("failed"));
    recorder.addEventListener("stop", () => this.#ended());
    for (const track of this.#stream.getTracks()) {
      track.addEventListener("ended", () => this.stop("device"));
    }
    recorder.start(SLICE_MS);
    this.#since = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Pause; what the recorder still holds comes out first. */
  pause() {
    if (this.#recorder.state !== "recording") return;
    this.#recorder.requestData();
    this.#recorder.pause();
    this.#holdClock();
  }

  resume() {
    if (!this.paused) return;
    this.#recorder.resume();
    this.#since = performance.now();
  }

  stop(reason = "stopped") {
    if (this.#recorder.state === "inactive") return;
    this.#reason = reason;
    this.#holdClock();
    this.#recorder.stop();
  }

  #holdClock() {
    this.#before = this.seconds * 1000;
    this.#since = null;
  }

  #slice(blob) {
    this.#bytes += blob.size;
    this.parts.push(blob);
    const detail = { blob, seconds: this.seconds };
    this.dispatchEvent(new CustomEvent("slice", { detail }));
    if (this.#bytes > this.#maxBytes) this.stop("size");
  }

  #tick() {
    if (this.seconds >= this.#maxSeconds) this.stop("limit");
    this.dispatchEvent(new Event("tick"));
  }

  #ended() {
    clearInterval(this.#timer);
    if (this.#since !== null) this.#holdClock(); // all tracks ended: nobody called stop
    this.dispatchEvent(new CustomEvent("ended", { detail: { reason: this.#reason } }));
  }
}
