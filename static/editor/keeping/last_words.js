/** What a page asked its store to keep and had no answer about when it went: IndexedDB may drop that with the page,
 * localStorage does not. The next page gives it to the store. */

const PREFIX = "pose-editor/last-words/";

/**
 * @typedef {import("./store.js").Table} Table
 * @typedef {import("./store.js").Key} Key
 * @typedef {{table: Table, key: Key, value: any, at: number}} Wish value: plain data to put there. at: ms
 */

/**
 * The wishes of one page. They are written down as long as it goes, or may be about to; until then they are only counted.
 * Only what is to be put: a letter that was not removed is sent once more and changes nothing, a draft no longer needed fits
 * nothing; and what was removed may have followed a write of another kind that went with the page.
 */
export class LastWords {
  #storage;
  #name;
  #now;
  /** @type {Map<string, Wish>} the latest one under each key, not answered yet */
  #open = new Map();
  #goes = false;
  #isWritten = false;

  /** @param {() => Storage} storage localStorage, or anything alike; asking for it may throw @param {string} name tells this page
   * from the others @param {() => number} [now] ms */
  constructor(storage, name, now = Date.now) {
    this.#storage = storage;
    this.#name = PREFIX + name;
    this.#now = now;
  }

  /** A wish until the store has carried it out; what it fails at is still wished. @param {Omit<Wish, "at">} wish
   * @param {Promise<void>} work */
  until(wish, work) {
    const name = nameOf(wish.table, wish.key);
    const mine = { ...wish, at: this.#now() };
    this.#open.set(name, mine);
    this.#write();
    const over = () => {
      // A later wish under the same key has taken its place.
      if (this.#open.get(name) !== mine) return;
      this.#open.delete(name);
      this.#write();
    };
    // One that failed stays open: the next page tries it again.
    work.then(over, () => {});
  }

  /** It is not wished any more. @param {Table} table @param {Key} key */
  drop(table, key) {
    if (this.#open.delete(nameOf(table, key))) this.#write();
  }

  /** The page goes, or comes back. @param {boolean} goes */
  going(goes) {
    this.#goes = goes;
    this.#write();
  }

  #write() {
    const wishes = this.#goes ? [...this.#open.values()] : [];
    // localStorage is written on the page's own thread: not without need.
    if (!wishes.length && !this.#isWritten) return;
    const letters = wishes.filter(({ table }) => table === "letters");
    if (!this.#couldWrite(wishes) && letters.length < wishes.length) this.#couldWrite(letters); // the drafts may be too large
  }

  /** @param {Wish[]} wishes */
  #couldWrite(wishes) {
    try {
      if (wishes.length) this.#storage().setItem(this.#name, packed(wishes));
      else this.#storage().removeItem(this.#name);
      this.#isWritten = wishes.length > 0;
      return true;
    } catch (error) {
      console.warn("The last edits before this page went may not be kept:", error); // forbidden or full, and nobody is left to tell
      return false;
    }
  }
}

/** @param {Table} table @param {Key} key */
function nameOf(table, key) {
  return JSON.stringify([table, key]);
}

/**
 * Give a store what pages that are gone asked of theirs; what has been put there since is left alone. One page at a time.
 * Rejects with a StoreError; then it is all still there.
 * @param {() => Storage} storage asking for it may throw @param {import("./store.js").Store} store
 * @param {LockManager} [locks] the browser may have none
 */
export async function takeUpLastWords(storage, store, locks = globalThis.navigator?.locks) {
  if (!wordsIn(storage).length) return;
  const take = () => takeUp(storage, store);
  // Two tabs opened at once would both take it up, the slower one over newer work.
  await (locks ? locks.request(PREFIX, take) : take());
}

/** @param {() => Storage} storage @param {import("./store.js").Store} store */
async function takeUp(storage, store) {
  for (const [name, text] of wordsIn(storage)) {
    for (const { table, key, value, at } of readable(text)) {
      // What another page has put there since is newer.
      await store.change(table, key, (there) => (there?.at > at ? there : value));
    }
    if (store.isKept) storage().removeItem(name);
  }
}

/** @param {() => Storage} storage @returns {[name: string, text: string][]} */
function wordsIn(storage) {
  try {
    return Object.entries(storage()).filter(([name]) => name.startsWith(PREFIX));
  } catch {
    return []; // forbidden: nothing was written there either
  }
}

/** @param {string} text @returns {Wish[]} */
function readable(text) {
  try {
    return unpacked(text);
  } catch (error) {
    console.warn("What an earlier page left cannot be read, and is dropped:", text, error);
    return [];
  }
}

/** Plain data as text that, other than JSON, tells what is the same object in two places. @param {any} value @returns {string} */
export function packed(value) {
  /** @type {Map<object, number>} */
  const numbers = new Map();
  /** @type {(unknown[] | Record<string, unknown>)[]} */
  const rows = [];
  /** @param {unknown} one */
  const refer = (one) => {
    if (typeof one !== "object" || one === null) return [one];
    if (!numbers.has(one)) {
      /** @type {any} */
      const row = Array.isArray(one) ? [] : {};
      numbers.set(one, rows.push(row) - 1);
      for (const [name, part] of Object.entries(one)) if (part !== undefined) row[name] = refer(part);
    }
    return numbers.get(one);
  };
  return JSON.stringify({ top: refer(value), rows });
}

/** The data that was packed. @param {string} text @returns {any} */
export function unpacked(text) {
  const { top, rows } = JSON.parse(text);
  const made = rows.map((/** @type {unknown} */ row) => (Array.isArray(row) ? [] : {}));
  /** @param {[unknown] | number} reference */
  const found = (reference) => (Array.isArray(reference) ? reference[0] : made[reference]);
  rows.forEach((/** @type {object} */ row, /** @type {number} */ i) => Object.entries(row).forEach(([name, part]) => (made[i][name] = found(part))));
  return found(top);
}
