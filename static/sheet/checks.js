/** How the last check of labels stands, above the suspicious ones; who may settle them, and has all checked again. */

import { Api, messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";

/** @typedef {import("../shared/contract.d.ts").LabelChecksPayload} LabelChecks */

/** A line with a button. Shown to leads while suspicious labels are. */
export class Checks {
  #api;
  #checked;
  #words = html("p", { role: "status" });
  #button = html("button", { type: "button" }, "Check labels now");
  element = html("div", { class: "checks", hidden: "" }, this.#words, html("a", { href: "/review/?show=suspicious" }, "Review them one by one"), this.#button);

  /** @param {Api} api @param {() => void} checked called once all labels were checked anew */
  constructor(api, checked) {
    this.#api = api;
    this.#checked = checked;
    this.#button.addEventListener("click", () => this.#check());
  }

  /** @param {boolean} isShown */
  async show(isShown) {
    this.element.hidden = !isShown;
    if (isShown) await this.#tell(() => this.#api.get("/api/findings"));
  }

  async #check() {
    [this.#button.disabled, this.#words.textContent] = [true, "All labels are being checked…"];
    const done = await this.#tell(() => this.#api.post("/api/findings", {}));
    this.#button.disabled = false;
    if (done) this.#checked();
  }

  /** A label is right as it is. @param {number[]} findings @returns {Promise<boolean>} whether all of them were settled */
  async callRight(findings) {
    for (const id of findings) {
      if (!await this.#tell(() => this.#api.post(`/api/findings/${id}/right`, {}))) return false;
    }
    return true;
  }

  /** @param {() => Promise<LabelChecks>} ask */
  async #tell(ask) {
    try {
      this.#words.textContent = (await ask()).words;
      return true;
    } catch (error) {
      this.#words.textContent = messageOf(error);
      return false;
    }
  }
}
