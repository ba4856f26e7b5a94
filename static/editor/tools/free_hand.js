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
  /** The keypoint that is held. offset: from the pointer to it, so that it is not pulled under the pointer.
   * @type {{keypoint: number, offset: Spot, touch: boolean, gesture: Gesture} | null} */
  #held = null;

  /** @type {Tool["grab"]} */
  grab(spot, touch) {
    const { sheet, desk, person, isOpen, isLooking } = this.hand.work;
    const keypoint = isOpen && !isLooking ? this.#pick(spot, touch, person) : null;
    this.#held = null;
    // A finger hides what it points at: it may aim first, and places where it is lifted.
    if (!sheet || !person || keypoint === null) return desk.placing && touch ? "aim" : "view";
    const [x, y] = person.pose.xyv[keypoint];
    const on = this.hand.viewing.toScreen({ x, y });
    this.#held = { keypoint, touch, offset: { x: on.x - spot.x, y: on.y - spot.y }, gesture: new Gesture(sheet) };
    return "point";
  }

  /** @type {Tool["drag"]} */
  drag(hold, _start, to) {
    if (hold === "aim") this.#aim(to);
    else this.#movePoint(to);
  }

  /** While a finger is down, the loupe shows where the keypoint would go. @param {Spot} to */
  #aim(to) {
    this.hand.mark({ spot: to, loupeAt: { at: to, finger: to } });
    this.hand.paint();
  }

  /** @param {Spot} to */
  #movePoint(to) {
    const held = this.#heldStill();
    if (!held) return;
    const { hand } = this;
    const { desk } = hand.work;
    const on = { x: to.x + held.offset.x, y: to.y + held.offset.y };
    hand.cursor("moving");
    hand.mark({ hovered: null, loupeAt: held.touch ? { at: on, finger: to } : null });
    const moved = movePoint({ ...desk, keypoint: held.keypoint }, hand.viewing.toImage(on), held.gesture.key);
    // The panel follows when the drag is over: at every pixel only what moves is painted.
    hand.work.change(moved, { quick: desk.keypoint === held.keypoint });
  }

  /** @type {Tool["drop"]} */
  drop(hold, to) {
    const { hand } = this;
    const { work } = hand;
    if (hold === "aim") return work.desk.placing ? this.#place(hand.viewing.toImage(to), work.desk.placeAs) : undefined;
    hand.cursor("point");
    const waiting = this.#heldStill()?.gesture.waiting ?? null;
    this.#held = null;
    // Another keypoint was dragged meanwhile: the one that waited for its place still does.
    if (waiting !== null) return work.change(selectKeypoint(work.desk, waiting));
    return hand.settled();
  }

  abort() {
    const { work } = this.hand;
    const held = this.#heldStill();
    if (held) work.change(held.gesture.givenUp(work.desk));
    this.#held = null;
  }

  /** @type {Tool["click"]} */
  click(spot, event) {
    const { work, viewing } = this.hand;
    const { desk } = work;
    const at = viewing.toImage(spot);
    this.#held = null;
    if (desk.placing) return this.#place(at, event.shiftKey ? HIDDEN : desk.placeAs);
    const touch = event.pointerType !== "mouse";
    const keypoint = this.#pick(spot, touch, work.person);
    if (keypoint !== null) return work.goTo(selectKeypoint(desk, keypoint), { under: spot });
    const person = this.#personAt(spot, at, touch);
    if (person !== -1 && person !== desk.person) work.goTo(selectPerson(desk, person), { under: spot });
    return undefined;
  }

  /** @type {Tool["hover"]} */
  hover(spot) {
    const { hand } = this;
    const { placing } = hand.work.desk;
    const hovered = spot && !placing ? this.#pick(spot, false, hand.work.person) : null;
    const cross = placing ? spot : null;
    hand.cursor(placing ? "cross" : hovered !== null ? "point" : "");
    // Most moves of a mouse change nothing that is seen.
    if (hovered === hand.marks.hovered && !cross && !hand.marks.spot) return;
    hand.mark({ hovered, spot: cross });
    hand.paint();
  }

  /** A keypoint becomes visible, hidden, absent in turn. @type {Tool["menu"]} */
  menu(spot) {
    const { work } = this.hand;
    const keypoint = work.isOpen && !work.isLooking ? this.#pick(spot, false, work.person) : null;
    if (keypoint !== null) work.edit(cycleVisibility({ ...work.desk, keypoint }));
  }

  /** @type {Tool["nudge"]} */
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
    /** @param {number} i */
    const area = (i) => persons[i].box.width * persons[i].box.height;
    return inside.length ? inside.reduce((one, two) => (area(two) < area(one) ? two : one)) : -1;
  }

  /** What is held, if it is still of who is selected: a key may have gone on to somebody else. */
  #heldStill() {
    return this.#held?.gesture.isAbout(this.hand.work.sheet) ? this.#held : null;
  }
}
