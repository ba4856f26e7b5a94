/** Two rounds side by side: which is better, where, what it took, and the same people as both place them. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { POSE_STYLE, poseOf } from "../sheet/pose.js";
import { AskingCard } from "./asking_card.js";
import { Choice } from "./choice.js";
import { COMPARE_STYLE } from "./compare_style.js";
import { send } from "./sending.js";
import { WHOM, sayDifference, sayFigure, sayMean, sayOksOf } from "./words.js";

const REFRESH_MS = 20_000;
const PEOPLE_AT_ONCE = 6;
const MOST_PEOPLE = 60;
const NEWEST = "/api/rounds/compare";

/** @typedef {import("../shared/contract.d.ts").ComparePayload} Compare
 *  @typedef {import("../shared/contract.d.ts").ComparedRoundPayload} Round
 *  @typedef {import("../shared/contract.d.ts").ComparedPersonPayload} Person
 *  @typedef {import("../shared/contract.d.ts").ComparedPeoplePayload} People
 *  @typedef {import("../shared/contract.d.ts").ComparedKeypointPayload} Keypoint
 *  @typedef {import("../shared/contract.d.ts").OrderFigurePayload} Figure */

/** @extends {AskingCard<Compare>} */
class LeadCompare extends AskingCard {
  #shown = "";
  #pair = "";
  /** What was chosen last, be it shown yet or not. */
  #asked = ["", ""];
  /** @type {People["whom"]} */
  #whom = "validation";
  #limit = PEOPLE_AT_ONCE;
  #choices = [this.#choice("The one round", 0), this.#choice("The other round", 1)];
  #chosenWhom = new Choice("Whom to look at", (whom) => {
    this.#whom = /** @type {People["whom"]} */ (whom);
    this.#show(this.#pair, PEOPLE_AT_ONCE);
  });
  #told = html("div");
  #people = html("div", { class: "people" });
  #error = html("p", { class: "error more", role: "alert" });
  #done = html("p", { class: "done more", role: "status" });
  /** @type {HTMLElement | null} */
  #style = null;

  constructor() {
    super("Rounds side by side", NEWEST, REFRESH_MS);
    const [one, other] = this.#choices;
    this.card.append(
      html("div", { class: "head pair" }, html("h2", {}, "Rounds side by side"), one.select, html("span", { class: "soft" }, "and"), other.select),
      this.#told,
      html("div", { class: "head pair whom" }, html("h2", {}, "The same people"), this.#chosenWhom.select), this.#people);
  }

  connectedCallback() {
    super.connectedCallback();
    this.#style ??= this.#addStyle();
  }

  /** After what all cards share, which it changes. */
  #addStyle() {
    const style = html("style", {}, POSE_STYLE + COMPARE_STYLE);
    this.card.before(style);
    return style;
  }

  /** The same again changes nothing, and the lists to choose from stay. @param {Compare} found */
  show(found) {
    const now = JSON.stringify(found);
    if (now === this.#shown) return;
    this.#shown = now;
    this.card.hidden = false;
    this.#error.textContent = "";
    const { first, second } = found;
    this.#asked = [String(first.number), String(second.number)];
    const pair = `${first.number}:${second.number}`;
    this.dataset.pair = pair;
    this.dataset.wins = String(found.wins ?? "");
    this.#offer(found);
    this.#told.replaceChildren(
      html("p", { class: found.wins === null ? "" : "wins" }, found.verdict), html("p", { class: "soft" }, found.twin),
      this.#twins(found), this.#error, this.#done,
      html("div", { class: "halves" },
        html("div", {}, rounds(found), ...labels(found)),
        html("div", {}, ...keypoints(found))));
    if (pair !== this.#pair) this.#show(pair, PEOPLE_AT_ONCE);
  }

  /** @param {string} name @param {0 | 1} place */
  #choice(name, place) {
    return new Choice(name, (number) => {
      // No round beside itself: whoever chooses the other one means the two the other way round.
      if (number === this.#asked[1 - place]) this.#asked.reverse();
      else this.#asked[place] = number;
      this.askAt(`/api/rounds/${this.#asked[0]}/compare/${this.#asked[1]}`);
    });
  }

  /** @param {Compare} found */
  #offer({ numbers, first, second }) {
    const offered = numbers.map((one) => /** @type {[string, string]} */ ([String(one), `Round ${one}`]));
    this.#choices.forEach((choice, place) => choice.offer(offered, this.#asked[place]));
    const whom = Object.entries(WHOM).map(([value, say]) => /** @type {[string, string]} */ ([value, say(first.number, second.number)]));
    this.#chosenWhom.offer(whom, this.#whom);
  }

  /** What labels alone would have done: a round of its own, which nobody gets by itself. @param {Compare} found */
  #twins({ first, second }) {
    const row = html("div", { class: "exports" });
    for (const { number, ask_twin: text } of [first, second]) {
      if (text === null) continue;
      const button = html("button", { type: "button" }, text);
      button.addEventListener("click", () => this.#ask(number, button));
      row.append(button);
    }
    if (!row.childElementCount) return "";
    return html("div", {},
      html("p", { class: "soft" }, "What would labels alone have done? A button trains a twin: a round with the same labels and settings, but nothing from unlabelled people. It is never published by itself."), row);
  }

  /** @param {number} number @param {HTMLButtonElement} pressed */
  async #ask(number, pressed) {
    pressed.disabled = true;
    this.#done.textContent = this.#error.textContent = "";
    try {
      const twin = await send(`/api/rounds/${number}/twin`, "{}", "application/json");
      this.#done.textContent = `Round ${twin.number} is queued: the twin of round ${number}, by labels alone. Choose it here once it has ended.`;
      this.askAt(`/api/rounds/${this.#asked[0]}/compare/${this.#asked[1]}`);
    } catch (error) {
      this.#error.textContent = `Not launched: ${messageOf(error)}`;
      pressed.disabled = false;
    }
  }

  /** @param {string} pair @param {number} limit */
  async #show(pair, limit) {
    this.#pair = pair;
    this.#limit = limit;
    const whom = this.#whom;
    const [first, second] = pair.split(":");
    try {
      const answer = await fetch(`/api/rounds/${first}/compare/${second}/people?whom=${whom}&limit=${limit}`);
      const found = await answer.json();
      if (pair !== this.#pair || whom !== this.#whom) return; // another choice was made meanwhile
      if (!answer.ok) throw new Error(found.error?.message ?? `the server answered ${answer.status}. Choose again in a moment.`);
      this.#draw(/** @type {People} */ (found));
    } catch (error) {
      this.#people.replaceChildren(html("p", { class: "error" }, `Not shown: ${messageOf(error)}`));
    }
  }

  /** @param {People} found */
  #draw(found) {
    const [first, second] = this.#pair.split(":");
    const left = Math.min(found.total, MOST_PEOPLE) - found.persons.length;
    const more = html("button", { type: "button" }, "Show more");
    more.addEventListener("click", () => {
      more.disabled = true;
      this.#show(this.#pair, Math.min(MOST_PEOPLE, this.#limit + PEOPLE_AT_ONCE));
    });
    this.#people.replaceChildren(
      html("p", { class: "soft" }, found.words),
      html("ul", {}, ...found.persons.map((one) => person(one, found, [first, second]))),
      ...(left > 0 ? [html("div", { class: "exports" }, more)] : []));
    this.#people.dataset.whom = found.whom;
  }
}

