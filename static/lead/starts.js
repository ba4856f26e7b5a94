/** Where labelling begins: how each network places people it did not learn from, and which one is in use. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { showIn } from "./host.js";
import { send } from "./sending.js";
import { STYLE } from "./style.js";
import { sayMean, sayMeasuredOn, sayWhy } from "./words.js";

/** @typedef {import("../shared/contract.d.ts").StartsPayload} Starts
 *  @typedef {import("../shared/contract.d.ts").SourcePayload} Source
 *  @typedef {{use: "measured" | "imported" | "student", round?: number | null}} Choice */

class LeadStarts extends HTMLElement {
  root = this.attachShadow({ mode: "open" });
  #card = html("section", { class: "card", "aria-label": "Where labelling begins" });
  #said = html("p", { class: "error", role: "alert" });
  #busy = false;

  connectedCallback() {
    this.root.replaceChildren(html("style", {}, STYLE), this.#card);
    this.#card.hidden = true;
  }

  /** @param {{starts: Starts | null} | null} value */
  show(value) {
    const starts = value?.starts ?? null;
    if (!starts?.sources.length || this.#busy) return;
    this.#card.hidden = false;
    this.dataset.inUse = starts.sources.find((one) => one.in_use)?.name ?? "none";
    this.#card.replaceChildren(
      html("div", { class: "head" }, html("h2", {}, "Where labelling begins", html("span", { class: "about" }, ` · ${sayMeasuredOn(starts)}`))),
      html("p", {}, starts.words),
      html("ul", { class: "sources" }, ...starts.sources.map((one) => this.#source(one))),
      ...sayWhy(starts).map((text) => html("p", { class: "soft more" }, text)),
      ...(starts.lead ? [html("div", { class: "exports" }, this.#button("Leave it to the labels", { use: "measured" }))] : []),
      this.#said);
  }

  /** @param {Source} one */
  #source(one) {
    const row = html("li", { class: one.in_use ? "in-use" : "" },
      html("span", { class: "name" }, one.name, ...(one.in_use ? [" ", html("span", { class: "state published" }, "in use")] : []),
        ...(one.kept ? [" ", html("span", { class: "state kept" }, "kept")] : [])),
      interval(one), html("span", { class: "figure" }, sayMean(one)));
    if (one.use) row.append(this.#button(one.use, { use: one.source, round: one.round }));
    return row;
  }

  /** @param {string} text @param {Choice} choice */
  #button(text, choice) {
    const button = html("button", { type: "button" }, text);
    button.addEventListener("click", () => this.#use(choice));
    return button;
  }

  /** @param {Choice} choice */
  async #use(choice) {
    this.#busy = true;
    for (const button of this.#card.querySelectorAll("button")) button.disabled = true;
    try {
      const starts = await send("/api/rounds/starts", JSON.stringify(choice), "application/json");
      this.#said.textContent = "";
      this.#busy = false;
      this.show({ starts });
    } catch (error) {
      this.#busy = false;
      for (const button of this.#card.querySelectorAll("button")) button.disabled = false;
      this.#said.textContent = `Not changed: ${messageOf(error)}`;
    }
  }
}

/** The mean and its interval on a line from 0 to 1. @param {Source} one */
function interval({ mean_oks: mean, low, high }) {
  const track = html("span", { class: "track", "aria-hidden": "true" });
  if (mean === null) return track;
  if (low !== null && high !== null) {
    const [from, to] = [Math.max(0, low), Math.min(1, high)];
    track.append(html("i", { class: "range", style: `left: ${100 * from}%; width: ${100 * (to - from)}%` }));
  }
  track.append(html("i", { class: "mean", style: `left: ${100 * mean}%` }));
  return track;
}

if (!customElements.get("lead-starts")) customElements.define("lead-starts", LeadStarts);

/** @param {import("./host.js").Host<{starts: Starts | null} | null>} host */
export function bind(host) {
  showIn("lead-starts", host);
}
