/** The contact sheet: every person as a tile, filters that the page's address keeps, the annotator's last ten. Wires; every text enters as text. */

import { Api, ApiError, messageOf } from "../shared/api.js";
import { spoken } from "../editor/desk/keypoint_names.js";
import { recentInWords } from "../editor/words.js";
import { Checks } from "./checks.js";
import { LONGEST_SEARCH, NO_FILTERS, SHOWS, SUSPICIONS, readFilters, sameFilters, writeFilters } from "./filters.js";
import { FIRST_STEP_STYLE, askFirstStep, firstStepCard } from "../header/first_step.js";
import { askToDelete } from "../shared/deletion.js";
import { html } from "../shared/dom.js";
import { PAGE, Paging } from "./paging.js";
import { stepTo } from "./steps.js";
import { STYLE } from "./style.js";
import { tileOf } from "./tile.js";
import { countInWords, emptyInWords, orderInWords } from "./words.js";

const TYPING_MS = 300;
/** How far below the window the next page is asked for already. */
const AHEAD_PX = 900;
const GHOSTS = 12;
/** Coming back, no more than this is loaded again before the tile is looked for. */
const MOST_AGAIN = 20 * PAGE;

/** @typedef {import("./filters.js").Filters} Filters @typedef {import("./words.js").Choices} Choices
 *  @typedef {import("./words.js").SheetPerson} SheetPerson @typedef {import("../shared/contract.d.ts").RecentPayload} Recent */

class ContactSheet extends HTMLElement {
  #api = new Api();
  #paging = new Paging((path) => this.#api.get(path), (added) => this.#draw(added));
  #filters = NO_FILTERS;
  /** What can be chosen, null until the server has told. @type {Choices | null} */
  #choices = null;
  /** Where the tiles are; null while nobody is shown. @type {HTMLUListElement | null} */
  #grid = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;
  #checks = new Checks(this.#api, () => this.#show(this.#filters));
  #root = this.attachShadow({ mode: "open" });
  #parts = this.#build();
  #near = new IntersectionObserver(([entry]) => entry.isIntersecting && this.#loadAhead(), { rootMargin: `${AHEAD_PX}px` });
  #goingBack = () => this.#show(readFilters(location.search));
  /** @param {PageTransitionEvent} event */
  #shownAgain = (event) => event.persisted && this.#begin();

