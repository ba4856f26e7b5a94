/** What the browser keeps for the annotator at work: its store, their drafts and letters in it, and what a page that goes still says. */

import { messageOf, newKey } from "../../shared/api.js";
import { Drafts, moveOldDrafts } from "./drafts.js";
import { LastWords, takeUpLastWords } from "./last_words.js";
import { openStore, ownerOf } from "./store.js";
import { NOT_KEPT } from "../words.js";

/** @typedef {import("../images/conveyor.js").Sheet} Sheet */

/** The keeper of one page. */
export class Keeper {
  #outbox;
  #told;
  #storage;
  #lastWords;
  /** @type {import("./store.js").Store | null} */
  #store = null;
  /** @type {Drafts | null} */
  #drafts = null;
  /** Whose work it is, as ownerOf names them. */
  owner = "";
  /** Whether drafts outlive the page, as far as is known. */
  isSure = true;

  /** @param {import("../server/outbox.js").Outbox} outbox @param {(problem: string) => void} told hears what went wrong
   * @param {() => Storage} [storage] asking for it may throw */
  constructor(outbox, told, storage = () => globalThis.localStorage) {
    this.#outbox = outbox;
    this.#told = told;
    this.#storage = storage;
    this.#lastWords = new LastWords(storage, newKey());
  }

  /** Open the store, whoever is here. */
  async open() {
    this.#store ??= await openStore({ lastWords: this.#lastWords });
    await takeUpLastWords(this.#storage, this.#store).catch((error) => this.#told(messageOf(error)));
  }

  get #opened() {
    if (!this.#store) throw new Error("The store is not open yet; wanted open() to have ended first.");
    return this.#store;
  }

  /** How many decisions wait in it, of whomever. @returns {Promise<number>} */
  countLetters() {
    return this.#opened.count("letters").catch(() => 0);
  }

  /** Keep this annotator's work; the decisions that an earlier page could not send go first. @param {string} name
   * @param {string | null} project what tells it from every other */
  async openFor(name, project) {
    const [store, owner] = [this.#opened, ownerOf(name, project)];
    const drafts = this.owner === owner && this.#drafts ? this.#drafts : new Drafts(store, owner);
    [this.owner, this.#drafts] = [owner, drafts];
    try {
      if (project !== null) await store.adopt(name, owner); // an earlier version of this page knew no project
      await this.#outbox.open(store, owner);
      await drafts.prune(Date.now());
    } catch (error) {
      this.isSure = false;
      this.#told(messageOf(error));
    }
    try {
      if (store.isKept) await moveOldDrafts(this.#storage(), store, project);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "SecurityError")) this.#told(messageOf(error)); // forbidden, it holds no drafts of ours either
    }
  }

  /** Keep an image as it stands. @param {Sheet | null} sheet */
  keep(sheet) {
    if (!sheet || sheet.look || !this.#drafts) return; // what is only looked at leaves an earlier draft of it as it is
    void this.#drafts.keep(sheet.desk, Date.now(), sheet.waiting).then((isKept) => {
      if (this.isSure && !isKept) this.#told(NOT_KEPT);
      this.isSure = isKept;
    });
  }

  /** As Drafts.restore. @param {import("../desk/desk.js").Desk} desk */
  restore(desk) {
    return this.#drafts?.restore(desk) ?? Promise.resolve({ desk, restored: [], problem: null });
  }

  /** As Drafts.answered; what goes wrong is told. @param {Parameters<Drafts["answered"]>} answer */
  answered(...answer) {
    this.#drafts?.answered(...answer).catch((error) => this.#told(messageOf(error)));
  }

  /** The page may end without another word, as on a phone that puts it away; or it is here again.
   * @param {boolean} goes @param {Sheet | null} sheet what is on the desk */
  going(goes, sheet) {
    if (goes) this.keep(sheet);
    this.#lastWords.going(goes);
  }
}
