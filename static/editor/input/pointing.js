/** What mouse, pen and fingers do to the image: taking hold of a keypoint, a handle, the view; placing; drawing a box. */

import { newKey } from "../../shared/api.js";
import * as geometry from "../geometry.js";
import { HIDDEN, personOf } from "../desk/desk.js";
import { selectKeypoint, selectPerson } from "../desk/selecting.js";
import { movePoint } from "../desk/editing.js";
import { cycleVisibility } from "../desk/placing.js";
import * as undoing from "../desk/undoing.js";
import * as tools from "../desk/tools.js";

/**
 * @typedef {import("../images/conveyor.js").Sheet} Sheet @typedef {import("../geometry.js").Spot} Spot @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {{hovered: number | null, spot: Spot | null, draftBox: geometry.Box | null, loupeAt: {at: Spot, finger: Spot} | null}} Marks
 *   what the pointer shows: the keypoint it is on, the cross it draws, the box being drawn, what the loupe is held over
 * @typedef {{sheet: () => Sheet | null, tool: () => tools.Tool | null, isLooking: () => boolean, change: (desk: Desk, how?: {quick: boolean}) => void, edit: (desk: Desk) => void,
 *   goTo: (desk: Desk, how: {under: Spot}) => void, setView: (view: geometry.View) => void, place: (at: Spot, visibility: 1 | 2) => void,
 *   boxDrawn: (box: geometry.Box | null) => void, settled: () => void, paint: () => void, cursor: (name: string) => void,
 *   focus: () => void}} Host   paint: what is selected, once more; settled: a drag is over, and the panel is behind
 */

const PICK_PX = { mouse: 14, touch: 26 };
/** How far the handle that turns stands out, in screen pixels. */
export const HANDLE_REACH_PX = 30;
const NO_MARKS = { hovered: null, spot: null, draftBox: null, loupeAt: null };

/** The hands of an editor. All spots are in screen pixels of the stage, unless they are said to be in the image. */
export class Pointing {
  /** @type {Marks} */
  marks = NO_MARKS;
  /** @type {Spot | null} where the pointer is over the stage */
  #pointer = null;
  /** @type {tools.Grip & {shown?: geometry.Box} | null} what of the tool's frame is held, and as it is shown meanwhile */
  #pulled = null;
  /** What was selected when the pointer went down: a key may have gone on to somebody else before it moves. */
  #atGrab = null;
  #grip = { x: 0, y: 0 };
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Let go of everything: another image, or another tool. */
  reset() {
    this.#pulled = null;
    this.marks = NO_MARKS;
    this.#host.cursor("");
  }

  /** No cross any more. */
  dropCross() {
    this.marks = { ...this.marks, spot: null };
  }

  /** The tool's frame as it is pulled just now, null while it lies as the pose or box does. @returns {geometry.Box | null} */
  get shownFrame() {
    return this.#pulled?.shown ?? null;
  }

