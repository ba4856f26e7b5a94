/** The lead's page in parts, each a custom element that shows plain data. Every text enters as text. */

import { FIRST_STEP_STYLE, firstStepCard } from "../header/first_step.js";
import { chart, html } from "./chart.js";
import { STYLE } from "./style.js";
import { NETWORKS, sayAp, sayDuration, sayOks, sayPairs, sayProgress, sayQueued, sayResult } from "./words.js";

/** An element that shows a value; the same value again changes nothing. */
class Part extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
  }

  /** @param {any} value */
  show(value) {
    if (!value) return;
    this.shadowRoot.replaceChildren(html("style", {}, STYLE + FIRST_STEP_STYLE), this.draw(value));
  }
}

/** How much there is and how much is done. */
class LeadCounts extends Part {
  /** @param {any} counts numbers, and `pairing`: a hint where left and right are not paired, else null */
  draw(counts) {
    const decided = counts.persons_accepted + counts.persons_skipped + counts.persons_not_a_person;
    const all = decided + counts.persons_open;
    const cards = html("div", { class: "counts" },
      count("In the queue", counts.images_open, counts.images_open === 1 ? "image" : "images", `${counts.persons_open} of ${all} persons to decide`),
      count("Labelled", counts.persons_accepted, "persons", `${counts.persons_accepted - counts.persons_imported} here, ${counts.persons_imported} imported`, [decided, all]),
      count("Set aside", counts.persons_skipped + counts.persons_not_a_person, "persons",
        `${counts.persons_skipped} skipped, ${counts.persons_not_a_person} not a person`),
      count("Validation", counts.persons_validation, "persons", `in ${counts.images_validation} images, never trained on`));
    return counts.pairing ? html("div", {}, cards, html("p", { class: "warning card" }, counts.pairing)) : cards;
  }
}

function count(what, number, unit, more, part = null) {
  const card = html("div", { class: "card count" }, html("span", { class: "what" }, what),
    html("b", {}, number.toLocaleString("en"), html("span", { class: "unit" }, ` ${unit}`)),
    html("span", { class: "more soft" }, more));
  if (part?.[1]) card.append(html("progress", { value: part[0], max: part[1], "aria-label": `${part[0]} of ${part[1]} persons decided` }));
  return card;
}

/** The latest round: where it stands, what it tells, why it failed. */
class LeadBoard extends Part {
  /** @param {{round: any, labelled: number, worker?: any, step?: import("../header/first_step.js").Step | null}} board */
  draw({ round, labelled, worker = null, step = null }) {
    this.dataset.round = round ? `${round.number}:${round.state}` : "none";
    if (round && ENDED.has(round.state)) document.dispatchEvent(new CustomEvent("round-ended", { detail: this.dataset.round }));
    return round ? latestRound(round, worker) : step ? html("div", { class: "stack" }, firstStepCard(step)) : noRound(labelled);
  }
}

function noRound(labelled) {
  return html("section", { class: "card stack" }, html("h2", {}, "No round yet"),
    html("p", { class: "soft" }, "A round learns from the labels so far, predicts every person of the pool, and puts the images on which its "
      + "teachers disagree first in the queue. Annotators then start from its predictions."),
    html("p", {}, labelled ? `${labelled} persons are labelled: a first round can be launched.`
      : "No person is labelled yet. Label some on the page Annotate, then launch the first round."));
}

const ENDED = new Set(["published", "failed", "cancelled"]);

/** Whether a worker serves the home: a quiet line while one does, else what to type. */
class LeadWorker extends Part {
  /** @param {{state: string, text: string, command: string | null}} worker */
  draw({ state, text, command }) {
    this.dataset.state = state;
    if (state === "running") return html("p", { class: "quiet" }, html("i", { class: "dot" }), "Worker: running");
    return html("section", { class: "card missing", role: "status" }, html("p", {}, text), ...commandParts(command));
  }
}

