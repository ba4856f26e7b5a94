/** The time worked on each person, pauses left out. Knows no DOM: it hears that something was done, and asks a clock. */

/** Between two things done, so long is still work: somebody looks. A longer pause is none of it. */
export const PAUSE_MS = 20_000;
/** What the server takes at most: a day. */
const LONGEST_S = 86_400;
/** People whose time waits for a decision, at most; the oldest is forgotten. */
const KEPT = 500;

/** @typedef {{imageId: number, key: number | string}} Whom */

/** One page's clock of work. */
export class WorkingTime {
  #whom;
  #now;
  /** When something was done last; null: nothing since the page was seen. @type {number | null} */
  #last = null;
  /** @type {Map<string, number>} ms by person */
  #worked = new Map();

  /** @param {() => Whom | null} whom who is worked on now; null: nobody, as where one only looks @param {() => number} [now] ms */
  constructor(whom, now = () => performance.now()) {
    this.#whom = whom;
    this.#now = now;
  }

  /** Something was done: a key, the pointer, the wheel. The time since the last such is work, unless it was a pause. */
  heard() {
    this.#count();
    this.#last = this.#now();
  }

  /** The page is put away, or seen again: what passes while it is away is no work. @param {boolean} isAway */
  away(isAway) {
    if (isAway) this.#count();
    this.#last = isAway ? null : this.#now();
  }

  /** The seconds worked on somebody since this was asked last. @param {number} imageId @param {Whom["key"]} key */
  take(imageId, key) {
    const name = nameOf({ imageId, key });
    const whom = this.#whom();
    if (whom && nameOf(whom) === name) this.#count();
    const ms = this.#worked.get(name) ?? 0;
    this.#worked.delete(name);
    return Math.min(Math.round(ms / 100) / 10, LONGEST_S);
  }

  #count() {
    const now = this.#now();
    const [last, whom] = [this.#last, this.#whom()];
    if (last !== null) this.#last = now;
    if (last === null || whom === null || now - last > PAUSE_MS) return;
    const name = nameOf(whom);
    const ms = (this.#worked.get(name) ?? 0) + now - last;
    this.#worked.delete(name); // the newest comes last
    this.#worked.set(name, ms);
    for (const oldest of this.#worked.keys()) if (this.#worked.size > KEPT) this.#worked.delete(oldest);
  }
}

/** @param {Whom} whom */
function nameOf({ imageId, key }) {
  return `${imageId}/${key}`;
}
