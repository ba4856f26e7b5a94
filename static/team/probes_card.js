/** How closely annotators look, for leads: keypoints put wrong on purpose and caught or missed; and how many there are of them. */

import { html } from "../shared/dom.js";
import { Said, field, moment, named, sayWrong, table } from "./parts.js";
import { percentOf, sayCaught, sayInterval, shareOf } from "./probe_words.js";

/** @typedef {import("../shared/contract.d.ts").ProbesPayload} Probes @typedef {import("./team.js").Server} Server */

const COLUMNS = ["Annotator", "Wrong keypoints caught", "95 % interval", "Starts accepted untouched", "Labelled without the start"];
const WRONG = "One keypoint put wrong";
const EMPTY = "Without their start";
const MISSED = ["Keypoint", "Annotator", "When", "Look"];

export class ProbesCard {
  #server;
  #words = html("p", {});
  #lines = html("div", {});
  #missed = html("div", { class: "part" });
  #wrong = share();
  #empty = share();
  #said = new Said();

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
    this.element = html("section", { class: "card", "aria-label": "Who looks closely" },
      html("div", { class: "head" }, html("h2", {}, "Who looks closely"), html("a", { class: "button", href: "/api/probes/file", download: "probes.csv" }, "Download as CSV")),
      this.#words, this.#lines, this.#missed,
      html("div", { class: "part" }, html("h3", {}, "How many people"), this.#form(), this.#said.element));
  }

  /** As it is now; before there is a project there is nothing to show. */
  async load() {
    /** @type {Probes | null} */
    const probes = await this.#server.get("/api/probes");
    this.element.hidden = probes === null;
    if (probes) this.#show(probes);
  }

  /** @param {Probes} probes */
  #show({ words, wrong, empty, annotators, missed }) {
    this.#words.textContent = words;
    this.#wrong.value = percentOf(wrong);
    this.#empty.value = percentOf(empty);
    const rows = annotators.map((one) => ({ cells: [named(one.name, caughtOf(one), annotators.map(caughtOf)), sayCaught(one), sayInterval(one), `${one.untouched} of ${one.started}`, String(one.empty)] }));
    this.#lines.replaceChildren(rows.length ? table("Who looks closely", COLUMNS, rows) : html("p", { class: "soft" }, "Nobody has labelled from a network's start yet."));
    this.#missed.hidden = !missed.length;
    this.#missed.replaceChildren(html("h3", {}, "Accepted with the wrong keypoint left in place"),
      html("p", { class: "soft" }, "Their labels have the place that the network had said. Nobody looked at it: look again where it matters."),
      table("Missed", MISSED, missed.map((one) => ({
        cells: [one.keypoint, one.annotator, moment(one.at), html("a", { class: "button", href: `/annotate/?image=${one.image_id}&person=${one.person_id}` }, `person ${one.person_id}`)],
      }))));
  }

  #form() {
    const save = html("button", {}, "Save");
    const form = html("form", { class: "line", novalidate: "" }, field(`${WRONG}, 0 to 20 %`, this.#wrong), field(`${EMPTY}, 0 to 20 %`, this.#empty), save);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = sayWrong([[WRONG, this.#wrong], [EMPTY, this.#empty]]);
      if (wrong) return this.#said.say(wrong, "error");
      return this.#said.during([save], async () => {
        this.#show(await this.#server.post("/api/probes", { wrong: shareOf(this.#wrong.value), empty: shareOf(this.#empty.value) }));
        this.#said.say("Saved. It counts for who is opened from now on.", "done");
        this.#server.changed(this);
      });
    });
    return form;
  }
}

/** @param {Probes["annotators"][number]} one */
function caughtOf({ caught, seen, high }) {
  return { hits: caught, count: seen, high };
}

function share() {
  return html("input", { type: "number", min: 0, max: 20, step: "any", required: true, inputmode: "decimal" });
}
