/** What the team's cards are made of: buttons, fields, tables, questions, and secrets that are shown once. Text enters as text. */

import { messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { sayBelow } from "./figures_words.js";
import { sayOutside, sayWhen, sentence } from "./words.js";

/** A cell of which nothing is to be said. */
export const NOTHING = "–";

/** @typedef {{cells: (Node | string)[], below?: Node | null}} Row below: what stands under it, as wide as the table */

/** @param {string} label @param {() => void} act @param {import("../shared/dom.js").Attributes} [attributes] */
export function button(label, act, attributes = {}) {
  const made = html("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", act);
  return made;
}

/** A control under its name. @param {string} label @param {HTMLElement} control */
export function field(label, control) {
  return html("label", { class: "field" }, label, control);
}

/** Which of a form's numbers is none that it takes, in words; "" where all are. @param {[name: string, input: HTMLInputElement][]} fields */
export function sayWrong(fields) {
  for (const [name, input] of fields) {
    if (input.checkValidity()) continue;
    input.focus();
    return sayOutside(name, input.value, Number(input.min), Number(input.max));
  }
  return "";
}

/** @template {string} Value @param {[value: Value, label: string][]} choices */
export function choice(choices) {
  return html("select", {}, ...choices.map(([value, label]) => html("option", { value }, label)));
}

/** A moment, to the second where a mouse rests on it. @param {string} at */
export function moment(at) {
  return html("time", { datetime: at, title: new Date(at).toLocaleString() }, sayWhen(at));
}

/** @param {string} label @param {string[]} columns @param {Row[]} rows */
export function table(label, columns, rows) {
  const lines = rows.flatMap(({ cells, below }) => [
    html("tr", {}, html("th", { scope: "row" }, cells[0]),
      ...cells.slice(1).map((cell, at) => html("td", { "data-column": columns[at + 1], class: cell === NOTHING ? "nothing" : null }, cell))),
    ...(below ? [html("tr", { class: "below" }, html("td", { colspan: columns.length }, below))] : []),
  ]);
  return html("table", { "aria-label": label },
    html("thead", {}, html("tr", {}, ...columns.map((name) => html("th", { scope: "col" }, name)))), html("tbody", {}, ...lines));
}

/** A name, with a mark in words where a share of theirs is below the team's. @param {string} name
 * @param {import("./figures_words.js").Share} one @param {import("./figures_words.js").Share[]} all */
export function named(name, one, all) {
  const below = sayBelow(one, all);
  return html("span", {}, name, ...(below ? [" ", html("span", { class: "chip bad" }, below)] : []));
}

/** A line that tells what came of something; empty until then. */
export class Said {
  element = html("p", { class: "said", role: "status" });

  /** @param {string} text @param {"" | "done" | "error"} [tone] */
  say(text, tone = "") {
    this.element.className = `said ${tone}`;
    this.element.textContent = text;
  }

  /** Do something, with the controls at rest meanwhile; what it fails of is said here. @param {(HTMLButtonElement | null)[]} controls
   * @param {() => Promise<void>} work */
  async during(controls, work) {
    this.say("");
    for (const control of controls) if (control) control.disabled = true;
    try {
      await work();
    } catch (error) {
      this.say(sentence(messageOf(error)), "error");
    } finally {
      for (const control of controls) if (control) control.disabled = false;
    }
  }
}

/** A question with its two answers; the harmless one has the focus, so that a key held down does nothing.
 * @param {string} question @param {string} yes @param {(pressed: HTMLButtonElement) => void} act @param {() => void} leave */
export function asking(question, yes, act, leave) {
  const sure = button(yes, () => act(sure), { class: "grave" });
  const no = button("Cancel", leave);
  const element = html("div", { class: "asking", role: "group", "aria-label": question },
    html("p", {}, question), html("div", { class: "buttons" }, sure, no));
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  return { element, focus: () => no.focus() };
}

/** A secret that nobody is told again, to be copied. @param {string} label @param {string} secret @param {string} words
 * @param {() => void} [leave] once it is copied */
export function shownOnce(label, secret, words, leave = () => {}) {
  const input = html("input", { value: secret, readonly: true, "aria-label": label, spellcheck: "false" });
  const said = new Said();
  const element = html("div", { class: "once", role: "group", "aria-label": label }, html("p", {}, words),
    html("div", { class: "line" }, input, button("Copy", () => copy(input, said)), button("Done", done)), said.element);
  input.addEventListener("focus", () => input.select());

  function done() {
    element.remove();
    leave();
  }

  return { element, focus: () => input.focus() };
}

/** Words to be copied, as a command for a shell. @param {string} label @param {string} text */
export function copied(label, text) {
  const input = html("input", { value: text, readonly: true, "aria-label": label, spellcheck: "false" });
  const said = new Said();
  input.addEventListener("focus", () => input.select());
  return html("div", { class: "copied" }, html("div", { class: "line" }, input, button("Copy", () => copy(input, said), { "aria-label": `Copy: ${label}` })), said.element);
}

/** @param {HTMLInputElement} input @param {Said} said */
async function copy(input, said) {
  input.focus();
  input.select();
  try {
    // On an address without TLS that is not this machine's, browsers have no clipboard.
    await navigator.clipboard.writeText(input.value);
    said.say("Copied.", "done");
  } catch {
    said.say("This browser lets no page copy here. It is selected: press Ctrl+C, or ⌘C.");
  }
}
