/** A card that asks the server for itself, again and again while its page is seen, but not while it is being used. */

import { html } from "../shared/dom.js";
import { STYLE } from "./style.js";

/** @template Found what the server says */
export class AskingCard extends HTMLElement {
  /** Somebody uses the card: nothing is shown anew under their hand. */
  busy = false;
  #path;
  #every;
  #timer = 0;

  /** @param {string} label @param {string} path @param {number} every milliseconds */
  constructor(label, path, every) {
    super();
    this.card = html("section", { class: "card", "aria-label": label });
    this.#path = path;
    this.#every = every;
  }

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).append(html("style", {}, STYLE), this.card);
    this.card.hidden = true;
    this.#timer = window.setInterval(() => this.#ask(), this.#every);
    this.#ask();
  }

  disconnectedCallback() {
    window.clearInterval(this.#timer);
  }

  /** Ask somewhere else from now on, and at once. @param {string} path */
  askAt(path) {
    this.#path = path;
    this.#ask();
  }

  /** @param {Found} _found */
  show(_found) {
    throw new Error("a card says itself what it shows");
  }

  async #ask() {
    if (this.busy || document.hidden) return;
    const path = this.#path;
    const answer = await fetch(path).catch(() => null); // without an answer it stays as it is
    const found = answer?.ok ? await answer.json() : null;
    if (found && !this.busy && path === this.#path) this.show(found);
  }
}
