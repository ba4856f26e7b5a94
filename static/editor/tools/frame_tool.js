/** A tool that moves something as a whole: it shows a frame with handles to pull, and its keys move, turn and size. */

import { handleAt } from "../desk/handles.js";
import { Gesture, Tool } from "./tool.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk @typedef {import("../desk/handles.js").Grip} Grip
 * @typedef {import("./tool.js").Spot} Spot @typedef {import("./tool.js").Box} Box
 * @typedef {object} Whole   what it moves: desk/whole_pose.js or desk/whole_box.js
 * @property {(desk: Desk, turn: number) => Box | null} frame
 * @property {(desk: Desk, grip: Grip, to: Spot, how: {snap: boolean}) => Desk} pull
 * @property {(grip: Grip, to: Spot, how: {snap: boolean}) => Box | null} framePulled null: the frame is what it frames
 * @property {(desk: Desk, step: Spot) => Desk} step
 * @property {(desk: Desk, degrees: number) => Desk} turn
 * @property {(desk: Desk, more: Spot) => Desk} resize
 */

/** @type {Record<string, string>} */
const CURSORS = { inside: "all", turn: "turn" };

/** What the tools for pose and box share. */
export class FrameTool extends Tool {
  #whole;
  /** What of the frame is held. @type {{grip: Grip, gesture: Gesture} | null} */
  #held = null;
  /** The frame as it is shown while it is pulled. @type {Box | null} */
  #pulled = null;

  /** @param {import("./hand.js").Hand} hand @param {Whole} whole */
  constructor(hand, whole) {
    super(hand);
    this.#whole = whole;
  }

  /** @returns {string | null} */
  whyNot() {
    return this.hand.work.isOpen ? null : "Nobody open is selected: choose a person, or open one again ({reopen}).";
  }

  letGo() {
    this.#held = this.#pulled = null;
  }

  frame() {
    return this.#pulled ?? this.#frameNow();
  }

  /** @type {Tool["grab"]} */
  grab(spot, touch) {
    const { sheet, person } = this.hand.work;
    const start = this.hand.viewing.toImage(spot);
    const frame = this.#frameNow();
    const handle = frame && this.#handleOf(frame, start, touch);
    // Beside the frame the hand moves the view: nothing moves as a whole by accident.
    if (!sheet || !person || !frame || !handle) return "view";
    const gesture = new Gesture(sheet);
    this.#held = { gesture, grip: { handle, start, frame, pose: person.pose, gesture: gesture.key } };
    return "handle";
  }

  /** @type {Tool["drag"]} */
  drag(_hold, _start, to, { shiftKey }) {
    const held = this.#heldStill();
    if (!held) return;
    const { work, viewing } = this.hand;
    const at = viewing.toImage(to);
    // The frame as pulled, not a new one around the pose: that would change its shape under the hand.
    this.#pulled = this.#whole.framePulled(held.grip, at, { snap: shiftKey });
    work.change(this.#whole.pull(work.desk, held.grip, at, { snap: shiftKey }), { quick: true });
  }

  /** @type {Tool["drop"]} */
  drop(hold, to) {
    this.letGo();
    super.drop(hold, to);
  }

  abort() {
    const { work } = this.hand;
    const held = this.#heldStill();
    if (held) work.change(held.gesture.givenUp(work.desk));
    this.letGo();
  }

  click() {
    this.letGo();
  }

  /** @type {Tool["hover"]} */
  hover(spot) {
    const frame = spot && this.#frameNow();
    const handle = frame && this.#handleOf(frame, this.hand.viewing.toImage(spot), false);
    this.hand.cursor(handle ? CURSORS[handle] ?? "size" : "");
  }

  /** @type {Tool["nudge"]} */
  nudge(step) {
    this.hand.work.edit(this.#whole.step(this.hand.work.desk, step));
  }

  /** @type {Tool["turn"]} */
  turn(degrees) {
    this.hand.work.edit(this.#whole.turn(this.hand.work.desk, degrees));
  }

  /** @type {Tool["resize"]} */
  resize(more) {
    this.hand.work.edit(this.#whole.resize(this.hand.work.desk, more));
  }

  #frameNow() {
    return this.#whole.frame(this.hand.work.desk, this.hand.viewing.turn);
  }

  /** Which handle of a frame is under a spot: a handle's name, "inside", or null.
   * @param {Box} frame @param {Spot} at in image pixels @param {boolean} touch */
  #handleOf(frame, at, touch) {
    return handleAt(frame, at, this.hand.pickRadius(touch), this.hand.handleReach);
  }

  /** What is held, if it is still of who is selected: a key may have gone on to somebody else. */
  #heldStill() {
    return this.#held?.gesture.isAbout(this.hand.work.sheet) ? this.#held : null;
  }
}
