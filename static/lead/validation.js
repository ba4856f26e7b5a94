/** The people whom rounds are measured by: how many there are, what is missing, and keeping more. Every text enters as text. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { send } from "./sending.js";

const REFRESH_MS = 20_000;

/** @typedef {import("../shared/contract.d.ts").ValidationPayload} Validation */

/** @extends {AskingCard<Validation>} */
class LeadValidation extends AskingCard {
  #said = html("p", { class: "error", role: "alert" });

  constructor() {
    super("Measured by", "/api/validation", REFRESH_MS);
  }

  /** @param {Validation} found */
  show(found) {
    const { words, advice, persons, offer, button } = found;
    this.card.hidden = false;
    this.dataset.persons = String(persons);
    this.card.replaceChildren(html("div", { class: "head" }, html("h2", {}, "Whom rounds are measured by")),
      html("p", {}, words), html("p", { class: "soft more" }, advice));
    if (offer !== null && button) this.card.append(html("div", { class: "exports" }, this.#button(button, offer)));
    this.card.append(this.#said);
  }

  /** @param {string} text @param {number} persons how many there shall be */
  #button(text, persons) {
    const button = html("button", { type: "button" }, text);
    button.addEventListener("click", () => this.#keep(button, persons));
    return button;
  }

  /** @param {HTMLButtonElement} button @param {number} persons */
  async #keep(button, persons) {
    this.busy = button.disabled = true;
    try {
      const found = await send("/api/validation", JSON.stringify({ persons }), "application/json");
      this.#said.textContent = "";
      this.show(found);
    } catch (error) {
      button.disabled = false;
      this.#said.textContent = `Nothing was changed: ${messageOf(error)}`;
    } finally {
      this.busy = false;
    }
  }
}

if (!customElements.get("lead-validation")) customElements.define("lead-validation", LeadValidation);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
