/** Every change taken back and made again. Pure: the way is in the desk's past and future. */

import { VISIBLE, withPerson } from "./desk.js";
import { selectPerson } from "./selecting.js";
import { newPerson } from "./opening.js";
import { addPerson } from "./deciding.js";

/**
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Person} Person
 * @typedef {import("./desk.js").Change} Change
 */

/** Who was added has a box when they are taken off the list. */
const NOWHERE = { x: 0, y: 0, width: 1, height: 1, angle: 0 };

/** Take the last change back. The desk itself where there is none. @param {Desk} desk @returns {Desk} */
export function undo(desk) {
  const change = desk.past.at(-1);
  if (!change) return desk;
  if (change.kind === "added") return takeOff(desk, change);
  return { ...put(desk, change, "before"), past: desk.past.slice(0, -1), future: [...desk.future, change] };
}

/** Off the list. To the server they are nobody then, so made again they are somebody new with the same box.
 * @param {Desk} desk @param {Extract<Change, {kind: "added"}>} change @returns {Desk} */
function takeOff(desk, change) {
  const { person: index, before } = change;
  const less = {
    ...desk, persons: desk.persons.toSpliced(index, 1), removed: [...desk.removed, desk.persons[index]],
    past: desk.past.slice(0, -1), future: [...desk.future, { ...change, box: desk.persons[index].savedBox }],
  };
  return selectPerson(less, before);
}

/** Make the change last taken back again. @param {Desk} desk @param {Person["key"]} [key] for somebody added again
 * @returns {Desk} */
export function redo(desk, key = "") {
  const change = desk.future.at(-1);
  if (!change) return desk;
  const future = desk.future.slice(0, -1);
  if (change.kind === "added") return { ...addPerson(desk, newPerson(key, change.box ?? NOWHERE, desk.skeleton.keypoints.length)), future };
  return { ...put(desk, change, "after"), past: [...desk.past, change], future };
}

/**
 * A drag given up: its change is taken back as if it had never been made.
 * @param {Desk} desk @param {string} gesture @param {Change[]} future what could be made again before it @returns {Desk}
 */
export function abandon(desk, gesture, future) {
  const last = desk.past.at(-1);
  return last && "gesture" in last && last.gesture === gesture ? { ...undo(desk), future } : desk;
}

/** @param {Desk} desk @param {Change} change @param {"before" | "after"} side @returns {Desk} */
function put(desk, change, side) {
  /** @type {Desk} */
  const there = { ...desk, person: change.person, placing: false, placeAs: VISIBLE };
  if (change.kind === "finished") return there;
  if (change.kind === "verdict") return withPerson(there, change.person, { ...change[side], problem: null, conflict: null });
  if (change.kind === "box") return withPerson(there, change.person, { box: change[side] });
  if (change.kind === "added") return there;
  const { keypoint, begun, [side]: value } = change;
  // A misplaced keypoint taken back waits for its click again, as before it.
  const placing = desk.persons[change.person].state === "open" && !value.placed[keypoint] && !value.touched[keypoint];
  return { ...withPerson(there, change.person, { pose: value, ...begun?.[side] }), keypoint, placing };
}
