/** The tool that draws the box of somebody the queue did not know. */

import { boxBetween, levelAngle } from "../geometry.js";
import { LEAST_BOX_PX, boxAbout } from "../desk/whole_box.js";
import * as words from "../words.js";
import { Tool } from "./tool.js";

/** `B`. One box: drawn, it is put away. */
export class AddBox extends Tool {
  name = /** @type {const} */ ("add-box");

  /** @type {Tool["grab"]} */
  grab() {
    return "box";
  }

  hasCross() {
    return true;
  }

  /** @type {Tool["drag"]} */
  drag(_hold, start, to) {
    const { hand } = this;
    if (hand.tool !== this) return; // put away by a key meanwhile
    const { viewing, work } = hand;
    const draftBox = boxBetween(viewing.toImage(start), viewing.toImage(to), work.desk.size, viewing.turn);
    hand.mark({ draftBox, spot: to });
    hand.paint();
  }

  /** @type {Tool["drop"]} */
  drop(hold, to) {
    const { hand } = this;
    if (hand.tool !== this) return super.drop(hold, to);
    const { draftBox: box } = hand.marks;
    hand.takeUp(null);
    if (box && Math.min(box.width, box.height) >= LEAST_BOX_PX) return hand.addPerson(box);
    return hand.explain(`A box needs ${LEAST_BOX_PX} image pixels at least each way. Press {add-person} and drag again.`);
  }

  /** @type {Tool["hover"]} */
  hover(spot) {
    this.hand.cursor("cross");
    this.hand.mark({ hovered: null, spot });
    this.hand.paint();
  }

  nudge() {
    this.hand.explain(words.toolInWords(this.name, { byTouch: false }));
  }

  /** By keys alone: a box is put under the pointer, or in the middle, to be sized by them. */
  done() {
    const { hand } = this;
    const at = hand.inImage() ?? hand.viewing.middleInImage();
    hand.addPerson(boxAbout(hand.work.desk, at, levelAngle(hand.viewing.turn)));
    hand.takeUp("edit-box");
  }
}
