/** One image is worked on in one tab: the browser's own locks tell whether another tab of it has the image. */

/** What one tab has. Where the browser has no locks (an address without TLS that is not this machine's), it has all it asks for. */
export class Tabs {
  #locks;
  /** @type {string | null} */
  #name = null;
  /** @type {(over: void) => void} */
  #letGo = () => {};

  /** @param {LockManager} [locks] */
  constructor(locks = globalThis.navigator?.locks) {
    this.#locks = locks;
  }

  /** Have this instead of what was had before, until the page goes. @param {string} name
   * @returns {Promise<boolean>} whether no other tab has it */
  take(name) {
    if (name === this.#name) return Promise.resolve(true);
    this.drop();
    if (!this.#locks) return Promise.resolve(true);
    this.#name = name;
    // A lock is held for as long as the promise of its holder is open.
    /** @type {Promise<void>} */
    const kept = new Promise((letGo) => (this.#letGo = letGo));
    return new Promise((answer) => {
      /** @param {Lock | null} lock */
      const got = (lock) => {
        if (lock === null && this.#name === name) this.#name = null; // asked again, it is asked anew
        answer(lock !== null);
        return lock && kept;
      };
      // Asked, not waited for: the other tab may stay open all day.
      this.#locks.request(name, { ifAvailable: true }, got).catch(() => answer(true)); // forbidden here: nobody can tell
    });
  }

  /** Let others have it. */
  drop() {
    this.#letGo();
    this.#letGo = () => {};
    this.#name = null;
  }
}
