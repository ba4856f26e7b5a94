/** Decisions that the server refused: brought back onto the desk, unless that would tear the annotator away. Knows no DOM. */

import { hasDrafts, isEdited } from "../desk/desk.js";
import { selectPerson } from "../desk/selecting.js";

/**
 * @typedef {import("./conveyor.js").Sheet} Sheet @typedef {import("../panel/notices.js").Notice} Notice
 * @typedef {{layAgain: (sheet: Sheet) => void, refresh: () => void}} Host
 */

/** What was refused. index: the person's, null where the whole image was meant. */
export class Refusals {
  #work;
  #leftBehind;
  #notices;
  #host;

  /** @param {{work: import("../work.js").Work, leftBehind: import("./left_behind.js").LeftBehind,
   *   notices: import("../panel/notices.js").Notices}} parts @param {Host} host */
  constructor({ work, leftBehind, notices }, host) {
    this.#work = work;
    this.#leftBehind = leftBehind;
    this.#notices = notices;
    this.#host = host;
  }

  /** Show what was refused: at once if nothing here would be torn away, else on a click.
   * @param {Sheet} sheet @param {number | null} index @param {string} problem */
  arrived(sheet, index, problem) {
    if (!this.#wouldTearAway(sheet, index)) return this.#bringBack(sheet, index, problem);
    if (sheet === this.#work.sheet) this.#host.refresh();
    return this.#notices.show(this.#notice(sheet, index, problem));
  }

  /** What was refused in an image left behind and not looked at yet. @returns {Notice | null} */
  notLookedAt() {
    const { refused } = this.#leftBehind;
    return refused && this.#notice(refused.sheet, refused.index, refused.problem);
  }

  /** Whether going to what was refused would interrupt what is being done.
   * @param {Sheet} sheet @param {number | null} index */
  #wouldTearAway(sheet, index) {
    if (!this.#work.sheet) return false;
    const { desk, person } = this.#work;
    if (sheet !== this.#work.sheet) return hasDrafts(desk) || desk.past.length > 0;
    return index !== null && index !== desk.person && person?.state === "open" && isEdited(person);
  }

  /** @param {Sheet} sheet @param {number | null} index @param {string} problem @returns {Notice} */
  #notice(sheet, index, problem) {
    const where = sheet === this.#work.sheet ? "" : ` of ${sheet.desk.fileName}`;
    const what = index === null ? `That nobody else is in ${sheet.desk.fileName}` : `Person ${index + 1}${where}`;
    const act = () => this.#bringBack(sheet, index, problem);
    return { kind: "problem", text: `${what} was not saved: ${problem}`, button: "Go there", act };
  }

  /** @param {Sheet} sheet @param {number | null} index @param {string} problem */
  #bringBack(sheet, index, problem) {
    this.#host.layAgain(sheet);
    if (index === null) return this.#notices.tell(problem);
    this.#work.goTo(selectPerson(this.#work.desk, index));
    return this.#notices.say(`Not saved. ${problem}`);
  }
}