/** What each round is and measured, in two columns. @param {Compare} found */
function rounds({ first, second }) {
  const both = [first, second];
  /** @param {string} name @param {(one: Round) => string | Node} say */
  const row = (name, say) => html("tr", {}, html("th", { scope: "row" }, name), ...both.map((one) => html("td", {}, say(one))));
  return html("table", { class: "rounds" },
    html("thead", {}, html("tr", {}, html("td", {}), ...both.map((one) => html("th", { scope: "col" }, `Round ${one.number} · ${one.state}`)))),
    html("tbody", {},
      row("Mean OKS", (one) => (one.mean_oks === null ? one.at_end : sayMean(one))),
      row("AP", (one) => (one.ap === null ? "–" : sayOksOf(one.ap))),
      row("Method", (one) => one.method),
      row("Labels", (one) => (one.labels === null ? "not frozen yet" : String(one.labels))),
      row("Ranking", order)));
}

/** @param {Round} round */
function order({ order: figures, order_people: people }) {
  return html("div", {}, ...figures.map((figure) => html("div", {}, `${figure.name}: `, html("b", {}, sayFigure(figure).text))),
    html("div", { class: "soft" }, people));
}

/** @param {Compare} found */
function labels({ labels: said }) {
  return said.map((text) => html("p", { class: "soft more" }, text));
}

/** @param {Compare} found */
function keypoints({ keypoints: found, keypoints_note: note, first, second }) {
  if (!found.length) return [];
  const head = ["Mean OKS by keypoint", `Round ${first.number}`, `Round ${second.number}`, "Difference"];
  const table = html("table", { class: "keypoints" },
    html("thead", {}, html("tr", {}, ...head.map((name) => html("th", { scope: "col" }, name)))),
    html("tbody", {}, ...found.map((one) => html("tr", { class: sure(one) },
      html("th", { scope: "row" }, one.name.replaceAll("_", " ")), html("td", {}, sayOksOf(one.first)), html("td", {}, sayOksOf(one.second)),
      html("td", { class: "difference" }, ...sayDifference(one).map((text) => html("span", {}, text)))))));
  return [html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Mean OKS by keypoint" }, table), ...(note ? [html("p", { class: "soft more" }, note)] : [])];
}

/** Which is surely better at a keypoint, as a CSS class. @param {Keypoint} keypoint */
function sure({ low, high }) {
  if (low === null || high === null) return "";
  return low > 0 ? "better" : high < 0 ? "worse" : "";
}

/** @param {Person} one @param {People} found @param {string[]} numbers */
function person(one, { skeleton, thumb_px: size }, [first, second]) {
  /** @param {string} name @param {number | null} oks @param {Person["label"]} pose */
  const crop = (name, oks, pose) => html("figure", {},
    html("span", { class: "crop" }, html("img", { src: one.thumb, alt: "", width: size, height: size, loading: "lazy", decoding: "async" }), ...(pose ? [poseOf(pose.xyv, skeleton, { size })] : [])),
    html("figcaption", {}, name, ...(oks === null ? [] : [" ", html("b", {}, sayOksOf(oks))])));
  return html("li", {},
    html("div", { class: one.label ? "crops three" : "crops" }, crop(`Round ${first}`, one.first_oks, one.first), crop(`Round ${second}`, one.second_oks, one.second),
      ...(one.label ? [crop("Label", null, one.label)] : [])),
    html("a", { href: `/annotate/?image=${one.image_id}&person=${one.id}`, title: one.file_name }, `${one.file_name} #${one.id}`));
}

if (!customElements.get("lead-compare")) customElements.define("lead-compare", LeadCompare);

/** Nothing comes from Gradio: the card speaks to the server itself. */
export function bind() {}
