/** The lead's board and tables. Every text enters as text: file names and error messages are other people's words. */

const STYLE = `
:host { display: block; color: var(--body-text-color, #16202b); font: 14px/1.45 system-ui, sans-serif; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px; margin: 0 0 14px; }
.card, section { border: 1px solid var(--border-color-primary, #c9d1d9); border-radius: 8px; background: var(--background-fill-primary, #fff); }
.card { padding: 10px 14px; } .card b { display: block; font-size: 22px; font-weight: 650; font-variant-numeric: tabular-nums; }
.card span, .soft { color: var(--body-text-color-subdued, #51606f); }
section { padding: 12px 14px; margin-bottom: 14px; } h2 { font-size: 15px; margin: 0 0 8px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--body-text-color-subdued, #51606f); } th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--border-color-primary, #dde3e8); vertical-align: top; }
progress { width: 100%; height: 10px; accent-color: var(--color-accent, #0b5fa5); } .failed { color: #a3161f; } :host-context(.dark) .failed { color: #ff8f8a; }
a { color: var(--link-text-color, #0b5fa5); margin-right: 18px; } `;

const CARDS = [["images_open", "images in the queue"], ["persons_open", "open persons"], ["persons_accepted", "labelled persons"],
  ["persons_skipped", "skipped"], ["persons_not_a_person", "not a person"], ["persons_validation", "validation persons"]];
const STAGES = { freeze: "freezing the labels", train: "training", score: "scoring the pool", publish: "publishing", done: "done" };

/** @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string)} children */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {number | null | undefined} seconds */
export function saySeconds(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return "";
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** AP of the three networks, before and after. @param {any} round */
export function sayAp(round) {
  const before = round.metrics.ap_before ?? {};
  const after = round.metrics.ap ?? {};
  const one = (found) => (found == null ? "–" : found.AP.toFixed(3));
  return ["A", "B", "C"].map((network) => `${one(before[network])} → ${one(after[network])}`);
}

/** How long a round took. @param {any} round */
function duration(round) {
  return round.started_at && round.finished_at ? saySeconds((new Date(round.finished_at) - new Date(round.started_at)) / 1000) : "";
}

class LeadBoard extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
  }

  /** @param {any} board */
  show(board) {
    if (!board?.counts) return;
    const rounds = board.rounds;
    this.dataset.round = rounds.length ? `${rounds[0].number}:${rounds[0].state}` : "none";
    this.shadowRoot.replaceChildren(
      make("style", {}, STYLE),
      this.#cards(board.counts),
      this.#current(rounds[0]),
    );
  }

  #cards(counts) {
    return make("div", { class: "cards" }, ...CARDS.map(([key, words]) =>
      make("div", { class: "card" }, make("b", {}, String(counts[key])), make("span", {}, words))));
  }

  #current(round) {
    const section = make("section", { "aria-live": "polite" });
    if (!round) {
      section.append(make("h2", {}, "No round yet"), make("p", { class: "soft" },
        "A round trains the teachers and the student on the labels so far and orders the queue by what they disagree about. Launch one below."));
      return section;
    }
    const { progress, state } = round;
    section.append(make("h2", {}, `Round ${round.number}: ${state}`));
    if (state === "failed") section.append(make("p", { class: "failed" }, round.error ?? "no error was kept"));
    if (state === "queued") section.append(make("p", { class: "soft" }, "Waiting for the worker. If this lasts, start one: python -P -m app worker"));
    if (state === "published") section.append(make("p", { class: "soft" }, "Its ranking and predictions are what annotators get now."));
    if (state === "running") {
      section.append(make("progress", { max: String(progress.steps ?? 1), value: String(progress.step ?? 0), "aria-label": "training steps" }));
      const parts = [STAGES[round.stage]];
      if (progress.epochs) parts.push(`epoch ${progress.epoch} of ${progress.epochs}`);
      if (progress.steps) parts.push(`step ${progress.step} of ${progress.steps}`);
      if (progress.loss != null) parts.push(`loss ${Number(progress.loss).toPrecision(3)}`);
      for (const [network, ap] of Object.entries(progress.ap ?? {})) parts.push(`AP ${network} ${Number(ap).toFixed(3)}`);
      if (progress.seconds_left != null) parts.push(`${saySeconds(progress.seconds_left)} left`);
      section.append(make("p", {}, parts.join(" · ")));
    }
    return section;
  }

}

/** The tables under the curves: every round, the queue's first images, the export. */
class LeadTables extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
  }

  /** @param {any} board */
  show(board) {
    if (!board?.rounds) return;
    this.shadowRoot.replaceChildren(
      make("style", {}, STYLE),
      this.#rounds(board.rounds, board.labels),
      this.#exports(),
      this.#queue(board.queue),
    );
  }

  #rounds(rounds, labels) {
    const table = make("table", {}, make("tr", {}, ...["Round", "State", "Labels", "AP of A", "B", "C", "Took", "By"].map((h) => make("th", {}, h))));
    for (const round of rounds) {
      const cells = [String(round.number), round.state, String(labels[round.number] ?? ""), ...sayAp(round), duration(round), round.launched_by];
      table.append(make("tr", {}, ...cells.map((text) => make("td", {}, text))));
    }
    const section = make("section", {}, make("h2", {}, "Rounds (AP before → after, on validation images)"));
    section.append(rounds.length ? make("div", { class: "scroll" }, table) : make("p", { class: "soft" }, "They will be listed here."));
    return section;
  }

  #queue(items) {
    const section = make("section", {}, make("h2", {}, "Next in the queue"));
    if (!items.length) {
      section.append(make("p", { class: "soft" }, "Empty: everything is decided, or nothing was imported yet (python -P -m app import IMAGES_DIR)."));
      return section;
    }
    const table = make("table", {}, make("tr", {}, ...["Image", "Score", "Why", "Held by"].map((h) => make("th", {}, h))));
    for (const item of items) {
      const score = item.score ? item.score.toFixed(2) : "–";
      const cells = [item.image, score, item.reasons.join("; "), item.held_by ?? ""];
      table.append(make("tr", {}, ...cells.map((text) => make("td", {}, text))));
    }
    section.append(make("div", { class: "scroll" }, table));
    return section;
  }

  #exports() {
    return make("section", {}, make("h2", {}, "Export"),
      make("a", { href: "/api/export", download: "labels.json" }, "Labels (COCO keypoints)"),
      make("a", { href: "/api/export?with_predictions=1", download: "labels-and-predictions.json" }, "Labels and the student's predictions"));
  }
}

if (!customElements.get("lead-board")) {
  customElements.define("lead-board", LeadBoard);
  customElements.define("lead-tables", LeadTables);
}

/** @param {{element: HTMLElement, props: {value: any}, watch: (name: string, then: () => void) => void}} host */
export function bind({ element, props, watch }) {
  const board = element.querySelector("lead-board, lead-tables");
  watch("value", () => board.show(props.value));
  board.show(props.value);
}
