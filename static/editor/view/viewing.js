/** How the image at hand is looked at: fitted, zoomed, turned, moved. Knows no DOM. */

import * as geometry from "../geometry.js";
import * as framing from "./framing.js";

/**
 * @typedef {import("../geometry.js").Spot} Spot @typedef {import("../geometry.js").View} View @typedef {import("../geometry.js").Size} Size
 * @typedef {import("../images/conveyor.js").Sheet} Sheet
 * @typedef {object} Host
 * @property {() => Sheet | null} sheet what is on the desk
 * @property {() => Size} size the stage's, in screen pixels
 * @property {() => void} moved the image lies elsewhere
 * @property {() => void} turned it lies another way round
 */

/** The view of the image at hand. Spots are in screen pixels of the stage, unless they are said to be in the image. */
export class Viewing {
  #upright;
  #host;

  /** @param {import("./upright.js").Upright} upright whether persons are shown head up @param {Host} host */
  constructor(upright, host) {
    this.#upright = upright;
    this.#host = host;
  }

  /** The image at hand; a view is asked for only while there is one. @returns {Sheet} */
  get #sheet() {
    const sheet = this.#host.sheet();
    if (!sheet) throw new Error("no image is on the desk: there is no view");
    return sheet;
  }

  get #desk() {
    return this.#sheet.desk;
  }

  /** @returns {View} */
  get view() {
    // Of an image that was not laid yet there is none: `begin` makes it before anything asks.
    return /** @type {View} */ (this.#sheet.view);
  }

  /** By how much the image is turned, in radians clockwise. */
  get turn() {
    return geometry.turnOf(this.view);
  }

  /** Screen pixels to a pixel of the image. */
  get scale() {
    return geometry.scaleOf(this.view);
  }

  /** By how much the selected person is to be shown turned, in radians clockwise. */
  get wantedTurn() {
    return this.#upright.turnFor(this.#desk);
  }

  /** As words.turnInWords asks for it. @returns {{isOn: boolean, turn: number, own: number}} */
  get upright() {
    return this.#upright.seenIn({ desk: this.#desk, view: this.view });
  }

  /** @param {Spot} spot @returns {Spot} in image pixels */
  toImage(spot) {
    return geometry.toImage(this.view, spot);
  }

  /** @param {Spot} spot in image pixels @returns {Spot} */
  toScreen(spot) {
    return geometry.toScreen(this.view, spot);
  }

  /** What is in the middle of the stage, or nearest to it in the image. @returns {Spot} in image pixels */
  middleInImage() {
    return geometry.intoFrame(this.toImage(this.#middle), geometry.frameOf(this.#desk.size));
  }

  /** A step as the screen shows it, however the view is turned. @param {Spot} step in image pixels @returns {Spot} the same */
  stepOnScreen(step) {
    return geometry.stepOnScreen(this.view, step);
  }

  /** @param {View} view */
  set(view) {
    // Framing gives the same view back where nothing is to move.
    if (view === this.view) return;
    if (!framing.isTurnedBy(view, this.turn)) this.#host.turned();
    this.#sheet.view = view;
    this.#host.moved();
  }

  /** @param {Spot} from @param {Spot} to */
  pan(from, to) {
    this.set(geometry.pan(this.view, { x: to.x - from.x, y: to.y - from.y }));
  }

  /** @param {number} factor @param {Spot} [about] what stays where it is; else the middle */
  zoom(factor, about = this.#middle) {
    this.set(geometry.zoomAt(this.view, about, factor));
  }

  /** Two fingers moved and spread, in one step. @param {Spot} from @param {Spot} to where their middle was and is
   * @param {number} factor */
  pinch(from, to, factor) {
    this.set(geometry.zoomAt(geometry.pan(this.view, { x: to.x - from.x, y: to.y - from.y }), to, factor));
  }

  /** The selected person, as large as the stage has room. */
  fitPerson() {
    this.set(this.#ofPerson());
  }

  /** The whole image, as it was taken. */
  fitImage() {
    this.set(framing.viewOfImage(this.#desk, this.#host.size()));
  }

  /** The selected keypoint is in sight: the view moves if it has to. */
  keepKeypointInside() {
    this.set(framing.withKeypointInside(this.view, this.#desk, this.#host.size()));
  }

  /** Another person was clicked: turned as they are to be shown, if the one before was. @param {number} before the turn
   * that was wanted before @param {Spot} under where the pointer is; what it is on stays there */
  turnOn(before, under) {
    this.set(framing.turnedOn(this.view, before, this.wantedTurn, under));
  }

  /** Persons head up, or as the camera took them: the other way from now on. */
  toggleUpright() {
    const before = this.wantedTurn;
    this.#upright.toggle();
    this.set(framing.turnedAnew(this.view, this.#desk, before, this.wantedTurn, this.#host.size()));
  }

  /** An image came onto the desk: as it was left, unless persons are to be shown another way round by now. */
  begin() {
    const { desk, view } = this.#sheet;
    if (!view || !this.#upright.suits({ desk, view })) this.#sheet.view = this.#ofPerson();
  }

  /** The stage has another size. @param {Size} before */
  refit(before) {
    const { view } = this.#sheet;
    // Before its first layout the stage is one pixel wide: nothing was fitted to it.
    if (!view || before.width === 1) this.#sheet.view = this.#ofPerson();
    else this.#sheet.view = framing.refitted(view, this.#desk, this.wantedTurn, before, this.#host.size());
  }

  get #middle() {
    const { width, height } = this.#host.size();
    return { x: width / 2, y: height / 2 };
  }

  #ofPerson() {
    return framing.viewOfPerson(this.#desk, this.#host.size(), this.wantedTurn);
  }
}
