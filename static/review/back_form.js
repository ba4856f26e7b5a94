/** Why a person comes back: a comment, or with a pose that was moved none is needed. A digit in the empty field writes a usual reason. */

import { html } from "../shared/dom.js";
import { REASONS } from "./words.js";

const LONGEST = 1000;

/** One form, in sight while it is asked. */
export class BackForm {
  #comment = html("input", { type: "text", maxlength: LONGEST, autocomplete: "off", placeholder: "What is wrong?" });
  #title = html("h2", {});
  #send = html("button", { class: "primary" });
  element;
  #left;

  /** @param {(comment: string) => void} send @param {() => void} left */
  constructor(send, left) {
    this.#left = left;
    const cancel = html("button", { type: "button" }, "Cancel ", html("kbd", {}, "Esc"));
    const reasons = REASONS.map((text, at) => {
      const one = html("button", { type: "button", class: "reason" }, html("kbd", {}, String(at + 1)), ` ${text}`);
      one.addEventListener("click", () => this.#write(text));
      return one;
    });
    this.element = html("form", { class: "back", hidden: "" }, this.#title, html("label", { class: "field" }, "Comment", this.#comment),
      html("div", { class: "reasons" }, ...reasons), html("div", { class: "row" }, this.#send, cancel));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const comment = this.#comment.value.trim();
      if (!comment && this.#comment.required) return this.#comment.reportValidity();
      this.element.hidden = true;
      return send(comment);
    });
    cancel.addEventListener("click", () => this.close());
    this.element.addEventListener("keydown", (event) => this.#press(event));
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** @param {boolean} isCorrected whether keypoints were moved, so that no word is needed */
  open(isCorrected) {
    this.#title.textContent = isCorrected ? "Save your pose in place of the label" : "Send back to the annotator";
    this.#send.replaceChildren(isCorrected ? "Save pose " : "Send back ", html("kbd", {}, "Enter"));
    this.#comment.required = !isCorrected;
    this.#comment.value = "";
    this.element.hidden = false;
    this.#comment.focus();
  }

  close() {
    this.element.hidden = true;
    this.#left();
  }

  /** @param {string} text */
  #write(text) {
    this.#comment.value = text;
    this.#comment.focus();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
    const reason = event.target === this.#comment && !this.#comment.value && !event.ctrlKey && !event.metaKey && !event.altKey ? REASONS[Number(event.key) - 1] : null;
    if (!reason) return;
    event.preventDefault();
    this.#write(reason);
  }
}
