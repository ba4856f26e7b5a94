/** What the published round spared annotators: actions a person from its starts beside those before it. */

import { html } from "../shared/dom.js";
import { showIn } from "./host.js";
import { STYLE } from "./style.js";
import { spareRows } from "./words.js";

/** @typedef {import("../shared/contract.d.ts").StartsPayload} Starts */

class LeadSpared extends HTMLElement {
  root = this.attachShadow({ mode: "open" });
  #card = html("section", { class: "card", "aria-label": "What the round spared" });

  connectedCallback() {
    this.root.replaceChildren(html("style", {}, STYLE), this.#card);
    this.#card.hidden = true;
  }

  /** @param {{starts: Starts | null} | null} value */
  show(value) {
    const spared = value?.starts?.spared;
    this.#card.hidden = !spared;
    if (!spared) return;
    this.dataset.round = String(spared.round);
    this.#card.replaceChildren(
      html("div", { class: "head" }, html("h2", {}, `What round ${spared.round} spared`, html("span", { class: "about" }, " · actions a person"))),
      html("p", {}, spared.words),
      ...spareRows(spared).map(group),
      ...spared.notes.map((text) => html("p", { class: "soft more" }, text)));
  }
}

/** Two bars, before and since, on one scale. @param {import("./words.js").SpareRows} rows */
function group({ whom, bars }) {
  const most = Math.max(...bars.map((bar) => bar.actions));
  return html("div", { class: "spared" }, html("span", { class: "soft" }, whom),
    ...bars.flatMap(({ name, actions, isNow }) => [
      html("span", { class: "name" }, name),
      html("span", { class: "track", "aria-hidden": "true" }, html("i", { class: isNow ? "bar now" : "bar", style: `width: ${100 * actions / most}%` })),
      html("span", { class: "figure" }, actions.toFixed(1)),
    ]));
}

if (!customElements.get("lead-spared")) customElements.define("lead-spared", LeadSpared);

/** @param {import("./host.js").Host<{starts: Starts | null} | null>} host */
export function bind(host) {
  showIn("lead-spared", host);
}
