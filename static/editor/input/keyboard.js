/** Keys to commands, and which of them the browser keeps: Tab until it walks flags, Enter on a button, a key held down. */

import { flagWalk } from "../desk/selecting.js";
import { chordOf, commandFor } from "./keys.js";
import { WAYS_OUT } from "./own_keys.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {object} Host
 * @property {(command: string) => void} run
 * @property {() => Desk | null} desk null: none is shown
 * @property {() => import("./keys.js").Binding[]} keys those that hold now
 * @property {() => boolean} onStage whether the image has the focus
 * @property {() => boolean} isReading whether the help is open, which has keys of its own
 * @property {(on: boolean) => void} hide show nothing but the picture
 */

/** Commands that go on while their key is held down. */
const REPEATS = /^(nudge|turn|size|zoom|keypoint-|flag|person|undo|redo)/;

/** Whether a key held down does it again. Undo walks back over edits and stops at decisions: those are taken back one press
 * at a time. A keypoint that waits is left out by one press. @param {string} command @param {Desk | null} desk */
export function mayRepeat(command, desk) {
  if (command === "undo") return isEdit(desk?.past.at(-1));
  if (command === "redo") return isEdit(desk?.future.at(-1));
  return REPEATS.test(command) && !(command === "keypoint-next" && desk?.placing);
}

/** @param {import("../desk/desk.js").Change | undefined} change */
function isEdit(change) {
  return (change?.kind === "pose" && !change.accepts) || change?.kind === "box";
}

/** The keys of one editor. */
export class Keyboard {
  #host;
  /** @type {string | null} the key that hides everything while it is held, as its place on the keyboard */
  #hidingKey = null;
  /** Whether Tab leaves the image. */
  #tabLeaves = false;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Tab leaves the image now. */
  letTabLeave() {
    this.#tabLeaves = true;
  }

  /** The image has the focus again: Tab walks its flags. */
  holdTab() {
    this.#tabLeaves = false;
  }

  /** @param {KeyboardEvent} event */
  down(event) {
    const command = commandFor(event, this.#host.keys());
    const onStage = this.#host.onStage();
    if (!command || this.#host.isReading()) return;
    if (WAYS_OUT.includes(chordOf(event)) && (!onStage || this.#tabLeaves || !this.#hasFlags())) return;
    if ((event.key === "Enter" || event.key === " ") && !onStage) return; // they press the button that has the focus
    // Taken: neither the browser nor the page around acts on it as well.
    event.preventDefault();
    event.stopPropagation();
    // By its place: with Shift or in another layout the letter may be another when it is let go.
    if (command === "hide") this.#hidingKey = event.code;
    if (!event.repeat || mayRepeat(command, this.#host.desk())) this.#host.run(command);
  }

  /** @param {KeyboardEvent} event */
  up(event) {
    if (event.code === this.#hidingKey) this.#host.hide(false);
  }

  #hasFlags() {
    const desk = this.#host.desk();
    return desk !== null && flagWalk(desk).length > 0;
  }
}
