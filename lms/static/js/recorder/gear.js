/* Camera and microphone as the maker sees and hears them: the picture of oneself (or a curtain
   before it), the level of the microphone, and which devices are in use. */

import { areFew, wantsThrift } from "../uploads/line.js";
import * as devices from "./devices.js";
import { listen } from "./level.js";

const HEARD = 0.45; // about −33 dB: somebody speaks

export class Gear {
  stream = null;
  /** Whether the maker switched them on before. */
  used = false;
  wishes = { sound: false, camera: "", microphone: "", thrifty: wantsThrift() };
  #view;
  #hidden = false;
  #heard = false;
  #deaf = null; // stops the level meter

  constructor(view) {
    this.#view = view;
  }

  /** Open both anew; rejects with DeviceTrouble. Each take opens its own, so that sound and
   *  picture begin together. */
  async open() {
    this.close();
    this.stream = await devices.open(this.wishes);
    this.used = true;
    this.#heard = false;
    this.#deaf = listen(this.stream, (level) => this.#hear(level));
    this.#show();
    await this.#showDevices();
  }

  close() {
    this.#deaf?.();
    this.#deaf = null;
    devices.close(this.stream);
    this.stream = null;
    this.#show();
  }

  /** A picture no larger than what `rates` can draw well; the kind of file that suits them. */
  async fit(rates) {
    const frugal = areFew(rates);
    if (frugal) await devices.makeSmall(this.stream);
    return devices.mimeFor(this.stream, frugal);
  }

  hide() {
    this.#hidden = !this.#hidden;
    this.#show();
  }

  /** Take over what stands in the fields. */
  choose() {
    for (const name of ["camera", "microphone"]) this.wishes[name] = this.#view.part(name).value;
    this.wishes.thrifty = this.#view.part("thrifty").checked;
  }

  #hear(level) {
    this.#view.part("level").value = level;
    if (this.#heard || level < HEARD) return;
    this.#heard = true;
    if (this.#view.screen === "ready") this.#view.note("heard");
  }

  #show() {
    this.#view.live(this.stream, { sound: this.wishes.sound, hidden: this.#hidden });
  }

  async #showDevices() {
    const found = await devices.list();
    const [microphone] = this.stream.getAudioTracks();
    const [camera] = this.stream.getVideoTracks();
    this.#view.devices("microphone", found.audioinput, microphone?.getSettings().deviceId);
    this.#view.devices("camera", found.videoinput, camera?.getSettings().deviceId);
    this.#view.part("thrifty").checked = this.wishes.thrifty;
  }
}
