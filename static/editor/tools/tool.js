/** A state of the hand: what it holds says what mouse, pen, fingers and keys do. */

import { newKey } from "../../shared/api.js";
import { selectKeypoint } from "../desk/selecting.js";
import * as undoing from "../desk/undoing.js";
import * as words from "../words.js";

/**
 * @typedef {import("../geometry.js").Spot} Spot @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../input/pointers.js").Hold} Hold @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {"add-box" | "edit-box" | "pose"} ToolName   add-box draws another person's
 * @typedef {import("../images/conveyor.js").Sheet} Sheet
 */

/** What every tool is, and what it does where it has nothing of its own to do. Spots are in screen pixels of the stage. */
export class Tool {
  /** @type {ToolName | null} null: the free hand */
  name = null;
  /** @type {import("./hand.js").Hand} */
  hand;

  /** @param {import("./hand.js").Hand} hand */
  constructor(hand) {
    this.hand = hand;
  }

  /** Why it cannot be taken up just now. @returns {string | null} */
  whyNot() {
    return null;
  }

  /** Put away: what it had hold of is let go. */
  letGo() {}

  /** The frame it shows, in image pixels. @returns {Box | null} */
  frame() {
    return null;
  }

  /** Whether the pointer draws a cross. @param {Desk} desk */
  hasCross({ placing }) {
    return placing;
  }

  // ------------------------------------------------------------------------------------------ by pointer

  /** The pointer went down. @param {Spot} _spot @param {boolean} _touch @returns {Hold} what the drag has hold of */
  grab(_spot, _touch) {
    return "view";
  }

  /** @param {Hold} _hold not the view @param {Spot} _start @param {Spot} _to @param {{shiftKey: boolean}} _event */
  drag(_hold, _start, _to, _event) {}

  /** The drag is over. @param {Hold} _hold @param {Spot} _to */
  drop(_hold, _to) {
    this.hand.settled();
  }

  /** The drag was given up. */
  abort() {}

  /** The pointer went down and up in one place. @param {Spot} _spot @param {PointerEvent} _event */
  click(_spot, _event) {}

  /** @param {Spot | null} _spot null: over the image no more */
  hover(_spot) {}

  /** A right click. @param {Spot} _spot */
  menu(_spot) {}

  // ------------------------------------------------------------------------------------------ by keys

  /** Arrows. @param {Spot} _step in image pixels, as the screen shows them */
  nudge(_step) {}

  /** @param {number} _degrees clockwise */
  turn(_degrees) {
    this.hand.explain(words.TOOL_FIRST);
  }

  /** @param {Spot} _more steps */
  resize(_more) {
    this.hand.explain(words.TOOL_FIRST);
  }

  /** Enter: its work is done. */
  done() {
    this.hand.takeUp(null);
  }
}

/** What is selected while the pointer is down: a key may go on to somebody else before it moves. */
export class Gesture {
  /** Moves of one gesture are one step of undo. */
  key = newKey();
  #sheet;
  #person;
  #future;
  /** @type {number | null} the keypoint that waited to be placed */
  waiting;

  /** @param {Sheet} sheet */
  constructor(sheet) {
    const { person, placing, keypoint, future } = sheet.desk;
    this.#sheet = sheet;
    this.#person = person;
    this.#future = future;
    this.waiting = placing ? keypoint : null;
  }

  /** Whether the same person of the same image is selected. @param {Sheet | null} sheet */
  isAbout(sheet) {
    return sheet === this.#sheet && this.#sheet.desk.person === this.#person;
  }

  /** The desk without what was dragged; what waited to be placed waits again. @param {Desk} desk @returns {Desk} */
  givenUp(desk) {
    // With the future of before: what could be made again can be still.
    const before = undoing.abandon(desk, this.key, this.#future);
    return this.waiting === null ? before : selectKeypoint(before, this.waiting);
  }
}
