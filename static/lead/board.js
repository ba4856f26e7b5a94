/** The lead's page in parts, each a custom element that shows plain data. Every text enters as text. */

import { FIRST_STEP_STYLE, firstStepCard } from "../header/first_step.js";
import { html } from "../shared/dom.js";
import { chart } from "./chart.js";
import { showIn } from "./host.js";
import { acted } from "./pace.js";
import { STYLE } from "./style.js";
import { NETWORKS, sayAp, sayDuration, sayNetworks, sayOks, sayPairs, sayProgress, sayQueued, sayResult, sayValidation, sayWaiting, sayWhoseRanking } from "./words.js";

/**
 * @typedef {import("./words.js").Round} Round
 * @typedef {import("./words.js").Worker} Worker
 * @typedef {import("./chart.js").Place} Place
 * @typedef {import("../shared/contract.d.ts").CountsPayload} Counts
 * @typedef {import("../shared/contract.d.ts").StepPayload} Step
 * @typedef {{image: string, score: number | null, reasons: string[], held_by: string | null}} Queued an image of the queue
 */

/** An element that shows a value; the same value again changes nothing. @template Value */
class Part extends HTMLElement {
  root = this.attachShadow({ mode: "open" });

  /** What a value looks like: each part has its own way. @param {Value} _value @returns {HTMLElement} */
  draw(_value) {
    return html("div");
  }

  /** @param {Value | null} value */
  show(value) {
    if (!value) return;
    this.root.replaceChildren(html("style", {}, STYLE + FIRST_STEP_STYLE), this.draw(value));
  }
}

/** How much there is and how much is done. @extends {Part<Counts & {pairing: string | null}>} */
class LeadCounts extends Part {
  /** @param {Counts & {pairing: string | null}} counts pairing: a hint where left and right are not paired, else null */
  draw(counts) {
    const decided = counts.persons_accepted + counts.persons_skipped + counts.persons_not_a_person;
    const all = decided + counts.persons_open;
    const cards = html("div", { class: "counts" },
      count("In the queue", counts.images_open, counts.images_open === 1 ? "image" : "images", sayWaiting(counts, all)),
      count("Labelled", counts.persons_accepted, "persons", `${counts.persons_accepted - counts.persons_imported} here, ${counts.persons_imported} imported`, [decided, all]),
      count("Set aside", counts.persons_skipped + counts.persons_not_a_person, "persons",
        `${counts.persons_skipped} skipped, ${counts.persons_not_a_person} not a person`),
      count("Validation", counts.persons_validation, "persons", sayValidation(counts)));
    return counts.pairing ? html("div", {}, cards, html("p", { class: "warning card" }, counts.pairing)) : cards;
  }
}

/** @param {string} what @param {number} number @param {string} unit @param {string} more @param {[number, number] | null} [part] done, of how many */
function count(what, number, unit, more, part = null) {
  const card = html("div", { class: "card count" }, html("span", { class: "what" }, what),
    html("b", {}, number.toLocaleString("en"), html("span", { class: "unit" }, ` ${unit}`)),
    html("span", { class: "more soft" }, more));
  if (part?.[1]) card.append(html("progress", { value: part[0], max: part[1], "aria-label": `${part[0]} of ${part[1]} persons decided` }));
  return card;
}

/** @typedef {{round: Round | null, labelled: number, published?: number | null, worker?: Worker | null, step?: Step | null}} Board */

/** The latest round: where it stands, what it tells, why it failed. @extends {Part<Board>} */
class LeadBoard extends Part {
  /** @param {Board} board */
  draw({ round, labelled, published = null, worker = null, step = null }) {
    const before = this.dataset.round;
    this.dataset.round = round ? `${round.number}:${round.state}` : "none";
    if (before !== undefined && before !== this.dataset.round) acted();
    if (round && ENDED.has(round.state)) document.dispatchEvent(new CustomEvent("round-ended", { detail: this.dataset.round }));
    return round ? latestRound(round, published, worker) : step ? html("div", { class: "stack" }, firstStepCard(step)) : noRound(labelled);
  }
}

/** @param {number} labelled */
function noRound(labelled) {
  return html("section", { class: "card stack" }, html("h2", {}, "No round yet"),
    html("p", { class: "soft" }, "A round learns from the labels so far, predicts every person of the pool, and puts the images of which its "
      + "networks are least sure first in the queue. Annotators begin from its predictions unless those of an imported model are better."),
    html("p", {}, labelled ? `${labelled} persons are labelled: a first round can be launched.`
      : "No person is labelled yet. Label some on the page Annotate, then launch the first round."));
}

const ENDED = new Set(["published", "kept", "failed", "cancelled"]);

/** Whether a worker serves the home: a quiet line while one does, else what to type. @extends {Part<Worker>} */
class LeadWorker extends Part {
  /** @param {Worker} worker */
  draw({ state, text, command }) {
    const before = this.dataset.state;
    this.dataset.state = state;
    if (before !== undefined && before !== state) acted();
    if (state === "running") return html("p", { class: "quiet" }, html("i", { class: "dot" }), "Worker: running");
    return html("section", { class: "card missing", role: "status" }, html("p", {}, text), ...commandParts(command));
  }
}

