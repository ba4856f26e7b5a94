/** What happened to a round, what its trainer said last, and the buttons that stop it, go on with it, or take it away. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { Choice } from "./choice.js";
import { send } from "./sending.js";
import { sayTime } from "./words.js";

const REFRESH_MS = 2_000;
const NEWEST = "";
const GOES_ON = new Set(["queued", "running", "cancelling"]);

/** @typedef {import("../shared/contract.d.ts").StoryPayload} Story
 *  @typedef {import("../shared/contract.d.ts").StoryMessage["do"]} Wish */

/** @extends {AskingCard<Story>} */
class LeadStory extends AskingCard {
  #error = html("p", { class: "error more", role: "alert" });
  #title = html("h2");
  #choice = new Choice("Round to look at", (number) => this.#look(number));
  #told = html("div");
  #shown = "";
  /** Which round was chosen; the newest one, whichever that is, until another is. */
  #chosen = NEWEST;

  constructor() {
    super("What happened", "/api/rounds/story", REFRESH_MS);
    this.card.append(html("div", { class: "head" }, this.#title, this.#choice.select), this.#told);
  }

  /** @param {Story} found */
  goesOn({ state }) {
    return GOES_ON.has(state);
  }

  /** The same again changes nothing: a button under the pointer stays. What is unfolded stays so, and so does the list
   * that is being chosen from. @param {Story} found */
  show(found) {
    const now = JSON.stringify(found);
    if (now === this.#shown) return;
    const isUnfolded = this.card.querySelector("details")?.open ?? false;
    this.#shown = now;
    this.card.hidden = false;
    this.dataset.state = `${found.number}:${found.state}`;
    this.#title.textContent = `What happened in round ${found.number}`;
    this.#offer(found);
    this.#told.replaceChildren(
      html("p", { class: found.state === "failed" ? "error" : "" }, found.words),
      this.#buttons(found), this.#error, events(found), ...log(found, isUnfolded),
      html("p", { class: "soft more" }, found.disk));
  }

  /** Another round to look at, where there are several. @param {Story} found */
  #offer({ numbers }) {
    this.#choice.select.hidden = numbers.length < 2;
    this.#choice.offer([[NEWEST, "Newest round"], ...numbers.map((one) => /** @type {[string, string]} */ ([String(one), `Round ${one}`]))], this.#chosen);
  }

  /** @param {string} number */
  #look(number) {
    this.#chosen = number;
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
      else this.told(found);
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
