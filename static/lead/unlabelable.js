/** Who is too small or too dark to be labelled: skipped at once after a word of warning, and taken back at once. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { AskingCard } from "./asking_card.js";
import { send } from "./sending.js";

const REFRESH_MS = 30_000;

/** @typedef {import("../shared/contract.d.ts").UnlabelablePayload} Unlabelable */

/** @extends {AskingCard<Unlabelable>} */
class LeadUnlabelable extends AskingCard {
  #said = html("p", { role: "status" });

  constructor() {
    super("Too small or too dark", "/api/unlabelable", REFRESH_MS);
  }

  /** @param {Unlabelable} found */
  show(found) {
    const { words, people, skipped, skip, take_back: back } = found;
    this.card.hidden = !people && !skipped;
    this.dataset.people = String(people);
    const buttons = html("div", { class: "exports" });
    if (skip) buttons.append(button(skip, () => this.#askFirst(found)));
    if (back) buttons.append(button(back, () => this.#send("take back", found)));
    this.card.replaceChildren(html("div", { class: "head" }, html("h2", {}, "Too small or too dark")), html("p", {}, words), buttons, this.#said);
  }

  /** @param {Unlabelable} found */
  #askFirst(found) {
    this.busy = true;
    this.#say("");
    const leave = button("Leave them", () => {
      this.busy = false;
      this.show(found);
      this.card.querySelector("button")?.focus();
    });
    const sure = button(found.people === 1 ? "Skip this person" : `Skip ${found.people} people`, () => this.#send("skip", found));
    this.card.replaceChildren(html("div", { class: "head" }, html("h2", {}, "Skip them all?")),
      html("p", {}, found.confirm), html("div", { class: "exports" }, sure, leave), this.#said);
    leave.focus();
  }

  /** @param {"skip" | "take back"} what @param {Unlabelable} found as it was before */
  async #send(what, found) {
    this.busy = true;
    for (const one of this.card.querySelectorAll("button")) one.disabled = true;
    try {
      const now = await send("/api/unlabelable", JSON.stringify({ do: what }), "application/json");
      this.#say(now.done, "done");
      this.show(now);
    } catch (error) {
      this.#say(`Nothing was changed: ${messageOf(error)}`, "error");
      this.show(found);
    } finally {
      this.busy = false;
    }
  }

  /** @param {string} text */
  #say(text, tone = "") {
    this.#said.className = `more ${tone}`;
    this.#said.textContent = text;
  }
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const made = html("button", { type: "button" }, text);
  made.addEventListener("click", act);
  return made;
}

if (!customElements.get("lead-unlabelable")) customElements.define("lead-unlabelable", LeadUnlabelable);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