/** @param {string | null} command */
function commandParts(command) {
  return command ? [html("pre", { tabindex: "0", "aria-label": "Command" }, html("code", {}, command))] : [];
}

/** @param {Round} round @param {number | null} published whose ranking annotators get @param {Worker | null} worker */
function latestRound(round, published, worker) {
  const { number, state, progress } = round;
  const section = html("section", { class: "card", "aria-label": `Round ${number}: ${state}` },
    html("div", { class: "head" }, html("h2", {}, `Round ${number}: `, chip(state))));
  if (state === "failed") {
    section.append(html("p", { class: "error", role: "alert" }, round.error ?? "No error was kept."),
      html("p", { class: "soft more" }, "Nothing of it is shown to annotators; they keep the last published round. When the cause is mended, try it again, below."));
  }
  if (state === "queued") section.append(html("p", { class: "soft" }, sayQueued(worker)));
  if (state === "cancelled") section.append(html("p", { class: "soft" }, "It was stopped; nothing of it is shown to annotators. It can be gone on with, below."));
  if (state === "published") section.append(html("p", { class: "soft" }, `${sayWhoseRanking(number, published)} ${round.metrics.starts?.words ?? ""}`), result(round));
  if (state === "kept") {
    section.append(html("p", {}, round.kept_because ?? ""),
      html("p", { class: "soft" }, "Annotators keep what they have. Its ranking and predictions stay here; it can be used all the same, below."), result(round));
  }
  if (state === "running" || state === "cancelling") {
    section.append(html("progress", { max: progress.steps ?? 1, value: progress.step ?? 0, "aria-label": "steps of this stage" }), facts(sayProgress(round)), ...worstSoFar(progress.worst ?? []));
  }
  return section;
}

/** Who is in most doubt while scores arrive. @param {NonNullable<Round["progress"]["worst"]>} worst */
function worstSoFar(worst) {
  if (!worst.length) return [];
  const rows = worst.map(({ image, score, why }) => html("li", {}, `${score.toFixed(2)} ${image}`, html("span", { class: "soft" }, why && ` · ${why}`)));
  return [html("p", { class: "soft more" }, "In most doubt so far:"), html("ol", { class: "soft", "aria-label": "In most doubt so far" }, ...rows)];
}

const BEFORE = "Before → after: what the round's networks said before its first step and after its last, on the people labelled by then, in the "
  + "crops that it trains on. A pose model's own run sees other crops, so its mean OKS may differ.";

/** @param {Round} round */
function result(round) {
  /** @type {HTMLElement[]} */
  const parts = [facts(sayResult(round))];
  const pairs = sayPairs(round);
  if (pairs) parts.push(html("p", { class: "soft more" }, `Pairs that taught the student last: ${pairs}.`));
  if (round.metrics.ap_before?.C) parts.push(html("p", { class: "soft more" }, BEFORE));
  for (const warning of round.metrics.warnings ?? []) parts.push(html("p", { class: "warning" }, `Note: ${warning}`));
  return html("div", {}, ...parts);
}

/** @param {[string, string][]} pairs */
function facts(pairs) {
  return html("dl", {}, ...pairs.map(([word, value]) => html("div", {}, html("dt", {}, word), html("dd", {}, value))));
}

/** @param {string} state */
function chip(state) {
  return html("span", { class: `state ${state}` }, state);
}

/** @typedef {{round: number | null, steps: number | null, loss: Place[], ap: Record<string, Place[]>, rounds: Record<string, Place[]>, people?: Record<string, number>}} Curves
 *   steps: how many the round trains, where that is known; people: on how many each round was measured, by its number */

/** The curves: loss and AP of the latest round, AP over rounds. @extends {Part<Curves>} */
class LeadCharts extends Part {
  /** @param {Curves} curves */
  draw({ round, steps, loss, ap, rounds, people = {} }) {
    /** @param {Record<string, Place[]>} found */
    const networks = (found) => NETWORKS.map((name) => ({ name, points: found[name] ?? [] }));
    const of = round == null ? "" : ` of round ${round}`;
    const charts = [
      chart({ title: `Loss${of}`, about: `Loss${of} by step`, xTitle: "step", xMost: steps, series: [{ name: "", points: loss }],
        empty: "The loss is drawn here while a round trains." }),
      chart({ title: `Validation AP${of}`, about: `AP of A, B and C${of} by step`, xTitle: "step", xMost: steps, series: networks(ap),
        empty: "AP on the validation images is measured at every snapshot refresh." }),
      chart({ title: "Validation AP over rounds", about: "AP of A, B and C after each published round", xTitle: "round (people; not joined where they change)",
        series: networks(rounds), rounds: people, empty: "Every published round adds a point." }),
    ];
    return html("div", { class: "charts" }, ...charts.map((figure) => html("div", { class: "card" }, figure)));
  }
}

