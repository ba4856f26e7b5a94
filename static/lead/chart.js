/** One small line chart as SVG: drawn from the page's colours, so light and dark need nothing of their own. */

import { html, svg } from "../shared/dom.js";
import { say, scale, stretches, ticks } from "./scale.js";

const WIDTH = 360;
const HEIGHT = 190;
const INSIDE = { left: 44, right: 10, top: 10, bottom: 36 };

/** @typedef {[number, number]} Place x and y
 *  @typedef {{name: string, points: Place[]}} Series name: a CSS class and, where it is not empty, the legend's word
 *  @typedef {import("./scale.js").Rounds} Rounds
 *  @typedef {(value: number) => number} Axis from values to pixels */

/**
 * @param {{title: string, about: string, series: Series[], xTitle: string, empty: string, xMost?: number | null, rounds?: Rounds | null}} what
 *   xMost: the axis reaches at least this far
 *   rounds: x counts rounds, so its ticks are whole numbers and every point gets a dot
 * @returns {HTMLElement}
 */
export function chart({ title, about, series, xTitle, empty, xMost = null, rounds = null }) {
  const figure = html("figure", { class: "chart" }, html("figcaption", {}, html("h2", {}, title), legend(series)));
  const points = series.flatMap((one) => one.points);
  figure.append(points.length ? drawing({ about, series, points, xTitle, xMost, rounds }) : html("p", { class: "empty" }, empty));
  return figure;
}

/** @param {Series[]} series */
function legend(series) {
  const named = series.filter((one) => one.name && one.points.length);
  return html("span", { class: "legend" }, ...named.map((one) => html("span", { class: `key ${one.name}` }, one.name)));
}

/** @param {{about: string, series: Series[], points: Place[], xTitle: string, xMost: number | null, rounds: Rounds | null}} what */
function drawing({ about, series, points, xTitle, xMost, rounds }) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  // From 0 to where the run will end: the curve grows into the axis, which stays as it is.
  if (xMost !== null) xs.push(0, xMost);
  const xTicks = ticks(Math.min(...xs), Math.max(...xs), { whole: true });
  const yTicks = ticks(Math.min(...ys), Math.max(...ys));
  /** @type {[number, number]} */
  // A quarter of a round more on each side: the first and the last dot stand clear of the edge.
  const xSpan = rounds ? [Math.min(...xs) - 0.25, Math.max(...xs) + 0.25] : [xTicks[0], Math.max(...xs)];
  const x = scale(xSpan, [INSIDE.left, WIDTH - INSIDE.right]);
  const y = scale([yTicks[0], yTicks[yTicks.length - 1]], [HEIGHT - INSIDE.bottom, INSIDE.top]);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": about });
  for (const value of yTicks) {
    picture.append(svg("line", { class: "grid", x1: INSIDE.left, x2: WIDTH - INSIDE.right, y1: y(value), y2: y(value) }));
    picture.append(svg("text", { class: "tick", x: INSIDE.left - 8, y: y(value) + 4, "text-anchor": "end" }, say(value, yTicks[1] - yTicks[0])));
  }
  for (const value of xTicks.filter((tick) => tick >= xSpan[0] && tick <= xSpan[1])) {
    picture.append(svg("text", { class: "tick", x: x(value), y: HEIGHT - INSIDE.bottom + 16, "text-anchor": "middle" }, rounds?.[value] ? `${value} (${rounds[value]})` : String(value)));
  }
  picture.append(svg("text", { class: "tick", x: (INSIDE.left + WIDTH - INSIDE.right) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, xTitle));
  for (const one of series) picture.append(...line(one, x, y, rounds));
  return picture;
}

/** @param {Series} one @param {Axis} x @param {Axis} y @param {Rounds | null} rounds */
function line(one, x, y, rounds) {
  const style = `series ${one.name || "only"}`;
  /** @param {Place[]} points */
  const path = (points) => points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ");
  const dots = rounds || one.points.length === 1 ? one.points : [];
  return [
    ...stretches(one.points, rounds).map((points) => svg("polyline", { class: style, points: path(points) })),
    ...dots.map(([a, b]) => svg("circle", { class: style, cx: x(a), cy: y(b), r: 3 })),
  ];
}
