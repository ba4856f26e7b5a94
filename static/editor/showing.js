/** Everything that shows how the work stands, brought up to date: canvases, panel, status, and the element's data for tests. */

import { overviewOf } from "./canvas/overview.js";
import { toneOf } from "./panel/looks.js";
import { HANDLE_REACH_PX } from "./tools/hand.js";

/**
 * @typedef {import("./images/conveyor.js").Sheet} Sheet @typedef {import("./canvas/stage.js").Layer} Layer
 * @typedef {object} Parts
 * @property {HTMLElement} element
 * @property {ShadowRoot} root
 * @property {import("./canvas/stage.js").Stage} stage
 * @property {import("./panel/panel.js").Panel} panel
 * @property {import("./panel/save_status.js").SaveStatus} saveStatus
 * @property {import("./panel/drawing.js").Drawing} drawing
 * @property {import("./work.js").Work} work
 * @property {import("./view/viewing.js").Viewing} viewing
 * @property {import("./tools/hand.js").Hand} hand
 * @property {import("./server/outbox.js").Outbox} outbox
 * @property {import("./server/decisions.js").Decisions} decisions
 * @property {import("./images/arriving.js").Arriving} images
 * @property {import("./images/left_behind.js").LeftBehind} leftBehind
 */

/** @type {Layer[]} */
const ALL_LAYERS = ["picture", "others", "selected"];

/** What is shown of one editor. It asks the parts, and changes none. */
export class Showing {
  #parts;
  #painted = 0;
  /** The image on the desk that was not painted yet. @type {Sheet | null} */
  #new = null;
  #panelFrame = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Everything. @param {...Layer} layers which canvases; all of them where none is named */
  refresh(...layers) {
    const { stage, element, work } = this.#parts;
    stage.refresh(...(layers.length ? layers : ALL_LAYERS));
    element.dataset.person = String(work.person?.id ?? "");
    this.panel();
    this.status();
  }

  /** Bar and panel: once a frame, however often it is asked for. */
  panel() {
    this.#panelFrame ||= requestAnimationFrame(() => {
      this.#panelFrame = 0;
      const { root, panel, work, viewing, hand, decisions, images } = this.#parts;
      const desk = work.sheet?.desk ?? null;
      const focused = /** @type {HTMLButtonElement | null} */ (root.activeElement);
      panel.show(desk, {
        upright: desk && viewing.upright, tool: hand.tool.name, canUndo: decisions.canUndo, canRedo: Boolean(desk?.future.length),
        toDo: images.toDo, sentBack: images.sentBack.length, isLooking: work.isLooking,
      });
      // What had the focus may be gone or off by now: the keyboard goes on from near there.
      if (focused && (focused.disabled || !focused.isConnected)) panel.focusAgain(focused);
    });
  }

  /** Whether all is saved. */
  status() {
    const { element, saveStatus, outbox, work, leftBehind, images } = this.#parts;
    element.dataset.status = saveStatus.show({
      outlook: outbox.outlook, desk: work.sheet?.desk ?? null, leftBehind: leftBehind.desks, isReady: images.phase === "ready",
      isLooking: work.isLooking,
    });
  }

  /** @param {import("./images/arriving.js").Phase} phase */
  phase(phase) {
    const { element, work } = this.#parts;
    element.dataset.phase = phase;
    if (phase === "empty") delete element.dataset.image;
    element.toggleAttribute("data-looking", work.isLooking);
  }

  /** Another image is on the desk. @param {Sheet} sheet */
  laid(sheet) {
    this.#new = sheet;
    this.#parts.element.dataset.image = String(sheet.desk.imageId);
  }

  /** Other images wait here now. */
  ahead() {
    this.#parts.element.dataset.ahead = String(this.#parts.images.waitingIds.length);
    this.panel();
  }

  /** Drawn otherwise from now on. */
  looks() {
    const { panel, stage, drawing } = this.#parts;
    panel.showLooks(drawing.looks);
    this.panel();
    stage.tone(toneOf(drawing.looks));
    stage.refresh("others", "selected");
  }

  /** What the stage paints. @returns {import("./canvas/draw.js").Scene | null} */
  scene() {
    const { work, hand, drawing, stage } = this.#parts;
    if (!work.sheet) return null;
    const { tool, marks } = hand;
    return {
      ...work.sheet, view: this.#parts.viewing.view, look: { ...marks, tool: tool.name, frame: tool.frame(), frameReach: HANDLE_REACH_PX },
      looks: drawing.looks, stage: stage.size, hidden: drawing.isHidden, beside: drawing.besideOf(work.sheet.desk.imageId, work.person),
    };
  }

  /** The picture was painted: a new image is counted in the task after the frame that shows it, and then there is time to see
   * to the next ones and the last ones. */
  painted() {
    if (!this.#new || this.#new !== this.#parts.work.sheet) return;
    this.#new = null;
    const channel = new MessageChannel(); // its message comes after the frame; a promise's would come before it
    channel.port1.onmessage = () => {
      channel.port1.close();
      this.#painted += 1;
      this.#parts.element.dataset.painted = String(this.#painted);
      this.#parts.images.prefetch();
      void reduce(this.#parts.work.sheet);
    };
    channel.port2.postMessage(null);
  }
}

/** A large picture gets a reduced copy, for the views that show it whole. @param {Sheet | null} sheet */
async function reduce(sheet) {
  if (!sheet || sheet.overview !== undefined) return;
  sheet.overview = null;
  sheet.overview = await overviewOf(sheet.picture).catch(() => null); // dropped meanwhile: the picture itself is drawn
}
