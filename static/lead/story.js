/** What happened to a round, what its trainer said last, and the buttons that stop it, go on with it, or take it away. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { send } from "./sending.js";
import { sayTime } from "./words.js";

const REFRESH_MS = 2_000;
const NEWEST = "";

/** @typedef {import("../shared/contract.d.ts").StoryPayload} Story
 *  @typedef {import("../shared/contract.d.ts").StoryMessage["do"]} Wish */

/** @extends {AskingCard<Story>} */
class LeadStory extends AskingCard {
  #error = html("p", { class: "error more", role: "alert" });
  #shown = "";

  constructor() {
    super("What happened", "/api/rounds/story", REFRESH_MS);
  }

  /** The same again changes nothing: a button under the pointer stays. What is unfolded stays so, and a list that is
   * being chosen from is left alone. @param {Story} found */
  show(found) {
    const now = JSON.stringify(found);
    if (now === this.#shown || this.card.querySelector("select:focus")) return;
    const isUnfolded = this.card.querySelector("details")?.open ?? false;
    this.#shown = now;
    this.card.hidden = false;
    this.dataset.state = `${found.number}:${found.state}`;
    this.card.replaceChildren(
      html("div", { class: "head" }, html("h2", {}, `What happened in round ${found.number}`), ...this.#choice(found)),
      html("p", { class: found.state === "failed" ? "error" : "" }, found.words),
      this.#buttons(found), this.#error, events(found), ...log(found, isUnfolded),
      html("p", { class: "soft more" }, found.disk));
  }

  /** Another round to look at, where there are several. @param {Story} found */
  #choice({ number, numbers }) {
    if (numbers.length < 2) return [];
    const options = numbers.map((one) => html("option", { value: String(one), ...(one === number ? { selected: "" } : {}) }, `Round ${one}`));
    const select = /** @type {HTMLSelectElement} */ (html("select", { "aria-label": "Round to look at" }, ...options));
    select.addEventListener("change", () => {
      select.blur();
      this.#look(Number(select.value) === numbers[0] ? NEWEST : select.value);
    });
    return [select];
  }

  /** @param {string} number */
  #look(number) {
    this.#error.textContent = "";
    this.askAt(number === NEWEST ? "/api/rounds/story" : `/api/rounds/${number}/story`);
  }

  /** @param {Story} found */
  #buttons(found) {
    /** @type {[string | null, Wish][]} */
    const offered = [[found.cancel, "cancel"], [found.go_on, "go on"], [found.promote, "promote"], [found.delete, "delete"]];
    const row = html("div", { class: "exports" });
    for (const [text, wish] of offered) if (text !== null) row.append(this.#button(found, text, wish));
    return row;
  }

  /** @param {Story} found @param {string} text @param {Wish} wish */
  #button(found, text, wish) {
    const button = html("button", { type: "button" }, text);
    button.addEventListener("click", () => (wish === "delete" ? this.#sure(found, button) : this.#send(found.number, wish)));
    return button;
  }

  /** Asks before a round goes for good. @param {Story} found @param {HTMLElement} pressed */
  #sure(found, pressed) {
    this.busy = true;
    const leave = html("button", { type: "button" }, "Leave it");
    const gone = html("button", { type: "button" }, "Delete it for good");
    const asked = html("div", { class: "stack" }, html("p", {}, found.confirm), html("div", { class: "exports" }, gone, leave));
    gone.addEventListener("click", () => this.#send(found.number, "delete"));
    leave.addEventListener("click", () => {
      this.busy = false;
      asked.replaceWith(pressed);
      pressed.focus();
    });
    pressed.replaceWith(asked);
    leave.focus();
  }

  /** @param {number} number @param {Wish} wish */
  async #send(number, wish) {
    this.busy = true;
    for (const one of this.card.querySelectorAll("button")) one.disabled = true;
    try {
      const found = await send(`/api/rounds/${number}/story`, JSON.stringify({ do: wish }), "application/json");
      this.#error.textContent = "";
      if (found === null) this.card.hidden = true; // the only round is gone
      else this.show(found);
      if (wish === "delete") this.#look(NEWEST);
    } catch (error) {
      this.#error.textContent = `Not done: ${messageOf(error)}`;
    } finally {
      this.busy = false;
      for (const one of this.card.querySelectorAll("button")) one.disabled = false;
    }
  }
}

/** @param {Story} found */
function events({ events: happened }) {
  if (!happened.length) return html("p", { class: "soft" }, "Nothing was written down of it: it ran before this page told stories.");
  return html("ol", { class: "story" }, ...happened.map(({ at, what }) =>
    html("li", {}, html("time", { datetime: at, title: new Date(at).toLocaleString() }, sayTime(at)), html("span", {}, what))));
}

/** @param {Story} found @param {boolean} isUnfolded */
function log({ log: lines }, isUnfolded) {
  if (!lines.length) return [];
  return [html("details", { class: "more", ...(isUnfolded ? { open: "" } : {}) }, html("summary", {}, "The trainer's last lines"),
    html("pre", { tabindex: "0", "aria-label": "The trainer's last lines" }, html("code", {}, lines.join("\n"))))];
}

if (!customElements.get("lead-story")) customElements.define("lead-story", LeadStory);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
