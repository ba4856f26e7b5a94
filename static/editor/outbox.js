/** Saves on their way to the server: one after another, tried again until each is answered, never sent twice as two. */

import { newKey } from "./api.js";

/**
 * @typedef {{path: string, body: () => object, about: string, saved?: (answer: any) => void,
 *   refused?: (error: Error) => void, dropped?: () => void}} Letter
 *   body: built when first sent, so that it carries the revision which the letters before it led to.
 *   about: who it concerns; when one letter is refused, the later ones about the same are not sent, but dropped.
 * @typedef {{state: "saved" | "saving" | "waiting" | "signed-out", pending: number, message: string, retryAt: number}} Outlook
 */

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/** How long to wait before try number `tries`. @param {number} tries from 1 */
export function waitBefore(tries) {
  return WAITS_MS[Math.min(tries, WAITS_MS.length) - 1];
}

/** A queue of letters. Order is kept: what was decided first is saved first. */
export class Outbox {
  #letters = [];
  #tries = 0;
  #timer = null;
  #busy = false;
  #send;
  #changed;
  #clock;
  /** @type {Outlook} */
  outlook = { state: "saved", pending: 0, message: "", retryAt: 0 };

  /**
   * @param {{send: (path: string, body: object) => Promise<any>, changed?: (outlook: Outlook) => void,
   *   clock?: {now: () => number, later: (work: () => void, ms: number) => any, never: (timer: any) => void}}} options
   */
  constructor({ send, changed = () => {}, clock = browserClock }) {
    this.#send = send;
    this.#changed = changed;
    this.#clock = clock;
  }

  /** Post a letter; it is sent in the background. @param {Letter} letter @returns {string} its key */
  add(letter) {
    const key = newKey();
    this.#letters.push({ ...letter, key, sealed: null });
    if (this.outlook.state === "saved") this.#look("saving");
    else this.#look(this.outlook.state, this.outlook.message, this.outlook.retryAt);
    if (this.#timer === null && this.outlook.state !== "signed-out") void this.#work();
    return key;
  }

  /** Try at once: the connection is back, or the annotator signed in again. */
  retry() {
    this.#clock.never(this.#timer);
    this.#timer = null;
    if (this.#letters.length) void this.#work();
  }

  async #work() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#letters.length && (await this.#sendFirst()));
    } finally {
      this.#busy = false;
    }
    if (!this.#letters.length) this.#look("saved");
  }

  /** Send the oldest letter. @returns {Promise<boolean>} whether the next one may follow */
  async #sendFirst() {
    const letter = this.#letters[0];
    letter.sealed ??= { ...letter.body(), key: letter.key };
    this.#look("saving");
    let answer;
    try {
      answer = await this.#send(letter.path, letter.sealed);
    } catch (error) {
      return this.#failed(letter, error);
    }
    this.#tries = 0;
    this.#letters.shift();
    letter.saved?.(answer);
    return true;
  }

  #failed(letter, error) {
    if (error.kind === "refused") {
      this.#tries = 0;
      const [, ...later] = this.#letters;
      this.#letters = later.filter((other) => other.about !== letter.about);
      for (const other of later) if (other.about === letter.about) other.dropped?.();
      letter.refused?.(error);
      return true;
    }
    if (error.kind === "signed-out") {
      this.#look("signed-out", error.message);
      return false;
    }
    this.#tries += 1;
    const wait = waitBefore(this.#tries);
    this.#timer = this.#clock.later(() => this.retry(), wait);
    this.#look("waiting", error.message, this.#clock.now() + wait);
    return false;
  }

  #look(state, message = "", retryAt = 0) {
    this.outlook = { state, pending: this.#letters.length, message, retryAt };
    this.#changed(this.outlook);
  }
}

const browserClock = {
  now: () => Date.now(),
  later: (work, ms) => setTimeout(work, ms),
  never: (timer) => clearTimeout(timer),
};
