/**
 * The walk over persons to review: the next ones and their pictures are fetched ahead, what is said is sent in the background,
 * and the last word can be taken back. Knows no DOM.
 */

import { ApiError, messageOf, newKey } from "../shared/api.js";

/**
 * @typedef {import("../shared/contract.d.ts").ReviewPersonPayload} ReviewPerson
 * @typedef {import("../shared/contract.d.ts").ReviewedPayload} Reviewed
 * @typedef {{show: "sample" | "flagged" | "suspicious" | "all", annotator: string}} Wanted   annotator: "" for everybody's
 * @typedef {{result: "good" | "back", comment?: string, xyv?: number[][], touched?: boolean[]}} Word
 * @typedef {{person: ReviewPerson, body: object, said: Promise<Reviewed | null>, tell: (said: Reviewed | null) => void, isSending: boolean}} Letter
 *   said: the review once it is stored, null where it was refused
 * @typedef {"loading" | "ready" | "empty" | "failed"} Phase
 * @typedef {object} Host
 * @property {() => void} changed another person, phase or count
 * @property {(person: ReviewPerson, problem: string) => void} refused what was said of somebody is not stored, and why
 * @property {(said: Reviewed) => void} [stored]
 */

/** How many persons wait here, and of how many pictures; no more pixels than these, which take 4 bytes each. */
const AHEAD = 6;
const PICTURES = 3;
const AHEAD_PX = 60e6;
const AT_ONCE = 8;
const UNDOABLE = 50;
const AGAIN_MS = 2000;

/** One walk. */
export class Walking {
  /** @type {Phase} */
  phase = "loading";
  /** @type {ReviewPerson | null} */
  person = null;
  /** @type {ImageBitmap | null} */
  picture = null;
  /** How many there were when the walk began, counted up to 1000. @type {number | null} */
  left = null;
  problem = "";
  /** How many were reviewed since the page was opened. */
  done = 0;
  /** @type {Wanted} */
  #wanted = { show: "sample", annotator: "" };
  #api;
  #host;
  #pause;
  /** @type {ReviewPerson[]} */
  #ahead = [];
  #isWhole = false;
  /** @type {Promise<void> | null} */
  #fetching = null;
  /** The person whom the server is asked to go on after. @type {number | null} */
  #after = null;
  /** @type {Map<string, Promise<ImageBitmap>>} */
  #pictures = new Map();
  /** @type {Letter[]} not answered yet */
  #letters = [];
  /** @type {Letter[]} the last one last */
  #past = [];
  #isSending = false;
  #isUndoing = false;
  /** Counts the walks: what an earlier one asked for is dropped. */
  #walk = 0;

  /** @param {import("../shared/api.js").Api} api @param {Host} host @param {(ms: number) => Promise<void>} [pause] */
  constructor(api, host, pause = (ms) => new Promise((done) => setTimeout(done, ms))) {
    this.#api = api;
    this.#host = host;
    this.#pause = pause;
  }

  /** What was said and is not stored yet. */
  get pending() {
    return this.#letters.length;
  }

  get canUndo() {
    return this.#past.length > 0 && !this.#isUndoing;
  }

  /** From the beginning, for other persons perhaps. @param {Wanted} wanted */
  async restart(wanted) {
    this.#wanted = wanted;
    this.#walk += 1;
    Object.assign(this, { phase: "loading", person: null, picture: null, left: null, problem: "" });
    this.#ahead = [];
    this.#isWhole = false;
    this.#fetching = null;
    this.#after = null;
    this.#host.changed();
    await this.#advance();
  }

