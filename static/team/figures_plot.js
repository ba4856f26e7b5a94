/** One annotator's weeks as bars from zero, in the page's colours; the weeks of nothing have none. */

import { say, scale, ticks } from "../lead/scale.js";
import { svg } from "../shared/dom.js";
import { sayPlot, sayWeek } from "./figures_words.js";

/** @typedef {import("./figures_words.js").Figure} Figure @typedef {import("./figures_words.js").Measure} Measure */

const WIDTH = 360;
const HEIGHT = 132;
const INSIDE = { left: 40, right: 6, top: 18, bottom: 22 };
const NAMED = 6;

/** @param {{measure: Measure, name: string, weeks: string[], figures: Figure[], most: number}} what most: what the axis reaches at least */
export function plot({ measure, name, weeks, figures, most }) {
  const steps = ticks(0, most || 1, { wanted: 3 });
  const y = scale([0, steps[steps.length - 1]], [HEIGHT - INSIDE.bottom, INSIDE.top]);
  const wide = (WIDTH - INSIDE.left - INSIDE.right) / weeks.length;
  const picture = svg("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": sayPlot(measure, name, figures) });
  picture.append(svg("text", { class: "tick", x: INSIDE.left - 8, y: 10, "text-anchor": "start" }, measure.axis));
  for (const value of steps) {
    picture.append(svg("line", { class: "grid", x1: INSIDE.left, x2: WIDTH - INSIDE.right, y1: y(value), y2: y(value) }));
    picture.append(svg("text", { class: "tick", x: INSIDE.left - 8, y: y(value) + 4, "text-anchor": "end" }, say(value, steps[1])));
  }
  const every = Math.ceil(weeks.length / NAMED);
  for (const [at, week] of weeks.entries()) {
    const middle = INSIDE.left + (at + 0.5) * wide;
    // from the newest back, which always has its name
    if ((weeks.length - 1 - at) % every === 0) picture.append(svg("text", { class: "tick", x: middle, y: HEIGHT - 6, "text-anchor": "middle" }, sayWeek(week)));
    const found = figures.find((one) => one.week === week);
    if (found) picture.append(...bar(measure, found, middle, wide * 0.66, y));
  }
  return picture;
}

/** @param {Measure} measure @param {Figure} one @param {number} middle @param {number} wide @param {(value: number) => number} y */
function bar(measure, one, middle, wide, y) {
  const { value, low, high } = measure.of(one);
  if (value === null) return [];
  const words = svg("title", {}, `${one.week}: ${measure.say(one)}`);
  const drawn = [svg("rect", { class: "bar-of", x: middle - wide / 2, y: y(value), width: wide, height: Math.max(0, y(0) - y(value)) }, words)];
  if (low === null || high === null) return drawn;
  return [...drawn, svg("line", { class: "reach", x1: middle, x2: middle, y1: y(low), y2: y(high) })];
}
