/** The tool that moves, turns and sizes the box, and no keypoint. */

import * as wholeBox from "../desk/whole_box.js";
import { FrameTool } from "./frame_tool.js";

/** `Shift B`. */
export class BoxTool extends FrameTool {
  name = /** @type {const} */ ("edit-box");

  /** @param {import("./hand.js").Hand} hand */
  constructor(hand) {
    super(hand, wholeBox);
  }
}