function commandParts(command) {
  return command ? [html("pre", { tabindex: "0", "aria-label": "Command" }, html("code", {}, command))] : [];
}

function latestRound(round, worker) {
  const { number, state, progress } = round;
  const section = html("section", { class: "card", "aria-label": `Round ${number}: ${state}` },
    html("div", { class: "head" }, html("h2", {}, `Round ${number}: `, chip(state))));
  if (state === "failed") {
    section.append(html("p", { class: "error", role: "alert" }, round.error ?? "No error was kept."),
      html("p", { class: "soft more" }, "Nothing of it is shown to annotators; they keep the last published round. Launch another when the cause is mended."));
  }
  if (state === "queued") section.append(html("p", { class: "soft" }, sayQueued(worker)));
  if (state === "cancelled") section.append(html("p", { class: "soft" }, "It was stopped; nothing of it is shown to annotators."));
  if (state === "published") section.append(html("p", { class: "soft" }, "Annotators get its ranking and start from its predictions."), result(round));
  if (state === "running") {
    section.append(html("progress", { max: progress.steps ?? 1, value: progress.step ?? 0, "aria-label": "steps of this stage" }), facts(sayProgress(round)));
  }
  return section;
}

function result(round) {
  const parts = [facts(sayResult(round))];
  const pairs = sayPairs(round);
  if (pairs) parts.push(html("p", { class: "soft more" }, `Pairs that taught the student last: ${pairs}.`));
  for (const warning of round.metrics.warnings ?? []) parts.push(html("p", { class: "warning" }, `Note: ${warning}`));
  return html("div", {}, ...parts);
}

function facts(pairs) {
  return html("dl", {}, ...pairs.map(([word, value]) => html("div", {}, html("dt", {}, word), html("dd", {}, value))));
}

function chip(state) {
  return html("span", { class: `state ${state}` }, state);
}

/** The curves: loss and AP of the latest round, AP over rounds. */
class LeadCharts extends Part {
  /** @param {{round: number | null, loss: [number, number][], ap: Record<string, [number, number][]>, rounds: Record<string, [number, number][]>}} curves */
  draw({ round, steps, loss, ap, rounds }) {
    const networks = (found) => NETWORKS.map((name) => ({ name, points: found[name] ?? [] }));
    const of = round == null ? "" : ` of round ${round}`;
    const charts = [
      chart({ title: `Loss${of}`, about: `Loss${of} by step`, xTitle: "step", xMost: steps, series: [{ name: "", points: loss }],
        empty: "The loss is drawn here while a round trains." }),
      chart({ title: `Validation AP${of}`, about: `AP of A, B and C${of} by step`, xTitle: "step", xMost: steps, series: networks(ap),
        empty: "AP on the validation images is measured at every snapshot refresh." }),
      chart({ title: "Validation AP over rounds", about: "AP of A, B and C after each published round", xTitle: "round",
        series: networks(rounds), rounds: true, empty: "Every published round adds a point." }),
    ];
    return html("div", { class: "charts" }, ...charts.map((figure) => html("div", { class: "card" }, figure)));
  }
}

/** What came of the last launch, until that round has ended. */
class LeadSaid extends Part {
  #clear = ({ detail }) => this.#before !== detail && this.shadowRoot.replaceChildren();
  #before = "";

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("round-ended", this.#clear);
  }

