/** The table of keys on the help page, and the way to change them. Shows own keys; says which were chosen; keeps nothing. */

import { FIXED, assign, cleared, effective, isWhole, keysOf, reset, whyNot } from "../input/own_keys.js";
import { BINDINGS, chordOf, inSentence, readable } from "../input/keys.js";
import { make } from "../../shared/dom.js";

/** @typedef {import("../input/own_keys.js").Own} Own @typedef {import("../input/keys.js").Binding} Binding */

const CLEARS = ["Backspace", "Delete"];
const DIRECTIONS = ["left", "right", "up", "down"];

/** A sheet to read, and after "Change keys" one to change. */
export class KeyDialog {
  #change;
  #sheet = make("div", { className: "sheet" });
  #told = make("p", { className: "told" });
  #changeButton;
  #resetButton;
  /** @type {Own} */
  #own = {};
  #changes = false;
  /** @type {string | null} the command that waits for its key */
  #waits = null;

  /** @param {HTMLElement} element an empty place in the dialog @param {(own: Own) => void} change */
  constructor(element, change) {
    this.#change = change;
    this.#changeButton = make("button", { type: "button", className: "action", onclick: () => this.#toggle() });
    this.#resetButton = make("button", { type: "button", className: "action", textContent: "Reset all keys", onclick: () => this.#resetAll() });
    this.#told.setAttribute("role", "status");
    const head = make("div", { className: "keys-head" }, [make("h3", { textContent: "Keys" }), this.#resetButton, this.#changeButton]);
    element.append(head, this.#told, this.#sheet);
    element.addEventListener("keydown", (event) => this.#keyDown(event));
    this.show({});
  }

  /** @param {Own} own */
  show(own) {
    this.#own = own;
    const table = effective(BINDINGS, own);
    this.#changeButton.textContent = this.#changes ? "Done" : "Change keys";
    this.#resetButton.hidden = !this.#changes || !Object.keys(own).length;
    this.#told.hidden = !this.#changes;
    this.#sheet.toggleAttribute("data-changes", this.#changes);
    const groups = [...new Set(BINDINGS.map((binding) => binding.group))];
    this.#sheet.replaceChildren(...groups.map((group) => {
      const ours = table.filter((binding) => binding.group === group);
      const rows = this.#changes ? ours.map((binding) => this.#row(binding)) : [list(ours)];
      return make("div", {}, [make("h2", { textContent: group }), ...rows]);
    }));
  }

  /** To be read again: whoever opens the dialog sees the sheet. */
  leave() {
    if (!this.#changes) return;
    this.#toggle();
  }

  #toggle() {
    this.#changes = !this.#changes;
    this.#waits = null;
    this.#tell("Choose a command, then press its new key. Escape, Enter and “?” stay as they are.");
    this.show(this.#own);
  }

  #resetAll() {
    this.#become({}, "All keys are as they were at first.");
    this.#changeButton.focus();
  }

  /** @param {Binding} binding */
  #row(binding) {
    const { command, keys } = binding;
    const isFixed = FIXED.includes(command);
    const name = nameOf(binding);
    const written = keys.length ? keys.map((key) => readable(key)).join(" or ") : "no key";
    const shown = keys.length ? keys.map((key) => make("kbd", { textContent: readable(key) })) : [make("i", { textContent: "no key" })];
    const waits = this.#waits === command;
    const button = make("button", { type: "button", disabled: isFixed, onclick: () => this.#listen(command) }, [
      make("span", { textContent: name }), make("span", {}, waits ? [make("i", { textContent: "press a key…" })] : shown),
    ]);
    button.dataset.keysOf = command;
    button.setAttribute("aria-label", waits ? `${name}: press a key` : `${name}, ${written}`);
    button.toggleAttribute("data-waits", waits);
    const back = make("button", { type: "button", className: "back", textContent: "↺", onclick: () => this.#reset(command, name) });
    back.setAttribute("aria-label", `First keys again: ${name}`);
    back.toggleAttribute("data-idle", keys.join(" ") === keysOf(BINDINGS, {}, command).join(" "));
    return make("div", { className: "key-row" }, [button, back]);
  }

  /** Wait for the next key. @param {string} command */
  #listen(command) {
    this.#waits = command;
    this.#tell("Press a key. Escape leaves it as it is; Backspace or Delete takes its keys away.");
    this.show(this.#own);
    this.#focus(command);
  }

  /** @param {string} command */
  #focus(command) {
    /** @type {HTMLElement | null} */
    const row = this.#sheet.querySelector(`[data-keys-of="${command}"]`);
    row?.focus();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (!this.#waits) return;
    event.preventDefault();
    // The key is chosen here, and must not command the editor as well.
    event.stopPropagation();
    if (!isWhole(event)) return;
    const command = this.#waits;
    this.#waits = null;
    this.#take(command, chordOf(event));
    this.#focus(command);
  }

  /** @param {string} command @param {string} chord */
  #take(command, chord) {
    const name = nameOf(bindingOf(command));
    if (chord === "Escape") return this.#become(this.#own, `“${name}” keeps its keys.`);
    if (CLEARS.includes(chord)) return this.#become(cleared(BINDINGS, this.#own, command), `“${name}” has no key now.`);
    const why = whyNot(BINDINGS, command, chord);
    if (why) {
      this.#listen(command);
      return this.#tell(`${inSentence(chord)}: ${why}`);
    }
    const { own, takenFrom } = assign(BINDINGS, this.#own, command, chord);
    const taken = takenFrom ? ` It was taken from “${nameOf(bindingOf(takenFrom))}”.` : "";
    return this.#become(own, `“${name}” is ${inSentence(chord)} now.${taken}`);
  }

  /** @param {string} command @param {string} name */
  #reset(command, name) {
    const { own, takenFrom, keptBy } = reset(BINDINGS, this.#own, command);
    /** @param {string} other */
    const said = (other) => `“${nameOf(bindingOf(other))}” is ${spokenKeys(own, other)} now.`;
    /** @param {string} other */
    const kept = (other) => `“${nameOf(bindingOf(other))}” keeps ${spokenKeys(own, other)}: it would have no key otherwise.`;
    const first = keptBy.length ? said(command) : `“${name}” has its first keys again.`;
    this.#become(own, [first, ...takenFrom.map(said), ...keptBy.map(kept)].join(" "));
    this.#focus(command);
  }

  /** @param {Own} own @param {string} text */
  #become(own, text) {
    this.#tell(text);
    if (own === this.#own) return this.show(own);
    return this.#change(own);
  }

  /** @param {string} text */
  #tell(text) {
    this.#told.textContent = text;
  }
}

/** @param {string} command */
function bindingOf(command) {
  const found = BINDINGS.find((binding) => binding.command === command);
  if (!found) throw new Error(`There is no command ${command}; wanted one of the table of keys.`);
  return found;
}

/** The keys of a command inside a sentence. @param {Own} own @param {string} command */
function spokenKeys(own, command) {
  return keysOf(BINDINGS, own, command).map(inSentence).join(" or ") || "without a key";
}

/** Commands that differ by direction alone share a line in the sheet; here each has its own. @param {Binding} binding */
function nameOf({ command, label }) {
  const way = command.split("-").find((part) => DIRECTIONS.includes(part));
  return way ? `${label}: ${way}` : label;
}

/** To read: those that share a label share a line. @param {Binding[]} bindings */
function list(bindings) {
  const labels = [...new Set(bindings.map((binding) => binding.label))];
  return make("dl", {}, labels.flatMap((label) => {
    const keys = bindings.filter((binding) => binding.label === label).flatMap((binding) => binding.keys);
    const shown = keys.length ? keys.map((key) => make("kbd", { textContent: readable(key) })) : [make("i", { textContent: "no key" })];
    return [make("dt", { textContent: label }), make("dd", {}, shown)];
  }));
}
