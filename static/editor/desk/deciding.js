/** What is decided about persons and the image, and what the server's refusals take back. Pure; saving is server/decisions.js. */

import { ABSENT, byKey, withPerson } from "./desk.js";
import { selectPerson } from "./selecting.js";

/**
 * @typedef {import("./desk.js").Change} Change
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Person} Person
 * @typedef {Pick<Extract<Change, {kind: "pose"}>, "before" | "begun">} Relabelled what is back where another label is refused
 * @typedef {import("./desk.js").Verdict} Verdict @typedef {import("../geometry.js").Point} Point
 */

/** The reasons a person can be skipped for. */
export const SKIP_REASONS = ["blurred", "too small", "hidden", "too dark", "other"];
/** Those that a lead may skip everybody for. */
export const UNLABELABLE = ["too small", "too dark"];

/** What to save when this person is accepted: an absent keypoint has no place, unless a label that nobody changed says one.
 * @param {Person} person @returns {{xyv: Point[], touched: boolean[]}} */
export function labelOf(person) {
  const { xyv, touched } = person.pose;
  /** @param {Point} point @param {number} i */
  const cleared = (point, i) => point[2] === ABSENT && (touched[i] || person.from !== "label");
  return { xyv: xyv.map((point, i) => /** @type {Point} */ (cleared(point, i) ? [0, 0, ABSENT] : point)), touched };
}

/**
 * Decide about a person (or open them again). Undo takes it back.
 * @param {Desk} desk @param {number} index @param {Verdict} verdict @param {string} [group] decided together with others
 * @returns {Desk}
 */
export function decide(desk, index, verdict, group = undefined) {
  const { state, reason } = desk.persons[index];
  if (state === verdict.state) return desk;
  /** @type {Change} */
  const change = { kind: "verdict", person: index, before: { state, reason }, after: verdict, ...(group && { group }) };
  return {
    ...withPerson(desk, index, { ...verdict, problem: null, conflict: null }),
    placing: false,
    past: [...desk.past, change],
    future: [],
  };
}

/** Say that nobody (else) is in the image. Undo takes it back. @param {Desk} desk @returns {Desk} */
export function finish(desk) {
  return { ...desk, past: [...desk.past, { kind: "finished", person: desk.person }], future: [] };
}

/** Why this open person cannot be accepted as they are, or null. @param {Person} person */
export function whyNotAccept(person) {
  if (!person.pose.xyv.some((point) => point[2] !== ABSENT)) {
    return "No keypoint is placed yet. Click a keypoint in the list, or press {keypoint-next}, to go on placing; or press {skip} to " +
      "skip, or {not-a-person} if nobody is there.";
  }
  return null;
}

/** The server refused a decision: the person is as before it, every edit kept, with the reason to show.
 * @param {Desk} desk @param {number} index @param {Verdict} verdict the one that holds @param {string} problem */
export function takeBack(desk, index, verdict, problem) {
  /** @param {Change} change */
  const stays = (change) => change.kind !== "verdict" || change.person !== index;
  return {
    ...withPerson(desk, index, { ...verdict, problem }),
    past: desk.past.filter(stays),
    future: desk.future.filter(stays),
  };
}

/** The server refused another label of somebody accepted: the one before it is on the desk again, with the reason to show.
 * @param {Desk} desk @param {number} index @param {Relabelled} change @param {string} problem @returns {Desk} */
export function takeLabelBack(desk, index, change, problem) {
  /** @param {Change} one */
  const stays = (one) => one.kind !== "pose" || !one.accepts || one.person !== index;
  return {
    ...withPerson(desk, index, { pose: change.before, ...change.begun?.before, problem }), past: desk.past.filter(stays),
    future: desk.future.filter(stays),
  };
}

/** One more person, selected. Undo takes them off the list. @param {Desk} desk @param {Person} person @returns {Desk} */
export function addPerson(desk, person) {
  /** @type {Change} */
  const change = { kind: "added", person: desk.persons.length, before: desk.person };
  const more = { ...desk, persons: [...desk.persons, person], past: [...desk.past, change], future: [] };
  return selectPerson(more, change.person);
}

/** The server would not let somebody go: they are listed again, with the reason.
 * @param {Desk} desk @param {Person["key"]} key @param {string} problem */
export function listAgain(desk, key, problem) {
  const person = byKey(desk, key);
  if (!person) return desk;
  const removed = desk.removed.filter((one) => one.key !== key);
  return { ...desk, removed, persons: [...desk.persons, { ...person, problem }] };
}

/** The server has heard that somebody was taken back. @param {Desk} desk @param {Person["key"]} key @returns {Desk} */
export function forget(desk, key) {
  return { ...desk, removed: desk.removed.filter((person) => person.key !== key) };
}
