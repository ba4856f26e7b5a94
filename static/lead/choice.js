/** A list to choose one of, which stays what it is while its card is drawn anew: whoever has opened it goes on choosing. */

import { html } from "../shared/dom.js";

/** @typedef {[value: string, text: string]} Option */

export class Choice {
  #shown = "";

  /** @param {string} label @param {(value: string) => void} chosen */
  constructor(label, chosen) {
    this.select = /** @type {HTMLSelectElement} */ (html("select", { "aria-label": label }));
    this.select.addEventListener("change", () => chosen(this.select.value));
  }

  /** @param {Option[]} options @param {string} value the one that is chosen */
  offer(options, value) {
    const now = JSON.stringify(options);
    if (now !== this.#shown) this.select.replaceChildren(...options.map(([one, text]) => html("option", { value: one }, text)));
    this.#shown = now;
    if (this.select.value !== value) this.select.value = value;
  }
}
