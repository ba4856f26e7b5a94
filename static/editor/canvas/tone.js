/** The filter that lightens, darkens or sharpens the contrast of what is shown; the image itself stays as it is. */

const SVG = "http://www.w3.org/2000/svg";
const ID = "tone";

/** One filter in an element, put on canvases only while there is something to change: a filter costs each frame. */
export class ToneFilter {
  #channels;
  #canvases;

  /** @param {Element} home where the filter stands, in the same tree as the canvases @param {HTMLCanvasElement[]} canvases */
  constructor(home, canvases) {
    const channels = ["R", "G", "B"].map((channel) => made(`feFunc${channel}`, { type: "gamma" }));
    const filter = made("filter", { id: ID, x: 0, y: 0, width: 1, height: 1, "color-interpolation-filters": "sRGB" }, [
      made("feComponentTransfer", {}, channels),
    ]);
    home.append(made("svg", { width: 0, height: 0, "aria-hidden": true, class: "filters" }, [filter]));
    this.#channels = channels;
    this.#canvases = canvases;
  }

  /** @param {import("../panel/looks.js").Tone | null} tone null: as it was taken */
  apply(tone) {
    if (tone) for (const channel of this.#channels) setAll(channel, tone);
    for (const canvas of this.#canvases) canvas.style.filter = tone ? `url(#${ID})` : "";
  }
}

/** @param {string} name @param {Record<string, unknown>} attributes @param {Element[]} [children] */
function made(name, attributes, children = []) {
  const element = document.createElementNS(SVG, name);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/** @param {Element} element @param {Record<string, unknown>} attributes */
function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
