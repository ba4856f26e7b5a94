/** The images to come: the next one is fetched and decoded while the annotator works on this one. */

import { openDesk } from "./state.js";

/**
 * @typedef {{desk: import("./state.js").Desk, picture: ImageBitmap | null, view: import("./geometry.js").View | null,
 *   problem: string | null, waiting: number}} Sheet one image at hand: its desk, its decoded picture, how it is looked at,
 *   how many of its saves the server has not answered
 * @typedef {{sheet: Sheet | null, message: string}} Delivery sheet null: the queue is empty, and the server's words for it
 */

/** Delivers sheets one by one, the next always under way. */
export class Conveyor {
  #api;
  #held;
  #changed;
  #counted;
  /** @type {Sheet[]} */
  #back = [];
  /** @type {Promise<Delivery> | null} */
  #coming = null;
  /** @type {Delivery | null} */
  #ready = null;

  /**
   * @param {{api: import("./api.js").Api, held: () => number[], changed?: () => void,
   *   counted?: (remaining: number, held: number[]) => void}} options
   *   held: ids of the images on the desk or with saves under way, which the server must not deal again
   *   counted: how many images the server says are to do, and what was held when it was asked
   */
  constructor({ api, held, changed = () => {}, counted = () => {} }) {
    this.#counted = counted;
    this.#api = api;
    this.#held = held;
    this.#changed = changed;
  }

  /** Whether the next sheet is here and decoded. */
  get isReady() {
    return this.#back.length > 0 || Boolean(this.#ready?.sheet);
  }

  /** The images waiting here, which the annotator holds as well. @returns {number[]} */
  get imageIds() {
    const waiting = this.#ready?.sheet ? [...this.#back, this.#ready.sheet] : this.#back;
    return waiting.map((sheet) => sheet.desk.imageId);
  }

  /** The next sheet. Throws ApiError where it cannot be had; taking again tries again. @returns {Promise<Delivery>} */
  async take() {
    const back = this.#back.pop();
    if (back) {
      this.#changed();
      return { sheet: back, message: "" };
    }
    const wasEmpty = this.#ready !== null && this.#ready.sheet === null;
    const coming = wasEmpty || this.#coming === null ? this.#fetch() : this.#coming;
    this.#coming = this.#ready = null;
    this.#changed();
    return coming;
  }

  /** See to it that the next sheet is under way. A failure shows when the sheet is taken. */
  prefetch() {
    if (this.#coming !== null || this.#back.length) return;
    const coming = this.#fetch();
    this.#coming = coming;
    coming.then(
      (delivery) => {
        if (this.#coming === coming) this.#ready = delivery;
        this.#changed();
      },
      () => {
        if (this.#coming === coming) this.#coming = null;
      },
    );
  }

  /** Images here are no longer held: the next sheet, if it is one of them, makes room for another. @param {number[]} lost */
  forget(lost) {
    const sheet = this.#ready?.sheet;
    if (!sheet || !lost.includes(sheet.desk.imageId)) return;
    sheet.picture?.close();
    this.#coming = this.#ready = null;
    this.#changed();
    this.prefetch();
  }

  /** Lay a sheet aside: it is the next one taken. @param {Sheet} sheet */
  putBack(sheet) {
    this.#back.push(sheet);
    this.#changed();
  }

  async #fetch() {
    const held = [...new Set([...this.#held(), ...this.imageIds])];
    const answer = await this.#api.next(held);
    const task = "image" in answer ? answer : null;
    if (task) this.#counted(task.remaining, held);
    if (!task) return { sheet: null, message: answer.message ?? "" };
    const desk = openDesk(task);
    return { sheet: { desk, view: null, waiting: 0, ...(await this.#picture(desk.url)) }, message: "" };
  }

  async #picture(url) {
    try {
      return { picture: await this.#api.picture(url), problem: null };
    } catch (error) {
      if (error.kind !== "refused") throw error;
      return { picture: null, problem: error.message };
    }
  }
}
