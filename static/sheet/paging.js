/** The persons loaded so far, page by page, for the filters of now. Knows no DOM. */

import { NO_FILTERS, sheetPath } from "./filters.js";

/** @typedef {import("./filters.js").Filters} Filters @typedef {import("./words.js").SheetPerson} SheetPerson */

export const PAGE = 60;

/** A list that grows. An answer that comes after the filters changed is dropped. */
export class Paging {
  #get;
  #changed;
  /** @type {Filters} */
  #filters = NO_FILTERS;
  #turn = 0;
  /** @type {SheetPerson[]} */
  persons = [];
  /** @type {string | null} */
  next = null;
  /** @type {number | null} */
  total = null;
  /** @type {"loading" | "ready" | "failed"} */
  phase = "loading";
  /** @type {unknown} why the last page did not come; null after one that did */
  problem = null;

  /** @param {(path: string) => Promise<any>} get @param {(added: SheetPerson[]) => void} changed called after every change,
   *   with the persons that came with it */
  constructor(get, changed) {
    this.#get = get;
    this.#changed = changed;
  }

  /** Whether no more can be loaded. */
  get isWhole() {
    return this.phase === "ready" && this.next === null;
  }

  /** Begin anew with other filters. @param {Filters} filters */
  restart(filters) {
    this.#filters = filters;
    this.#turn += 1;
    [this.persons, this.next, this.total, this.phase] = [[], null, null, "ready"];
    return this.#load();
  }

  /** The next page; nothing where there is none, or one is on its way. After a failure it is asked for again. */
  more() {
    if (this.phase === "loading" || this.isWhole) return Promise.resolve();
    return this.#load();
  }

  async #load() {
    const turn = this.#turn;
    /** @param {"loading" | "ready" | "failed"} phase @param {unknown} problem @param {SheetPerson[]} added */
    const tell = (phase, problem, added) => {
      // The filters changed while this page was on its way: it belongs to a list that is gone.
      if (turn !== this.#turn) return;
      [this.phase, this.problem] = [phase, problem];
      if (added.length) this.persons = [...this.persons, ...added];
      this.#changed(added);
    };
    tell("loading", null, []);
    try {
      /** @type {import("../shared/contract.d.ts").SheetPayload} */
      const answer = await this.#get(sheetPath(this.#filters, { after: this.next, limit: PAGE }));
      if (turn === this.#turn) [this.next, this.total] = [answer.next, answer.total ?? this.total];
      tell("ready", null, answer.persons);
    } catch (error) {
      tell("failed", error, []);
    }
  }
}
