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

const CURSORS = { null: "", inside: "all", turn: "turn" };

/** What the tools for pose and box share. */
export class FrameTool extends Tool {
  /** @type {Whole} */
  whole;
  /** @type {Grip | null} what of the frame is held */
  #grip = null;
  /** @type {Box | null} the frame as it is shown while it is pulled */
  #pulled = null;

  /** @param {import("./hand.js").Hand} hand @param {Whole} whole */
  constructor(hand, whole) {
    super(hand);
    this.whole = whole;
  }

  whyNot() {
    return this.hand.work.isOpen ? null : "Nobody open is selected: choose a person, or open one again ({reopen}).";
  }

  letGo() {
    this.#grip = this.#pulled = null;
  }

  frame() {
    return this.#pulled ?? this.#frameNow();
  }

  grab(spot, touch) {
    const { work } = this.hand;
    const at = this.hand.viewing.toImage(spot);
    const handle = this.#handleUnder(at, touch);
    this.gesture = new Gesture(work.sheet);
    if (!handle) return "view";
    this.#grip = { handle, start: at, frame: this.#frameNow(), pose: work.person.pose, gesture: this.gesture.key };
    return "handle";
  }

  drag(_hold, _start, to, { shiftKey }) {
    if (!this.#holds()) return;
    const { work, viewing } = this.hand;
    const at = viewing.toImage(to);
    this.#pulled = this.whole.framePulled(this.#grip, at, { snap: shiftKey });
    work.change(this.whole.pull(work.desk, this.#grip, at, { snap: shiftKey }), { quick: true });
  }

  drop(hold, to) {
    this.letGo();
    super.drop(hold, to);
  }

  abort() {
    const { work } = this.hand;
    if (this.#holds()) work.change(this.gesture.givenUp(work.desk));
    this.letGo();
  }

  click() {
    this.letGo();
  }

  hover(spot) {
    const handle = spot && this.#handleUnder(this.hand.viewing.toImage(spot), false);
    this.hand.cursor(CURSORS[String(handle)] ?? "size");
  }

  nudge(step) {
    this.hand.work.edit(this.whole.step(this.hand.work.desk, step));
  }

  turn(degrees) {
    this.hand.work.edit(this.whole.turn(this.hand.work.desk, degrees));
  }

  resize(more) {
    this.hand.work.edit(this.whole.resize(this.hand.work.desk, more));
  }

  #frameNow() {
    return this.whole.frame(this.hand.work.desk, this.hand.viewing.turn);
  }

  /** Which handle is under a spot: a handle's name, "inside", or null. @param {Spot} at in image pixels @param {boolean} touch */
  #handleUnder(at, touch) {
    const frame = this.#frameNow();
    return frame && handleAt(frame, at, this.hand.pickRadius(touch), this.hand.handleReach);
  }

  #holds() {
    return this.#grip !== null && this.gesture.isAbout(this.hand.work.sheet);
  }
}
