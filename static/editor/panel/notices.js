/** What the editor says: over the image, in its place, in the bar, and to people who do not see the screen. */

import { withKeys } from "../input/keys.js";
import { setText } from "./updating.js";

/**
 * @typedef {{kind: "note" | "news" | "problem", text: string, button: string, act: () => void, other?: string,
 *   actOther?: () => void}} Notice over the image, with its way on; other: a second way on. A note is about what was just
 *   tried, and the next change takes it away
 * @typedef {{title: string, text?: string, command?: string | null, also?: string, busy?: boolean, button?: string,
 *   act?: () => void, link?: string}} Card in place of the image; command: to be typed in a shell
 * @typedef {{text: string, button: string | null, act: () => void, other: string, actOther: () => void}} Banner
 *   button null: nothing is to be tried
 * @typedef {object} Host
 * @property {() => import("../input/keys.js").Binding[]} keys those that hold now
 * @property {() => void} closed a notice was read, and closed by hand
 */

/** The editor's voice. Texts name a key as its command in braces, as keys.withKeys reads it. */
export class Notices {
  #refs;
  #host;
  /** @type {Notice | null} the notice that shows */
  #shown = null;
  /** @type {Notice | null} the problem that a note hides for a moment */
  #under = null;
  /** @type {string[]} what went wrong before there was an image to say it over */
  #untold = [];
  #hasCard = true;

  /** @param {Record<string, any>} refs the named elements of the frame @param {Host} host */
  constructor(refs, host) {
    this.#refs = refs;
    this.#host = host;
  }

  // ------------------------------------------------------------------------------------------ over the image

  /** What was just tried, explained. @param {string} text */
  explain(text) {
    this.show({ kind: "note", text, button: "OK", act: () => this.close() });
  }

  /** What went wrong. @param {string} text */
  tell(text) {
    this.show(this.problem(text));
  }

  /** A notice of what went wrong, to be shown. @param {string} text @returns {Notice} */
  problem(text) {
    return { kind: "problem", text, button: "Close", act: () => this.close() };
  }

  /** More about what went wrong, beside what is said already. @param {string} text */
  tellToo(text) {
    if (!this.#shown || this.#shown.kind === "note") this.tell(text);
    else this.show({ ...this.#shown, text: `${this.#shown.text} ${text}` });
  }

  /** Said as soon as there is an image to say it over. @param {string} text */
  tellLater(text) {
    this.#untold.push(text);
    if (!this.#hasCard) this.tellUntold();
  }

  /** What waited to be said. */
  tellUntold() {
    if (this.#untold.length) this.tell(this.#untold.splice(0).join(" "));
  }

  get isShown() {
    return this.#shown !== null;
  }

  /** Read and closed by hand. */
  close() {
    this.show(null);
    this.#host.closed();
  }

  /** The next change takes a note away. */
  dropNote() {
    if (this.#shown?.kind === "note") this.show(null);
  }

  /** Show a notice; null takes it away. Where a note goes, the problem that was there before it is back.
   * @param {Notice | null} notice */
  show(notice) {
    const { notice: box, noticeText, noticeButton, noticeOther } = this.#refs;
    const wasNote = this.#shown?.kind === "note";
    // A note lasts until the next change, a problem until it is read: the one must not swallow the other.
    if (notice?.kind === "note" && this.#shown?.kind === "problem") this.#under = this.#shown;
    else if (!notice && wasNote && this.#under) [notice, this.#under] = [this.#under, null];
    else if (notice?.kind !== "note") this.#under = null;
    this.#shown = notice;
    box.hidden = !notice;
    if (!notice) return;
    box.dataset.kind = notice.kind;
    this.write(noticeText, notice.text);
    noticeButton.textContent = notice.button;
    noticeButton.onclick = notice.act;
    noticeOther.hidden = !notice.other;
    noticeOther.textContent = notice.other ?? "";
    noticeOther.onclick = notice.actOther ?? null;
  }

  // ------------------------------------------------------------------------------------------ elsewhere

  /** Tell people who do not see the screen. @param {string} text */
  say(text) {
    const { live } = this.#refs;
    const spoken = withKeys(text, this.#host.keys());
    // The same text again changes nothing that a screen reader would hear of: a space makes it another one.
    live.textContent = live.textContent === spoken ? `${spoken}\u00a0` : spoken;
  }

  /** Whether all is saved, and what to do if not. @param {string} state @param {string} text
   * @param {boolean} button whether one may try now */
  status(state, text, button) {
    const { status, statusText, statusButton } = this.#refs;
    status.dataset.state = state;
    setText(statusText, text);
    status.title = text;
    status.toggleAttribute("data-quiet", !text);
    statusButton.hidden = !button;
  }

  /** That the image may only be looked at; null: it is ours. @param {Banner | null} shown */
  banner(shown) {
    const { banner, bannerText, bannerButton, bannerOther } = this.#refs;
    banner.hidden = !shown;
    if (!shown) return;
    setText(bannerText, shown.text); // the server has its part in it: no key is named
    bannerText.title = shown.text;
    bannerButton.hidden = !shown.button;
    bannerButton.textContent = shown.button ?? "";
    bannerButton.onclick = shown.act;
    bannerOther.textContent = shown.other;
    bannerOther.onclick = shown.actOther;
  }

  /** A message in place of the image; null takes it away. @param {Card | null} shown */
  card(shown) {
    const { card, editor, tools, panel, spinner, cardTitle, cardText, cardAlso, cardCommand, cardButton, cardLink } = this.#refs;
    this.#hasCard = shown !== null;
    card.hidden = !shown;
    editor.toggleAttribute("data-bare", shown !== null && !shown.busy);
    for (const part of [tools, panel]) part.inert = Boolean(shown?.busy);
    if (!shown) return;
    spinner.hidden = !shown.busy;
    setText(cardTitle, shown.title);
    for (const [element, text] of [[cardText, shown.text], [cardAlso, shown.also]]) {
      element.hidden = !text;
      this.write(element, text ?? "");
    }
    cardCommand.hidden = !shown.command;
    setText(cardCommand, shown.command ?? "");
    cardButton.hidden = !shown.button;
    cardButton.textContent = shown.button ?? "";
    cardButton.onclick = shown.act ?? null;
    cardLink.hidden = !shown.link;
    if (shown.link) cardLink.href = shown.link;
  }

  /** A text with the keys that hold now. @param {HTMLElement} element @param {string} text */
  write(element, text) {
    setText(element, withKeys(text, this.#host.keys()));
  }
}
