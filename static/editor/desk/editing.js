/** Changes to the selected person's pose and box, each one step of undo. Pure: a decided person stays as they are. */

import { frameOf, intoFrame, round } from "../geometry.js";
import { ABSENT, VISIBLE, isEdited, isUndecided, personOf, withPerson } from "./desk.js";
import { selectKeypoint, selectPerson } from "./selecting.js";
import { begunFrom, poseFrom } from "./opening.js";

/**
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Pose} Pose
 * @typedef {import("./desk.js").Change} Change @typedef {import("./desk.js").Start} Start @typedef {import("./desk.js").Begun} Begun
 * @typedef {import("../geometry.js").Spot} Spot @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../geometry.js").Point} Point
 */

/** What stands by one's own edits among what a person can start from. */
const EDITS = "Your own edits from before";

/**
 * Put the selected keypoint at a spot. Moves of one gesture (one drag) are one step of undo.
 * @param {Desk} desk @param {Spot} spot in image pixels; kept inside the frame @param {string | null} [gesture]
 * @returns {Desk}
 */
export function movePoint(desk, spot, gesture = null) {
  const { x, y } = intoFrame(spot, frameOf(desk.size));
  // An absent keypoint that is dragged is there again; a hidden one stays hidden.
  return changePoint(desk, (point) => [round(x), round(y), point[2] === ABSENT ? VISIBLE : point[2]], gesture);
}

/** Move the selected keypoint by a step, if it is present: by just so much, so that steps in a turned view add up.
 * @param {Desk} desk @param {Spot} step in image pixels */
export function nudge(desk, step) {
  const point = personOf(desk)?.pose.xyv[desk.keypoint];
  if (!point || point[2] === ABSENT) return desk;
  const { x, y } = intoFrame({ x: point[0] + step.x, y: point[1] + step.y }, frameOf(desk.size));
  // Not to a hundredth: under a turned view a step of 1 px has two odd parts, and ten of them must make 10 px.
  return changePoint(desk, () => [round(x, 1e6), round(y, 1e6), point[2]]);
}

/** Change the selected keypoint of an open person; a decided person stays as they are.
 * @param {Desk} desk @param {(point: Point) => Point} change @param {string | null} [gesture] @returns {Desk} */
export function changePoint(desk, change, gesture = null) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  const { xyv, touched, placed, undecided } = person.pose;
  const point = change(xyv[desk.keypoint]);
  // Setting what is set already counts once: it says that somebody looked.
  if (samePoint(point, xyv[desk.keypoint]) && touched[desk.keypoint] && !undecided[desk.keypoint]) return desk;
  const pose = {
    xyv: xyv.with(desk.keypoint, point),
    touched: touched.with(desk.keypoint, true),
    placed: placed.with(desk.keypoint, placed[desk.keypoint] || point[2] !== ABSENT),
    undecided: undecided.with(desk.keypoint, false),
  };
  return { ...changePose(desk, pose, gesture), placing: false, placeAs: VISIBLE };
}

/** @param {Point} one @param {Point} two */
function samePoint(one, two) {
  return one.every((value, i) => value === two[i]);
}

/** Give the selected person another pose, as one step of undo. @param {Desk} desk @param {Pose} pose
 * @param {string | null} [gesture] @param {Begun} [after] where the pose began, if not where theirs did @returns {Desk} */
export function changePose(desk, pose, gesture = null, after = undefined) {
  const { from, startedFrom, model, labelRevision, pose: before } = desk.persons[desk.person];
  const begun = after && { before: { from, startedFrom, model, labelRevision }, after };
  const last = goneOn(desk, gesture);
  const change = /** @type {const} */ ({
    kind: "pose", person: desk.person, keypoint: desk.keypoint, gesture, before: last?.kind === "pose" ? last.before : before, after: pose,
    ...(begun && { begun }),
  });
  return changed(withPerson(desk, desk.person, { pose, ...after }), change, last !== null);
}

/** Give the selected open person another box, which moves no keypoint. @param {Desk} desk @param {Box} box
 * @param {string | null} [gesture] changes of one gesture are one step of undo @returns {Desk} */
export function changeBox(desk, box, gesture = null) {
  const person = personOf(desk);
  if (person?.state !== "open" || sameBox(person.box, box)) return desk;
  // The very box the server has: whether somebody is edited is asked by identity.
  const back = sameBox(person.savedBox, box) ? person.savedBox : box;
  const last = goneOn(desk, gesture);
  const before = last?.kind === "box" ? last.before : person.box;
  return changed(withPerson(desk, desk.person, { box: back }), { kind: "box", person: desk.person, gesture, before, after: back }, last !== null);
}

/** @param {Box} one @param {Box} two */
function sameBox(one, two) {
  return one.x === two.x && one.y === two.y && one.width === two.width && one.height === two.height && one.angle === two.angle;
}

/** The last change, if what changes now is of the same gesture: the way back leads to where the gesture began.
 * @param {Desk} desk @param {string | null} gesture @returns {Change | null} */
function goneOn(desk, gesture) {
  const last = desk.past.at(-1);
  const isSame = last && "gesture" in last && gesture !== null && last.gesture === gesture && last.person === desk.person;
  return isSame ? last : null;
}

