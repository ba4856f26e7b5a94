/** Labels made elsewhere: a lead chooses a COCO file, and images that are here take what it says. Every text enters as text. */

import { html } from "./chart.js";
import { STYLE } from "./style.js";
import { sayTaken, sayTooLarge } from "./words.js";

const SHOWN = 20;

class LeadLabels extends HTMLElement {
  #file = html("input", { type: "file", accept: ".json,application/json", "aria-label": "COCO file of labels" });
  #update = html("input", { type: "checkbox", id: "update" });
  #button = html("button", { type: "button" }, "Take the labels");
  #said = html("div", { class: "run", role: "status" });
  #sending = false;

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: "open" }).append(html("style", {}, STYLE), html("section", { class: "card" },
      html("div", { class: "head" }, html("h2", {}, "Labels made elsewhere")),
      html("p", { class: "soft" }, "A COCO file of images that are here. Persons without a label take the file's, and persons that are missing come in. "
        + "Every label that was ever here stays in the history."),
      html("div", { class: "exports" }, this.#file, this.#button),
      html("p", { class: "more" }, this.#update, " ", html("label", { for: "update" }, "Take the file's labels, boxes and fields where ours differ")),
      this.#said));
    this.#button.addEventListener("click", () => this.#send());
    this.#file.addEventListener("change", () => this.#settle());
    this.#settle();
  }

  async #send() {
    const file = this.#file.files[0];
    const tooLarge = sayTooLarge(file);
    if (tooLarge) return this.#say([{ text: `Not taken: ${tooLarge}`, tone: "error" }]);
    this.#sending = true;
    this.#say([{ text: `Taking ${file.name}…`, tone: "" }]);
    this.#settle();
    try {
      this.#say(sayTaken(await send(file, this.#update.checked)));
    } catch (error) {
      this.#say([{ text: `Not taken: ${error.message}`, tone: "error" }]);
    } finally {
      this.#sending = false;
      this.#settle();
    }
    return undefined;
  }

  #settle() {
    this.#button.disabled = this.#sending || !this.#file.files.length;
  }

  #say(lines) {
    this.#said.replaceChildren(...lines.slice(0, SHOWN).map(({ text, tone }) => html("p", { class: tone }, text)));
  }
}

/** @param {File} file @param {boolean} update @returns {Promise<any>} the report of /api/labels */
async function send(file, update) {
  const { csrf } = await answerOf(await fetch("/api/session"));
  const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/json" };
  return answerOf(await fetch(`/api/labels?update=${update ? 1 : 0}`, { method: "POST", headers, body: file }));
}

async function answerOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error?.message ?? `the server answered ${response.status}. Try again in a moment.`);
  return answer;
}

if (!customElements.get("lead-labels")) customElements.define("lead-labels", LeadLabels);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
