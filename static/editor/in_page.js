/** The editor in its page: how tall it is, who has the keyboard, and what happens when the page goes. */

import { hasDrafts } from "./desk/desk.js";
import { listen } from "./input/pointers.js";
import { isStopped } from "./server/outbox.js";

/**
 * @typedef {object} Parts
 * @property {HTMLElement} element
 * @property {ShadowRoot} root
 * @property {import("./canvas/stage.js").Stage} stage
 * @property {import("./panel/panel.js").Panel} panel
 * @property {import("./panel/drawing.js").Drawing} drawing
 * @property {import("./showing.js").Showing} showing
 * @property {import("./work.js").Work} work
 * @property {import("./view/viewing.js").Viewing} viewing
 * @property {import("./tools/hand.js").Hand} hand
 * @property {import("./input/keyboard.js").Keyboard} keyboard
 * @property {import("./server/outbox.js").Outbox} outbox
 * @property {import("./keeping/keeper.js").Keeper} keeper
 * @property {import("./images/arriving.js").Arriving} images
 * @property {import("../shared/api.js").Api} api
 * @property {import("./working_time.js").WorkingTime} time
 */

const TICK_MS = 1000;
/** What somebody at work does. */
const DONE = ["keydown", "pointerdown", "pointermove", "wheel"];

/** Ears and hands of one editor in its page. */
export class InPage {
  #parts;
  #listening = new AbortController();
  #ticking = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** The element is in a page. */
  begin() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#listenInside(signal);
    this.#listenOutside(signal);
    const { outbox, showing } = this.#parts;
    this.#ticking = window.setInterval(() => outbox.outlook.state === "waiting" && showing.status(), TICK_MS);
    this.#settle();
  }

  /** It is in none any more. */
  stop() {
    this.#listening.abort();
    clearInterval(this.#ticking);
  }

  /** Keys go to the image, unless the annotator works elsewhere in the page. */
  takeFocus() {
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === this.#parts.element) this.#focusStage();
  }

  /** @param {AbortSignal} signal */
  #listenInside(signal) {
    const { element, root, panel, keyboard, drawing, outbox, hand } = this.#parts;
    const { stage, statusButton } = panel.refs;
    element.addEventListener("keydown", (event) => keyboard.down(event), { signal });
    element.addEventListener("keyup", (event) => keyboard.up(event), { signal });
    element.addEventListener("focusout", () => drawing.hide(false), { signal });
    stage.addEventListener("focus", () => keyboard.holdTab(), { signal });
    root.addEventListener("click", (event) => this.#afterClick(/** @type {MouseEvent} */ (event)), { signal });
    statusButton.addEventListener("click", () => outbox.retry(), { signal });
    listen(stage, hand.handlers, signal);
    const watch = new ResizeObserver(() => this.#resized());
    watch.observe(stage);
    // An observer knows no signal.
    signal.addEventListener("abort", () => watch.disconnect());
  }

  /** @param {AbortSignal} signal */
  #listenOutside(signal) {
    const { outbox, keeper, work, time, images } = this.#parts;
    // Before anybody else hears of it: the time until then was spent on who is selected still.
    for (const name of DONE) window.addEventListener(name, () => time.heard(), { signal, capture: true, passive: true });
    document.addEventListener("visibilitychange", () => time.away(document.hidden), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || images.returned(), { signal });
    window.addEventListener("online", () => images.returned(), { signal });
    window.addEventListener("resize", () => this.#settle(), { signal });
    window.addEventListener("online", () => outbox.retry(), { signal });
    window.addEventListener("focus", () => isStopped(outbox.outlook.state) && outbox.retry(), { signal }); // signed in, in another tab
    window.addEventListener("beforeunload", (event) => this.#beforeUnload(event), { signal });
    window.addEventListener("pagehide", () => this.#depart(), { signal });
    window.addEventListener("pageshow", () => keeper.going(false, work.sheet), { signal });
    document.addEventListener("visibilitychange", () => keeper.going(document.hidden, work.sheet), { signal });
  }

  /** After a click with the mouse, keys go to the image again: Enter accepts, and does not press the button twice.
   * @param {MouseEvent} event */
  #afterClick(event) {
    const { panel } = this.#parts;
    const { menu, help, card } = panel.refs;
    // Enter or Space on a button comes as a click too, with no count.
    const isPointer = event.detail > 0;
    const isInLink = /** @type {Element} */ (event.target).closest("a") !== null;
    const elsewhere = !menu.hidden || help.open || !card.hidden || panel.looks.isOpen || isInLink;
    if (isPointer && !elsewhere) this.#focusStage();
  }

  #focusStage() {
    this.#parts.panel.refs.stage.focus({ preventScroll: true });
  }

  /** Reach from where the page put us to the bottom of the window. */
  #settle() {
    const { element } = this.#parts;
    const top = element.getBoundingClientRect().top + window.scrollY;
    element.style.setProperty("--editor-top", `${Math.max(Math.round(top), 0)}px`);
  }

  #resized() {
    const { stage, work, viewing } = this.#parts;
    const before = stage.measure();
    if (work.sheet) viewing.refit(before);
  }

  /** @param {BeforeUnloadEvent} event */
  #beforeUnload(event) {
    const { keeper, outbox, work } = this.#parts;
    keeper.keep(work.sheet);
    const isDraftLost = !keeper.isSure && work.sheet !== null && hasDrafts(work.sheet.desk);
    const isUnsent = outbox.outlook.pending > 0 && !outbox.isKept;
    if (isUnsent || isDraftLost) event.preventDefault();
  }

  /** The page goes: edits are kept, and the images not looked at yet are free for others. */
  #depart() {
    const { keeper, work, images, api } = this.#parts;
    keeper.going(true, work.sheet);
    const ids = images.untouchedIds;
    if (ids.length) api.post("/api/release", { image_ids: ids }, { keepalive: true }).catch(() => {});
  }
}
