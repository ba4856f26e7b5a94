/** Labels made elsewhere: a lead chooses a COCO file, and images that are here take what it says. Every text enters as text. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { send } from "./sending.js";
import { STYLE } from "./style.js";
import { sayTaken, sayTooLarge } from "./words.js";

const SHOWN = 20;

/** @typedef {import("./words.js").Line} Line */

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
    const file = this.#file.files?.[0];
    if (!file) return;
    // Said before it is sent: the server would refuse it after minutes of uploading.
    const tooLarge = sayTooLarge(file);
    if (tooLarge) {
      this.#say([{ text: `Not taken: ${tooLarge}`, tone: "error" }]);
      return;
    }
    this.#sending = true;
    this.#say([{ text: `Taking ${file.name}…`, tone: "" }]);
    this.#settle();
    try {
      this.#say(sayTaken(await send(`/api/labels?update=${this.#update.checked ? 1 : 0}`, file, "application/json")));
    } catch (error) {
      this.#say([{ text: `Not taken: ${messageOf(error)}`, tone: "error" }]);
    } finally {
      this.#sending = false;
      this.#settle();
    }
  }

  #settle() {
    this.#button.disabled = this.#sending || !this.#file.files?.length;
  }

  /** @param {Line[]} lines */
  #say(lines) {
    this.#said.replaceChildren(...lines.slice(0, SHOWN).map(({ text, tone }) => html("p", { class: tone }, text)));
  }
}

if (!customElements.get("lead-labels")) customElements.define("lead-labels", LeadLabels);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
