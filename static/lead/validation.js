/** The people whom rounds are measured by: how many there are, what is missing, and keeping more. Every text enters as text. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { send } from "./sending.js";
import { STYLE } from "./style.js";

const REFRESH_MS = 20_000;
const TOLD = "validation-told";

/** What is to be known before a launch, as the card was told it last. @type {string | null} */
let beforeLaunch = null;

/** @typedef {import("../shared/contract.d.ts").ValidationPayload} Validation */

/** @extends {AskingCard<Validation>} */
class LeadValidation extends AskingCard {
  #said = html("p", { class: "error", role: "alert" });

  constructor() {
    super("Measured by", "/api/validation", REFRESH_MS);
  }

  /** @param {Validation} found */
  show(found) {
    const { words, advice, warning, persons, offer, button, why } = found;
    this.card.hidden = false;
    this.dataset.persons = String(persons);
    this.card.replaceChildren(html("div", { class: "head" }, html("h2", {}, "Whom rounds are measured by")),
      html("p", {}, words), ...(warning ? [html("p", { class: "warning" }, warning)] : []), html("p", { class: "soft more" }, advice));
    if (offer !== null && button) {
      this.card.append(html("div", { class: "exports" }, this.#button(button, offer)), html("p", { class: "soft more" }, `So many: ${why}.`));
    }
    this.card.append(this.#said);
    beforeLaunch = found.before_launch;
    document.dispatchEvent(new Event(TOLD));
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

/** Beside the launch button: that nothing can tell yet whether a round is better. The card above is what asks the server. */
class LeadBeforeLaunch extends HTMLElement {
  root = this.attachShadow({ mode: "open" });

  connectedCallback() {
    document.addEventListener(TOLD, this.#show);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener(TOLD, this.#show);
  }

  #show = () => {
    this.root.replaceChildren(html("style", {}, STYLE), ...(beforeLaunch ? [html("p", { class: "warning" }, beforeLaunch)] : []));
  };
}

if (!customElements.get("lead-before-launch")) customElements.define("lead-before-launch", LeadBeforeLaunch);
if (!customElements.get("lead-validation")) customElements.define("lead-validation", LeadValidation);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
