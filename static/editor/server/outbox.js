/**
 * Saves on their way to the server: one after another, tried again until each is answered, never sent twice as two.
 * They are kept in the browser until then: what one page could not send, the next one sends, under the same key.
 */

import { ApiError, messageOf, newKey } from "../../shared/api.js";

/**
 * @typedef {{person_id: number | string, revision: number}} Whom a person as the server names them, and as it last was
 * @typedef {{path: string, about: string, imageId: number, fileName: string, personKey: number | string | null,
 *   personNumber: number | null, whom: Whom | null, body: {box?: import("../geometry.js").Box} & Record<string, unknown>}} Letter plain data
 *   about: who it concerns; when one letter is refused, the later ones about the same are not sent, but dropped.
 *   whom: as the desk knows them now, to go with the body; an earlier letter's answer corrects it. null: the body is whole.
 *   fileName, personNumber: for words, counted from 1.
 * @typedef {Letter & {key: string, number: number, sealed: object | null, at?: number}} Posted number: their order. at: when it
 *   was kept in the browser, in ms.
 *   sealed: what is sent, the same at each try; null while the letter before it, about the same, is not answered.
 * @typedef {{saved?: (answer: any) => void, refused?: (error: Error) => void, dropped?: () => void}} Hearer
 * @typedef {{answered: (letter: Posted, answer: any, isLast: boolean) => void,
 *   refused: (letter: Posted, error: Error) => void}} Strays
 *   what becomes of the letters of an earlier page. isLast: no other one about this image waits.
 * @typedef {{state: "saved" | "saving" | "waiting" | "signed-out" | "another-project", pending: number, message: string,
 *   retryAt: number}} Outlook
 */

// Longer each time: a server that comes back is not met by everybody at once.
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/** How long to wait before try number `tries`. @param {number} tries from 1 */
export function waitBefore(tries) {
  return WAITS_MS[Math.min(tries, WAITS_MS.length) - 1];
}

/** Whether nothing is sent before the annotator has done something about it. @param {string} state an Outlook's, or an error's kind */
export function isStopped(state) {
  return state === "signed-out" || state === "another-project";
}

/** A queue of letters. Order is kept: what was decided first is saved first. */
export class Outbox {
  /** @type {Posted[]} */
  #letters = [];
  /** @type {Map<string, Hearer>} by the letter's key; none for the letters of an earlier page */
  #hearers = new Map();
  #tries = 0;
  #timer = null;
  /** @type {Promise<void> | null} */
  #busy = null;
  #latest = 0;
  #send;
  #changed;
  #strays;
  #clock;
  /** @type {import("../keeping/store.js").Store | null} */
  #store = null;
  #owner = "";
  #couldKeep = true;
  /** @type {Outlook} */
  outlook = { state: "saved", pending: 0, message: "", retryAt: 0 };

  /**
   * @param {{send: (path: string, body: object) => Promise<any>, changed?: (outlook: Outlook) => void, strays?: Strays,
   *   clock?: {now: () => number, later: (work: () => void, ms: number) => any, never: (timer: any) => void}}} options
   */
  constructor({ send, changed = () => {}, strays = { answered: () => {}, refused: () => {} }, clock = browserClock }) {
    this.#send = send;
    this.#changed = changed;
    this.#strays = strays;
    this.#clock = clock;
  }

  /** Whether what waits here outlives the page. */
  get isKept() {
    return this.#store !== null && this.#store.isKept && this.#couldKeep;
  }