/** @typedef {{ok: boolean, text: string, command?: string | null}} Said command: what still has to be typed */

/** What came of the last launch, until that round has ended. @extends {Part<Said>} */
class LeadSaid extends Part {
  /** @param {Event} event */
  #clear = (event) => this.#before !== /** @type {CustomEvent<string>} */ (event).detail && this.root.replaceChildren();
  #before = "";

  connectedCallback() {
    document.addEventListener("round-ended", this.#clear);
  }

  disconnectedCallback() {
    document.removeEventListener("round-ended", this.#clear);
  }

  /** @param {Said} said */
  draw({ ok, text, command = null }) {
    /** @type {HTMLElement | null} */
    const board = document.querySelector("lead-board");
    this.#before = board?.dataset.round ?? "";
    acted();
    const tone = !ok ? "error" : command ? "" : "done";
    return html("div", {}, html("p", { class: tone, role: ok ? "status" : "alert" }, text), ...commandParts(command));
  }
}

/** The labels as files; there are none before the first import. @extends {Part<{images?: number}>} */
class LeadExports extends Part {
  /** @param {{images?: number}} value images: how many there are; not known until the server has told */
  draw({ images }) {
    if (images === 0) return card("Export", "COCO keypoints", html("p", { class: "soft" }, "Nothing to download yet: this home has no images."));
    return card("Export", "COCO keypoints of every image as it is now; who is not labelled yet is a box", html("div", { class: "exports" },
      html("a", { class: "button", href: "/api/export", download: "" }, "Download labels"),
      html("a", { class: "button", href: "/api/export?with_predictions=1", download: "" }, "Download labels and predictions")));
  }
}

/** @typedef {{rounds: Round[], labels: Record<string, number | null>, queue: Queued[], images?: number}} Tables labels: how many, by round */

/** Every round, and the queue's first images. @extends {Part<Tables>} */
class LeadTables extends Part {
  /** @param {Tables} tables */
  draw({ rounds, labels, queue, images }) {
    return html("div", { class: "stack" }, roundsTable(rounds, labels), queueTable(queue, images));
  }
}

/** @param {Round[]} rounds @param {Record<string, number | null>} labels */
function roundsTable(rounds, labels) {
  const rows = rounds.flatMap((round, place) => roundRows(round, labels[round.number], place === 0));
  if (!rows.length) return card("Rounds", "AP on validation people", html("p", { class: "soft" }, "Rounds are listed here with their AP, once one is launched."));
  return card("Rounds", `AP on validation people, before → after: 1 is perfect; ${sayNetworks(rounds)}`, html("div", {},
    table(["Round", "State", "Labels", "AP of A", "AP of B", "AP of C", "Mean OKS of C", "Took", "Launched by"], rows)));
}

/** The latest round's error stands in its own card already. @param {Round} round @param {number | null} labelled @param {boolean} isLatest */
function roundRows(round, labelled, isLatest) {
  const figures = [...NETWORKS.map((network) => sayAp(round, network)), sayOks(round, "C")];
  const aps = figures.map(({ text, change }) => cell(text, `nowrap ${change}`));
  const cells = [cell(String(round.number)), html("td", {}, chip(round.state)), cell(labelled === null ? "" : String(labelled)), ...aps,
    cell(sayDuration(round), "nowrap"), cell(round.launched_by)];
  const why = round.error ?? round.kept_because;
  if (!why || isLatest) return [html("tr", {}, ...cells)];
  return [html("tr", { class: "has-why" }, ...cells),
    html("tr", { class: "why" }, html("td", {}), html("td", { colspan: cells.length - 1, class: round.error ? "error" : "soft" }, why))];
}

/** @param {Queued[]} items @param {number | undefined} images */
function queueTable(items, images) {
  const rows = items.map((item) => html("tr", {}, cell(item.image, "nowrap"), cell(item.score === null ? "–" : item.score.toFixed(2)),
    cell(item.reasons.join("; "), "reasons"), cell(item.held_by ?? "")));
  return card("Next in the queue", "as annotators get it; the card “The queue's order” says why",
    rows.length ? table(["Image", "Doubt", "Why", "Held by"], rows)
      : html("p", { class: "soft" }, images === 0 ? "The queue is empty: this home has no images yet." : "The queue is empty: every person is decided."));
}

/** @param {string} title @param {string} about @param {Node} content */
function card(title, about, content) {
  return html("section", { class: "card" },
    html("div", { class: "head" }, html("h2", {}, title, html("span", { class: "about" }, ` · ${about}`))), content);
}

/** @param {string[]} heads @param {HTMLElement[]} rows */
function table(heads, rows) {
  const name = `Table: ${heads.filter(Boolean).join(", ")}`;
  return html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, html("table", {},
    html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))), html("tbody", {}, ...rows)));
}

/** @param {string} text */
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

/** @param {import("./host.js").Host<unknown>} host */
export function bind(host) {
  showIn(Object.keys(PARTS).join(), host);
}
