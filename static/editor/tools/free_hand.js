/** The hand without a tool: it drags keypoints, places those that wait, and selects what is clicked. */

import { isInside, nearest } from "../geometry.js";
import { HIDDEN } from "../desk/desk.js";
import { movePoint, nudge } from "../desk/editing.js";
import { spoken } from "../desk/keypoint_names.js";
import { cycleVisibility, isAsked, placeByKeys, placePoint } from "../desk/placing.js";
import { selectKeypoint, selectPerson } from "../desk/selecting.js";
import { Gesture, Tool } from "./tool.js";

/** @typedef {import("./tool.js").Spot} Spot @typedef {import("../desk/desk.js").Person} Person */

/** What the hand does until a tool is taken up. */
export class FreeHand extends Tool {
  /** @type {number | null} the keypoint that is held */
  #keypoint = null;
  #isTouch = false;
  /** From the pointer to the keypoint it holds: it is not pulled under the pointer. */
  #offset = { x: 0, y: 0 };

  grab(spot, touch) {
    const { work, viewing } = this.hand;
    this.gesture = new Gesture(work.sheet);
    this.#isTouch = touch;
    this.#keypoint = work.isOpen && !work.isLooking ? this.#pick(spot, touch, work.person) : null;
    // A finger hides what it points at: it may aim first, and places where it is lifted.
    if (this.#keypoint === null) return work.desk.placing && touch ? "aim" : "view";
    const [x, y] = work.person.pose.xyv[this.#keypoint];
    const on = viewing.toScreen({ x, y });
    this.#offset = { x: on.x - spot.x, y: on.y - spot.y };
    return "point";
  }

  drag(hold, _start, to) {
    if (hold === "aim") this.#aim(to);
    else this.#movePoint(to);
  }

  /** While a finger is down, the loupe shows where the keypoint would go. */
  #aim(to) {
    this.hand.mark({ spot: to, loupeAt: { at: to, finger: to } });
    this.hand.paint();
  }

  #movePoint(to) {
    if (!this.#holds()) return;
    const { hand } = this;
    const { desk } = hand.work;
    const on = { x: to.x + this.#offset.x, y: to.y + this.#offset.y };
    hand.cursor("moving");
    hand.mark({ hovered: null, loupeAt: this.#isTouch ? { at: on, finger: to } : null });
    const moved = movePoint({ ...desk, keypoint: this.#keypoint }, hand.viewing.toImage(on), this.gesture.key);
    hand.work.change(moved, { quick: desk.keypoint === this.#keypoint });
  }

  drop(hold, to) {
    const { hand } = this;
    const { work } = hand;
    if (hold === "aim") return work.desk.placing ? this.#place(hand.viewing.toImage(to), work.desk.placeAs) : undefined;
    hand.cursor("point");
    const isHeld = this.#holds();
    this.#keypoint = null;
    if (isHeld && this.gesture.waiting !== null) return work.change(selectKeypoint(work.desk, this.gesture.waiting));
    return hand.settled();
  }

  abort() {
    const { work } = this.hand;
    if (this.#holds()) work.change(this.gesture.givenUp(work.desk));
    this.#keypoint = null;
  }

  click(spot, event) {
    const { work, viewing } = this.hand;
    const { desk } = work;
    const at = viewing.toImage(spot);
    this.#keypoint = null;
    if (desk.placing) return this.#place(at, event.shiftKey ? HIDDEN : desk.placeAs);
    const touch = event.pointerType !== "mouse";
    const keypoint = this.#pick(spot, touch, work.person);
    if (keypoint !== null) return work.goTo(selectKeypoint(desk, keypoint), { under: spot });
    const person = this.#personAt(spot, at, touch);
    if (person !== -1 && person !== desk.person) work.goTo(selectPerson(desk, person), { under: spot });
    return undefined;
  }

  hover(spot) {
    const { hand } = this;
    const { placing } = hand.work.desk;
    const hovered = spot && !placing ? this.#pick(spot, false, hand.work.person) : null;
    const cross = placing ? spot : null;
    hand.cursor(placing ? "cross" : hovered !== null ? "point" : "");
    if (hovered === hand.marks.hovered && !cross && !hand.marks.spot) return;
    hand.mark({ hovered, spot: cross });
    hand.paint();
  }

  /** A keypoint becomes visible, hidden, absent in turn. */
  menu(spot) {
    const { work } = this.hand;
    const keypoint = work.isOpen && !work.isLooking ? this.#pick(spot, false, work.person) : null;
    if (keypoint !== null) work.edit(cycleVisibility({ ...work.desk, keypoint }));
  }

  nudge(step) {
    const { work, viewing } = this.hand;
    work.edit(isAsked(work.desk) ? placeByKeys(work.desk) : nudge(work.desk, step));
    viewing.keepKeypointInside();
  }

  /** @param {Spot} at in image pixels @param {1 | 2} visibility */
  #place(at, visibility) {
    const { work } = this.hand;
    const name = spoken(work.desk.skeleton, work.desk.keypoint);
    work.edit(placePoint(work.desk, at, visibility));
    const { desk } = work;
    const next = desk.placing ? ` Next: ${spoken(desk.skeleton, desk.keypoint)}.` : "";
    this.hand.say(`${name} placed.${next}`);
  }

  /** A person's keypoint under a spot. @param {Spot} spot @param {boolean} touch @param {Person | null} person
   * @returns {number | null} */
  #pick(spot, touch, person) {
    if (!person || person.state === "not_a_person") return null;
    const at = this.hand.viewing.toImage(spot);
    return nearest(person.pose.xyv, at, this.hand.pickRadius(touch))?.keypoint ?? null;
  }

  /** Whose keypoint, or else whose box, lies under a spot: the smallest box wins. @param {Spot} spot
   * @param {Spot} at the same in image pixels @param {boolean} touch @returns {number} -1: nobody's */
  #personAt(spot, at, touch) {
    const { persons } = this.hand.work.desk;
    const byPoint = persons.findIndex((person) => this.#pick(spot, touch, person) !== null);
    if (byPoint !== -1) return byPoint;
    const inside = [...persons.keys()].filter((i) => isInside(persons[i].box, at));
    const area = (i) => persons[i].box.width * persons[i].box.height;
    return inside.length ? inside.reduce((one, two) => (area(two) < area(one) ? two : one)) : -1;
  }

  #holds() {
    return this.#keypoint !== null && this.gesture.isAbout(this.hand.work.sheet);
  }
}