  /** Where the pointer is, if it is over the image. @returns {Spot | null} in image pixels */
  inImage() {
    if (!this.#pointer || !this.#host.sheet()) return null;
    const at = this.#toImage(this.#pointer);
    return geometry.isInFrame(at, this.#desk.size) ? at : null;
  }

  /** @returns {import("./pointers.js").Handlers} */
  get handlers() {
    const withSheet = (act) => (...given) => this.#host.sheet() && act(...given);
    return {
      grab: (spot, touch) => this.#grab(spot, touch),
      drag: withSheet((hold, start, from, to, event) => this.#drag(hold, start, from, to, event)),
      drop: (hold, start, to) => this.#drop(hold, to),
      click: (spot, event) => this.#click(spot, event),
      abort: () => this.#abort(),
      hover: (spot) => this.#hover(spot),
      pinch: withSheet((from, to, ratio) => this.#host.setView(geometry.zoomAt(
        geometry.pan(this.#view, { x: to.x - from.x, y: to.y - from.y }), to, ratio))),
      menu: withSheet((spot) => this.#cycle(spot)),
      wheel: withSheet((spot, factor) => this.#host.setView(geometry.zoomAt(this.#view, spot, factor))),
    };
  }

  get #desk() {
    return this.#host.sheet().desk;
  }

  get #view() {
    return this.#host.sheet().view;
  }

  #toImage(spot) {
    return geometry.toImage(this.#view, spot);
  }

  // ------------------------------------------------------------------------------------------ taking hold

  #grab(spot, touch) {
    this.#host.focus();
    const sheet = this.#host.sheet();
    if (!sheet) return "view";
    const tool = this.#host.tool();
    if (tool === "add-box") return "box";
    const { person, placing, keypoint: waiting, future } = sheet.desk;
    const isOpen = personOf(sheet.desk)?.state === "open" && !this.#host.isLooking();
    const keypoint = !tool && isOpen ? this.#pick(spot, touch) : null;
    this.#atGrab = { sheet, person, keypoint, gesture: newKey(), future, waiting: placing ? waiting : null, touch };
    if (tool) return this.#grabHandle(tool, spot, touch);
    if (keypoint === null) return placing && touch ? "aim" : "view";
    const [x, y] = personOf(sheet.desk).pose.xyv[keypoint];
    const on = geometry.toScreen(sheet.view, { x, y });
    this.#grip = { x: on.x - spot.x, y: on.y - spot.y };
    return "point";
  }

  #grabHandle(tool, spot, touch) {
    const at = this.#toImage(spot);
    const handle = tools.handleUnder(tool, this.#desk, at, this.#reach(touch));
    if (!handle) return "view";
    this.#pulled = tools.gripOn(tool, this.#desk, at, handle, geometry.turnOf(this.#view), this.#atGrab.gesture);
    return "handle";
  }

  /** How near counts as on a handle, in image pixels. @returns {tools.Hand} */
  #reach(touch) {
    const scale = geometry.scaleOf(this.#view);
    return { radius: (touch ? PICK_PX.touch : PICK_PX.mouse) / scale, reach: HANDLE_REACH_PX / scale, turn: geometry.turnOf(this.#view) };
  }

  /** A person's keypoint under a spot. @returns {number | null} */
  #pick(spot, touch, person = personOf(this.#desk)) {
    if (!person || person.state === "not_a_person") return null;
    const radius = (touch ? PICK_PX.touch : PICK_PX.mouse) / geometry.scaleOf(this.#view);
    return geometry.nearest(person.pose.xyv, this.#toImage(spot), radius)?.keypoint ?? null;
  }

  /** Whether what was taken hold of is still what is selected. */
  #holds() {
    const { sheet, person, keypoint } = this.#atGrab ?? {};
    return (keypoint != null || this.#pulled !== null) && sheet === this.#host.sheet() && person === this.#desk.person;
  }

  // ------------------------------------------------------------------------------------------ dragging

  #drag(hold, start, from, to, event) {
    if (hold === "aim") return this.#aim(to);
    if (hold === "handle") return this.#pull(to, event.shiftKey);
    if (hold === "view") return this.#host.setView(geometry.pan(this.#view, { x: to.x - from.x, y: to.y - from.y }));
    if (hold === "box") return this.#drawBox(start, to);
    return this.#movePoint(to);
  }

  #movePoint(to) {
    if (!this.#holds()) return;
    const { keypoint, gesture, touch } = this.#atGrab;
    const on = { x: to.x + this.#grip.x, y: to.y + this.#grip.y };
    this.#host.cursor("moving");
    this.marks = { ...this.marks, hovered: null, loupeAt: touch ? { at: on, finger: to } : null };
    const desk = this.#desk;
    this.#host.change(movePoint({ ...desk, keypoint }, this.#toImage(on), gesture), { quick: desk.keypoint === keypoint });
  }

  #pull(to, snap) {
    if (!this.#holds() || this.#pulled?.tool !== this.#host.tool()) return;
    const at = this.#toImage(to);
    this.#pulled = { ...this.#pulled, shown: tools.framePulled(this.#pulled, at, { snap }) };
    this.#host.change(tools.pull(this.#desk, this.#pulled, at, { snap }), { quick: true });
  }

  /** A finger hides what it points at: while it is down, the loupe shows where the keypoint would go. */
  #aim(to) {
    this.marks = { ...this.marks, spot: to, loupeAt: { at: to, finger: to } };
    this.#host.paint();
  }

  #drawBox(start, to) {
    if (this.#host.tool() !== "add-box") return;
    const draftBox = geometry.boxBetween(this.#toImage(start), this.#toImage(to), this.#desk.size, geometry.turnOf(this.#view));
    this.marks = { ...this.marks, draftBox, spot: to };
    this.#host.paint();
  }

  // ------------------------------------------------------------------------------------------ letting go

  #drop(hold, to) {
    this.#pointer = to;
    this.marks = { ...this.marks, loupeAt: null };
    if (!this.#host.sheet()) return;
    this.#host.cursor(hold === "point" ? "point" : "");
    if (hold === "aim") return this.#desk.placing ? this.#host.place(this.#toImage(to), this.#desk.placeAs) : undefined;
    if (hold === "point" && this.#holds() && this.#atGrab.waiting !== null) {
      return this.#host.change(selectKeypoint(this.#desk, this.#atGrab.waiting));
    }
    this.#pulled = null;
    if (hold === "box" && this.#host.tool() === "add-box") return this.#host.boxDrawn(this.marks.draftBox);
    return this.#host.settled();
  }

  #abort() {
    if (this.#holds()) this.#host.change(this.#asBefore());
    this.#pulled = null;
    this.marks = NO_MARKS;
    this.#host.cursor("");
    this.#host.paint();
  }

  /** The desk without the drag that was given up; what waited to be placed waits again. */
  #asBefore() {
    const { gesture, future, waiting } = this.#atGrab;
    const desk = undoing.abandon(this.#desk, gesture, future);
    return waiting === null ? desk : selectKeypoint(desk, waiting);
  }

  /** A right click on a keypoint makes it visible, hidden, absent in turn. */
  #cycle(spot) {
    const isFixed = this.#host.tool() || this.#host.isLooking() || personOf(this.#desk)?.state !== "open";
    const keypoint = isFixed ? null : this.#pick(spot, false);
    if (keypoint !== null) this.#host.edit(cycleVisibility({ ...this.#desk, keypoint }));
  }

  #click(spot, event) {
    this.#pointer = spot;
    this.#pulled = null;
    if (!this.#host.sheet() || this.#host.tool()) return;
    const at = this.#toImage(spot);
    const desk = this.#desk;
    if (desk.placing) return this.#host.place(at, event.shiftKey ? HIDDEN : desk.placeAs);
    const touch = event.pointerType !== "mouse";
    const keypoint = this.#pick(spot, touch);
    if (keypoint !== null) return this.#host.goTo(selectKeypoint(desk, keypoint), { under: spot });
    const person = this.#personAt(spot, at, touch);
    if (person !== -1 && person !== desk.person) this.#host.goTo(selectPerson(desk, person), { under: spot });
  }

  /** Whose keypoint, or else whose box, lies under a spot: the smallest box wins. */
  #personAt(spot, at, touch) {
    const { persons } = this.#desk;
    const byPoint = persons.findIndex((person) => this.#pick(spot, touch, person) !== null);
    if (byPoint !== -1) return byPoint;
    const inside = [...persons.keys()].filter((i) => geometry.isInside(persons[i].box, at));
    const area = (i) => persons[i].box.width * persons[i].box.height;
    return inside.length ? inside.reduce((one, two) => (area(two) < area(one) ? two : one)) : -1;
  }

  // ------------------------------------------------------------------------------------------ passing over

  #hover(spot) {
    this.#pointer = spot;
    if (!this.#host.sheet()) return;
    const tool = this.#host.tool();
    if (tool === "pose" || tool === "edit-box") return this.#hoverHandle(tool, spot);
    const crossing = tool === "add-box" || this.#desk.placing;
    const hovered = spot && !crossing ? this.#pick(spot, false) : null;
    const cross = crossing ? spot : null;
    this.#host.cursor(crossing ? "cross" : hovered !== null ? "point" : "");
    if (hovered === this.marks.hovered && !cross && !this.marks.spot) return;
    this.marks = { ...this.marks, hovered, spot: cross };
    this.#host.paint();
  }

  #hoverHandle(tool, spot) {
    const handle = spot && tools.handleUnder(tool, this.#desk, this.#toImage(spot), this.#reach(false));
    this.#host.cursor({ null: "", inside: "all", turn: "turn" }[String(handle)] ?? "size");
  }
}
