/** What was done, for leads: the audit log, the newest line first. */

import { html } from "../shared/dom.js";
import { NOTHING, Said, button, field, moment, table } from "./parts.js";
import { actorsOf, sayDetails, sayVia } from "./words.js";

const COLUMNS = ["When", "Who", "What", "About", "More"];
const EVERYBODY = "";

/** @typedef {import("../shared/contract.d.ts").LogPayload} Log @typedef {import("./words.js").Account} Account @typedef {import("./words.js").LogEntry} LogEntry */

export class LogCard {
  #server;
  #lines = html("div", { class: "lines" });
  #who = html("select", {});
  #older;
  #said = new Said();
  /** @type {LogEntry[]} */
  #entries = [];
  /** @type {number | null} */
  #before = null;

  /** @param {import("./team.js").Server} server */
  constructor(server) {
    this.#server = server;
    this.#older = button("Older", () => this.#said.during([this.#older], () => this.#ask(this.#before)));
    this.#who.addEventListener("change", () => this.#said.during([], () => this.load()));
    this.element = html("section", { class: "card", "aria-label": "What was done" },
      html("div", { class: "head" }, html("h2", {}, "What was done"), field("Of", this.#who),
        html("a", { class: "button", href: "/api/team/log/file", download: "log.csv" }, "Download as CSV")),
      this.#lines, html("div", { class: "buttons" }, this.#older), this.#said.element);
  }

  /** The newest lines, of whom is chosen. */
  async load() {
    await this.#ask(null);
  }

  /** @param {Pick<Account, "name">[]} accounts */
  showActors(accounts) {
    const chosen = this.#who.value;
    const names = actorsOf(accounts, this.#entries);
    this.#who.replaceChildren(html("option", { value: EVERYBODY }, "everybody"), ...names.map((name) => html("option", { value: name }, name)));
    this.#who.value = names.includes(chosen) ? chosen : EVERYBODY;
  }

  /** @param {number | null} before */
  async #ask(before) {
    const actor = this.#who.value;
    const wanted = new URLSearchParams({ ...(actor === EVERYBODY ? {} : { actor }), ...(before === null ? {} : { before: String(before) }) });
    /** @type {Log} */
    const log = await this.#server.get(`/api/team/log?${wanted}`);
    if (actor !== this.#who.value) return; // another was chosen meanwhile
    this.#entries = before === null ? log.entries : [...this.#entries, ...log.entries];
    this.#before = log.before;
    this.#older.hidden = log.before === null;
    const rows = this.#entries.map((entry) => ({ cells: cells(entry) }));
    this.#lines.replaceChildren(rows.length ? table("What was done", COLUMNS, rows) : html("p", { class: "soft" }, "Nothing yet."));
  }
}

/** @param {LogEntry} entry */
function cells(entry) {
  const { at, actor, action, about, details } = entry;
  const via = sayVia(entry);
  return [moment(at), html("span", {}, actor, ...(via ? [html("span", { class: "soft" }, ` ${via}`)] : [])), action, about || NOTHING, sayDetails(details) || NOTHING];
}
