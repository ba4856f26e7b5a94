/** Who and what is selected, and the ways to step on from there. Pure: each gives the next desk. */

import { ABSENT, VISIBLE, nextOpen, personOf } from "./desk.js";

/** @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").PersonState} PersonState */

/** Select a person, at their worst flag; a person without any keypoint is placed in order.
 * @param {Desk} desk @param {number} index @returns {Desk} */
export function selectPerson(desk, index) {
  const person = desk.persons[index];
  if (!person) return { ...desk, person: -1, keypoint: 0, placing: false };
  // Placing in order starts by itself only where nothing is placed: elsewhere a click must not add a keypoint.
  const bare = person.state === "open" && !person.pose.placed.some(Boolean);
  const keypoint = bare ? 0 : person.flags[0]?.keypoint ?? 0;
  return { ...desk, person: index, keypoint, placing: bare, placeAs: VISIBLE };
}

/** The person `step` places on, going round. @param {Desk} desk @param {number} step @returns {Desk} */
export function stepPerson(desk, step) {
  const count = desk.persons.length;
  return count ? selectPerson(desk, (desk.person + step + count) % count) : desk;
}

/** The next person, going round, who is in this state; the same desk where there is no other.
 * @param {Desk} desk @param {PersonState} wanted @returns {Desk} */
export function stepTo(desk, wanted) {
  const order = desk.persons.map((_, i) => (desk.person + 1 + i) % desk.persons.length);
  const found = order.find((index) => desk.persons[index].state === wanted);
  // The walk ends at the person it began at, who is no other.
  return found === undefined || found === desk.person ? desk : selectPerson(desk, found);
}

/** Where an image begins: at who is selected, if they are still open, else at the first person who is; the same desk where
 * nobody is open. @param {Desk} desk @returns {Desk} */
export function atOpen(desk) {
  const first = nextOpen(desk);
  return first === -1 || personOf(desk)?.state === "open" ? desk : selectPerson(desk, first);
}

/** Select a keypoint; an absent one of an open person waits for a click that places it.
 * @param {Desk} desk @param {number} keypoint @returns {Desk} */
export function selectKeypoint(desk, keypoint) {
  const person = personOf(desk);
  if (!person) return desk;
  const placing = person.state === "open" && person.pose.xyv[keypoint][2] === ABSENT;
  return { ...desk, keypoint, placing, placeAs: VISIBLE };
}

/** The keypoint `step` places on, going round. @param {Desk} desk @param {number} step @returns {Desk} */
export function stepKeypoint(desk, step) {
  const count = desk.skeleton.keypoints.length;
  return selectKeypoint(desk, (desk.keypoint + step + count) % count);
}

/** Every flag of every open person, worst person first. @param {Desk} desk */
export function flagWalk(desk) {
  return desk.persons.flatMap((person, index) =>
    person.state === "open" ? person.flags.map((flag) => ({ person: index, keypoint: flag.keypoint })) : [],
  );
}

/**
 * The next (step 1) or previous (step -1) flag from here, going round. From a keypoint without a flag the walk goes
 * on at this person's first (or last) flag. The same desk where no open person has a flag.
 * @param {Desk} desk @param {1 | -1} step @returns {Desk}
 */
export function stepFlag(desk, step) {
  const walk = flagWalk(desk);
  if (!walk.length) return desk;
  const here = walk.findIndex((spot) => spot.person === desk.person && spot.keypoint === desk.keypoint);
  const target = here >= 0 ? here + step : gapTarget(walk, desk.person, step);
  const { person, keypoint } = walk[(target + walk.length) % walk.length];
  return selectKeypoint({ ...desk, person }, keypoint);
}

/** Where a walk goes on from a person without a flag at hand. @param {{person: number}[]} walk @param {number} person @param {1 | -1} step */
function gapTarget(walk, person, step) {
  const later = walk.findIndex((spot) => spot.person >= person);
  const first = later === -1 ? 0 : later;
  if (step === 1) return first;
  const past = walk.findIndex((spot) => spot.person > person);
  // -1 goes round to the last flag of all, as the caller adds the length of the walk.
  return past === -1 ? -1 : past - 1;
}

/** Stop waiting for a click. @param {Desk} desk @returns {Desk} */
export function stopPlacing(desk) {
  return { ...desk, placing: false, placeAs: VISIBLE };
}