  disconnectedCallback() {
    document.removeEventListener("round-ended", this.#clear);
  }

  /** @param {{ok: boolean, text: string, command?: string | null}} said command: what still has to be typed */
  draw({ ok, text, command = null }) {
    this.#before = document.querySelector("lead-board")?.dataset.round ?? "";
    const tone = !ok ? "error" : command ? "" : "done";
    return html("div", {}, html("p", { class: tone, role: ok ? "status" : "alert" }, text), ...commandParts(command));
  }
}

/** The labels as files; there are none before the first import. */
class LeadExports extends Part {
  /** @param {{images?: number}} value images: how many there are; not known until the server has told */
  draw({ images }) {
    if (images === 0) return card("Export", "COCO keypoints", html("p", { class: "soft" }, "Nothing to download yet: this home has no images."));
    return card("Export", "COCO keypoints of every image as it is now; who is not labelled yet is a box", html("div", { class: "exports" },
      html("a", { class: "button", href: "/api/export", download: "" }, "Download labels"),
      html("a", { class: "button", href: "/api/export?with_predictions=1", download: "" }, "Download labels and predictions")));
  }
}

/** Every round, and the queue's first images. */
class LeadTables extends Part {
  /** @param {{rounds: any[], labels: Record<string, number>, queue: any[], images?: number}} tables */
  draw({ rounds, labels, queue, images }) {
    return html("div", { class: "stack" }, roundsTable(rounds, labels), queueTable(queue, images));
  }
}

function roundsTable(rounds, labels) {
  const rows = rounds.flatMap((round, place) => roundRows(round, labels[round.number], place === 0));
  return card("Rounds", "AP on the validation images, before → after: 1 is perfect; A and B are the teachers, C the student",
    rows.length ? table(["Round", "State", "Labels", "AP of A", "AP of B", "AP of C", "Mean OKS of C", "Took", "Launched by"], rows)
      : html("p", { class: "soft" }, "Rounds are listed here with their AP, once one is launched."));
}

/** The latest round's error stands in its own card already. */
function roundRows(round, labelled, isLatest) {
  const figures = [...NETWORKS.map((network) => sayAp(round, network)), sayOks(round, "C")];
  const aps = figures.map(({ text, change }) => cell(text, `nowrap ${change}`));
  const cells = [cell(String(round.number)), html("td", {}, chip(round.state)), cell(labelled == null ? "" : String(labelled)), ...aps,
    cell(sayDuration(round), "nowrap"), cell(round.launched_by)];
  if (!round.error || isLatest) return [html("tr", {}, ...cells)];
  return [html("tr", { class: "has-why" }, ...cells),
    html("tr", { class: "why" }, html("td", {}), html("td", { colspan: cells.length - 1, class: "error" }, round.error))];
}

function queueTable(items, images) {
  const rows = items.map((item) => html("tr", {}, cell(item.image, "nowrap"), cell(item.score ? item.score.toFixed(2) : "–"),
    cell(item.reasons.join("; "), "reasons"), cell(item.held_by ?? "")));
  return card("Next in the queue", "most inconsistent first",
    rows.length ? table(["Image", "Inconsistency", "Why", "Held by"], rows)
      : html("p", { class: "soft" }, images === 0 ? "The queue is empty: this home has no images yet." : "The queue is empty: every person is decided."));
}

function card(title, about, content) {
  return html("section", { class: "card" },
    html("div", { class: "head" }, html("h2", {}, title, html("span", { class: "about" }, ` · ${about}`))), content);
}

function table(heads, rows) {
  const name = `Table: ${heads.filter(Boolean).join(", ")}`;
  return html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, html("table", {},
    html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))), html("tbody", {}, ...rows)));
}

function cell(text, style = "") {
  return html("td", style ? { class: style } : {}, text);
}

const PARTS = {
  "lead-counts": LeadCounts, "lead-board": LeadBoard, "lead-exports": LeadExports, "lead-said": LeadSaid, "lead-charts": LeadCharts, "lead-tables": LeadTables,
  "lead-worker": LeadWorker,
};
for (const [tag, part] of Object.entries(PARTS)) {
  if (!customElements.get(tag)) customElements.define(tag, part);
}

/** @param {{element: HTMLElement, props: {value: any}, watch: (name: string, then: () => void) => void}} host */
export function bind({ element, props, watch }) {
  const part = element.querySelector(Object.keys(PARTS).join());
  watch("value", () => part.show(props.value));
  part.show(props.value);
}
