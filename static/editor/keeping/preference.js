/** One thing that this browser remembers. Where the browser forbids storing, it holds until the page goes. */

/** A value under a key, read once, written at each change. @template T */
export class Preference {
  #storage;
  #key;
  #write;
  /** @type {T} */
  value;

  /** @param {() => Storage} storage localStorage, or anything alike; asking for it may throw @param {string} key
   * @param {{read: (text: string | null) => T, write: (value: T) => string}} as */
  constructor(storage, key, { read, write }) {
    this.#storage = storage;
    this.#key = key;
    this.#write = write;
    this.value = read(null);
    this.#try((kept) => (this.value = read(kept.getItem(key))));
  }

  /** Another value from now on. @param {T} value */
  set(value) {
    this.value = value;
    this.#try((kept) => kept.setItem(this.#key, this.#write(value)));
  }

  /** @param {(kept: Storage) => void} act */
  #try(act) {
    try {
      act(this.#storage());
    } catch {
      // Forbidden or full: it holds on this page all the same, and the next visit begins anew.
    }
  }
}
