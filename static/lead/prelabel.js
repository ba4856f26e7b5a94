/** Predictions before any round: a lead chooses a pose model, the worker runs it over the pool. Every text enters as text. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { showIn } from "./host.js";
import { send } from "./sending.js";
import { STYLE } from "./style.js";
import { sayLeftOut, sayPrelabelling } from "./words.js";

/** @typedef {import("./words.js").Prelabelling} Prelabelling @typedef {import("./words.js").Worker} Worker
 *  @typedef {{prelabelling: Prelabelling | null, worker?: Worker | null}} Shown */

const UNDER_WAY = new Set(["queued", "running"]);

/** The form stays as it is while the state under it changes: a chosen file is not lost. */
class LeadPrelabel extends HTMLElement {
  #file = html("input", { type: "file", accept: ".onnx", "aria-label": "ONNX file of a pose model" });
  #button = html("button", { type: "button" }, "Predict the pool");
  #said = html("p", { role: "status" });
  #run = html("div", { class: "run" });
  #uploading = false;
  /** @type {Prelabelling | null} */
  #latest = null;
  /** @type {Worker | null} */
  #worker = null;

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: "open" }).append(html("style", {}, STYLE), html("section", { class: "card" },
      html("div", { class: "head" }, html("h2", {}, "Start from a pose model")),
      html("p", { class: "soft" }, "An ONNX file (MoveNet, top-down heatmaps or SimCC, COCO's 17 keypoints) predicts everybody. "
        + "Annotators begin from its predictions until a round's student is measured to be better. Where it contradicts itself, keypoints are flagged. Until a round is published, images come as a fair sample."),
      html("div", { class: "exports" }, this.#file, this.#button), this.#run, this.#said));
    this.#button.addEventListener("click", () => this.#upload());
    this.#file.addEventListener("change", () => this.#settle());
    this.#settle();
  }

  /** @param {Shown | null} value */
  show(value) {
    this.#latest = value?.prelabelling ?? null;
    this.#worker = value?.worker ?? this.#worker;
    this.dataset.state = this.#latest?.state ?? "none";
    this.#run.replaceChildren(...(this.#latest ? runParts(this.#latest, this.#worker) : []));
    this.#settle();
  }

  async #upload() {
    const file = this.#file.files?.[0];
    if (!file) return;
    this.#uploading = true;
    this.#say(`Uploading ${file.name}…`);
    this.#settle();
    try {
      /** @type {Prelabelling} */
      const prelabelling = await send(`/api/prelabellings?name=${encodeURIComponent(file.name)}`, file, "application/octet-stream");
      // So that the same file can be chosen again.
      this.#file.value = "";
      this.#say("");
      this.show({ prelabelling });
    } catch (error) {
      this.#say(`Not taken: ${messageOf(error)}`, "error");
    } finally {
      this.#uploading = false;
      this.#settle();
    }
  }

  #settle() {
    this.#button.disabled = this.#uploading || !this.#file.files?.length || UNDER_WAY.has(this.#latest?.state ?? "");
  }

  /** @param {string} text */
  #say(text, tone = "") {
    this.#said.className = `more ${tone}`;
    this.#said.textContent = text;
  }
}

/** @param {Prelabelling} run @param {Worker | null} worker */
function runParts(run, worker) {
  const { text, tone } = sayPrelabelling(run, worker);
  /** @type {HTMLElement[]} */
  const parts = [html("p", { class: tone, role: tone === "error" ? "alert" : "status" }, text)];
  if (run.state === "running") parts.push(html("progress", { max: run.total || 1, value: run.done, "aria-label": "persons predicted" }));
  if (run.state === "done") parts.push(...sayLeftOut(run).slice(0, 5).map((said) => html("p", { class: "warning" }, `Note: ${said}`)));
  return parts;
}

if (!customElements.get("lead-prelabel")) customElements.define("lead-prelabel", LeadPrelabel);

/** @param {import("./host.js").Host<Shown | null>} host */
export function bind(host) {
  showIn("lead-prelabel", host);
}