  /** Say how the label is, and go on to the next person at once. @param {Word} word */
  say(word) {
    const { person } = this;
    if (this.phase !== "ready" || !person || this.#isUndoing) return;
    /** @type {Letter["tell"]} */
    let tell = () => {};
    /** @type {Promise<Reviewed | null>} */
    const said = new Promise((resolve) => {
      tell = resolve;
    });
    const body = { key: newKey(), person_id: person.id, revision: person.revision, ...word };
    const letter = { person, body, said, tell, isSending: false };
    this.#letters.push(letter);
    this.#past = [...this.#past, letter].slice(-UNDOABLE);
    this.done += 1;
    void this.#send();
    void this.#advance();
  }

  /** Take the last word back: that person is shown again. @returns {Promise<string>} why not, "" where it is done */
  async undo() {
    const letter = this.#past.at(-1);
    if (!letter || this.#isUndoing) return "";
    this.#isUndoing = true;
    try {
      return await this.#takeBack(letter);
    } finally {
      this.#isUndoing = false;
      this.#host.changed();
    }
  }

  /** @param {Letter} letter */
  async #takeBack(letter) {
    let { person } = letter;
    if (!letter.isSending && this.#letters.includes(letter)) {
      this.#letters = this.#letters.filter((one) => one !== letter);
    } else {
      const review = await letter.said;
      this.#past = this.#past.filter((one) => one !== letter);
      if (!review) return "It was not stored, so that there is nothing to take back.";
      try {
        person = await this.#api.post("/api/review/undo", { review_id: review.id });
      } catch (error) {
        return messageOf(error);
      }
    }
    this.#past = this.#past.filter((one) => one !== letter);
    this.done -= 1;
    this.#ahead = [...(this.person ? [this.person] : []), ...this.#ahead.filter(({ id }) => id !== person.id)];
    this.#ahead.unshift(person);
    await this.#advance();
    return "";
  }

  /** The next person, as soon as they and their picture are here. */
  async #advance() {
    const walk = this.#walk;
    this.person = this.picture = null;
    try {
      if (!this.#ahead.length && !this.#isWhole) {
        this.#become("loading");
        await this.#fetch();
        if (walk !== this.#walk) return;
      }
      const next = this.#ahead.shift() ?? null;
      this.person = next;
      if (!next) return this.#become("empty");
      const coming = this.#pictureOf(next);
      const here = await Promise.race([coming, null]);
      if (!here) this.#become("loading");
      const picture = here ?? (await coming);
      if (walk !== this.#walk || this.person !== next) return;
      this.picture = picture;
      this.#become("ready");
    } catch (error) {
      if (walk !== this.#walk) return;
      this.problem = messageOf(error);
      this.#become("failed");
    }
  }

  /** After the next person was painted: those after them are fetched. */
  prefetch() {
    this.#keepPictures();
    if (this.#ahead.length < AHEAD && !this.#isWhole) void this.#fetch().then(() => this.#keepPictures(), () => {}); // its failure shows when somebody is wanted
  }

  /** @param {Phase} phase */
  #become(phase) {
    this.phase = phase;
    this.#host.changed();
  }

  /** @returns {Promise<void>} */
  #fetch() {
    this.#fetching ??= this.#askForMore().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #askForMore() {
    const walk = this.#walk;
    const here = [this.person, ...this.#ahead, ...this.#letters.map(({ person }) => person)];
    const ids = [...new Set(here.flatMap((person) => (person ? [person.id] : [])))];
    const { show, annotator } = this.#wanted;
    const asked = new URLSearchParams({ show, annotator, limit: String(AT_ONCE), exclude: ids.join(",") });
    if (this.#after !== null) asked.set("after", String(this.#after));
    /** @type {import("../shared/contract.d.ts").ReviewNextPayload} */
    const { persons, left } = await this.#api.get(`/api/review/next?${asked}`);
    if (walk !== this.#walk) return;
    this.left = left ?? this.left;
    this.#ahead.push(...persons.filter(({ id }) => !ids.includes(id)));
    this.#isWhole = persons.length < AT_ONCE;
    this.#after = persons.at(-1)?.id ?? this.#after;
  }

  /** @param {ReviewPerson} person */
  #pictureOf({ image: { url } }) {
    const there = this.#pictures.get(url);
    if (there) return there;
    const coming = this.#api.picture(url);
    this.#pictures.set(url, coming);
    coming.catch(() => this.#pictures.delete(url)); // asked for again when it is wanted
    return coming;
  }

  /** The next pictures are on their way; those of nobody near go. The last person's stays, who may be taken back. */
  #keepPictures() {
    const near = [this.person, this.#past.at(-1)?.person ?? null];
    const wanted = new Set(near.flatMap((person) => (person ? [person.image.url] : [])));
    let px = 0;
    for (const person of this.#ahead) {
      const { url, width, height } = person.image;
      if (wanted.has(url)) continue;
      px += width * height;
      if (wanted.size >= PICTURES + near.length || px > AHEAD_PX) break;
      wanted.add(url);
      void this.#pictureOf(person);
    }
    for (const [url, coming] of this.#pictures) {
      if (wanted.has(url)) continue;
      this.#pictures.delete(url);
      // Decoded pixels are outside what the garbage collector counts: they are let go by hand.
      coming.then((picture) => picture !== this.picture && picture.close?.(), () => {});
    }
  }

  /** One letter after the other; without an answer the same one is sent again. */
  async #send() {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#letters.length) {
      const [letter] = this.#letters;
      letter.isSending = true;
      const said = await this.#answerTo(letter);
      if (said === undefined) {
        await this.#pause(AGAIN_MS);
        continue;
      }
      this.#letters = this.#letters.filter((one) => one !== letter);
      letter.tell(said);
      if (said) this.#host.stored?.(said);
      this.#host.changed();
    }
    this.#isSending = false;
  }

  /** @param {Letter} letter @returns {Promise<Reviewed | null | undefined>} null: refused; undefined: not answered */
  async #answerTo(letter) {
    try {
      return await this.#api.post("/api/review", letter.body);
    } catch (error) {
      if (!(error instanceof ApiError) || error.kind === "refused") {
        this.done -= 1;
        this.#past = this.#past.filter((one) => one !== letter);
        this.#host.refused(letter.person, messageOf(error));
        return null;
      }
      this.problem = messageOf(error);
      this.#host.changed();
      return undefined;
    }
  }
}
