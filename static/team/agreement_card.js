/** How people agree who labelled the same persons, for leads: by pair and week, by keypoint, and sigmas to adopt. */

import { html } from "../shared/dom.js";
import { percentOf, shareOf } from "./probe_words.js";
import { Said, asking, button, field, moment, sayWrong, table } from "./parts.js";
import { sayKinds, sayNumber, sayOks, saySigma } from "./agreement_words.js";

/** @typedef {import("../shared/contract.d.ts").AgreementPayload} Agreement @typedef {import("./team.js").Server} Server */

const GROUPS = ["Who or when", "People", "OKS, 95 % interval", "Kappa of visibility"];
const KEYPOINTS = ["Keypoint", "Placed by both", "OKS", "Kappa", "Sigma in use", "Fitted sigma, 95 % interval", "Differences"];
const TWICE = "Labelled twice";
const QUESTION = "From the next round on, evaluation and ranking go by the fitted sigmas. Figures of before are on another scale.";

export class AgreementCard {
  #server;
  #words = html("p", {});
  #groups = html("div", {});
  #keypoints = html("div", {});
  #adopted = html("p", { class: "soft" });
  #adopt;
  #back;
  #question = html("div", {});
  #sigmasSaid = new Said();
  #twice = html("input", { type: "number", min: 0, max: 50, step: "any", required: true, inputmode: "decimal" });
  #said = new Said();

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
    this.#adopt = button("Adopt the fitted sigmas", () => this.#ask());
    this.#back = button("Take them back", () => this.#change({ do: "take_back" }, "The sigmas of before are in use again."));
    this.element = html("section", { class: "card", "aria-label": "How people agree" },
      html("div", { class: "head" }, html("h2", {}, "How people agree"), html("a", { class: "button", href: "/api/agreement/file", download: "agreement.csv" }, "Download as CSV")),
      this.#words, this.#groups, this.#keypoints, this.#adopted,
      html("div", { class: "buttons" }, this.#adopt, this.#back), this.#question, this.#sigmasSaid.element,
      html("div", { class: "part" }, html("h3", {}, "How many people"), this.#form(), this.#said.element));
  }

  /** As it is now; before there is a project there is nothing to show. */
  async load() {
    /** @type {Agreement | null} */
    const found = await this.#server.get("/api/agreement");
    this.element.hidden = found === null;
    if (found) this.#show(found);
  }

  /** @param {Agreement} found */
  #show({ words, twice, persons, otherwise, everybody, by_pair, by_week, keypoints, can_adopt, adopted }) {
    this.#words.textContent = otherwise ? `${words} ${otherwise} were labelled by one of two only.` : words;
    this.#twice.value = percentOf(twice);
    const groups = persons ? [everybody, ...by_pair, ...by_week] : [];
    this.#groups.replaceChildren(...(groups.length ? [table("Agreement", GROUPS, groups.map((one) => ({
      cells: [one.name, String(one.persons), sayOks(one), sayNumber(one.visibility_kappa)],
    })))] : []));
    this.#keypoints.replaceChildren(...(persons ? [table("Keypoints", KEYPOINTS, keypoints.map((one) => ({
      cells: [one.name, String(one.pairs), sayNumber(one.oks), sayNumber(one.visibility_kappa), sayNumber(one.sigma_now, 3), saySigma(one), sayKinds(one.kinds)],
    })))] : []));
    this.#adopt.hidden = !can_adopt;
    this.#back.hidden = adopted === null;
    this.#adopted.replaceChildren(...(adopted ? [`Fitted sigmas are in use, adopted by ${adopted.by} `, moment(adopted.at), "."] : []));
    this.#adopted.hidden = adopted === null;
  }

  #ask() {
    const leave = () => {
      this.#question.replaceChildren();
      this.#adopt.focus();
    };
    const question = asking(QUESTION, "Adopt them", () => {
      this.#question.replaceChildren();
      this.#change({ do: "adopt" }, "The fitted sigmas are in use.");
    }, leave);
    this.#question.replaceChildren(question.element);
    question.focus();
  }

  /** @param {import("../shared/contract.d.ts").ChangeAgreementMessage} wanted @param {string} done */
  #change(wanted, done) {
    return this.#sigmasSaid.during([this.#adopt, this.#back], async () => {
      this.#show(await this.#server.post("/api/agreement", wanted));
      this.#sigmasSaid.say(done, "done");
      this.#server.changed(this);
    });
  }

  #form() {
    const save = html("button", {}, "Save");
    const form = html("form", { class: "line", novalidate: "" }, field(`${TWICE}, 0 to 50 %`, this.#twice), save);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = sayWrong([[TWICE, this.#twice]]);
      if (wrong) return this.#said.say(wrong, "error");
      return this.#said.during([save], async () => {
        this.#show(await this.#server.post("/api/agreement", { do: "share", twice: shareOf(this.#twice.value) }));
        this.#said.say("Saved. It counts for images that are finished from now on.", "done");
        this.#server.changed(this);
      });
    });
    return form;
  }
}
