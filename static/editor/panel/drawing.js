/** How the image is drawn, as this browser remembers it: ghosts, loupe and all else switched by keys and in the popover. */

import { GHOSTS, ghostOf } from "../canvas/draw_ghosts.js";
import { Preference } from "../keeping/preference.js";
import { ghostInWords } from "../words.js";
import { hasGhosts, readLooks, withGhost, withGhostsToggled, writeLooks } from "./looks.js";

/**
 * @typedef {import("./looks.js").Looks} Looks @typedef {import("./looks.js").GhostKind} GhostKind
 * @typedef {{imageId: number, key: number | string, xyv: import("../geometry.js").Point[], letter: string}} Beside a pose that is laid
 *   beside somebody's own; letter: what it is told by
 * @typedef {object} Host
 * @property {(looks: Looks) => void} changed draw otherwise from now on
 * @property {() => void} paint what lies over the picture, once more
 * @property {() => import("../desk/desk.js").Person | null} person who is selected
 * @property {(text: string) => void} say to a screen reader
 */

/** One annotator's wish. */
export class Drawing {
  /** @type {Preference<Looks>} */
  #wish;
  #host;
  /** @type {Looks["ghosts"] | undefined} those that were on when all were put off */
  #ghostsBefore;
  #isHidden = false;
  /** @type {Beside | null} */
  #beside = null;

  /** @param {() => Storage} storage asking for it may throw @param {Host} host */
  constructor(storage, host) {
    this.#wish = new Preference(storage, "pose-editor/looks", { read: readLooks, write: writeLooks });
    this.#host = host;
  }

  /** @returns {Looks} */
  get looks() {
    return this.#wish.value;
  }

  /** Whether everything over the picture is hidden for a moment. */
  get isHidden() {
    return this.#isHidden;
  }

  /** Draw otherwise from now on, here and at the next visit. @param {Looks} looks */
  set(looks) {
    this.#wish.set(looks);
    this.#host.changed(looks);
  }

  /** All ghosts off, or those on again that were. */
  toggleGhosts() {
    const { looks } = this;
    if (hasGhosts(looks)) this.#ghostsBefore = looks.ghosts;
    this.set(withGhostsToggled(looks, this.#ghostsBefore));
    this.#host.say(hasGhosts(this.looks) ? "Ghosts shown." : "Ghosts off.");
  }

  /** @param {GhostKind} kind */
  toggleGhost(kind) {
    this.set(withGhost(this.looks, kind));
    const person = this.#host.person();
    const isThere = person !== null && ghostOf(person, kind) !== null;
    this.#host.say(ghostInWords(GHOSTS[kind].name, { isOn: this.looks.ghosts[kind], isThere }));
  }

  toggleLoupe() {
    this.set({ ...this.looks, loupe: !this.looks.loupe });
    this.#host.say(this.looks.loupe ? "Loupe on." : "Loupe off.");
  }

  /** Lay a pose beside somebody's own, or none any more. @param {Beside | null} beside */
  lay(beside) {
    this.#beside = beside;
    this.#host.paint();
  }

  /** What is laid beside somebody: what another decided meanwhile first. @param {number} imageId
   * @param {Pick<import("../desk/desk.js").Person, "key" | "conflict"> | null} person @returns {Pick<Beside, "xyv" | "letter"> | null} */
  besideOf(imageId, person) {
    const { key, conflict } = person ?? {};
    const theirs = conflict?.theirs;
    if (theirs?.xyv) return { xyv: theirs.xyv, letter: "T" };
    const { imageId: of, key: whose } = this.#beside ?? {};
    return of === imageId && whose === key ? this.#beside : null;
  }

  /** Show nothing but the picture, while a key is held. @param {boolean} on */
  hide(on) {
    // Each loss of the focus says so: nothing is painted for that.
    if (this.#isHidden === on) return;
    this.#isHidden = on;
    this.#host.paint();
  }
}
