/** What the browser keeps of an annotator's work: drafts and letters, in IndexedDB, or else as long as the page lives. */

const NAME = "pose-editor";
const OPENS_WITHIN_S = 5;
const ANSWERS_WITHIN_S = 10;
/** @type {Table[]} */
const TABLES = ["drafts", "letters"];

/**
 * @typedef {"drafts" | "letters"} Table
 * @typedef {[owner: string, name: number | string]} Key owner: as ownerOf names them
 * @typedef {BrowserStore | MemoryStore} Store each request rejects with a StoreError where it failed
 */

/** Whose work it is: of this annotator, in this project. @param {string} name @param {string | null} project what tells it
 * from every other @returns {string} */
export function ownerOf(name, project) {
  return `${name}@${project ?? ""}`;
}

/** The browser refused a request; the message says what to do. */
export class StoreError extends Error {
  /** @param {unknown} cause what the browser said */
  constructor(cause) {
    super(
      `This browser could not keep your work (${cause instanceof Error ? `${cause.name}: ${cause.message}` : "no reason given"}); wanted ` +
        "room in its storage. Save what is open before you close the page, and allow this site to store data.",
      { cause },
    );
    this.name = "StoreError";
  }
}

/**
 * The store of this browser. Where it has none for us (forbidden, a private window, no answer in 5 s): one in memory, whose isKept is
 * false and whose why says so.
 * @param {{factory?: () => IDBFactory, lastWords?: import("./last_words.js").LastWords | null}} [options] factory: asking for it may
 *   throw. lastWords: is told of each write until it is answered @returns {Promise<Store>}
 */
export async function openStore({ factory = () => globalThis.indexedDB, lastWords = null } = {}) {
  try {
    const found = factory();
    return new BrowserStore(await databaseOf(found), { again: () => databaseOf(found), lastWords });
  } catch (cause) {
    return new MemoryStore({ why: new StoreError(cause).message });
  }
}

/** @param {IDBFactory} factory @returns {Promise<IDBDatabase>} */
function databaseOf(factory) {
  return new Promise((resolve, reject) => {
    const request = factory.open(NAME, 1);
    let isLate = false;
    /** @param {unknown} cause */
    const giveUp = (cause) => {
      isLate = true;
      reject(cause);
    };
    const timer = setTimeout(() => giveUp(tookTooLong(`it did not open in ${OPENS_WITHIN_S} s`)), OPENS_WITHIN_S * 1000);
    request.onupgradeneeded = () => TABLES.forEach((table) => request.result.createObjectStore(table));
    request.onblocked = () => giveUp(new DOMException("another tab holds an older version of it open", "BlockedError"));
    request.onsuccess = () => {
      clearTimeout(timer);
      // Left open, it would block the next version's upgrade in every tab.
      if (isLate) request.result.close();
      else resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
  });
}

/** @param {string} message */
function tookTooLong(message) {
  return new DOMException(message, "TimeoutError");
}

/** The tables in IndexedDB. Every write waits for the earlier ones, whichever table they are in: so nothing is seen to
 * be kept before what was kept first. */
export class BrowserStore {
  isKept = true;
  why = "";
  /** @type {IDBDatabase} */
  #database;
  #lastWords;
  /** @type {Promise<void> | null} while it is opened again */
  #opening = null;

  /** @param {IDBDatabase} database
   * @param {{again?: () => Promise<IDBDatabase>, lastWords?: import("./last_words.js").LastWords | null}} [options]
   *   again: opens it once more, should the browser close it */
  constructor(database, { again, lastWords = null } = {}) {
    this.#lastWords = lastWords;
    this.#database = this.#watched(database);
    if (again) database.onclose = () => (this.#opening = this.#open(again));
  }

  /** @param {IDBDatabase} database */
  #watched(database) {
    // A newer page of ours in another tab wants to change the tables: it goes first.
    database.onversionchange = () => database.close();
    return database;
  }

  /** Where it does not open, each request fails as on a closed one. @param {() => Promise<IDBDatabase>} again */
  async #open(again) {
    await again().then((database) => void (this.#database = this.#watched(database)), () => {});
    this.#opening = null;
  }

  /** The value under a key, undefined where there is none. @param {Table} table @param {Key} key @returns {Promise<any>} */
  get(table, key) {
    return this.#read(table, (rows) => rows.get(key));
  }

  /** All values of one owner, in the order of their keys. @param {Table} table @param {string} owner @returns {Promise<any[]>} */
  all(table, owner) {
    return this.#read(table, (rows) => rows.getAll(ofOwner(owner)));
  }

  /** How many values there are, of whomever. @param {Table} table @returns {Promise<number>} */
  count(table) {
    return this.#read(table, (rows) => rows.count());
  }

  /** @param {Table} table @param {Key} key @param {object} value plain data @returns {Promise<void>} */
  put(table, key, value) {
    const written = this.#write(table, (rows) => void rows.put(value, key), { atOnce: true });
    this.#lastWords?.until({ table, key, value }, written);
    return written;
  }

  /** @param {Table} table @param {Key} key @returns {Promise<void>} */
  remove(table, key) {
    this.#lastWords?.drop(table, key);
    return this.#write(table, (rows) => void rows.delete(key), { atOnce: true });
  }

  /** Another value in place of the one there; nobody comes between. @param {Table} table @param {Key} key
   * @param {(value: any) => any} work gives the new value, undefined to remove it @returns {Promise<void>} */
  change(table, key, work) {
    return this.#write(table, (rows) => {
      const found = rows.get(key);
      found.onsuccess = () => {
        const next = work(found.result);
        if (next === undefined) rows.delete(key);
        else if (next !== found.result) rows.put(next, key);
      };
    });
  }

  /** Everything of one owner goes to another. @param {string} from @param {string} to @returns {Promise<void>} */
  async adopt(from, to) {
    for (const table of TABLES) {
      await this.#write(table, (rows) => {
        const cursor = rows.openCursor(ofOwner(from));
        cursor.onsuccess = () => {
          if (!cursor.result) return;
          rows.put(cursor.result.value, [to, /** @type {Key} */ (cursor.result.key)[1]]);
          cursor.result.delete();
          cursor.result.continue();
        };
      });
    }
  }

  /** Remove what a test picks, of all owners. @param {Table} table @param {(value: any) => boolean} isOld */
  sweep(table, isOld) {
    return this.#write(table, (rows) => {
      const cursor = rows.openCursor();
      cursor.onsuccess = () => {
        if (!cursor.result) return;
        if (isOld(cursor.result.value)) cursor.result.delete();
        cursor.result.continue();
      };
    });
  }

  /** @template T @param {Table} table @param {(rows: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>} */
  #read(table, work) {
    return this.#carryOut([table], "readonly", table, work);
  }

  /** atOnce: nothing more is asked once `work` returns. The browser then commits without hearing from the page again, so
   * what a page writes as it goes is mostly kept; else it would be undone with the page, before its answer came.
   * @param {Table} table @param {(rows: IDBObjectStore) => void} work @returns {Promise<void>} */
  #write(table, work, { atOnce = false } = {}) {
    return this.#carryOut(TABLES, "readwrite", table, work, atOnce);
  }

  /** @param {Table[]} locked @param {IDBTransactionMode} mode @param {Table} table
   * @param {(rows: IDBObjectStore) => IDBRequest | void} work @param {boolean} [atOnce] @returns {Promise<any>} */
  #carryOut(locked, mode, table, work, atOnce = false) {
    if (this.#opening) return this.#opening.then(() => this.#carryOut(locked, mode, table, work, atOnce));
    return new Promise((resolve, reject) => {
      try {
        // Relaxed: a crash of the browser is survived, only one of the machine may cost the last moment; strict waits for the disk.
        const transaction = this.#database.transaction(locked, mode, { durability: "relaxed" });
        const request = work(transaction.objectStore(table));
        if (atOnce) transaction.commit();
        const timer = setTimeout(() => {
          try {
            if (!atOnce) transaction.abort(); // what is committed may still be carried out, late
          } catch {
            return; // it ended just now, and its own event is on the way
          }
          reject(new StoreError(tookTooLong(`no answer in ${ANSWERS_WITHIN_S} s`)));
        }, ANSWERS_WITHIN_S * 1000);
        transaction.oncomplete = () => {
          clearTimeout(timer);
          resolve(request?.result);
        };
        transaction.onabort = () => {
          clearTimeout(timer);
          reject(new StoreError(transaction.error));
        };
      } catch (cause) {
        reject(new StoreError(cause));
      }
    });
  }
}

