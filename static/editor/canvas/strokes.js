/** The marks everything on the image is painted with: lines, dots, rings, words. In screen pixels; knows no desk. */

/** @typedef {import("../geometry.js").Spot} Spot @typedef {import("./name_places.js").Pill} Pill
 *  @typedef {"left" | "right" | "middle"} Side */

/** Told apart by people with any colour vision: blue and orange, near-white in the middle, and by shape besides. */
export const COLOURS = {
  left: "#4fb3ff",
  right: "#ff9d2e",
  middle: "#f3efe4",
  flag: "#ffe14a",
  halo: "rgba(8, 10, 14, 0.72)",
  shade: "rgba(8, 10, 14, 0.45)",
  quiet: "rgba(233, 238, 246, 0.62)",
  done: "#8fe3a4",
};

const FONT = "600 12px system-ui, sans-serif";
const LINE_PX = 16;

/** How far out each shape reaches for the same weight to the eye as a disc of radius 1. */
const REACH = { right: 0.92, middle: 1.3 };

/** An empty canvas in CSS pixels. @param {CanvasRenderingContext2D} context @param {number} ratio device pixels per CSS pixel */
export function clear(context, ratio) {
  // The picture is painted under a turned transform: cleared under that, corners would stay.
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** Paint something as a whole so far transparent. @param {CanvasRenderingContext2D} context @param {number} alpha
 * @param {() => void} paint */
export function faded(context, alpha, paint) {
  const before = context.globalAlpha;
  context.globalAlpha = before * alpha;
  paint();
  context.globalAlpha = before;
}

/** @param {CanvasRenderingContext2D} context @param {{from: Spot, to: Spot}} line @param {string} colour @param {number} width */
export function stroke(context, { from, to }, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/** Stroke the path there is in each of these, the widest first. @param {CanvasRenderingContext2D} context
 * @param {...[colour: string, width: number]} lines */
export function strokeAll(context, ...lines) {
  for (const [colour, width] of lines) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** The path of a circle, to fill or to stroke.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius */
export function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/** The path of a side's own shape: a disc for left, a square for right, a diamond for the middle. @param {Side} side
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius */
export function shape(context, side, x, y, radius) {
  if (side === "left") return circle(context, x, y, radius);
  context.beginPath();
  const reach = radius * REACH[side];
  if (side === "right") return context.rect(x - reach, y - reach, 2 * reach, 2 * reach);
  context.moveTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  return context.closePath();
}

/** A keypoint's mark: filled, or hollow where it is hidden. @param {CanvasRenderingContext2D} context @param {Spot} at
 * @param {{side: Side, radius: number, hollow: boolean, halo?: boolean}} how */
export function dot(context, { x, y }, { side, radius, hollow, halo = false }) {
  shape(context, side, x, y, radius);
  if (halo) {
    context.lineWidth = hollow ? 5 : 3;
    context.strokeStyle = COLOURS.halo;
    context.stroke();
  }
  context.fillStyle = hollow ? "rgba(8, 10, 14, 0.55)" : COLOURS[side];
  context.fill();
  if (!hollow) return;
  context.lineWidth = radius > 3 ? 2 : 1.25;
  context.strokeStyle = COLOURS[side];
  context.stroke();
}

/** The room that lines of words take. @param {string[]} lines @param {CanvasRenderingContext2D} context @returns {import("../geometry.js").Size} */
export function pillSize(context, lines) {
  context.font = FONT;
  return { width: Math.max(...lines.map((line) => context.measureText(line).width)) + 12, height: lines.length * LINE_PX + 2 };
}

/** Words on a dark ground, the first line in a colour. @param {string[]} lines @param {Pill | Spot} at its top-left corner
 * @param {CanvasRenderingContext2D} context @param {string} colour */
export function pill(context, lines, at, colour, alpha = 1) {
  const { width, height } = pillSize(context, lines);
  faded(context, alpha, () => {
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = "rgba(12, 15, 20, 0.82)";
    context.beginPath();
    context.roundRect(at.x, at.y, width, height, 5);
    context.fill();
    for (const [i, line] of lines.entries()) {
      context.fillStyle = i ? "#e9edf4" : colour;
      context.fillText(line, at.x + 6, at.y + LINE_PX * (i + 0.5) + 1.5);
    }
  });
}