/** What was changed, remembered. @param {Desk} desk @param {Change} change @param {boolean} goesOn in place of the last one @returns {Desk} */
function changed(desk, change, goesOn) {
  return { ...desk, past: [...(goesOn ? desk.past.slice(0, -1) : desk.past), change], future: [] };
}

/** Clear the selected keypoint: it is not placed, as if nobody had said anything about it; the next click places it.
 * @param {Desk} desk @returns {Desk} */
export function clearKeypoint(desk) {
  const person = personOf(desk);
  if (person?.state !== "open" || isUndecided(person, desk.keypoint)) return desk;
  return selectKeypoint(changePose(desk, cleared(person.pose, [desk.keypoint])), desk.keypoint);
}

/** Clear every keypoint: they are placed in order again. @param {Desk} desk @returns {Desk} */
export function clearAll(desk) {
  const person = personOf(desk);
  if (person?.state !== "open" || person.pose.undecided.every(Boolean)) return desk;
  const bare = changePose(desk, cleared(person.pose, [...person.pose.xyv.keys()]));
  return selectKeypoint(bare, 0);
}

/** @param {Pose} pose @param {number[]} keypoints @returns {Pose} */
function cleared(pose, keypoints) {
  /** @template T @param {T[]} values @param {T} value */
  const swept = (values, value) => values.map((old, i) => (keypoints.includes(i) ? value : old));
  return {
    xyv: swept(pose.xyv, [0, 0, ABSENT]), touched: swept(pose.touched, false), placed: swept(pose.placed, false),
    undecided: swept(pose.undecided, true),
  };
}

/** All that the selected person could begin again from, the empty pose last. @param {Desk} desk @returns {Start[]} */
export function startsOf(desk) {
  /** @type {Start} */
  const empty = { xyv: desk.skeleton.keypoints.map(() => [0, 0, ABSENT]), from: "empty", prediction_id: null, model: null, undecided: [], revision: null };
  return [...(personOf(desk)?.starts ?? []), empty];
}

/** An image loaded anew, with what was edited in it here before among what its persons can begin from.
 * @param {Desk} fresh @param {Desk} before @returns {Desk} */
export function withEarlierEdits(fresh, before) {
  const persons = fresh.persons.map((person) => {
    const mine = before.persons.find((one) => one.id === person.id);
    if (!mine || !isEdited(mine)) return person;
    return { ...person, starts: startsWithEdits(person.starts, mine.pose) };
  });
  return { ...fresh, persons };
}

/** What was edited here before stands first among what one can begin from, and once: it may have come back from a draft as well.
 * @param {Start[]} starts @param {Pose} pose @returns {Start[]} */
export function startsWithEdits(starts, { xyv }) {
  const others = starts.filter(({ text, xyv: points }) => text !== EDITS || !points.every((point, i) => samePoint(point, xyv[i])));
  return [{ xyv, from: "label", prediction_id: null, model: null, undecided: [], revision: null, text: EDITS }, ...others];
}

/** The last change, undone and made again together with others. @param {Desk} desk @param {string} group @returns {Desk} */
export function inGroup(desk, group) {
  const last = desk.past.at(-1);
  return last?.kind === "pose" ? { ...desk, past: desk.past.with(-1, { ...last, group }) } : desk;
}

/** An earlier label in place of the one that counts, of the selected accepted person: they stay accepted; one step of undo.
 * @param {Desk} desk @param {Start} start @returns {Desk} */
export function relabelled(desk, start) {
  const begun = begunFrom(start);
  const there = changePose(desk, poseFrom(start.xyv, begun.from, start.undecided), null, begun);
  const last = there.past.at(-1);
  return last?.kind === "pose" ? { ...there, past: there.past.with(-1, { ...last, accepts: true }) } : there;
}

/** Begin the selected open person again, from another prediction, the previous label, or nothing; one step of undo.
 * @param {Desk} desk @param {Start} start @returns {Desk} */
export function beginFrom(desk, start) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  const after = begunFrom(start);
  const { offered, start: first } = person;
  const isOffered = after.from === offered.from && after.startedFrom === offered.startedFrom && after.model === offered.model &&
    after.labelRevision === offered.labelRevision && first?.xyv.every((point, i) => samePoint(point, start.xyv[i]));
  const pose = first && isOffered ? first : poseFrom(start.xyv, after.from, start.undecided);
  return selectPerson(changePose(desk, pose, null, after), desk.person);
}

/** Drop the edits of these persons: their prediction or label and their box are back, each a step of undo.
 * @param {Desk} desk @param {number[]} indices @returns {Desk} */
export function dropEdits(desk, indices) {
  const { person, keypoint } = desk;
  const dropped = indices.filter((index) => desk.persons[index].state === "open" && isEdited(desk.persons[index])).reduce(
    (now, index) => withoutEdits({ ...now, person: index }), desk);
  return { ...dropped, person, keypoint, placing: false, placeAs: VISIBLE };
}

/** @param {Desk} desk */
function withoutEdits(desk) {
  const { start, pose, savedBox, offered } = desk.persons[desk.person];
  const boxed = changeBox(desk, savedBox);
  return start && start !== pose ? changePose(boxed, start, null, offered) : boxed;
}
