/** The images to come: the next ones are fetched and decoded while the annotator works on this one. */

import { ApiError } from "../../shared/api.js";
import { lookOf } from "./looking.js";
import { stopPlacing } from "../desk/selecting.js";
import { openDesk } from "../desk/opening.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk
 */

/** How many images are to wait here, and how many decoded pixels beyond the first of them: a pixel takes 4 bytes. */
const AHEAD = 2;
const AHEAD_PX = 40e6;

/**
 * @typedef {{desk: import("../desk/desk.js").Desk, restored: import("../keeping/drafts.js").Restored[], picture: ImageBitmap | null, overview?: ImageBitmap | null,
 *   view: import("../geometry.js").View | null, problem: string | null, waiting: number,
 *   look: import("./looking.js").Look | null, wasDone?: boolean, previous?: Promise<Previous> | null}} Sheet one image at hand: its desk,
 *   whose edits of a draft are back on it, its decoded picture, how it is looked at, how many of its saves the server has
 *   not answered; look: why it may only be looked at, null where it is ours to work on; wasDone: it was done when it was
 *   fetched; previous: the camera's frame before it, once it was asked for
 * @typedef {import("../../shared/contract.d.ts").PreviousPayload} Previous
 * @typedef {{sheet: Sheet, message: ""}} Delivered
 * @typedef {Delivered | {sheet: null, message: string, step: import("../../shared/contract.d.ts").StepPayload | null}} Delivery sheet null:
 *   the queue is empty, and the server's words for it; step: as /api/first-step tells of it
 * @typedef {{desk: import("../desk/desk.js").Desk, restored: import("../keeping/drafts.js").Restored[], problem: string | null}} Kept
 */

/** Delivers sheets one by one, the next ones always under way. */
export class Conveyor {
  #api;
  #held;
  #changed;
  #counted;
  #restore;
  /** @type {Sheet[]} laid aside, the last one next */
  #back = [];
  /** @type {Sheet[]} here, in order */
  #ready = [];
  /** @type {Set<Sheet>} of those, whose pictures are still to come: together they would be too big */
  #bare = new Set();
  /** @type {Promise<Delivery> | null} the next one for `#ready`, or the picture of one there */
  #coming = null;
  /** @type {Sheet | null} whose picture is coming; null: another sheet is */
  #drawing = null;
  /** @type {number[]} the image taken last, until it is held */
  #taken = [];
  /** @type {number[]} the images asked for by their ids, until they are here */
  #fetching = [];

  /**
   * @param {{api: import("../../shared/api.js").Api, held: () => number[], changed?: () => void,
   *   counted?: (task: import("../../shared/contract.d.ts").TaskPayload, held: number[]) => void,
   *   restore?: (desk: import("../desk/desk.js").Desk) => Promise<Kept>}} options
   *   held: ids of the images on the desk or with saves under way, which the server must not deal again
   *   counted: what the server said of the next image, with how many are to do, and what was held when it was asked
   *   restore: puts the draft of an image on its desk
   */
  constructor({ api, held, changed = () => {}, counted = () => {}, restore = asDealt }) {
    this.#counted = counted;
    this.#api = api;
    this.#held = held;
    this.#changed = changed;
    this.#restore = restore;
  }

  /** Whether the next sheet is here and decoded. */
  get isReady() {
    return this.#back.length > 0 || this.#hasFirst();
  }

