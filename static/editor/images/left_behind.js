/** The images left behind: done, or put off for another; undo reaches back into them, and late answers are about them. */

const KEPT = 4;
const KEPT_PX = 40e6;

/** @typedef {import("./conveyor.js").Sheet} Sheet */

/** A pile of them, the last one on top. */
export class LeftBehind {
  /** @type {Sheet[]} */
  #sheets = [];

  /** @param {Sheet} sheet */
  put(sheet) {
    this.#sheets.push(sheet);
  }

  /** Take one out of the pile. @param {Sheet} sheet @returns {boolean} whether it was there */
  take(sheet) {
    const there = this.#sheets.includes(sheet);
    this.#sheets = this.#sheets.filter((other) => other !== sheet);
    return there;
  }

  /** @param {number} imageId @returns {Sheet | undefined} */
  find(imageId) {
    return this.#sheets.find(({ desk }) => desk.imageId === imageId);
  }

  /** @returns {import("../desk/desk.js").Desk[]} */
  get desks() {
    return this.#sheets.map(({ desk }) => desk);
  }

  /** The images with saves under way. @returns {number[]} */
  get waitingIds() {
    return this.#sheets.filter(({ waiting }) => waiting > 0).map(({ desk }) => desk.imageId);
  }

  /** The last one, if undo reaches into it: if its last change was a decision. @returns {Sheet | null} */
  get undoable() {
    const last = this.#sheets.at(-1);
    const change = last?.desk.past.at(-1);
    const isDecision = change?.kind === "verdict" || change?.kind === "finished" || (change?.kind === "pose" && change.accepts);
    return last && isDecision ? last : null;
  }

  /** Who was refused and not looked at yet. @returns {{sheet: Sheet, index: number, problem: string} | null} */
  get refused() {
    for (const sheet of this.#sheets) {
      for (const [index, { problem }] of sheet.desk.persons.entries()) if (problem) return { sheet, index, problem };
    }
    return null;
  }

  /** Let those go that nobody needs: decoded, an image takes 4 bytes a pixel. */
  thin() {
    const kept = this.#worthKeeping();
    for (const one of this.#sheets) if (!kept.has(one)) for (const copy of [one.picture, one.overview]) copy?.close();
    this.#sheets = this.#sheets.filter((one) => kept.has(one));
  }

  /** Those undo reaches, and those with saves under way or refused. */
  #worthKeeping() {
    let pixels = 0;
    return new Set(this.#sheets.toReversed().filter(({ desk, waiting }, i) => {
      pixels += desk.size.width * desk.size.height;
      // The last one always, however large: undo reaches into it first.
      return waiting > 0 || i === 0 || desk.persons.some((person) => person.problem) || (i < KEPT && pixels <= KEPT_PX);
    }));
  }
}
