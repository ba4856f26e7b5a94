/** What the queue is ordered by, and how well, beside a random order. Every text enters as text. */

import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { sayFigure } from "./words.js";

const REFRESH_MS = 20_000;

/** @typedef {import("../shared/contract.d.ts").OrderPayload} Order
 *  @typedef {import("../shared/contract.d.ts").OrderFigurePayload} Figure */

/** @extends {AskingCard<Order>} */
class LeadOrder extends AskingCard {

  constructor() {
    super("The queue's order", "/api/order", REFRESH_MS);
  }

  /** @param {Order} found */
  show({ words, advice, people, goes_by: by, figures }) {
    this.card.hidden = false;
    this.dataset.by = by;
    this.card.replaceChildren(
      html("div", { class: "head" }, html("h2", {}, "The queue's order", ...(figures.length ? [html("span", { class: "about" }, ` · ${people}`)] : []))),
      html("p", {}, words),
      ...(figures.length ? [html("ul", { class: "sources narrow" }, ...figures.map(row))] : []),
      html("p", { class: "soft more" }, advice));
  }
}

/** @param {Figure} figure */
function row(figure) {
  const { value, low, high, chance_low: least, chance_high: most } = figure;
  const track = html("span", { class: "track", "aria-hidden": "true" });
  if (least !== null && most !== null) track.append(range(least, most, "by-chance"));
  if (low !== null && high !== null) track.append(range(low, high, "range"));
  if (value !== null) track.append(html("i", { class: "mean", style: `left: ${100 * inside(value)}%` }));
  const { text, chance } = sayFigure(figure);
  return html("li", {}, html("span", { class: "name" }, figure.name), html("span", { class: "figure" }, text), track,
    html("span", { class: "wide soft" }, `${figure.more}. ${chance}`));
}

/** A part of the line from 0 to 1. @param {number} from @param {number} to @param {string} kind */
function range(from, to, kind) {
  const [left, right] = [inside(from), inside(to)];
  return html("i", { class: kind, style: `left: ${100 * left}%; width: ${100 * (right - left)}%` });
}

/** @param {number} value */
function inside(value) {
  return Math.min(1, Math.max(0, value));
}

if (!customElements.get("lead-order")) customElements.define("lead-order", LeadOrder);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
