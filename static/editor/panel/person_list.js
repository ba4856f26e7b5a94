/** Everybody in the image, each with how they stand and how uncertain they are. */

import { make } from "../../shared/dom.js";
import { DOUBT } from "../words.js";
import { rowInWords } from "./person_words.js";
import { buildOnce, isOutside, scrollTo, setAttribute, setText } from "./updating.js";

/** @typedef {import("../desk/desk.js").Desk} Desk @typedef {import("../desk/desk.js").Person} Person */

/** One list; its rows are built anew for another image or another number of persons only. */
export class PersonList {
  #list;
  #done;
  #scroll;
  #select;

  /** @param {{persons: HTMLElement, done: HTMLElement, scroll: HTMLElement}} refs scroll: what the list lies in
   * @param {(index: number) => void} select */
  constructor({ persons, done, scroll }, select) {
    this.#list = persons;
    this.#done = done;
    this.#scroll = scroll;
    this.#select = select;
  }

  /** @param {Desk} desk */
  show(desk) {
    const decided = desk.persons.filter((person) => person.state !== "open").length;
    setText(this.#done, desk.persons.length ? `${decided} of ${desk.persons.length} done` : "");
    // Of another image the panel is read from its top; within one, the list follows the selection.
    let isAnother = false;
    buildOnce(this.#list, `${desk.imageId}/${desk.persons.length}`, (list) => {
      isAnother = true;
      list.replaceChildren(...desk.persons.map((_, index) => this.#row(index)));
      if (!desk.persons.length) list.append(make("p", { className: "empty", textContent: "None." }));
    });
    const current = this.#list.children[desk.person];
    const isNew = current && current.getAttribute("aria-current") !== "true";
    for (const [index, person] of desk.persons.entries()) showRow(this.#list.children[index], index, person, index === desk.person);
    if (isNew) this.#bringIntoView(current, isAnother);
  }

  /** Measured after all is written: it makes the browser lay everything out.
   * @param {Element} current @param {boolean} isAnother the list was built anew */
  #bringIntoView(current, isAnother) {
    scrollTo(this.#list, current);
    if (isAnother) this.#scroll.scrollTop = 0; // what is to look at comes first
    else if (isOutside(this.#scroll, current)) scrollTo(this.#scroll, current);
  }

  /** @param {number} index */
  #row(index) {
    const meter = make("span", { className: "meter", title: DOUBT }, [make("i")]);
    const number = make("span", { className: "number", textContent: String(index + 1) });
    const row = make("button", { className: "person" }, [number, make("span"), meter]);
    row.addEventListener("click", () => this.#select(index));
    return row;
  }
}

/** @param {Element} row @param {number} index @param {Person} person @param {boolean} isCurrent */
function showRow(row, index, person, isCurrent) {
  const [, text, meter] = row.children;
  const full = /** @type {HTMLElement} */ (meter.firstElementChild);
  const words = rowInWords(person);
  setAttribute(row, "aria-current", String(isCurrent));
  setAttribute(row, "data-state", person.state);
  setText(text, words);
  setAttribute(row, "aria-label", `Person ${index + 1}, ${words}`);
  meter.toggleAttribute("hidden", person.score === null || person.state !== "open");
  full.style.width = `${Math.round(100 * (person.score ?? 0))}%`;
}
