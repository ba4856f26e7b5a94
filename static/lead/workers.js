/** Every worker of the home: where it is, what it does, and when it was heard of. */

import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { sayTime } from "./words.js";

const REFRESH_MS = 3_000;

/** @typedef {import("../shared/contract.d.ts").WorkersPayload} Workers
 *  @typedef {import("../shared/contract.d.ts").OneWorkerPayload} OneWorker */

/** @extends {AskingCard<Workers>} */
class LeadWorkers extends AskingCard {
  constructor() {
    super("Workers", "/api/workers", REFRESH_MS);
  }

  /** @param {Workers} found */
  goesOn({ workers }) {
    return workers.some(({ since }) => since !== null);
  }

  /** @param {Workers} found */
  show({ words, workers }) {
    this.card.hidden = !workers.length;
    this.dataset.workers = workers.map(({ name, state }) => `${name}:${state}`).join(" ");
    this.card.replaceChildren(
      html("div", { class: "head" }, html("h2", {}, "Workers")),
      html("p", {}, words),
      html("ul", { class: "workers" }, ...workers.map(line)));
  }
}

/** @param {OneWorker} one */
function line({ name, host, process, device, state, doing, since, heard }) {
  const from = since ? ` since ${sayTime(since)}` : "";
  return html("li", { class: state },
    html("i", { class: "dot", "aria-hidden": "true" }),
    html("span", { class: "what" }, html("b", {}, name), ` ${doing}${from}`),
    html("span", { class: "soft" }, `${host}, process ${process}${device ? `, ${device}` : ""}. Heard of ${heard}.`));
}

if (!customElements.get("lead-workers")) customElements.define("lead-workers", LeadWorkers);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