  connectedCallback() {
    addEventListener("popstate", this.#goingBack);
    // Back from the editor the browser may show the page as it was frozen: then it is loaded anew.
    addEventListener("pageshow", this.#shownAgain);
    this.#near.observe(this.#parts.more);
    this.#open();
  }

  disconnectedCallback() {
    removeEventListener("popstate", this.#goingBack);
    removeEventListener("pageshow", this.#shownAgain);
    clearTimeout(this.#typing);
    this.#near.disconnect();
  }

  /** The choices first: without a skeleton no pose can be drawn. */
  async #open() {
    this.#filters = readFilters(location.search);
    this.#parts.body.replaceChildren(...ghosts());
    try {
      await this.#api.session(); // what leads alone may do is offered to them alone
      /** @type {Choices} */
      const choices = await this.#api.get("/api/sheet/filters");
      this.#choices = choices;
      this.#fillChoices(choices);
    } catch (error) {
      const step = error instanceof ApiError && error.status === 404 ? await this.#firstStep() : null; // before the first import there is nothing to choose
      this.#parts.body.replaceChildren(step ? firstStepCard(step) : problemCard(error, () => this.#open()));
      this.dataset.phase = step ? "empty" : "failed";
      this.toggleAttribute("data-bare", step !== null);
      return;
    }
    this.removeAttribute("data-bare");
    await this.#begin();
  }

  /** The sheet as it is now, and back to where one left it. */
  async #begin() {
    this.#drawRecent();
    await this.#show(this.#filters);
    await this.#comeBack(history.state);
  }

  // --- what the page is made of ---

  #build() {
    const recent = html("nav", { class: "recent", "aria-labelledby": "recent", hidden: "" });
    const order = html("p", {});
    const count = html("p", { class: "count" });
    const live = html("p", { class: "live", role: "status" });
    const body = html("div", { class: "body" });
    const more = html("div", { class: "more" });
    const controls = { show: this.#segments(), camera: this.#select("camera"), keypoint: this.#select("keypoint"), suspicion: this.#select("suspicion"), search: this.#search() };
    controls.suspicion.append(option("", "Anything"), ...SUSPICIONS.map(({ value, label }) => option(value, label)));
    const suspicion = labelled("Suspicion", controls.suspicion);
    const clear = html("button", { type: "button", class: "clear", hidden: "" }, "Clear filters");
    clear.addEventListener("click", () => this.#clear());
    const toolbar = html("div", { class: "toolbar", role: "search", "aria-label": "Filters" }, controls.show.element, labelled("Camera", controls.camera),
      labelled("Flagged keypoint", controls.keypoint), suspicion, labelled("File name", controls.search, "search"), clear, count);
    const title = html("div", { class: "title" }, html("h1", {}, "Contact sheet"), order);
    this.#root.append(title, recent, toolbar, this.#checks.element, live, body, more);
    this.#root.adoptedStyleSheets = [styleSheet()];
    body.addEventListener("keydown", (event) => this.#press(event));
    body.addEventListener("click", (event) => this.#leave(event));
    body.addEventListener("called-right", (event) => this.#callRight(/** @type {CustomEvent<{findings: number[]}>} */ (event)));
    return { recent, order, count, live, body, more, controls, suspicion, clear };
  }

  #segments() {
    const inputs = SHOWS.map(({ value }) => html("input", { type: "radio", name: "show", value }));
    SHOWS.forEach(({ value }, i) => inputs[i].addEventListener("change", () => this.#filter({ show: value, suspicion: "" })));
    const labels = SHOWS.map(({ label }, i) => html("label", {}, inputs[i], html("span", {}, label)));
    return { inputs, element: html("fieldset", {}, html("legend", {}, "Show"), html("div", { class: "segments" }, ...labels)) };
  }

  /** @param {"camera" | "keypoint" | "suspicion"} name */
  #select(name) {
    const select = html("select", { disabled: "" });
    select.addEventListener("change", () => this.#filter({ [name]: select.value }));
    return select;
  }

  #search() {
    const input = html("input", { type: "search", placeholder: "Part of the name", maxlength: LONGEST_SEARCH, autocomplete: "off", spellcheck: "false" });
    input.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#filter({ search: input.value.trim() }, { isTyped: true }), TYPING_MS);
    });
    return input;
  }

  /** @param {Choices} choices */
  #fillChoices({ cameras, skeleton }) {
    const { camera, keypoint, suspicion } = this.#parts.controls;
    camera.replaceChildren(option("", "All cameras"), ...cameras.map(({ id, name }) => option(id, name)));
    keypoint.replaceChildren(option("", "Any keypoint"), ...skeleton.keypoints.map((_, i) => option(i, spoken(skeleton, i))));
    for (const select of [camera, keypoint, suspicion]) select.disabled = false;
  }

  #firstStep() {
    return askFirstStep((path) => this.#api.get(path));
  }

  /** Nobody is in the home yet: what to do first, in place of what the filters left. */
  async #tellFirstStep() {
    const { body } = this.#parts;
    const card = body.firstElementChild;
    const step = await this.#firstStep();
    if (step && step.code !== "no_labels" && body.firstElementChild === card) body.replaceChildren(firstStepCard(step));
  }

  async #drawRecent() {
    const { recent } = this.#parts;
    /** @type {Recent} */
    const { images } = await this.#api.get("/api/recent").catch(() => ({ images: [] })); // a way back, not the work: the sheet goes on without it
    const links = images.map((image) => html("li", {}, html("a", { href: `/annotate/?image=${image.id}`, title: image.file_name },
      html("b", {}, image.file_name), html("small", {}, recentInWords(image, Date.now())))));
    recent.replaceChildren(html("h2", { id: "recent" }, "My last ten"), html("ul", {}, ...links));
    recent.hidden = !links.length;
  }

  // --- filters ---

  /** Some filters anew. While somebody types, the address changes in place: back does not go letter by letter. @param {Partial<Filters>} changed */
  #filter(changed, { isTyped = false } = {}) {
    clearTimeout(this.#typing);
    const search = isTyped ? {} : { search: this.#parts.controls.search.value.trim() };
    const next = { ...this.#filters, ...search, ...changed };
    if (sameFilters(next, this.#filters)) return;
    const address = location.pathname + writeFilters(next, location.search);
    if (isTyped) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.#show(next);
  }

  #clear() {
    this.#parts.controls.search.value = "";
    this.#filter(NO_FILTERS);
    this.#parts.controls.search.focus();
  }

  /** @param {Filters} filters */
  async #show(filters) {
    this.#filters = filters;
    if (!this.#choices) return; // once they are here, that is shown
    const { controls, clear, order } = this.#parts;
    for (const input of controls.show.inputs) input.checked = input.value === filters.show;
    choose(controls.camera, filters.camera);
    choose(controls.keypoint, filters.keypoint);
    choose(controls.suspicion, filters.suspicion);
    const isSuspicious = filters.show === "suspicious";
    this.#parts.suspicion.hidden = !isSuspicious;
    this.#checks.show(isSuspicious && this.#choices.settles);
    if (controls.search.value.trim() !== filters.search) controls.search.value = filters.search;
    clear.hidden = sameFilters(filters, NO_FILTERS);
    order.textContent = `${orderInWords(filters, this.#choices)} Validation people are shown without scores, if annotators label them.`;
    this.#grid = null;
    await this.#paging.restart(filters);
  }

  // --- tiles ---

  /** @param {SheetPerson[]} added */
  #draw(added) {
    const { phase, persons } = this.#paging;
    const choices = this.#choices;
    if (!choices) return;
    this.#parts.body.setAttribute("aria-busy", String(phase === "loading" && !persons.length));
    if (added.length) this.#addTiles(added, choices);
    else if (!persons.length) this.#drawNobody(choices);
    this.#drawMore();
    this.#drawCount();
    this.dataset.phase = phase;
    if (phase === "ready") this.#lookAgain();
  }

  /** @param {SheetPerson[]} added @param {Choices} choices */
  #addTiles(added, choices) {
    if (!this.#grid) {
      this.#grid = html("ul", { class: "grid", role: "list", "aria-label": "Persons" });
      this.#parts.body.replaceChildren(this.#grid);
    }
    this.#grid.append(...added.map((person) => this.#withDeletion(person, tileOf(person, this.#filters, choices))));
  }

  /** Leads get a button beside the tile. @param {SheetPerson} person @param {HTMLLIElement} item */
  #withDeletion({ id, image_id: image, file_name: name }, item) {
    if (this.#api.role !== "lead") return item;
    const button = html("button", { type: "button", class: "delete", "aria-label": `Delete ${name} for good`, title: "Delete for good" }, "Delete…");
    button.addEventListener("click", async () => {
      if (await askToDelete(this.#api, this.#root, { image, person: id })) await this.#show(this.#filters);
      else button.focus();
    });
    item.append(button);
    return item;
  }

  /** @param {Choices} choices */
  #drawNobody(choices) {
    const { phase, problem } = this.#paging;
    const { body } = this.#parts;
    if (phase === "loading") return body.querySelector("a.tile") ? undefined : body.replaceChildren(...ghosts()); // the ones before stay until then
    if (problem) return body.replaceChildren(problemCard(problem, () => this.#paging.more()));
    body.replaceChildren(emptyCard(this.#filters, choices, () => this.#clear()));
    return void this.#tellFirstStep();
  }

  /** The tile goes where all that was suspected is settled. @param {CustomEvent<{findings: number[]}>} event */
  async #callRight({ detail, target }) {
    const tile = /** @type {Element} */ (target).closest("li");
    const next = /** @type {HTMLElement | null | undefined} */ (tile?.nextElementSibling?.querySelector("button"));
    if (!await this.#checks.callRight(detail.findings) || !tile) return;
    tile.remove();
    next?.focus();
    this.#parts.live.textContent = "The label was called right.";
  }

  #drawMore() {
    const { phase, problem, persons, isWhole } = this.#paging;
    const { more } = this.#parts;
    if (!persons.length || isWhole) return more.replaceChildren();
    if (problem) return more.replaceChildren(problemCard(problem, () => this.#paging.more()));
    /** @type {HTMLButtonElement} */
    const button = more.querySelector(":scope > button") ?? this.#moreButton();
    button.disabled = phase === "loading";
    button.textContent = phase === "loading" ? "Loading more…" : "Load more";
    return button.parentNode === more && more.childElementCount === 1 ? undefined : more.replaceChildren(button);
  }

  #moreButton() {
    const button = html("button", { type: "button" });
    button.addEventListener("click", () => this.#paging.more());
    return button;
  }

  #drawCount() {
    const { phase, persons, total, isWhole } = this.#paging;
    if (phase === "loading" && !persons.length) return;
    const told = phase === "failed" ? "" : countInWords({ shown: persons.length, total, isWhole });
    this.#parts.count.textContent = told;
    if (phase === "ready") this.#parts.live.textContent = told;
  }

  // --- loading as one scrolls, and coming back ---

  #loadAhead() {
    if (this.#paging.persons.length && this.#paging.phase === "ready") this.#paging.more();
  }

  /** An observer tells of changes only: what was near before the page grew, and still is, is told again. */
  #lookAgain() {
    this.#near.unobserve(this.#parts.more);
    this.#near.observe(this.#parts.more);
  }

  /** Remember where one was, for the way back from the editor. @param {MouseEvent} event */
  #leave(event) {
    const tile = this.#tiles().find((one) => one.contains(/** @type {Node} */ (event.target)));
    if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const index = this.#tiles().indexOf(tile);
    history.replaceState({ index, person: Number(tile.dataset.person) }, "");
  }

  /** To the person opened last; where they are no longer shown, to whoever took their place. @param {{index: number, person: number} | null} state */
  async #comeBack(state) {
    if (!state || !Number.isInteger(state.index)) return;
    while (this.#paging.persons.length <= state.index && this.#paging.persons.length < MOST_AGAIN && this.#paging.phase === "ready" && !this.#paging.isWhole) {
      await this.#paging.more();
    }
    const tiles = this.#tiles();
    const tile = tiles.find((one) => Number(one.dataset.person) === state.person) ?? tiles[Math.min(state.index, tiles.length - 1)];
    tile?.scrollIntoView({ block: "center" });
    tile?.focus({ preventScroll: true });
  }

  // --- keys ---

  /** @returns {HTMLElement[]} */
  #tiles() {
    return [...(this.#grid?.querySelectorAll("a") ?? [])];
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!this.#grid || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const tiles = this.#tiles();
    const index = tiles.findIndex((tile) => tile === this.#root.activeElement);
    if (index === -1) return;
    const columns = getComputedStyle(this.#grid).gridTemplateColumns.split(" ").length;
    const to = stepTo(index, event.key, { count: tiles.length, columns });
    if (to === null) return;
    event.preventDefault();
    tiles[to].focus();
    tiles[to].scrollIntoView({ block: "nearest" });
  }
}

function styleSheet() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE + FIRST_STEP_STYLE);
  return sheet;
}

/** @param {string} label @param {HTMLElement} control */
function labelled(label, control, style = "") {
  return html("label", { class: `field ${style}` }, label, control);
}

/** @param {string | number} value @param {string} text */
function option(value, text) {
  return html("option", { value }, text);
}

/** An address may ask for a camera or a keypoint there is not: the list says so rather than nothing.
 * @param {HTMLSelectElement} select @param {string} value */
function choose(select, value) {
  if (![...select.options].some((one) => one.value === value)) select.append(option(value, `Unknown (${value})`));
  select.value = value;
}

/** Where tiles will be. */
function ghosts() {
  const ghost = () => html("li", {}, html("span", { class: "tile ghost" }, html("span", { class: "crop" }), html("span", { class: "text" })));
  return [html("ul", { class: "grid", "aria-hidden": true }, ...Array.from({ length: GHOSTS }, ghost))];
}

/** @param {Filters} filters @param {Choices} choices @param {() => void} clear */
function emptyCard(filters, choices, clear) {
  const { why, what } = emptyInWords(filters, choices);
  const button = html("button", { type: "button" }, "Clear filters");
  button.addEventListener("click", clear);
  const after = sameFilters(filters, NO_FILTERS) ? [] : [html("div", { class: "row" }, button)];
  return html("section", { class: "card" }, html("h2", {}, why), ...(what ? [html("p", {}, what)] : []), ...after);
}

/** @param {unknown} error @param {() => void} again */
function problemCard(error, again) {
  const button = html("button", { type: "button" }, "Try again");
  button.addEventListener("click", again);
  const signIn = html("a", { href: `/login?next=${encodeURIComponent(location.pathname + location.search)}` }, "Sign in");
  const ways = error instanceof ApiError && error.kind === "signed-out" ? [signIn] : [button];
  return html("section", { class: "card", role: "alert" }, html("h2", {}, "The persons could not be loaded."), html("p", {}, messageOf(error)),
    html("div", { class: "row" }, ...ways));
}

if (!customElements.get("contact-sheet")) customElements.define("contact-sheet", ContactSheet);

/** The page needs nothing of Gradio's: the element speaks to the server itself. */
export function bind() {}
