/** Whom reviewers sent back to this annotator: as the server said with the latest image, less those decided here since. Knows no DOM. */

/** @typedef {import("../../shared/contract.d.ts").SentBackPayload} Waiting */

/** How many the server tells of at most: so many are so many or more. */
const MOST = 50;

/** How many wait, as the bar says it; "" for nobody. @param {number} count */
export function sentBackInWords(count) {
  return count === 0 ? "" : `${count}${count < MOST ? "" : " or more"} sent back`;
}

/** Those who wait, counted down between two answers of the server. */
export class SentBack {
  /** @type {Waiting[]} */
  #told = [];
  /** @type {Set<number>} persons decided here, maybe not counted by the server yet when it was asked */
  #decided = new Set();

  /**
   * Who waits by the server, and which images were held when it was asked: it may not know what was decided in them.
   * @param {Waiting[]} waiting @param {number[]} held
   * @returns {number} how many it did not tell of before
   */
  heard(waiting, held) {
    const before = new Set(this.#told.map((one) => one.person_id));
    const unsure = this.#told.filter((one) => held.includes(one.image_id)).map((one) => one.person_id);
    this.#decided = new Set(unsure.filter((id) => this.#decided.has(id)));
    this.#told = waiting;
    return waiting.filter((one) => !before.has(one.person_id)).length;
  }

  /**
   * Who waits still.
   * @param {(one: Waiting) => string | undefined} stateOf how they stand here; undefined where their image is not at hand
   * @returns {Waiting[]} who came back first before the others
   */
  left(stateOf) {
    for (const one of this.#told) {
      const state = stateOf(one);
      if (state === "open") this.#decided.delete(one.person_id);
      else if (state !== undefined) this.#decided.add(one.person_id);
    }
    return this.#told.filter((one) => !this.#decided.has(one.person_id));
  }
}
