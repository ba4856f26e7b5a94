/** What reviews say of each annotator's labels, and the rule of how much is reviewed, which leads change. Every text enters as text. */

import { html } from "../shared/dom.js";
import { NOTHING, Said, field, table } from "../team/parts.js";
import { ruleInWords, shareInWords, whose } from "./words.js";

/**
 * @typedef {import("../shared/contract.d.ts").ReviewTablePayload} Told
 * @typedef {import("../shared/contract.d.ts").ReviewRulePayload} Rule
 */

/** One card. */
export class ResultsCard {
  element = html("section", { class: "card", "aria-labelledby": "results" });
  #rows = html("div", {});
  #rule = html("p", { class: "soft" });
  #said = new Said();
  #form;
  /** The rule that the form has, as text. */
  #ruleShown = "";

  /** @param {boolean} isLead @param {(rule: Rule) => Promise<void>} set */
  constructor(isLead, set) {
    this.#form = isLead ? this.#makeForm(set) : null;
    this.element.append(
      html("div", { class: "head" }, html("h2", { id: "results" }, "Results"), html("a", { href: "/api/review/file" }, "All reviews as CSV")),
      this.#rule, ...(this.#form ? [this.#form.element] : []), this.#said.element, this.#rows,
    );
  }

  /** @param {Told} told */
  show({ rule, results }) {
    this.#showRule(rule);
    if (!results.length) return this.#rows.replaceChildren(html("p", { class: "soft" }, "Nothing was reviewed yet."));
    const columns = ["Annotator", "Good", "Sent back", "Corrected", "Waiting", "Share good (95 %)"];
    const rows = results.map((one) => ({
      cells: [one.annotator ?? whose(null), String(one.good), String(one.back), String(one.corrected), one.waiting ? String(one.waiting) : NOTHING, shareInWords(one)],
    }));
    return this.#rows.replaceChildren(table("Results by annotator", columns, rows),
      html("p", { class: "soft" }, "Shares are of labels that were chosen at random: who was looked up by a flag is worse than the rest."));
  }

  /** @param {Rule} rule */
  #showRule(rule) {
    const told = JSON.stringify(rule);
    if (told === this.#ruleShown) return; // a lead may be typing another one
    this.#ruleShown = told;
    this.#rule.textContent = ruleInWords(rule);
    if (!this.#form) return;
    this.#form.share.value = String(Number((100 * rule.share).toFixed(2)));
    this.#form.first.value = String(rule.first);
  }

  /** @param {(rule: Rule) => Promise<void>} set */
  #makeForm(set) {
    const share = html("input", { type: "number", min: 0, max: 100, step: "any", required: true });
    const first = html("input", { type: "number", min: 0, max: 10000, step: 1, required: true });
    const save = html("button", {}, "Set");
    const element = html("form", { class: "line" }, field("Of all, %", share), field("Of who is new, the first", first), save);
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const rule = { share: Number(share.value) / 100, first: Number(first.value) };
      void this.#said.during([save], async () => {
        await set(rule);
        this.#showRule(rule);
        this.#said.say("Set.", "done");
      });
    });
    return { element, share, first };
  }
}