  /** The images some letter is about: the server must not deal them as they were. @returns {number[]} */
  get imageIds() {
    return [...new Set(this.#letters.map((letter) => letter.imageId))];
  }

  /** Whether some letter about a person waits. @param {number} imageId @param {Letter["personKey"]} personKey */
  isAbout(imageId, personKey) {
    return this.#letters.some((letter) => letter.imageId === imageId && letter.personKey === personKey);
  }

  /** Whether a decision that changes a person's box waits; adding them is none. @param {string} about */
  hasBoxOnTheWay(about) {
    return this.#letters.some((letter) => letter.about === about && letter.whom !== null && letter.body.box);
  }

  /**
   * Keep this annotator's letters in a store, and send those that an earlier page left there. Resolves when they are
   * answered, or when the first one must wait. Rejects with a StoreError where they cannot be read.
   * @param {import("../keeping/store.js").Store} store @param {string} owner as ownerOf names them
   */
  async open(store, owner) {
    this.#store = store;
    this.#owner = owner;
    const here = new Set(this.#letters.map((letter) => letter.key));
    const earlier = (await store.all("letters", owner)).filter((letter) => !here.has(letter.key));
    earlier.sort((one, two) => one.number - two.number);
    this.#letters = [...earlier, ...this.#letters];
    this.#latest = Math.max(this.#latest, ...earlier.map((letter) => letter.number));
    if (this.#letters.length) await this.retry();
  }

  /** Post a letter; it is sent in the background. @param {Letter} letter @param {Hearer} [hearer] hears of its answer
   * @returns {string} its key */
  add(letter, hearer = {}) {
    const key = newKey();
    const follows = letter.whom !== null && this.#letters.some((other) => other.about === letter.about);
    // By the clock, so that letters of several pages keep their order; never twice the same within one millisecond.
    this.#latest = Math.max(this.#clock.now(), this.#latest + 1);
    // A copy: the desk goes on changing while the letter waits.
    /** @type {Posted} */
    const posted = structuredClone({ ...letter, key, number: this.#latest, sealed: null });
    // A letter behind another about the same person cannot know the revision yet that the first one makes.
    if (!follows) posted.sealed = sealedFor(posted, letter.whom);
    this.#letters.push(posted);
    this.#hearers.set(key, hearer);
    this.#keep(posted);
    if (this.outlook.state === "saved") this.#look("saving");
    else this.#look(this.outlook.state, this.outlook.message, this.outlook.retryAt);
    // While one waits for its next try, the others wait behind it.
    if (this.#timer === null && !isStopped(this.outlook.state)) void this.#work();
    return key;
  }

  /** Try at once: the connection is back, or the annotator signed in again. Resolves when this try has ended. */
  async retry() {
    this.#clock.never(this.#timer);
    this.#timer = null;
    if (this.#letters.length) await this.#work();
  }

  #work() {
    this.#busy ??= this.#sendAll();
    return this.#busy;
  }

  async #sendAll() {
    try {
      while (this.#letters.length && (await this.#sendFirst()));
    } finally {
      this.#busy = null;
    }
    if (!this.#letters.length) this.#look("saved");
  }

  /** Send the oldest letter. @returns {Promise<boolean>} whether the next one may follow */
  async #sendFirst() {
    const letter = this.#letters[0];
    // Sealed once: the same key must not stand for two contents, at whatever try the answer was lost.
    const sealed = (letter.sealed ??= sealedFor(letter, letter.whom));
    this.#look("saving");
    let answer;
    try {
      answer = await this.#send(letter.path, sealed);
    } catch (error) {
      return this.#failed(letter, error);
    }
    this.#tries = 0;
    this.#answered(letter, answer);
    return true;
  }

  /** In this order, so that a page that ends in between loses nothing: who was told, the next letter sealed, this one gone.
   * @param {Posted} letter @param {any} answer */
  #answered(letter, answer) {
    this.#letters.shift();
    const isLast = !this.#letters.some((other) => other.imageId === letter.imageId);
    const hearer = this.#heard(letter);
    tell(() => (hearer ? hearer.saved?.(answer) : this.#strays.answered(letter, answer, isLast)));
    const next = this.#letters.find((other) => other.about === letter.about && other.sealed === null);
    if (next) {
      next.sealed = sealedFor(next, { person_id: answer.person.id, revision: answer.person.revision });
      this.#keep(next);
    }
    this.#forget(letter);
  }

  /** @param {Posted} letter @param {unknown} error */
  #failed(letter, error) {
    const [kind, message] = [error instanceof ApiError ? error.kind : "offline", messageOf(error)];
    if (kind === "refused") {
      this.#refused(letter, /** @type {ApiError} */ (error));
      return true;
    }
    if (kind === "signed-out" || kind === "another-project") {
      this.#look(kind, message);
      return false;
    }
    this.#tries += 1;
    const wait = waitBefore(this.#tries);
    this.#timer = this.#clock.later(() => this.retry(), wait);
    this.#look("waiting", message, this.#clock.now() + wait);
    return false;
  }

  /** @param {Posted} letter @param {ApiError} error */
  #refused(letter, error) {
    this.#tries = 0;
    const [, ...later] = this.#letters;
    // What follows was decided on top of what was refused.
    this.#letters = later.filter((other) => other.about !== letter.about);
    for (const other of later.filter((one) => one.about === letter.about)) {
      const dropped = this.#heard(other);
      tell(() => dropped?.dropped?.());
      this.#forget(other);
    }
    const hearer = this.#heard(letter);
    tell(() => (hearer ? hearer.refused?.(error) : this.#strays.refused(letter, error)));
    this.#forget(letter);
  }

  /** Who hears of a letter, for the last time. @param {Posted} letter @returns {Hearer | undefined} */
  #heard({ key }) {
    const hearer = this.#hearers.get(key);
    this.#hearers.delete(key);
    return hearer;
  }

  /** @param {Posted} letter */
  #keep(letter) {
    this.#store?.put("letters", [this.#owner, letter.key], { ...letter, at: this.#clock.now() }).catch(() => this.#cannotKeep());
  }

  /** @param {Posted} letter */
  #forget(letter) {
    this.#store?.remove("letters", [this.#owner, letter.key]).catch(() => this.#cannotKeep());
  }

  #cannotKeep() {
    this.#couldKeep = false;
    this.#changed(this.outlook);
  }

  /** @param {Outlook["state"]} state */
  #look(state, message = "", retryAt = 0) {
    this.outlook = { state, pending: this.#letters.length, message, retryAt };
    this.#changed(this.outlook);
  }
}

/** Tell a hearer; what they throw is reported, and holds no letter up. @param {() => void} work */
function tell(work) {
  try {
    work();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** What is sent: the body, whom it is about, and the key that makes sending it twice harmless.
 * @param {Pick<Posted, "body" | "key">} letter @param {Whom | null} whom */
function sealedFor({ body, key }, whom) {
  return { ...whom, ...body, key };
}

const browserClock = {
  now: () => Date.now(),
  /** @param {() => void} work @param {number} ms */
  later: (work, ms) => setTimeout(work, ms),
  /** @param {any} timer */
  never: (timer) => clearTimeout(timer),
};
