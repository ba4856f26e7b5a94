/** Who in an earlier frame of the camera is the same person: by where they stood. Pure. */

import { around, cornersOf, middleOf } from "../geometry.js";

/**
 * @typedef {import("../geometry.js").Rect} Rect
 * @typedef {import("../geometry.js").Box} Box
 * @typedef {{id: number, box: Box, xyv: import("../geometry.js").Point[], from: string}} Earlier somebody in an earlier frame
 */

const LEAST_OVERLAP = 0.1;
/** Nobody walks further from one frame to the next, in diagonals of the box. */
const FARTHEST = 0.75;

/** How much of two boxes is common to both, 0 to 1: of the upright rectangles around them. @param {Box} one @param {Box} two */
export function overlap(one, two) {
  const [a, b] = [around(cornersOf(one)), around(cornersOf(two))];
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  /** @param {import("../geometry.js").Rect} rect */
  const area = (rect) => (rect.right - rect.left) * (rect.bottom - rect.top);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** The person whose box overlaps most, else whose middle is nearest; null where nobody is near enough.
 * @template {{box: Box}} T @param {Box} box @param {T[]} persons @returns {T | null} */
export function samePerson(box, persons) {
  const most = best(persons, (person) => overlap(box, person.box));
  // Overlap first: in a crowd the nearest middle is often a neighbour's.
  if (most && overlap(box, most.box) >= LEAST_OVERLAP) return most;
  const near = best(persons, (person) => -distance(box, person.box));
  return near && distance(box, near.box) <= FARTHEST * Math.hypot(box.width, box.height) ? near : null;
}

/** @param {Box} one @param {Box} two */
function distance(one, two) {
  const [a, b] = [middleOf(one), middleOf(two)];
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** @template T @param {T[]} persons @param {(person: T) => number} score @returns {T | null} */
function best(persons, score) {
  return persons.length ? persons.reduce((one, two) => (score(two) > score(one) ? two : one)) : null;
}
