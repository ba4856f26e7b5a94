/** The canvas layers: picture, the other persons, the selected one. Each is painted again only when it changed. */

import { paintOthers, paintPicture, paintSelected } from "./draw.js";
import { LOUPE_PX, loupeOf, paintLoupeMarks, paintLoupePicture } from "./loupe.js";
import { clear } from "./strokes.js";
import { ToneFilter } from "./tone.js";

/**
 * @typedef {import("./draw.js").Scene} Scene
 * @typedef {import("./loupe.js").Loupe} Loupe
 * @typedef {"picture" | "others" | "selected"} Layer
 */

/** Three canvases over one another in an element, painted at most once a frame. */
export class Stage {
  #contexts;
  /** @type {Set<Layer>} */
  #stale = new Set();
  #frame = 0;
  #scene;
  #painted;
  #loupe;
  #tone;
  /** @type {import("../geometry.js").Size} */
  size = { width: 1, height: 1 };
  /** Device pixels per CSS pixel, as the canvases were made for. */
  ratio = 1;

  /**
   * @param {HTMLElement} element @param {Record<Layer | "loupe", HTMLCanvasElement>} canvases
   * @param {{scene: () => Scene | null, painted: () => void}} wiring scene: what to paint; painted: called in the same
   *   frame, after painting the picture
   */
  constructor(element, { loupe, ...canvases }, { scene, painted }) {
    this.element = element;
    this.#loupe = contextOf(loupe);
    this.#tone = new ToneFilter(element, [canvases.picture, loupe]);
    const { picture, others, selected } = canvases;
    this.#contexts = { picture: contextOf(picture), others: contextOf(others), selected: contextOf(selected) };
    this.#scene = scene;
    this.#painted = painted;
  }

  /** Fit the canvases to the element, sharp on any display. @returns {import("../geometry.js").Size} the size before */
  measure() {
    const before = this.size;
    this.size = { width: Math.max(this.element.clientWidth, 1), height: Math.max(this.element.clientHeight, 1) };
    this.#fit();
    return before;
  }

  #fit() {
    this.ratio = devicePixelRatio;
    for (const { canvas } of Object.values(this.#contexts)) {
      canvas.width = Math.round(this.size.width * this.ratio);
      canvas.height = Math.round(this.size.height * this.ratio);
    }
    this.#loupe.canvas.width = this.#loupe.canvas.height = Math.round(LOUPE_PX * this.ratio);
    this.refresh("picture", "others", "selected");
  }

  /** Show the picture through a tone. @param {import("../panel/looks.js").Tone | null} tone null: as it was taken */
  tone(tone) {
    this.#tone.apply(tone);
  }

  /** Paint these layers in the next frame. @param {...Layer} layers */
  refresh(...layers) {
    for (const layer of layers) this.#stale.add(layer);
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  /** Paint nothing any more. */
  stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #paint() {
    if (this.ratio !== devicePixelRatio) this.#fit(); // the window went to another display, or was zoomed
    // Taken first: what is asked for while this frame is painted is for the next one.
    const stale = this.#stale;
    this.#stale = new Set();
    this.#frame = 0;
    const scene = this.#scene();
    const { picture, others, selected } = this.#contexts;
    if (!scene || scene.hidden) for (const context of [others, selected]) clear(context, this.ratio);
    const loupe = scene && !scene.hidden ? loupeOf(scene) : null;
    this.#loupe.canvas.hidden = !loupe;
    if (!scene) return clear(picture, this.ratio);
    if (stale.has("picture")) paintPicture(picture, this.ratio, scene);
    if (stale.has("others") && !scene.hidden) paintOthers(others, this.ratio, scene);
    if (stale.has("selected") && !scene.hidden) {
      paintSelected(selected, this.ratio, scene);
      if (loupe) this.#paintLoupe(selected, scene, loupe);
    }
    if (stale.has("picture")) this.#painted();
  }

  /** @param {CanvasRenderingContext2D} selected @param {Scene} scene @param {Loupe} loupe */
  #paintLoupe(selected, scene, loupe) {
    const { canvas } = this.#loupe;
    canvas.style.transform = `translate(${loupe.corner.x}px, ${loupe.corner.y}px)`;
    paintLoupePicture(this.#loupe, this.ratio, scene, loupe);
    paintLoupeMarks(selected, scene, loupe);
  }
}

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser gave no canvas to draw on; wanted one for each layer. Close other tabs, and reload the page.");
  return context;
}
