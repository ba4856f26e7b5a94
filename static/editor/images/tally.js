/** How many images are to do: what the server said at the latest fetch, less those finished here since. Pure. */

import { clamp } from "../geometry.js";

/** Counts down between two answers of the server. */
export class Tally {
  /** @type {Set<number>} finished here, maybe not counted by the server yet when it was asked */
  #unsure = new Set();
  /** @type {Set<number>} taken back here, maybe still finished in the server's eyes when it was asked */
  #reopened = new Set();
  left = Infinity;

  /**
   * The server's count. It may or may not know of saves that were under way: our own count stands where it can.
   * @param {number} remaining @param {number[]} held images on the desk or with saves under way when it was asked
   */
  heard(remaining, held) {
    // What was saved before the server was asked is in its count for sure.
    this.#unsure = new Set([...this.#unsure].filter((id) => held.includes(id)));
    this.#reopened = new Set([...this.#reopened].filter((id) => held.includes(id)));
    this.left = clamp(this.left, remaining - this.#unsure.size, remaining + this.#reopened.size);
  }

  /** @param {number} imageId */
  finished(imageId) {
    this.#unsure.add(imageId);
    this.#reopened.delete(imageId);
    this.left -= 1;
  }

  /** Back on the desk: taken back, or refused. @param {number} imageId */
  reopened(imageId) {
    this.#unsure.delete(imageId);
    this.#reopened.add(imageId);
    this.left += 1;
  }
}
