/** The upright view: whether persons are shown with their head up, as this browser remembers it. On until switched off. */

import { turnOf } from "../geometry.js";
import { Preference } from "../keeping/preference.js";
import { isTurnedBy, uprightTurn } from "./framing.js";

/** @typedef {import("../desk/desk.js").Desk} Desk @typedef {{desk: Desk, view: import("../geometry.js").View}} Seen */

const KEY = "pose-editor/upright";

/** One annotator's wish. Where the browser forbids storing, it holds until the page goes. */
export class Upright {
  /** @type {Preference<boolean>} */
  #wish;

  /** @param {() => Storage} storage localStorage, or anything alike; asking for it may throw */
  constructor(storage) {
    this.#wish = new Preference(storage, KEY, { read: (text) => text !== "off", write: (isOn) => (isOn ? "on" : "off") });
  }

  get isOn() {
    return this.#wish.value;
  }

  /** The other way from now on. */
  toggle() {
    this.#wish.set(!this.isOn);
  }

  /** Radians by which the selected person is to be shown turned. @param {Desk} desk */
  turnFor(desk) {
    return this.isOn ? uprightTurn(desk) : 0;
  }

  /** Whether a view lies as it is wished now; the whole image is never turned. @param {Seen} seen */
  suits({ desk, view }) {
    return isTurnedBy(view, 0) || isTurnedBy(view, this.turnFor(desk));
  }

  /** How the image lies in a view, and how the person would be upright. @param {Seen} seen
   * @returns {{isOn: boolean, turn: number, own: number}} in radians clockwise */
  seenIn({ desk, view }) {
    return { isOn: this.isOn, turn: turnOf(view), own: uprightTurn(desk) };
  }
}
