/** A pose as the paths of a small drawing: limbs, keypoints in their side's shape, rings where flags are. Pure, no DOM. */

import { ABSENT, HIDDEN } from "../editor/desk/desk.js";
import { sideOf } from "../editor/desk/keypoint_names.js";

/**
 * @typedef {import("../editor/desk/desk.js").Skeleton} Skeleton
 * @typedef {import("../editor/geometry.js").Point} Point
 * @typedef {import("../editor/desk/desk.js").Side} Side
 * @typedef {{kind: "limb" | "visible" | "hidden" | "flag", side: Side | null, path: string}} Mark   path: an SVG path's d
 */

/** @type {Side[]} */
const SIDES = ["left", "middle", "right"];
/** @type {("hidden" | "visible")[]} */
const KINDS = ["hidden", "visible"];
const RING = 2.6;

/**
 * The marks in the order to draw them; one path for all that look alike, none for what there is not.
 * @param {Point[]} xyv in px of the drawing @param {Skeleton} skeleton @param {{flagged: number[], radius: number}} how
 * @returns {Mark[]}
 */
export function marksOf(xyv, skeleton, { flagged, radius }) {
  const sides = xyv.map((_, keypoint) => sideOf(skeleton, keypoint));
  /** @param {number} keypoint */
  const isThere = (keypoint) => xyv[keypoint][2] !== ABSENT;
  const limbs = skeleton.edges.filter(([a, b]) => isThere(a) && isThere(b));
  /** @param {Side} side @param {boolean} isHidden */
  const alike = (side, isHidden) => [...xyv.keys()].filter((k) => isThere(k) && sides[k] === side && (xyv[k][2] === HIDDEN) === isHidden);
  /** @param {[number, number]} limb @returns {Side} */
  const sideOfLimb = ([a, b]) => (sides[a] === sides[b] ? sides[a] : "middle");
  /** @type {Mark[]} */
  const marks = [
    ...SIDES.map((side) => /** @type {Mark} */ ({ kind: "limb", side, path: limbs.filter((limb) => sideOfLimb(limb) === side).map((limb) => line(xyv, limb)).join("") })),
    ...KINDS.flatMap((kind) => SIDES.map((side) => (
      { kind, side, path: alike(side, kind === "hidden").map((k) => shape(side, xyv[k], radius)).join("") }))),
    { kind: "flag", side: null, path: flagged.filter(isThere).map((k) => disc(xyv[k], RING * radius)).join("") },
  ];
  // A page of 60 tiles has a few hundred paths so, and thousands with one element a keypoint.
  return marks.filter(({ path }) => path);
}

/** @param {Point[]} xyv @param {[number, number]} limb */
function line(xyv, [a, b]) {
  return `M${at(xyv[a])}L${at(xyv[b])}`;
}

/** As in the editor: a disc for left, a square for right, a diamond for the middle. @param {Side} side @param {Point} point @param {number} radius */
function shape(side, point, radius) {
  if (side === "left") return disc(point, radius);
  const [x, y] = point;
  if (side === "right") return `M${at([x - radius, y - radius])}h${round(2 * radius)}v${round(2 * radius)}h${round(-2 * radius)}z`;
  const reach = 1.3 * radius;
  return `M${at([x, y - reach])}L${at([x + reach, y])}L${at([x, y + reach])}L${at([x - reach, y])}z`;
}

/** @param {Point} at @param {number} radius */
function disc([x, y], radius) {
  /** @param {number} width */
  const half = (width) => `a${round(radius)} ${round(radius)} 0 1 0 ${round(width)} 0`;
  return `M${at([x - radius, y])}${half(2 * radius)}${half(-2 * radius)}z`;
}

/** @param {number[]} spot */
function at([x, y]) {
  return `${round(x)} ${round(y)}`;
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(1));
}
