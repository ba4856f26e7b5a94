/** The work at hand: one image on the desk, and the three ways its desk becomes another. Knows no DOM. */

import { personOf } from "./desk/desk.js";
import { stopPlacing } from "./desk/selecting.js";
import * as words from "./words.js";

/**
 * @typedef {import("./images/conveyor.js").Sheet} Sheet @typedef {import("./desk/desk.js").Desk} Desk
 * @typedef {import("./desk/desk.js").Person} Person @typedef {import("./geometry.js").Spot} Spot
 * @typedef {object} Host
 * @property {(how: {quick: boolean}) => void} changed the desk is another; quick: only the selected person moved
 * @property {() => void} letGo somebody else is selected: what was taken up for the one before is put away
 * @property {(text: string) => void} explain
 * @property {(text: string) => void} say to a screen reader
 */

/** What the annotator works on. Everything that changes a desk goes through here, so that all of it is shown and kept. */
export class Work {
  /** @type {Sheet | null} */
  sheet = null;
  #viewing;
  #host;

  /** @param {import("./view/viewing.js").Viewing} viewing @param {Host} host */
  constructor(viewing, host) {
    this.#viewing = viewing;
    this.#host = host;
  }

  /** The image on the desk; asked for only while there is one. @returns {Sheet} */
  get #atHand() {
    if (!this.sheet) throw new Error("no image is on the desk: ask for the sheet first");
    return this.sheet;
  }

  /** Its desk; asked for only while there is one. @returns {Desk} */
  get desk() {
    return this.#atHand.desk;
  }

  /** Its id, while there is one. @returns {number | null} */
  get imageId() {
    return this.sheet?.desk.imageId ?? null;
  }

  /** Who is selected. @returns {Person | null} */
  get person() {
    return this.sheet && personOf(this.sheet.desk);
  }

  /** Whether who is selected can be edited. */
  get isOpen() {
    return this.person?.state === "open";
  }

  /** Whether the image may only be looked at. */
  get isLooking() {
    return Boolean(this.sheet?.look);
  }

  /** An edit: shown, kept as a draft, told. @param {Desk} desk the same one where nothing could be changed
   * @param {string} [said] "": how the selected keypoint is now */
  edit(desk, said = "") {
    const { person } = this;
    if (desk === this.desk) return void (person && person.state !== "open" && this.#host.explain(words.DECIDED));
    this.change(desk);
    return this.#host.say(said || words.keypointInWords(this.desk));
  }

  /** Take another desk. @param {Desk} desk @param {{quick?: boolean}} [how] quick: only the selected person moved */
  change(desk, { quick = false } = {}) {
    // Persons only: whoever looks may select.
    if (this.isLooking && desk.persons !== this.desk.persons) return this.#host.explain(words.ONLY_LOOKING);
    this.#atHand.desk = this.isLooking ? stopPlacing(desk) : desk;
    return this.#host.changed({ quick });
  }

  /** Another selection: brought into view, told. @param {Desk} desk
   * @param {{under?: Spot | null}} [how] under: where the pointer is, in screen pixels; what it is on stays there */
  goTo(desk, { under = null } = {}) {
    if (!this.sheet) return;
    // By key: the id of somebody added here changes once the server knows them.
    const moved = personOf(desk)?.key !== this.person?.key;
    // Asked before the desk changes: it is about whoever was selected.
    const before = this.#viewing.wantedTurn;
    if (moved) this.#host.letGo();
    this.change(desk);
    if (under) this.#viewing.turnOn(before, under);
    else if (moved && desk.person !== -1) this.#viewing.fitPerson();
    else this.#viewing.keepKeypointInside();
    this.#host.say(moved ? words.personInWords(this.desk) : words.keypointInWords(this.desk));
  }

  /** Where somebody is among the persons. @param {Person["id"] | null | undefined} id @returns {number} -1: not in this image */
  indexOf(id) {
    return this.desk.persons.findIndex((person) => person.id === id);
  }
}