/** The same for as long as the page lives, with copies as IndexedDB makes them. */
export class MemoryStore {
  #tables = Object.fromEntries(TABLES.map((table) => [table, new Map()]));

  /** @param {{why?: string}} [options] why: for what reason nothing outlives the page */
  constructor({ why = "" } = {}) {
    this.why = why;
    this.isKept = !why;
  }

  /** @param {Table} table @param {Key} key */
  async get(table, key) {
    return structuredClone(this.#tables[table].get(named(key))?.value);
  }

  /** @param {Table} table @param {string} owner */
  async all(table, owner) {
    const rows = [...this.#tables[table].values()].filter(({ key }) => key[0] === owner);
    return structuredClone(rows.toSorted((one, two) => (one.key[1] < two.key[1] ? -1 : 1)).map(({ value }) => value));
  }

  /** @param {Table} table */
  async count(table) {
    return this.#tables[table].size;
  }

  /** @param {Table} table @param {Key} key @param {any} value */
  async put(table, key, value) {
    this.#tables[table].set(named(key), { key, value: structuredClone(value) });
  }

  /** @param {Table} table @param {Key} key */
  async remove(table, key) {
    this.#tables[table].delete(named(key));
  }

  /** @param {Table} table @param {Key} key @param {(value: any) => any} work */
  async change(table, key, work) {
    const next = work(structuredClone(this.#tables[table].get(named(key))?.value));
    if (next === undefined) this.#tables[table].delete(named(key));
    else this.#tables[table].set(named(key), { key, value: structuredClone(next) });
  }

  /** @param {string} from @param {string} to */
  async adopt(from, to) {
    for (const rows of Object.values(this.#tables)) {
      for (const [name, { key, value }] of [...rows].filter(([, row]) => row.key[0] === from)) {
        rows.delete(name);
        rows.set(named([to, key[1]]), { key: [to, key[1]], value });
      }
    }
  }

  /** @param {Table} table @param {(value: any) => boolean} isOld */
  async sweep(table, isOld) {
    for (const [name, { value }] of this.#tables[table]) if (isOld(value)) this.#tables[table].delete(name);
  }
}

/** The keys of one owner. @param {string} owner @returns {IDBKeyRange} */
function ofOwner(owner) {
  // In IndexedDB's order an array comes after every number and text: all keys of one owner, and no other's.
  return IDBKeyRange.bound([owner], [owner, []]);
}

/** @param {Key} key */
function named(key) {
  return JSON.stringify(key);
}
