/** The history of the selected person, in place of what the panel shows otherwise: each label may be seen and brought back. */

import { make } from "../../shared/dom.js";
import { NO_HISTORY, beganInWords, byInWords, whenInWords } from "./history_words.js";

/**
 * @typedef {import("./history_words.js").History} History @typedef {import("./history_words.js").Entry} Entry
 * @typedef {import("./history_words.js").Revision} Revision @typedef {import("../desk/desk.js").Skeleton} Skeleton
 * @typedef {object} Ways
 * @property {boolean} mayRestore
 * @property {(label: Revision | null) => void} show on the image, or nothing any more
 * @property {(label: Revision) => void} restore
 * @property {() => void} leave where the focus goes when it is closed by hand
 */

/** One list in an element of its own. */
export class HistoryPanel {
  #element;
  /** @type {Ways | null} */
  #ways = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  get isOpen() {
    return !this.#element.hidden;
  }

  /** @param {History} history @param {Skeleton} skeleton @param {Ways} ways */
  open({ entries, stays }, skeleton, ways) {
    this.#ways = ways;
    const close = make("button", { className: "step", textContent: "✕", onclick: () => this.#leave() });
    close.setAttribute("aria-label", "Close the history");
    const parts = entries.map((entry) => this.#entry(entry, skeleton, ways));
    this.#element.replaceChildren(
      make("div", { className: "dialog-head" }, [make("h2", { textContent: "History" }), close]),
      ...(stays ? [make("p", { className: "soft", textContent: stays })] : []),
      make("ol", {}, parts),
      ...(parts.length ? [] : [make("p", { className: "empty", textContent: NO_HISTORY })]),
    );
    this.#element.hidden = false;
    close.focus();
  }

  /** @returns {boolean} whether it was open */
  close() {
    if (!this.isOpen) return false;
    this.#element.hidden = true;
    this.#ways?.show(null);
    this.#ways = null;
    return true;
  }

  #leave() {
    const leave = this.#ways?.leave;
    this.close();
    leave?.();
  }

  /** @param {Entry} entry @param {Skeleton} skeleton @param {Ways} ways */
  #entry(entry, skeleton, ways) {
    const { at, what, label } = entry;
    const when = make("time", { dateTime: at, title: new Date(at).toLocaleString(), textContent: whenInWords(at, Date.now()) });
    const counts = label?.counts ? [make("span", { className: "counts", textContent: "counts now" })] : [];
    const head = make("p", {}, [make("b", { textContent: what.charAt(0).toUpperCase() + what.slice(1) }), ...counts, make("br"),
      make("span", { className: "soft" }, [`${byInWords(entry)} · `, when])]);
    const item = make("li", {}, [head]);
    if (!label) return item;
    item.append(make("p", { className: "soft", textContent: beganInWords(label, skeleton) }), this.#buttons(label, what, ways));
    return item;
  }

  /** @param {Revision} label @param {string} what @param {Ways} ways */
  #buttons(label, what, ways) {
    const shown = make("button", { textContent: "Show" });
    shown.setAttribute("aria-pressed", "false");
    shown.setAttribute("aria-label", `Show ${what}`);
    shown.addEventListener("click", () => {
      const isOn = shown.getAttribute("aria-pressed") !== "true";
      for (const other of this.#element.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", String(isOn && other === shown));
      ways.show(isOn ? label : null);
    });
    if (!ways.mayRestore || label.counts) return make("div", { className: "row" }, [shown]);
    const back = make("button", { textContent: "Restore" });
    back.setAttribute("aria-label", `Restore ${what}`);
    back.addEventListener("click", () => {
      ways.restore(label);
      this.#leave();
    });
    return make("div", { className: "row" }, [shown, back]);
  }
}
