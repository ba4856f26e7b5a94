/**
 * One image on the annotator's desk: its persons, what is selected, and every change with its way back.
 * Pure: each function takes a desk and returns a new one; nothing here knows the DOM, the network or the clock.
 *
 * @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../geometry.js").Lens} Lens
 * @typedef {import("../geometry.js").Spot} Spot
 * @typedef {import("../geometry.js").Point} Point
 * @typedef {import("../geometry.js").Size} Size
 *
 * @typedef {import("../../shared/contract.d.ts").SkeletonPayload} Skeleton
 * @typedef {Skeleton["sides"][number]} Side
 * @typedef {import("../../shared/contract.d.ts").PersonPayload["state"]} PersonState
 * @typedef {import("../../shared/contract.d.ts").FlagPayload} Flag
 * @typedef {{xyv: Point[], touched: boolean[], placed: boolean[], undecided: boolean[]}} Pose
 *   placed: which keypoints have a place, so that an absent one made visible again returns to it.
 *   undecided: which ones nobody has decided about, so that they are not taken for absent without asking.
 * @typedef {import("../../shared/contract.d.ts").StartPayload["from"]} Source where a pose began: predicted by the student or by an imported
 *   model, labelled before, or nothing placed
 * @typedef {{from: Source, startedFrom: number | null, model: string | null, labelRevision: number | null}} Begun startedFrom: the
 *   prediction's id; labelRevision: which of the person's labels, null where it was none
 * @typedef {import("../../shared/contract.d.ts").StartPayload & {text?: string}} Start
 *   text: what it is called, where its source does not say it
 * @typedef {{id: number | string, key: number | string, revision: number, state: PersonState, reason: string | null, box: Box,
 *   savedBox: Box, score: number | null, flags: Flag[], keypointScores: (number | null)[] | null, startedFrom: number | null, from: Source,
 *   model: string | null, labelRevision: number | null, offered: Begun, starts: Start[], ghosts: Record<string, Point[]>, start: Pose | null, pose: Pose,
 *   problem: string | null, conflict: Conflict | null, isUnknown: boolean, review: import("../../shared/contract.d.ts").ReviewNotePayload | null}} Person
 *   start: the pose a reload would bring, null where it would bring another than ours. savedBox: the box the server has.
 *   from, startedFrom, model, labelRevision: where the pose began; offered: where the server let it begin; starts: all it could begin from.
 *   review: why a reviewer sent them back, or that one corrected them.
 *   problem: why the server refused the last decision, in its words; conflict: where somebody else had decided meanwhile. isUnknown: added here, and refused by the server.
 *   key: the id they came with, which stays when the server gives somebody added here another.
 * @typedef {{state: PersonState, reason: string | null}} Verdict
 * @typedef {{revision: number, state: PersonState, by: string, at: string | null, what: string, xyv: Point[] | null}} Theirs what another
 *   decided, in words; xyv: the label that counts, null without one
 * @typedef {{verdict: Verdict, theirs: Theirs | null}} Conflict verdict: one's own, refused; theirs: null until it is known
 * @typedef {{kind: "pose", person: number, keypoint: number, gesture: string | null, before: Pose, after: Pose,
 *     begun?: {before: Begun, after: Begun}, group?: string, accepts?: true}
 *   | {kind: "box", person: number, gesture: string | null, before: Box, after: Box}
 *   | {kind: "verdict", person: number, before: Verdict, after: Verdict, group?: string}
 *   | {kind: "finished", person: number}
 *   | {kind: "added", person: number, before: number, box?: Box}} Change   group: decided, and undone, together.
 *   accepts: the pose of somebody accepted, who stays so: it is their label as it is made, and undone.
 *   added: before is who was selected then; box: the one they had when they were taken off the list
 * @typedef {{imageId: number, fileName: string, camera: string, url: string, size: Size, leaseS: number,
 *   lens: Lens | null, remaining: number, round: number | null, skeleton: Skeleton, persons: Person[], removed: Person[],
 *   person: number, keypoint: number, placing: boolean, placeAs: 1 | 2, past: Change[], future: Change[]}} Desk
 *   lens: null where the camera is no fisheye. person: index of the selected one, -1 where the image has none. placing: the next click places `keypoint`, with
 *   the visibility `placeAs`. removed: added here and taken back, while the server still has to hear of it.
 */

export const ABSENT = /** @type {const} */ (0);
export const HIDDEN = /** @type {const} */ (1);
export const VISIBLE = /** @type {const} */ (2);

/** The selected person, or null where the image has none. @param {Desk} desk @returns {Person | null} */
export function personOf(desk) {
  return desk.persons[desk.person] ?? null;
}

/** The worst person still open, or -1. Persons come worst first. @param {Desk} desk */
export function nextOpen(desk) {
  return desk.persons.findIndex((person) => person.state === "open");
}

/** Whether everybody is decided, and there is somebody. @param {Desk} desk */
export function isDone(desk) {
  return desk.persons.length > 0 && nextOpen(desk) === -1;
}

/** Whether the annotator moved or set anything of this person, their box too. @param {Person} person */
export function isEdited(person) {
  return person.pose !== person.start || person.box !== person.savedBox;
}

/** Whether some open person has edits that no Accept has saved. @param {Desk} desk */
export function hasDrafts(desk) {
  return desk.persons.some((person) => person.state === "open" && isEdited(person));
}

/** The flag on a keypoint, or null. @param {Person} person @param {number} keypoint @returns {Flag | null} */
export function flagOf(person, keypoint) {
  return person.flags.find((flag) => flag.keypoint === keypoint) ?? null;
}

/** Whether nobody has decided about a keypoint: the person began without it, or it was cleared.
 * @param {Person} person @param {number} keypoint */
export function isUndecided({ pose }, keypoint) {
  return pose.undecided[keypoint];
}

/** How many keypoints nobody has decided about. @param {Person} person */
export function countUndecided({ pose }) {
  return pose.undecided.filter(Boolean).length;
}

/** A person as the server now knows them. @param {Desk} desk @param {number} index @param {Partial<Person>} known
 * @returns {Desk} */
export function withPerson(desk, index, known) {
  return { ...desk, persons: desk.persons.with(index, { ...desk.persons[index], ...known }) };
}

/** What the server says of somebody, listed or taken back meanwhile.
 * @param {Desk} desk @param {Person["key"]} key @param {Partial<Person>} known */
export function withKnown(desk, key, known) {
  /** @param {Person} person */
  const told = (person) => (person.key === key ? { ...person, ...known } : person);
  return { ...desk, persons: desk.persons.map(told), removed: desk.removed.map(told) };
}

/** Somebody of this desk, listed or taken back. @param {Desk} desk @param {Person["key"]} key
 * @returns {Person | undefined} */
export function byKey(desk, key) {
  return [...desk.persons, ...desk.removed].find((person) => person.key === key);
}
