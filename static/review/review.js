/**
 * The page Review: accepted persons one after the other, large, with their pose over them. One key says that a label is good,
 * one sends it back. Wires; every text enters as text.
 *
 * For tests: the element carries data-phase (loading, ready, empty, failed), data-person, data-painted, which counts the
 * persons painted, and data-pending, how many reviews the server has not stored yet.
 */

import { commandFor } from "../editor/input/keys.js";
import { FIRST_STEP_STYLE, askFirstStep, firstStepCard } from "../header/first_step.js";
import { Api, ApiError, messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { field } from "../team/parts.js";
import { BackForm } from "./back_form.js";
import { ReviewCanvas } from "./canvas.js";
import { REVIEW_KEYS, TOLD_KEYS } from "./keys.js";
import { correctionOf, sheetOf } from "./laying.js";
import { ResultsCard } from "./results_card.js";
import { STYLE } from "./style.js";
import { Walking } from "./walking.js";
import {
  IMPORTED, SHOWS, askedShow, earlierInWords, flagsInWords, personInWords, standInWords, suspectedInWords, suspiciousInWords, walkInWords, whose,
} from "./words.js";

/** @typedef {import("../shared/contract.d.ts").ReviewTablePayload} Told @typedef {import("./walking.js").Wanted} Wanted
 *  @typedef {import("./walking.js").Word} Word */

const REPEATS = /^(nudge|zoom|keypoint|flag)/;
/** So long after the last review was stored the results are asked for. */
const RESULTS_MS = 1000;

class LabelReview extends HTMLElement {
  #api = new Api();
  #root = this.attachShadow({ mode: "open" });
  /** @type {Wanted} */
  #wanted = { show: askedShow(location.search), annotator: "" };
  /** @type {Told | null} */
  #told = null;
  /** @type {ResultsCard | null} */
  #results = null;
  #painted = 0;
  #listening = new AbortController();
  #tabLeaves = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resultsDue;
  #walking = new Walking(this.#api, {
    changed: () => this.#changed(),
    refused: (person, problem) => this.#tell(`${personInWords(person)} ${problem}`),
    stored: () => this.#freshen(),
  });
  #back = new BackForm((comment) => this.#sendBack(comment), () => this.#focusStage());
  #parts = this.#build();
  #canvas = new ReviewCanvas(this.#parts.canvas, {
    explain: (text) => this.#tell(text), say: (text) => this.#say(text), changed: () => this.#showMoves(), painted: () => this.#wasPainted(),
  });

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#canvas.begin(signal);
    this.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.addEventListener("keyup", (event) => event.key.toLowerCase() === "h" && this.#canvas.hide(false), { signal });
    window.addEventListener("resize", () => this.#settle(), { signal });
    window.addEventListener("beforeunload", (event) => this.#walking.pending && event.preventDefault(), { signal });
    this.#settle();
    void this.#open();
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#resultsDue);
  }

  /** Where an image pixel is in the window, for tests. @param {number} x @param {number} y */
  screenAt(x, y) {
    return this.#canvas.inWindow({ x, y });
  }

  /** The desk as it stands, for tests. */
  get desk() {
    return this.#canvas.sheet?.desk ?? null;
  }

  async #open() {
    this.dataset.phase = "loading";
    try {
      const { user } = await this.#api.session();
      /** @type {Told} */
      const told = await this.#api.get("/api/review");
      this.#told = told;
      this.#results ??= new ResultsCard(user.role === "lead", (rule) => this.#setRule(rule));
      this.#parts.below.replaceChildren(this.#results.element);
      this.#showTold(told);
      this.toggleAttribute("data-bare", false);
      await this.#walk();
    } catch (error) {
      const step = error instanceof ApiError && error.status === 404 ? await askFirstStep((path) => this.#api.get(path)) : null;
      this.toggleAttribute("data-bare", step !== null);
      if (step) this.#parts.below.replaceChildren(firstStepCard(step));
      else this.#showCard("Not loaded", messageOf(error), "Try again", () => void this.#open());
      this.dataset.phase = step ? "empty" : "failed";
    }
  }

  // --- what the page is made of ---

  #build() {
    const [picture, others, loupe, selected] = ["picture", "others", "loupe", "selected"].map((name) => html("canvas", { class: name }));
    loupe.hidden = true;
    const card = html("div", { class: "over", "data-floating": "", hidden: "" });
    const stage = html("div", { class: "stage", tabindex: 0, role: "application", "aria-label": "Person to review", "aria-roledescription": "pose" }, picture, others, loupe, selected, card);
    const notice = html("p", { class: "notice", role: "alert", hidden: "" });
    const live = html("p", { class: "live", role: "status" });
    const toolbar = this.#toolbar();
    const panel = this.#panel();
    const below = html("div", { class: "below" });
    this.#root.append(html("div", { class: "page" }, toolbar.element, html("div", { class: "work" }, html("div", { class: "left" }, stage, notice), panel.element), below, live));
    this.#root.adoptedStyleSheets = [styleSheet()];
    stage.addEventListener("focus", () => {
      this.#tabLeaves = false;
    });
    return { canvas: { stage, picture, others, loupe, selected }, card, notice, live, toolbar, panel, below };
  }

  #toolbar() {
    const show = html("select", {}, ...SHOWS.map(([value, label]) => html("option", { value }, label)));
    show.value = this.#wanted.show;
    const annotator = html("select", {}, html("option", { value: "" }, "Everybody's labels"));
    const what = html("p", { class: "soft what" });
    const count = html("p", { class: "count" });
    const ask = () => {
      this.#wanted = { show: /** @type {Wanted["show"]} */ (show.value), annotator: annotator.value };
      void this.#walk();
    };
    for (const select of [show, annotator]) select.addEventListener("change", ask);
    return { show, annotator, what, count, element: html("div", { class: "toolbar", role: "search", "aria-label": "Whom to review" }, field("Whom", show), field("Whose labels", annotator), what, count) };
  }

  #panel() {
    const [who, where, flags] = [html("b", {}), html("p", { class: "soft" }), html("p", {})];
    const [suspected, earlier] = ["suspected", "earlier"].map((name) => html("p", { class: name, hidden: "" }));
    const open = html("a", { target: "_blank", rel: "noopener" }, "Open in the editor");
    const good = html("button", { type: "button", class: "primary" }, "Good ", html("kbd", {}, "Y"));
    const back = html("button", { type: "button" }, html("span", {}, "Send back"), " ", html("kbd", {}, "N"));
    const undo = html("button", { type: "button", class: "slim" }, "Undo ", html("kbd", {}, "Z"));
    good.addEventListener("click", () => this.#do("good"));
    back.addEventListener("click", () => this.#do("back"));
    undo.addEventListener("click", () => this.#do("undo"));
    const buttons = html("div", { class: "actions" }, good, back, undo);
    const keys = html("dl", { class: "keys" }, ...TOLD_KEYS.flatMap(({ keys: names, label }) => [html("dt", {}, html("kbd", {}, names)), html("dd", {}, label)]));
    const about = html("div", { class: "about" }, who, where, suspected, flags, earlier, open);
    const element = html("aside", { class: "panel", "aria-label": "Review" }, about, buttons, this.#back.element, keys);
    return { element, about, who, where, suspected, flags, earlier, open, good, back, undo, buttons };
  }

  /** Reach to the bottom of the window. */
  #settle() {
    const top = this.getBoundingClientRect().top + window.scrollY;
    this.style.setProperty("--top", `${Math.max(Math.round(top), 0)}px`);
  }

  // --- what is shown ---

  /** @param {Told} told */
  #showTold(told) {
    const { annotator } = this.#parts.toolbar;
    const names = told.annotators.map((name) => html("option", { value: name }, name === IMPORTED ? "Imported labels" : name));
    annotator.replaceChildren(html("option", { value: "" }, "Everybody's labels"), ...names);
    annotator.value = this.#wanted.annotator;
    this.#showFigures(told);
  }

  /** @param {Told} told */
  #showFigures(told) {
    const suspicious = this.#parts.toolbar.show.querySelector("[value=suspicious]");
    const words = suspiciousInWords(told.suspicious);
    if (suspicious && suspicious.textContent !== words) suspicious.textContent = words;
    this.#results?.show(told);
  }

  async #walk() {
    this.#back.element.hidden = true;
    this.#tell("");
    await this.#walking.restart(this.#wanted);
  }

  #changed() {
    const walking = this.#walking;
    const { toolbar, panel, card } = this.#parts;
    this.dataset.phase = walking.phase;
    this.dataset.pending = String(walking.pending);
    if (this.#told) toolbar.what.textContent = walkInWords(this.#wanted, this.#told.rule);
    toolbar.count.textContent = standInWords(walking);
    if (walking.phase === "ready" && walking.person) this.#lay(walking.person, walking.picture);
    else if (walking.phase !== "ready" && this.#canvas.sheet) this.#canvas.lay(null);
    card.hidden = walking.phase === "ready";
    if (walking.phase === "loading") this.#showCard("Loading…", "");
    if (walking.phase === "failed") this.#showCard("Not loaded", walking.problem, "Try again", () => void this.#walk());
    if (walking.phase === "empty") this.#showEmpty();
    panel.about.hidden = walking.phase !== "ready";
    this.#showMoves();
  }

  /** @param {import("./words.js").ReviewPerson} person @param {ImageBitmap | null} picture */
  #lay(person, picture) {
    const told = this.#told;
    if (!told || (this.#canvas.sheet?.desk.persons[0].id === person.id && this.#canvas.sheet?.picture === picture)) return;
    const { who, where, suspected, flags, earlier, open } = this.#parts.panel;
    this.#canvas.lay(sheetOf(person, told.skeleton, picture));
    this.dataset.person = String(person.id);
    who.textContent = `Label by ${whose(person.annotator)}`;
    where.textContent = `${person.image.file_name} · ${person.image.camera}`;
    flags.textContent = flagsInWords(person, told.skeleton);
    suspected.textContent = suspectedInWords(person);
    suspected.hidden = !person.findings.length;
    earlier.textContent = earlierInWords(person.earlier);
    earlier.hidden = !person.earlier;
    open.href = `/annotate/?image=${person.image.id}&person=${person.id}`;
    this.#back.element.hidden = true;
    this.#say(personInWords(person));
    if (document.activeElement === document.body || document.activeElement === this) this.#focusStage();
  }

  #showMoves() {
    const { good, back, undo } = this.#parts.panel;
    const isReady = this.#walking.phase === "ready";
    const isMoved = this.#isMoved();
    good.disabled = !isReady || isMoved;
    back.disabled = !isReady;
    undo.disabled = !(isReady && this.#canvas.canUndo) && !this.#walking.canUndo;
    /** @type {HTMLElement} */ (back.firstChild).textContent = isMoved ? "Save your pose" : "Send back";
  }

  #isMoved() {
    const { sheet } = this.#canvas;
    return sheet !== null && correctionOf(sheet) !== null;
  }

  /** @param {string} title @param {string} text @param {string} [label] @param {() => void} [act] */
  #showCard(title, text, label = "", act = () => {}) {
    const { card } = this.#parts;
    const button = html("button", { type: "button" }, label);
    button.addEventListener("click", act);
    card.replaceChildren(html("h2", {}, title), html("p", {}, text), ...(label ? [button] : []));
    card.hidden = false;
  }

  #showEmpty() {
    const { done } = this.#walking;
    const none = this.#wanted.show === "sample" ? "Nobody is left of those chosen at random." : "Nobody is left to review here.";
    this.#showCard(done ? "That was the last one" : "Nothing to review", `${none} Whoever is accepted from now on comes next.`, "Look again", () => void this.#walk());
    if (document.activeElement === this) this.#focusStage();
    void this.#showResults();
  }

  async #showResults() {
    /** @type {Told | null} */
    const told = await this.#api.get("/api/review").catch(() => null); // beside the work: it goes on without
    if (!told) return;
    this.#told = told;
    this.#showFigures(told);
  }

  /** The results anew, once nothing was stored for a moment. */
  #freshen() {
    clearTimeout(this.#resultsDue);
    this.#resultsDue = setTimeout(() => void this.#showResults(), RESULTS_MS);
  }

  /** @param {import("../shared/contract.d.ts").ReviewRulePayload} rule */
  async #setRule(rule) {
    await this.#api.post("/api/review/rule", rule);
    if (this.#told) this.#told = { ...this.#told, rule };
    if (this.#wanted.show === "sample") await this.#walk();
  }

  #wasPainted() {
    this.#painted += 1;
    this.dataset.painted = String(this.#painted);
    this.#walking.prefetch();
  }

  /** @param {string} text "": nothing */
  #tell(text) {
    const { notice } = this.#parts;
    notice.textContent = text;
    notice.hidden = !text;
  }

  /** @param {string} text */
  #say(text) {
    this.#parts.live.textContent = text;
  }

  #focusStage() {
    this.#parts.canvas.stage.focus({ preventScroll: true });
  }

  // --- what is done ---

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { activeElement } = this.#root;
    if (this.#back.isOpen && this.#back.element.contains(activeElement)) return;
    const command = commandFor(event, REVIEW_KEYS);
    if (!command || activeElement?.matches("input, select")) return;
    const isOnStage = activeElement === this.#parts.canvas.stage;
    const isTab = command.startsWith("flag-");
    if (isTab && (!isOnStage || this.#tabLeaves || !this.desk?.persons[0].flags.length)) return;
    event.preventDefault();
    if (event.repeat && !REPEATS.test(command)) return;
    if (command === "cancel") this.#tabLeaves = true;
    this.#do(command);
  }

  /** @param {string} command */
  #do(command) {
    if (command === "good") return this.#good();
    if (command === "back") return this.#walking.phase === "ready" ? this.#back.open(this.#isMoved()) : undefined;
    if (command === "undo" && !this.#canvas.canUndo) return void this.#undo();
    return void this.#canvas.run(command);
  }

  #good() {
    if (this.#isMoved()) return this.#tell("You moved keypoints. N saves your pose in place of the label; Z takes the moves back.");
    return this.#speak({ result: "good" });
  }

  /** @param {string} comment */
  #sendBack(comment) {
    const { sheet } = this.#canvas;
    const pose = sheet && correctionOf(sheet);
    this.#focusStage();
    this.#speak({ result: "back", comment, ...(pose ?? {}) });
  }

  /** @param {Word} word */
  #speak(word) {
    if (this.#walking.phase !== "ready") return;
    this.#tell("");
    this.#walking.say(word);
  }

  async #undo() {
    const why = await this.#walking.undo();
    this.#tell(why);
    this.#freshen();
  }
}

function styleSheet() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE + FIRST_STEP_STYLE);
  return sheet;
}

if (!customElements.get("label-review")) customElements.define("label-review", LabelReview);

/** The page needs nothing of Gradio's: the element speaks to the server itself. */
export function bind() {}