  /** The images waiting here, which the annotator holds as well. @returns {number[]} */
  get imageIds() {
    return [...this.#back, ...this.#ready].map((sheet) => sheet.desk.imageId);
  }

  /** The images waiting here that nobody has worked on: those laid aside and those with a draft are not. @returns {number[]} */
  get aheadIds() {
    return this.#ready.filter((sheet) => !sheet.restored.length).map((sheet) => sheet.desk.imageId);
  }

  /** The sheet of an image that waits here, else null. @param {number} imageId @returns {Sheet | null} */
  sheetOf(imageId) {
    return [...this.#back, ...this.#ready].find((sheet) => sheet.desk.imageId === imageId) ?? null;
  }

  /** The next sheet. Throws ApiError where it cannot be had; taking again tries again. @returns {Promise<Delivery>} */
  async take() {
    this.#taken = [];
    const coming = this.#next();
    this.#changed();
    const delivery = await coming;
    this.#taken = delivery.sheet ? [delivery.sheet.desk.imageId] : [];
    this.#dropOthersOf(delivery.sheet);
    return delivery;
  }

  /** An image by its id, whether it is its turn or not. Throws ApiError. @param {number} imageId @returns {Promise<Sheet>} */
  async fetchImage(imageId) {
    this.#fetching.push(imageId); // from now on, so that it is not dealt meanwhile
    try {
      const { sheet } = await (this.#outOfTurn(imageId) ?? this.#sheetOf(await this.#api.get(`/api/images/${imageId}/task`)));
      this.#taken = [imageId];
      this.#dropOthersOf(sheet);
      return sheet;
    } finally {
      this.#fetching = this.#fetching.toSpliced(this.#fetching.indexOf(imageId), 1);
    }
  }

  /** See to it that the next sheets are under way, one after the other. A failure shows when the sheet is taken. */
  prefetch() {
    // Full only with the first picture decoded: that is the one somebody waits for.
    const isFull = this.#ready.length >= AHEAD && this.#hasFirst();
    if (this.#coming !== null || this.#back.length || isFull) return;
    this.#drawing = this.#ready.length && !this.#hasFirst() ? this.#ready[0] : null;
    const coming = this.#drawing ? this.#decoded(this.#drawing) : this.#fetch();
    this.#coming = coming;
    coming.then(
      ({ sheet }) => this.#coming === coming && this.#arrived(sheet),
      () => {
        if (this.#coming === coming) this.#takeComing(); // its failure is told when the sheet is taken
      },
    );
  }

  /** Images here are no longer held: those of them that wait make room for others. @param {number[]} lost */
  forget(lost) {
    this.#drop(this.#ready.filter((sheet) => lost.includes(sheet.desk.imageId)));
  }

  /** @param {Sheet[]} gone of those that are ready */
  #drop(gone) {
    if (!gone.length) return;
    if (this.#drawing && gone.includes(this.#drawing)) this.#takeComing(); // that picture is not wanted any more
    this.#ready = this.#ready.filter((sheet) => !gone.includes(sheet));
    // Decoded pixels are outside what the garbage collector counts: they are let go by hand.
    for (const sheet of gone) sheet.picture?.close();
    this.#changed();
    this.prefetch();
  }

  /** Lay a sheet aside: it is the next one taken. @param {Sheet} sheet */
  putBack(sheet) {
    this.#back.push(sheet);
    this.#changed();
    this.#dropOthersOf(sheet);
  }

  /** An image may have been dealt twice, where it was under way while the next one was asked for. @param {Sheet | null} sheet */
  #dropOthersOf(sheet) {
    this.#drop(this.#ready.filter((one) => one !== sheet && one.desk.imageId === sheet?.desk.imageId));
  }

  #hasFirst() {
    return this.#ready.length > 0 && !this.#bare.has(this.#ready[0]);
  }

  /** @param {Sheet | null} sheet */
  #arrived(sheet) {
    this.#takeComing();
    if (sheet && !this.#ready.includes(sheet)) this.#add(sheet);
    this.#changed();
    if (sheet) this.prefetch();
  }

  /** An image that was fetched by its id while it was dealt here too is at hand already. @param {Sheet} sheet */
  #add(sheet) {
    if (!this.#out().includes(sheet.desk.imageId)) this.#ready.push(sheet);
    else sheet.picture?.close();
  }

  /** What the server must not deal. @returns {number[]} */
  #out() {
    return [...new Set([...this.#held(), ...this.#taken, ...this.#fetching, ...this.imageIds])];
  }

  /** A sheet that waits here, taken before its turn. @param {number} imageId @returns {Promise<Delivered> | null} */
  #outOfTurn(imageId) {
    const sheet = this.sheetOf(imageId);
    if (!sheet) return null;
    this.#back = this.#back.filter((one) => one !== sheet);
    this.#ready = this.#ready.filter((one) => one !== sheet);
    this.#changed();
    return this.#bare.has(sheet) ? this.#pictured(sheet) : delivered(sheet);
  }

  /** @returns {Promise<Delivery>} */
  #next() {
    const back = this.#back.pop();
    if (back) return delivered(back);
    const hasPicture = this.#hasFirst();
    const first = this.#ready.shift();
    if (first) return hasPicture ? delivered(first) : this.#pictured(first);
    return this.#takeComing() ?? this.#fetch();
  }

  #takeComing() {
    const coming = this.#coming;
    this.#coming = this.#drawing = null;
    return coming;
  }

  /** A sheet that waited without its picture, with it; it waits again where that cannot be had.
   * @param {Sheet} sheet @returns {Promise<Delivered>} */
  async #pictured(sheet) {
    try {
      if (sheet !== this.#drawing) return await this.#decoded(sheet);
      await this.#takeComing();
      return delivered(sheet);
    } catch (error) {
      this.#ready.unshift(sheet);
      throw error;
    }
  }

  /** @returns {Promise<Delivery>} */
  async #fetch() {
    const held = this.#out();
    const answer = await this.#api.next(held);
    if (!("image" in answer)) return { sheet: null, message: answer.message, step: answer.step };
    this.#counted(answer, held);
    return this.#sheetOf(answer, (size) => this.#hasRoomFor(size));
  }

  /** A task's sheet, with its picture if there is room. @param {import("../../shared/contract.d.ts").TaskPayload} task
   * @param {(size: import("../geometry.js").Size) => boolean} [hasRoom] @returns {Promise<Delivered>} */
  async #sheetOf(task, hasRoom = (_size) => true) {
    const look = lookOf(task);
    const { desk, restored, problem } = await (look ? asDealt(stopPlacing(openDesk(task))) : this.#restore(openDesk(task)));
    /** @type {Sheet} */
    const sheet = { desk, restored, view: null, waiting: 0, picture: null, problem, look };
    if (hasRoom(desk.size)) return this.#decoded(sheet);
    this.#bare.add(sheet);
    return delivered(sheet);
  }

  /** Whether another picture may be decoded: the first one always. @param {import("../geometry.js").Size} size */
  #hasRoomFor(size) {
    const [first, ...beyond] = this.#ready;
    const taken = beyond.filter((sheet) => !this.#bare.has(sheet)).map((sheet) => pixelsOf(sheet.desk.size));
    return !first || taken.reduce((sum, pixels) => sum + pixels, pixelsOf(size)) <= AHEAD_PX;
  }

  /** The sheet with its picture. @param {Sheet} sheet @returns {Promise<Delivered>} */
  async #decoded(sheet) {
    try {
      sheet.picture = await this.#api.picture(sheet.desk.url);
    } catch (error) {
      if (!(error instanceof ApiError) || error.kind !== "refused") throw error;
      // A picture that cannot be read is shown as a problem, with its persons: they can still be skipped.
      sheet.problem = error.message;
    }
    this.#bare.delete(sheet);
    return delivered(sheet);
  }
}

/** @param {Sheet} sheet @returns {Promise<Delivered>} */
async function delivered(sheet) {
  return { sheet, message: "" };
}

/** @param {Desk} desk @returns {Promise<Kept>} */
async function asDealt(desk) {
  return { desk, restored: [], problem: null };
}

/** @param {import("../geometry.js").Size} size */
function pixelsOf({ width, height }) {
  return width * height;
}
