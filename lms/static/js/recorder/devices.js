/* Cameras and microphones: open them, list them, and say in one word what is wrong. */

const TROUBLES = new Map([
  ["NotAllowedError", "denied"],
  ["SecurityError", "denied"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "busy"],
  ["AbortError", "busy"],
]);

// Other software opens mp4 most easily and our server copies its picture; then what is left.
const VIDEO = [
  "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  "video/mp4;codecs=avc1.42E01F,opus",
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm",
];
// Chromium's own H.264 made 530 kbit/s and more of a noisy picture, however little it was asked for
// and however small the picture was; its VP8 kept to what it was asked (measured in Chromium 156).
const FRUGAL_VIDEO = ["video/webm;codecs=vp8,opus", ...VIDEO];
const AUDIO = [
  "audio/mp4;codecs=mp4a.40.2",
  "audio/mp4;codecs=opus",
  "audio/webm;codecs=opus",
  "audio/webm",
];

/** `kind`: denied, missing, busy or failed. */
export class DeviceTrouble extends Error {
  constructor(error) {
    super(error.message);
    this.kind = TROUBLES.get(error.name) ?? "failed";
  }
}

/** Why this page cannot record: "insecure" (plain HTTP), "unsupported", or null when it can. */
export function obstacle() {
  if (!globalThis.isSecureContext) return "insecure";
  const able = navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder;
  return able ? null : "unsupported";
}

const SMALL = [640, 480];
const LARGE = [1280, 720];

function constraints({ sound, camera, microphone, thrifty }) {
  const wanted = (id) => (id ? { deviceId: { exact: id } } : {});
  const [width, height] = thrifty ? SMALL : LARGE;
  const video = {
    ...wanted(camera),
    width: { ideal: width, max: 1920 },
    height: { ideal: height, max: 1080 },
    frameRate: { ideal: 30, max: 30 },
    ...(camera ? {} : { facingMode: "user" }),
  };
  return { audio: { ...wanted(microphone), channelCount: 1 }, video: sound ? false : video };
}

/** A fresh stream. `sound` leaves the camera out; a device that was unplugged gives the next. */
export async function open(wishes) {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints(wishes));
  } catch (error) {
    const chosen = wishes.camera || wishes.microphone;
    if (error.name === "OverconstrainedError" && chosen) {
      return open({ ...wishes, camera: "", microphone: "" });
    }
    throw new DeviceTrouble(error);
  }
}

/** Let the camera of `stream`, if it has one, give a small picture. */
export async function makeSmall(stream) {
  const [width, height] = SMALL;
  for (const track of stream.getVideoTracks()) {
    const wanted = { ...track.getConstraints(), width: { ideal: width }, height: { ideal: height } };
    await track.applyConstraints(wanted);
  }
}

export function close(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** {videoinput: [{id, label}], audioinput: […]}, once permission was given. */
export async function list() {
  const found = { videoinput: [], audioinput: [] };
  for (const { kind, deviceId, label } of await navigator.mediaDevices.enumerateDevices()) {
    if (deviceId !== "") found[kind]?.push({ id: deviceId, label });
  }
  return found;
}

/** The first kind of file this browser can record, of those that keep to few bits where `frugal`;
 *  "" leaves it to the browser. */
export function mimeFor(stream, frugal) {
  const video = frugal ? FRUGAL_VIDEO : VIDEO;
  const wanted = stream.getVideoTracks().length > 0 ? video : AUDIO;
  return wanted.find((mime) => MediaRecorder.isTypeSupported(mime)) ?? "";
}
