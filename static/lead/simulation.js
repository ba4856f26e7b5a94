/** What more labels would bring, simulated on those there are: asked for its cost, begun, ended, and what came of it. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { send } from "./sending.js";

const REFRESH_MS = 5_000;
const VERDICTS = { "go on": "Go on labelling", stop: "Stop", undecided: "Undecided" };

/** @typedef {import("../shared/contract.d.ts").SimulationPayload} Simulation
 *  @typedef {import("../shared/contract.d.ts").SimulationMessage["do"]} Wish */

/** @extends {AskingCard<Simulation>} */
class LeadSimulation extends AskingCard {
  #said = html("p", { class: "error more", role: "alert" });
  #shown = "";

  constructor() {
    super("Are more labels worth it?", "/api/simulation", REFRESH_MS);
  }

  /** @param {Simulation} found */
  goesOn({ state }) {
    return state === "queued" || state === "running";
  }

  /** The same again changes nothing: a button under the pointer stays. @param {Simulation} found */
  show(found) {
    const now = JSON.stringify(found);
    if (now === this.#shown) return;
    this.#shown = now;
    const { state, words, error, done, of } = found;
    this.card.hidden = false;
    this.dataset.state = state;
    this.card.replaceChildren(
      html("div", { class: "head" }, html("h2", {}, "Are more labels worth it?"), ...verdict(found)),
      html("p", { class: state === "failed" ? "error" : "" }, words),
      ...(state === "running" && of ? [html("progress", { class: "more", max: of, value: done, "aria-label": "points of the curve" })] : []),
      ...result(found), this.#buttons(found), this.#said);
    if (error === null && !this.busy) this.#said.textContent = "";
  }

  /** @param {Simulation} found */
  #buttons({ ask, begin, cancel }) {
    /** @type {[string | null, Wish][]} */
    const offered = [[begin, "begin"], [ask, "ask"], [cancel, "cancel"]];
    const row = html("div", { class: "exports" });
    for (const [text, wish] of offered) if (text !== null) row.append(this.#button(text, wish));
    return row;
  }

  /** @param {string} text @param {Wish} wish */
  #button(text, wish) {
    const button = html("button", { type: "button" }, text);
    button.addEventListener("click", () => this.#send(wish));
    return button;
  }

  /** @param {Wish} wish */
  async #send(wish) {
    this.busy = true;
    for (const one of this.card.querySelectorAll("button")) one.disabled = true;
    try {
      const found = await send("/api/simulation", JSON.stringify({ do: wish }), "application/json");
      this.#said.textContent = "";
      this.told(found);
    } catch (error) {
      this.#said.textContent = `Not done: ${messageOf(error)}`;
    } finally {
      this.busy = false;
      for (const one of this.card.querySelectorAll("button")) one.disabled = false;
    }
  }
}

/** @param {Simulation} found */
function verdict({ verdict: said }) {
  return said === null ? [] : [html("span", { class: `state ${said === "stop" ? "published" : said === "go on" ? "running" : ""}` }, VERDICTS[said])];
}

/** The advice first, then the curve, then the figures. @param {Simulation} found */
function result({ advice, curve, figures }) {
  return [
    ...(advice ? [html("p", { class: "more" }, html("b", {}, advice))] : []),
    ...(curve ? [html("a", { href: curve, target: "_blank", title: "Open it large" },
      html("img", { class: "curve", src: curve, alt: "How well held-out people begin, by the actions spent on labels: the queue's order and chance" }))] : []),
    ...(figures.length ? [html("ul", { class: "sources narrow" }, ...figures.map(({ name, text, more }) =>
      html("li", {}, html("span", { class: "name" }, name), html("span", { class: "figure" }, text), html("span", { class: "wide soft" }, more))))] : []),
  ];
}

if (!customElements.get("lead-simulation")) customElements.define("lead-simulation", LeadSimulation);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
