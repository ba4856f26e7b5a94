/** What each annotator did, for leads: everybody in one table, and each one's weeks as a plot with its table. */

import { html } from "../shared/dom.js";
import { plot } from "./figures_plot.js";
import { MEASURES, mostOf, sayActions, sayAgreed, sayPersons, sayReviews, saySeconds, sayShare, sayTime, sayWeek } from "./figures_words.js";
import { Said, choice, field, named, table } from "./parts.js";

/**
 * @typedef {import("../shared/contract.d.ts").FiguresPayload} Told
 * @typedef {import("./figures_words.js").Figure} Figure
 * @typedef {import("./team.js").Server} Server
 */

const COLUMNS = ["Persons", "Seconds a person, median", "In all", "Actions per person", "Starts accepted untouched", "Found good by reviewers", "OKS with another's"];

export class FiguresCard {
  #server;
  #words = html("p", {});
  #everybody = html("div", {});
  #each = html("div", { class: "each" });
  #said = new Said();
  #weeks = choice([["4", "4 weeks"], ["12", "12 weeks"], ["26", "26 weeks"], ["52", "52 weeks"]]);
  #measure = choice(Object.entries(MEASURES).map(([key, { name }]) => /** @type {[string, string]} */ ([key, name])));
  #file = html("a", { class: "button", download: "figures.csv" }, "Download as CSV");
  /** Whose weeks stand open as a table. @type {Set<string>} */
  #open = new Set();
  /** @type {Told | null} */
  #told = null;

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
    this.#weeks.value = "12";
    this.#weeks.addEventListener("change", () => this.#said.during([], () => this.load()));
    this.#measure.addEventListener("change", () => this.#draw());
    this.element = html("section", { class: "card", "aria-label": "Figures" },
      html("div", { class: "head" }, html("h2", {}, "Figures"), field("Of the last", this.#weeks), this.#file),
      this.#words, this.#said.element, this.#everybody,
      html("div", { class: "part" }, html("div", { class: "head" }, html("h3", {}, "By week"), field("Plotted", this.#measure)), this.#each));
  }

  /** As it is now; before there is a project there is nothing to show. */
  async load() {
    const weeks = this.#weeks.value;
    /** @type {Told | null} */
    const told = await this.#server.get(`/api/team/figures?weeks=${weeks}`);
    if (weeks !== this.#weeks.value) return; // another number was chosen meanwhile, and is asked for
    this.element.hidden = told === null;
    this.#told = told;
    if (!told) return;
    this.#file.href = `/api/team/figures/file?weeks=${weeks}`;
    this.#words.textContent = told.words;
    this.#everybody.replaceChildren(...(told.annotators.length
      ? [table("Figures", ["Annotator", ...COLUMNS], told.annotators.map(({ name, all_weeks }) => ({ cells: [named(name, goodOf(all_weeks), told.annotators.map((one) => goodOf(one.all_weeks))), ...cells(all_weeks)] })))] : []));
    this.#draw();
  }

  #draw() {
    if (!this.#told) return;
    const { weeks, annotators } = this.#told;
    const measure = MEASURES[this.#measure.value];
    const most = mostOf(measure, annotators.flatMap(({ by_week }) => by_week));
    this.#each.replaceChildren(...annotators.map(({ name, by_week }) => html("figure", {},
      html("figcaption", {}, name), plot({ measure, name, weeks, figures: by_week, most }), this.#table(name, by_week))));
  }

  /** The same weeks in figures. @param {string} name @param {Figure[]} weeks */
  #table(name, weeks) {
    const rows = weeks.toReversed().map((one) => ({ cells: [sayWeek(one.week ?? ""), ...cells(one)] }));
    const shown = html("details", {}, html("summary", {}, `${name}, week by week`), table(`${name} by week`, ["Week", ...COLUMNS], rows));
    shown.open = this.#open.has(name);
    shown.addEventListener("toggle", () => (shown.open ? this.#open.add(name) : this.#open.delete(name)));
    return shown;
  }
}

/** @param {Figure} one */
function goodOf({ good, reviewed, good_high }) {
  return { hits: good, count: reviewed, high: good_high };
}

/** @param {Figure} one */
function cells(one) {
  return [sayPersons(one), saySeconds(one.median), sayTime(one.seconds), sayActions(one),
    sayShare(one.untouched, one.starts, one.untouched_low, one.untouched_high), sayReviews(one), sayAgreed(one)];
}
