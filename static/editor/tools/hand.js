/** The annotator's hand: free, or with one tool taken up. What mouse, pen, fingers and keys do to the image goes to what it holds. */

import { isInFrame } from "../geometry.js";
import { AddBox } from "./add_box.js";
import { BoxTool } from "./box_tool.js";
import { FreeHand } from "./free_hand.js";
import { PoseTool } from "./pose_tool.js";

/**
 * @typedef {import("./tool.js").Spot} Spot @typedef {import("./tool.js").Box} Box @typedef {import("./tool.js").Tool} Tool
 * @typedef {import("./tool.js").ToolName} ToolName @typedef {import("./tool.js").Hold} Hold
 * @typedef {{hovered: number | null, spot: Spot | null, draftBox: Box | null, loupeAt: {at: Spot, finger: Spot} | null}} Marks
 *   what the pointer shows: the keypoint it is on, the cross it draws, the box being drawn, what the loupe is held over
 * @typedef {object} Host
 * @property {() => void} paint what is selected, once more
 * @property {() => void} settled a drag is over, and the panel is behind
 * @property {(name: ToolName | null) => void} tookUp another tool, or none
 * @property {(name: string) => void} cursor
 * @property {() => void} focus keys go to the image
 * @property {(box: Box) => void} addPerson
 * @property {(text: string) => void} explain
 * @property {(text: string) => void} say to a screen reader
 */

const PICK_PX = { mouse: 14, touch: 26 };
/** How far the handle that turns stands out, in screen pixels. */
export const HANDLE_REACH_PX = 30;
/** @type {Marks} */
const NO_MARKS = { hovered: null, spot: null, draftBox: null, loupeAt: null };

/** One hand. Spots are in screen pixels of the stage, unless they are said to be in the image. */
export class Hand {
  /** @type {Marks} */
  marks = NO_MARKS;
  work;
  viewing;
  #host;
  #free;
  /** @type {Record<ToolName, Tool>} */
  #tools;
  /** @type {Tool} what it holds */
  tool;
  /** @type {Tool} what had hold of the image when the pointer went down: a key may have changed the tool since */
  #holder;
  /** @type {Spot | null} where the pointer is over the stage */
  #pointer = null;

  /** @param {import("../work.js").Work} work @param {import("../view/viewing.js").Viewing} viewing @param {Host} host */
  constructor(work, viewing, host) {
    this.work = work;
    this.viewing = viewing;
    this.#host = host;
    this.#free = new FreeHand(this);
    this.#tools = { "add-box": new AddBox(this), "edit-box": new BoxTool(this), pose: new PoseTool(this) };
    this.tool = this.#holder = this.#free;
  }

  get isFree() {
    return this.tool === this.#free;
  }

  /** Take up a tool, if that can be done just now. @param {ToolName | null} name null: none */
  takeUp(name) {
    const tool = name === null ? this.#free : this.#tools[name];
    const why = tool.whyNot();
    if (why) return this.explain(why);
    this.#become(tool);
    return this.#host.tookUp(name);
  }

  /** Take it up, or put it away. @param {ToolName} name */
  toggle(name) {
    this.takeUp(this.tool.name === name ? null : name);
  }

  /** Let go of everything: another image, or another person. */
  letGo() {
    this.#become(this.#free);
  }

  /** @param {Tool} tool */
  #become(tool) {
    this.tool.letGo();
    this.tool = tool;
    this.marks = NO_MARKS;
    this.cursor("");
  }

  /** The desk is another: a cross that places nothing any more goes. */
  changed() {
    if (!this.tool.hasCross(this.work.desk)) this.mark({ spot: null });
  }

  /** Where the pointer is, if it is over the image. @returns {Spot | null} in image pixels */
  inImage() {
    if (!this.#pointer || !this.work.sheet) return null;
    const at = this.viewing.toImage(this.#pointer);
    return isInFrame(at, this.work.desk.size) ? at : null;
  }

  // ------------------------------------------------------------------------------------------ by pointer

  /** @returns {import("../input/pointers.js").Handlers} */
  get handlers() {
    return {
      grab: (spot, touch) => this.#grab(spot, touch),
      drag: (hold, start, from, to, event) => this.#withImage(() => this.#drag(hold, start, from, to, event)),
      drop: (hold, _start, to) => this.#drop(hold, to),
      abort: () => this.#abort(),
      click: (spot, event) => this.#at(spot, () => this.tool.click(spot, event)),
      hover: (spot) => this.#at(spot, () => this.tool.hover(spot)),
      menu: (spot) => this.#withImage(() => this.tool.menu(spot)),
      pinch: (from, to, ratio) => this.#withImage(() => this.viewing.pinch(from, to, ratio)),
      wheel: (spot, factor) => this.#withImage(() => this.viewing.zoom(factor, spot)),
    };
  }

  /** Nothing is done where no image is. @param {() => void} act */
  #withImage(act) {
    if (this.work.sheet) act();
  }

  /** @param {Spot | null} spot @param {() => void} act */
  #at(spot, act) {
    this.#pointer = spot;
    this.#withImage(act);
  }

  /** @param {Spot} spot @param {boolean} touch @returns {Hold} */
  #grab(spot, touch) {
    this.#host.focus();
    if (!this.work.sheet) return "view";
    this.#holder = this.tool;
    return this.tool.grab(spot, touch);
  }

  /** @param {Hold} hold @param {Spot} start @param {Spot} from @param {Spot} to @param {PointerEvent} event */
  #drag(hold, start, from, to, event) {
    if (hold === "view") this.viewing.pan(from, to);
    else this.#holder.drag(hold, start, to, event);
  }

  /** @param {Hold} hold @param {Spot} to */
  #drop(hold, to) {
    this.#pointer = to;
    this.mark({ loupeAt: null });
    if (!this.work.sheet) return;
    this.cursor("");
    if (hold === "view") this.settled();
    else this.#holder.drop(hold, to);
  }

  #abort() {
    if (this.work.sheet) this.#holder.abort();
    this.marks = NO_MARKS;
    this.cursor("");
    this.paint();
  }

  // ------------------------------------------------------------------------------------------ what tools use

  /** How near counts as on a keypoint or a handle, in image pixels. @param {boolean} touch */
  pickRadius(touch) {
    return (touch ? PICK_PX.touch : PICK_PX.mouse) / this.viewing.scale;
  }

  /** How far the handle that turns stands out, in image pixels. */
  get handleReach() {
    return HANDLE_REACH_PX / this.viewing.scale;
  }

  /** Show something else at the pointer. @param {Partial<Marks>} marks */
  mark(marks) {
    this.marks = { ...this.marks, ...marks };
  }

  /** @param {string} name "": the usual one */
  cursor(name) {
    this.#host.cursor(name);
  }

  /** What is selected, once more. */
  paint() {
    this.#host.paint();
  }

  /** A drag is over. */
  settled() {
    this.#host.settled();
  }

  /** Somebody the queue did not know. @param {Box} box */
  addPerson(box) {
    this.#host.addPerson(box);
  }

  /** @param {string} text */
  explain(text) {
    this.#host.explain(text);
  }

  /** Tell people who do not see the screen. @param {string} text */
  say(text) {
    this.#host.say(text);
  }
}
