/** A card that asks the server for itself, again and again while it is seen, but not while it is being used. */

import { html } from "../shared/dom.js";
import { Pace } from "./pace.js";
import { STYLE } from "./style.js";

/** @template Found what the server says */
export class AskingCard extends HTMLElement {
  /** Somebody uses the card: nothing is shown anew under their hand. */
  busy = false;
  #path;
  #pace;

  /** @param {string} label @param {string} path @param {number} every milliseconds, while something goes on */
  constructor(label, path, every) {
    super();
    this.card = html("section", { class: "card", "aria-label": label });
    this.#path = path;
    this.#pace = new Pace(() => this.#ask(), every, this);
  }

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).append(html("style", {}, STYLE), this.card);
    this.card.hidden = true;
    this.#pace.start();
  }

  disconnectedCallback() {
    this.#pace.stop();
  }

  /** Ask somewhere else from now on, and at once. @param {string} path */
  askAt(path) {
    this.#path = path;
    this.#pace.now();
  }

  /** Whether something goes on that changes what is shown. @param {Found} _found */
  goesOn(_found) {
    return false;
  }

  /** @param {Found} _found */
  show(_found) {
    throw new Error("a card says itself what it shows");
  }

  async #ask() {
    if (this.busy) return;
    const path = this.#path;
    const answer = await fetch(path).catch(() => null); // without an answer it stays as it is
    if (!answer?.ok) return;
    const found = await answer.json();
    if (this.busy || path !== this.#path) return;
    if (found) this.told(found);
    else this.#pace.goesOn = false; // there is nothing to tell of yet
  }

  /** What the server has just said, asked for or after something was done. @param {Found} found */
  told(found) {
    this.#pace.goesOn = this.goesOn(found);
    this.show(found);
  }
}
