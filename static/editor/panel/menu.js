/** A list to choose from, over the actions: by mouse, by its numbers, by the arrows; or one line to write instead. */

import { make } from "../../shared/dom.js";

/** @typedef {{label: string, button: string, act: (text: string) => void}} Ask
 *  @typedef {{text: string, detail?: string, act?: () => void, ask?: Ask}} Item
 *  detail: said more quietly; ask: choosing it asks for a line of text first */

const LONGEST = 480;

/** One menu at a time in an element of its own. */
export class Menu {
  #element;
  #leave;
  /** @type {HTMLElement | null} what opened it, which says so to screen readers */
  #opener = null;

  /** @param {HTMLElement} element @param {() => void} leave where the focus goes when the menu is given up */
  constructor(element, leave) {
    this.#element = element;
    this.#leave = leave;
    // Not every browser focuses a button that is pressed: the press keeps the focus here, so that its click still comes.
    element.addEventListener("mousedown", (event) => event.target instanceof HTMLInputElement || event.preventDefault());
    element.addEventListener("focusout", (event) => {
      const isGone = event.relatedTarget !== null || document.hasFocus(); // another window took the focus: what is written stays
      if (isGone && !element.contains(/** @type {Node | null} */ (event.relatedTarget))) this.close();
    });
    element.addEventListener("keydown", (event) => this.#keyDown(event));
  }

  get isOpen() {
    return !this.#element.hidden;
  }

  /** Offer a choice. @param {string} title @param {Item[]} items one at least @param {HTMLElement | null} [opener]
   * @returns {() => boolean} whether this very choice is still offered */
  open(title, items, opener = null) {
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener = opener;
    opener?.setAttribute("aria-expanded", "true");
    const list = make("div");
    list.setAttribute("role", "menu");
    list.setAttribute("aria-label", title);
    list.append(...items.map((item, i) => this.#item(item, i)));
    this.#show(make("p", { textContent: title }), list);
    list.querySelector("button")?.focus();
    return () => this.isOpen && list.isConnected;
  }

  /** @returns {boolean} whether it was open */
  close() {
    if (!this.isOpen) return false;
    this.#element.hidden = true;
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener = null;
    return true;
  }

  /** @param {Item} item @param {number} index */
  #item({ text, detail, act, ask }, index) {
    const words = make("span", { textContent: text });
    if (detail) words.append(make("small", { textContent: detail }));
    const button = make("button", { type: "button" }, [words]);
    if (index < 9) button.append(make("kbd", { textContent: String(index + 1) }));
    button.setAttribute("role", "menuitem");
    button.addEventListener("click", () => {
      if (ask) return this.#ask(ask);
      this.close();
      return act?.();
    });
    return button;
  }

  /** @param {Ask} ask */
  #ask({ label, button, act }) {
    const line = make("input", { maxLength: LONGEST, required: true });
    const send = make("button", { textContent: button, className: "primary" });
    const form = make("form", {}, [make("label", {}, [make("span", { textContent: label }), line]), send]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = line.value.trim();
      if (!text) return line.focus();
      this.close();
      return act(text);
    });
    this.#show(form);
    line.focus();
  }

  /** @param {...HTMLElement} parts */
  #show(...parts) {
    this.#element.replaceChildren(...parts);
    this.#element.hidden = false;
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      return this.#leave();
    }
    /** @type {NodeListOf<HTMLElement>} */
    const found = this.#element.querySelectorAll('[role="menuitem"]');
    const items = [...found];
    const at = items.findIndex((item) => item.contains(/** @type {Node} */ (event.target)));
    if (at === -1) return undefined;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const chosen = items[Number(event.key) - 1];
    if (step) items[(at + step + items.length) % items.length].focus();
    else if (chosen) chosen.click();
    else return undefined;
    return event.preventDefault();
  }
}
