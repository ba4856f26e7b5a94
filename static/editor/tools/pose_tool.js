/** The tool that moves, turns and sizes the whole pose, and no box. */

import * as wholePose from "../desk/whole_pose.js";
import { FrameTool } from "./frame_tool.js";

/** `M`. */
export class PoseTool extends FrameTool {
  name = /** @type {const} */ ("pose");

  /** @param {import("./hand.js").Hand} hand */
  constructor(hand) {
    super(hand, wholePose);
  }

  /** @returns {string | null} */
  whyNot() {
    const isPlaced = () => wholePose.frame(this.hand.work.desk, 0) !== null;
    return super.whyNot() ?? (isPlaced() ? null : "No keypoint is placed yet: there is no pose to move.");
  }
}
