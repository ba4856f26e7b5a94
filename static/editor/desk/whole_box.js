/** The selected open person's box, moved, turned and sized, and one to begin with. Pure: each is one step of undo; the pose stays. */

import { clamp, frameOf, middleOf, round } from "../geometry.js";
import { personOf } from "./desk.js";
import { changeBox } from "./editing.js";
import { dragBox, wrapped } from "./handles.js";

/**
 * @typedef {import("../geometry.js").Size} Size
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./handles.js").Grip} Grip @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../geometry.js").Spot} Spot
 */

export const LEAST_BOX_PX = 6;

/** The box is its own frame. @param {Desk} desk @returns {Box | null} */
export function frame(desk) {
  const person = personOf(desk);
  return person?.state === "open" ? person.box : null;
}

/** Pull what was taken hold of to a spot. @param {Desk} desk @param {Grip} grip @param {Spot} to in image pixels
 * @param {{snap: boolean}} how snap: turns end at whole steps @returns {Desk} */
export function pull(desk, { handle, frame: box, start, gesture }, to, { snap }) {
  return changeBox(desk, dragBox(box, handle, start, to, { least: LEAST_BOX_PX, size: desk.size, snap }), gesture);
}

/** Nothing is shown but the box itself. @returns {null} */
export function framePulled() {
  return null;
}

/** @param {Desk} desk @param {Spot} by in image pixels @returns {Desk} */
export function step(desk, { x, y }) {
  const person = personOf(desk);
  if (!person) return desk;
  const middle = middleOf(person.box);
  const to = { x: middle.x + x, y: middle.y + y };
  return changeBox(desk, dragBox(person.box, "inside", middle, to, { least: LEAST_BOX_PX, size: desk.size }));
}

/** @param {Desk} desk @param {number} degrees clockwise @returns {Desk} */
export function turn(desk, degrees) {
  const person = personOf(desk);
  return person ? changeBox(desk, { ...person.box, angle: wrapped(person.box.angle + degrees) }) : desk;
}

/** Wider and taller about its middle. @param {Desk} desk @param {Spot} more in image pixels @returns {Desk} */
export function resize(desk, more) {
  const person = personOf(desk);
  if (!person) return desk;
  const { box } = person;
  const middle = middleOf(box);
  const room = box.angle ? { x: Infinity, y: Infinity } : roomAbout(middle, desk.size);
  const width = clamp(box.width + more.x, LEAST_BOX_PX, Math.max(room.x, box.width));
  const height = clamp(box.height + more.y, LEAST_BOX_PX, Math.max(room.y, box.height));
  return changeBox(desk, { ...box, x: round(middle.x - width / 2), y: round(middle.y - height / 2), width, height });
}

/** A box to begin with where nobody can drag one: as large as the others in the image, about a spot.
 * @param {Desk} desk @param {Spot} at in image pixels @param {number} angle degrees @returns {Box} */
export function boxAbout(desk, at, angle) {
  const { size } = desk;
  const sides = desk.persons.map(({ box }) => Math.max(box.width, box.height)).sort((a, b) => a - b);
  // The median: one giant or one child in the image says nothing about the next person.
  const side = round(Math.min(sides[Math.floor(sides.length / 2)] ?? Math.min(size.width, size.height) / 6, size.width, size.height));
  const frame = angle ? { left: 0, top: 0, right: size.width, bottom: size.height } : frameOf(size);
  const half = angle ? 0 : side / 2;
  const middle = {
    x: clamp(at.x, frame.left + half, frame.right - half), y: clamp(at.y, frame.top + half, frame.bottom - half),
  };
  return { x: round(middle.x - side / 2), y: round(middle.y - side / 2), width: side, height: side, angle };
}

/** How wide and tall a level box about a spot can be within the picture. @param {Spot} spot @param {Size} size */
function roomAbout({ x, y }, size) {
  const frame = frameOf(size);
  return { x: 2 * Math.min(x - frame.left, frame.right - x), y: 2 * Math.min(y - frame.top, frame.bottom - y) };
}
