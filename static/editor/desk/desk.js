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
 * @typedef {{name: string, keypoints: string[], edges: [number, number][], mirror: number[], sigmas: number[],
 *   sides?: ("left" | "right" | "middle")[]}} Skeleton
 * @typedef {"open" | "accepted" | "skipped" | "not_a_person"} PersonState
 * @typedef {{keypoint: number, score: number, reason: string}} Flag
 * @typedef {{xyv: Point[], touched: boolean[], placed: boolean[], undecided: boolean[]}} Pose
 *   placed: which keypoints have a place, so that an absent one made visible again returns to it.
 *   undecided: which ones nobody has decided about, so that they are not taken for absent without asking.
 * @typedef {"student" | "model" | "label" | "empty"} Source where a pose began: predicted by the student or by an imported
 *   model, labelled before, or nothing placed
 * @typedef {{from: Source, startedFrom: number | null, model: string | null}} Begun startedFrom: the prediction's id
 * @typedef {{xyv: Point[], from: Source, prediction_id: number | null, model: string | null, text?: string}} Start
 *   text: what it is called, where its source does not say it
 * @typedef {{id: number | string, key: number | string, revision: number, state: PersonState, reason: string | null, box: Box,
 *   savedBox: Box, score: number | null, flags: Flag[], keypointScores: number[] | null, startedFrom: number | null, from: Source,
 *   model: string | null, offered: Begun, starts: Start[], ghosts: Record<string, Point[]>, start: Pose | null, pose: Pose,
 *   problem: string | null, isUnknown: boolean}} Person
 *   start: the pose a reload would bring, null where it would bring another than ours. savedBox: the box the server has.
 *   from, startedFrom, model: where the pose began; offered: where the server let it begin; starts: all it could begin from.
 *   problem: why the server refused the last decision, in its words. isUnknown: added here, and refused by the server.
 *   key: the id they came with, which stays when the server gives somebody added here another.
 * @typedef {{state: PersonState, reason: string | null}} Verdict
 * @typedef {{kind: "pose", person: number, keypoint: number, gesture: string | null, before: Pose, after: Pose,
 *     begun?: {before: Begun, after: Begun}}
 *   | {kind: "box", person: number, gesture: string | null, before: Box, after: Box}
 *   | {kind: "verdict", person: number, before: Verdict, after: Verdict, group?: string}
 *   | {kind: "finished", person: number}
 *   | {kind: "added", person: number, before: number, box?: Box}} Change   group: decided, and undone, together.
 *   added: before is who was selected then; box: the one they had when they were taken off the list
 * @typedef {{imageId: number, fileName: string, camera: string, url: string, size: Size, leaseS: number,
 *   lens: Lens | null, remaining: number, round: number | null, skeleton: Skeleton, persons: Person[], removed: Person[],
 *   person: number, keypoint: number, placing: boolean, placeAs: 1 | 2, past: Change[], future: Change[]}} Desk
 *   lens: null where the camera is no fisheye. person: index of the selected one, -1 where the image has none. placing: the next click places `keypoint`, with
 *   the visibility `placeAs`. removed: added here and taken back, while the server still has to hear of it.
 */

import { frameOf, intoFrame, middleOf, round } from "../geometry.js";

export const ABSENT = 0;
export const HIDDEN = 1;
export const VISIBLE = 2;

/** How far beside its neighbour a keypoint begins, in diagonals of the box; and where else, if another one is there. */
const BESIDE = 0.08;
const RINGS = [1, 2, 3];
const SIDEWAYS = [0, 1, -1, 2, -2, 3].map((sixth) => (sixth * Math.PI) / 3);

/** A pointer that did not move is on the keypoint it placed last; coordinates are kept to a hundredth. */
const SAME_SPOT_PX = 0.02;

/** The reasons a person can be skipped for. */
export const SKIP_REASONS = ["blurred", "too small", "hidden", "other"];

// ---------------------------------------------------------------------------------------------- opening

/** The desk for a task as the server sends it: at the worst flag of the worst open person. @returns {Desk} */
export function openDesk(task) {
  const desk = {
    imageId: task.image.id,
    fileName: task.image.file_name,
    camera: task.image.camera,
    url: task.image.url,
    size: { width: task.image.width, height: task.image.height },
    leaseS: task.lease_s,
    lens: task.lens ?? null,
    remaining: task.remaining,
    round: task.round,
    skeleton: task.skeleton,
    persons: task.persons.map(personFrom),
    removed: [],
    person: -1,
    keypoint: 0,
    placing: false,
    placeAs: VISIBLE,
    past: [],
    future: [],
  };
  return selectPerson(desk, Math.max(nextOpen(desk), desk.persons.length ? 0 : -1));
}

/** A person as the server sends them, ready to edit. @returns {Person} */
export function personFrom(data) {
  const begun = begunFrom(data.start);
  const start = poseFrom(data.start.xyv, begun.from);
  return {
    id: data.id,
    key: data.id,
    revision: data.revision,
    state: data.state,
    reason: data.skip_reason ?? null,
    box: data.box,
    savedBox: data.box,
    score: data.score,
    flags: data.flags ?? [],
    keypointScores: data.keypoint_scores ?? null,
    ...begun,
    offered: begun,
    starts: data.starts ?? [],
    ghosts: data.ghosts ?? {},
    start,
    pose: start,
    problem: null,
    isUnknown: false,
  };
}

/** @param {Start} start @returns {Begun} */
function begunFrom(start) {
  const isEmpty = start.xyv.every((point) => point[2] === ABSENT);
  return { from: isEmpty ? "empty" : start.from, startedFrom: start.prediction_id ?? null, model: start.model ?? null };
}

/** A person drawn a moment ago: a box, and every keypoint still to place. @returns {Person} */
export function newPerson(id, box, count) {
  const xyv = Array.from({ length: count }, () => [0, 0, ABSENT]);
  return personFrom({
    id, revision: 0, state: "open", box, score: null, flags: [], start: { xyv, from: "empty", prediction_id: null },
    ghosts: {},
  });
}

/** A pose as it begins, nothing touched yet: of what is absent, a label and the student have decided so.
 * @param {Point[]} xyv @param {Source} from @returns {Pose} */
export function poseFrom(xyv, from) {
  const isOpen = from === "empty" || from === "model";
  return {
    xyv,
    touched: xyv.map(() => false),
    placed: xyv.map((point) => point[2] !== ABSENT),
    undecided: xyv.map((point) => isOpen && point[2] === ABSENT),
  };
}

// ---------------------------------------------------------------------------------------------- looking

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

/** The keypoint as a person would say it: "left ankle". @param {Skeleton} skeleton @param {number} keypoint */
export function spoken(skeleton, keypoint) {
  return skeleton.keypoints[keypoint].replace(/[_-]/g, " ");
}

/** What a name says of its side where the server does not: whole words anywhere, single letters as words of their own. */
const SIDE = /left|right|(?<![a-z])[lr](?![a-z])/i;

/** "left", "right" or "middle", as the server says. @param {Skeleton} skeleton @param {number} keypoint */
export function sideOf(skeleton, keypoint) {
  if (skeleton.mirror[keypoint] === keypoint) return "middle";
  if (skeleton.sides) return skeleton.sides[keypoint];
  const [side] = SIDE.exec(skeleton.keypoints[keypoint]) ?? [];
  return { l: "left", r: "right" }[side?.[0].toLowerCase()] ?? "middle";
}

/** The keypoint's name without its side, for both of a pair: "ankle" of left_ankle, "Shoulder" of LShoulder; its whole
 * name where nothing is left. @param {Skeleton} skeleton @param {number} keypoint */
export function sideless(skeleton, keypoint) {
  const own = spoken(skeleton, keypoint);
  const partner = spoken(skeleton, skeleton.mirror[keypoint]);
  const rest = SIDE.test(own) ? own.replace(SIDE, "") : shared(own, partner);
  return rest.replace(/\s+/g, " ").replace(/^[ .]+|[ .]+$/g, "") || own;
}

/** The words that two names share; of names of one word, the beginning and the end that they share. */
function shared(own, partner) {
  const [words, others] = [own.split(" "), partner.split(" ")];
  const same = words.filter((word, i) => word.toLowerCase() === others[i]?.toLowerCase());
  if (same.length || own === partner) return same.join(" ") || own;
  const [one, other] = [[...own], [...partner]];
  const alike = (a, b) => a !== undefined && a.toLowerCase() === b?.toLowerCase();
  const start = one.findIndex((char, i) => !alike(char, other[i]));
  const most = Math.min(one.length, other.length) - start;
  const end = [...Array(most).keys()].find((i) => !alike(one.at(-1 - i), other.at(-1 - i))) ?? most;
  return [...one.slice(0, start), ...one.slice(one.length - end)].join("");
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

/** What to save when this person is accepted: an absent keypoint the annotator cleared has no place.
 * @param {Person} person @returns {{xyv: Point[], touched: boolean[]}} */
export function labelOf(person) {
  const { xyv, touched } = person.pose;
  const cleared = (point, i) => point[2] === ABSENT && touched[i];
  return { xyv: xyv.map((point, i) => (cleared(point, i) ? [0, 0, ABSENT] : point)), touched };
}

// ---------------------------------------------------------------------------------------------- selecting

/** Select a person, at their worst flag; a person without any keypoint is placed in order. @returns {Desk} */
export function selectPerson(desk, index) {
  const person = desk.persons[index];
  if (!person) return { ...desk, person: -1, keypoint: 0, placing: false };
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
  return found === undefined || found === desk.person ? desk : selectPerson(desk, found);
}

/** Select a keypoint; an absent one of an open person waits for a click that places it. @returns {Desk} */
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

/**
 * On to the next keypoint: to the next one nobody has decided about, while there is any. The one that waits to be
 * placed is left out by this: it is decided absent.
 * @param {Desk} desk @returns {Desk}
 */
export function goOn(desk) {
  const person = personOf(desk);
  if (person?.state !== "open" || !countUndecided(person)) return stepKeypoint(desk, 1);
  if (!isUndecided(person, desk.keypoint)) return guideOn(desk, desk.keypoint);
  if (!desk.placing) return selectKeypoint(desk, desk.keypoint);
  return guideOn(changePoint(desk, () => [0, 0, ABSENT]), desk.keypoint);
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

function gapTarget(walk, person, step) {
  const later = walk.findIndex((spot) => spot.person >= person);
  const first = later === -1 ? 0 : later;
  if (step === 1) return first;
  const past = walk.findIndex((spot) => spot.person > person);
  return past === -1 ? -1 : past - 1;
}

/** Stop waiting for a click. @param {Desk} desk @returns {Desk} */
export function stopPlacing(desk) {
  return { ...desk, placing: false, placeAs: VISIBLE };
}

// ---------------------------------------------------------------------------------------------- editing

/**
 * Put the selected keypoint at a spot. Moves of one gesture (one drag) are one step of undo.
 * @param {Desk} desk @param {Spot} spot in image pixels; kept inside the frame @param {string | null} [gesture]
 * @returns {Desk}
 */
export function movePoint(desk, spot, gesture = null) {
  const { x, y } = intoFrame(spot, frameOf(desk.size));
  return changePoint(desk, (point) => [round(x), round(y), point[2] === ABSENT ? VISIBLE : point[2]], gesture);
}

/** Move the selected keypoint by a step, if it is present: by just so much, so that steps in a turned view add up.
 * @param {Desk} desk @param {Spot} step in image pixels */
export function nudge(desk, step) {
  const point = personOf(desk)?.pose.xyv[desk.keypoint];
  if (!point || point[2] === ABSENT) return desk;
  const { x, y } = intoFrame({ x: point[0] + step.x, y: point[1] + step.y }, frameOf(desk.size));
  return changePoint(desk, () => [round(x, 1e6), round(y, 1e6), point[2]]);
}

/**
 * Place the waiting keypoint, then wait for the next one nobody has decided about, going round, until none is left.
 * @param {Desk} desk @param {Spot} spot @param {1 | 2} visibility @returns {Desk}
 */
export function placePoint(desk, spot, visibility = desk.placeAs) {
  const { x, y } = intoFrame(spot, frameOf(desk.size));
  const placed = changePoint(desk, () => [round(x), round(y), visibility]);
  return placed === desk ? desk : guideOn(placed, desk.keypoint);
}

function guideOn(desk, from) {
  const person = personOf(desk);
  const order = person.pose.xyv.map((_, i) => (from + 1 + i) % person.pose.xyv.length);
  const next = order.find((i) => isUndecided(person, i));
  return next === undefined ? { ...desk, placing: false } : selectKeypoint(desk, next);
}

/**
 * Set the selected keypoint's visibility. One that never had a place gets one: where a teacher put it, else where the
 * pointer is, unless another one was put there; else the next click says where; else it begins beside its neighbour and
 * stays selected, for the arrows to move.
 * @param {Desk} desk @param {0 | 1 | 2} visibility
 * @param {{pointer?: Spot | null, byMouse?: boolean}} [hand] pointer: where it is over the image; byMouse: a click can follow
 * @returns {Desk}
 */
export function setVisibility(desk, visibility, { pointer = null, byMouse = false } = {}) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  if (visibility === ABSENT && isUndecided(person, desk.keypoint)) return goOn({ ...desk, placing: true });
  if (visibility === ABSENT || person.pose.placed[desk.keypoint]) {
    return changePoint(desk, (point) => [point[0], point[1], visibility]);
  }
  const isFree = pointer && isFreeOf(person.pose, pointer, SAME_SPOT_PX);
  const spot = teachersPlace(person, desk.keypoint) ?? (isFree ? pointer : null);
  if (spot) return placePoint(desk, spot, visibility);
  if (byMouse) return { ...desk, placing: true, placeAs: visibility };
  return placeByKeys({ ...desk, placeAs: visibility });
}

/** Whether the selected keypoint waits for a place, which an arrow gives it. @param {Desk} desk */
export function isAsked(desk) {
  const person = personOf(desk);
  return person?.state === "open" && (isUndecided(person, desk.keypoint) || (desk.placing && person.pose.xyv[desk.keypoint][2] === ABSENT));
}

/**
 * Place the keypoint that waits, by the keyboard alone: where it was before, else where a teacher put it, else beside its
 * neighbour, or in the middle of the box. It stays selected, to be moved. @param {Desk} desk @returns {Desk}
 */
export function placeByKeys(desk) {
  const person = personOf(desk);
  const [x, y] = person.pose.xyv[desk.keypoint];
  const spot = (person.pose.placed[desk.keypoint] ? { x, y } : teachersPlace(person, desk.keypoint)) ?? placeBeside(desk);
  return { ...placePoint(desk, spot), keypoint: desk.keypoint, placing: false };
}

/** Where a keypoint begins that nobody pointed at: a little further out than the neighbour that is placed, as limbs go;
 * without one, in the middle of the box. Where another one lies already, to its side: no two begin on one spot. */
function placeBeside({ skeleton: { edges }, size, keypoint, ...desk }) {
  const { box, pose } = personOf(desk);
  const middle = middleOf(box);
  const near = edges.filter((edge) => edge.includes(keypoint)).map(([a, b]) => (a === keypoint ? b : a));
  const neighbour = near.find((other) => pose.xyv[other][2] !== ABSENT);
  const [x, y] = neighbour === undefined ? [middle.x, middle.y] : pose.xyv[neighbour];
  const step = BESIDE * Math.hypot(box.width, box.height);
  const outwards = Math.hypot(x - middle.x, y - middle.y) < 1 ? Math.PI / 2 : Math.atan2(y - middle.y, x - middle.x);
  const around = RINGS.flatMap((ring) => SIDEWAYS.map((turn) => {
    return { x: x + ring * step * Math.cos(outwards + turn), y: y + ring * step * Math.sin(outwards + turn) };
  }));
  const inside = (neighbour === undefined ? [middle, ...around] : around).map((spot) => intoFrame(spot, frameOf(size)));
  return inside.find((spot) => isFreeOf(pose, spot, step / 2)) ?? inside[0];
}

/** Whether none of a pose's keypoints lies at a spot. @param {Pose} pose @param {Spot} spot @param {number} radius px */
function isFreeOf({ xyv }, { x, y }, radius) {
  return xyv.every((point) => point[2] === ABSENT || Math.hypot(point[0] - x, point[1] - y) >= radius);
}

/** Visible, hidden, absent, and round again. @param {Desk} desk @returns {Desk} */
export function cycleVisibility(desk, hand = {}) {
  const point = personOf(desk)?.pose.xyv[desk.keypoint];
  return point ? setVisibility(desk, (point[2] + 2) % 3, hand) : desk;
}

/** Where teacher A put a keypoint, else B. The mean of both would be a place that neither means. @returns {Spot | null} */
function teachersPlace({ ghosts }, keypoint) {
  const [x, y] = ghosts.A?.[keypoint] ?? ghosts.B?.[keypoint] ?? [];
  return x === undefined ? null : { x, y };
}

/** Change the selected keypoint of an open person; a decided person stays as they are. */
function changePoint(desk, change, gesture = null) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  const { xyv, touched, placed, undecided } = person.pose;
  const point = change(xyv[desk.keypoint]);
  if (samePoint(point, xyv[desk.keypoint]) && touched[desk.keypoint] && !undecided[desk.keypoint]) return desk;
  const pose = {
    xyv: xyv.with(desk.keypoint, point),
    touched: touched.with(desk.keypoint, true),
    placed: placed.with(desk.keypoint, placed[desk.keypoint] || point[2] !== ABSENT),
    undecided: undecided.with(desk.keypoint, false),
  };
  return { ...changePose(desk, pose, gesture), placing: false, placeAs: VISIBLE };
}

function samePoint(one, two) {
  return one.every((value, i) => value === two[i]);
}

/** Give the selected person another pose, as one step of undo. @param {Desk} desk @param {Pose} pose
 * @param {string | null} [gesture] @param {Begun} [after] where the pose began, if not where theirs did @returns {Desk} */
export function changePose(desk, pose, gesture = null, after = undefined) {
  const { from, startedFrom, model } = personOf(desk);
  const begun = after && { before: { from, startedFrom, model }, after };
  const change = { kind: "pose", person: desk.person, keypoint: desk.keypoint, gesture, after: pose, ...(begun && { begun }) };
  const next = changed(desk, change, "pose");
  return begun ? withPerson(next, desk.person, after) : next;
}

/** Give the selected open person another box, which moves no keypoint. @param {Desk} desk @param {Box} box
 * @param {string | null} [gesture] changes of one gesture are one step of undo @returns {Desk} */
export function changeBox(desk, box, gesture = null) {
  const person = personOf(desk);
  if (person?.state !== "open" || sameBox(person.box, box)) return desk;
  const back = sameBox(person.savedBox, box) ? person.savedBox : box;
  return changed(desk, { kind: "box", person: desk.person, gesture, after: back }, "box");
}

function sameBox(one, two) {
  return ["x", "y", "width", "height", "angle"].every((name) => one[name] === two[name]);
}

/** A change made and remembered; within one gesture, the way back leads to where the gesture began. */
function changed(desk, change, part) {
  const last = desk.past.at(-1);
  const goesOn = change.gesture !== null && last?.gesture === change.gesture && last.person === change.person;
  const before = goesOn ? last.before : desk.persons[change.person][part];
  return {
    ...withPerson(desk, change.person, { [part]: change.after }),
    past: [...(goesOn ? desk.past.slice(0, -1) : desk.past), { ...change, before }],
    future: [],
  };
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

function cleared(pose, keypoints) {
  const swept = (values, value) => values.map((old, i) => (keypoints.includes(i) ? value : old));
  return {
    xyv: swept(pose.xyv, [0, 0, ABSENT]), touched: swept(pose.touched, false), placed: swept(pose.placed, false),
    undecided: swept(pose.undecided, true),
  };
}

/** All that the selected person could begin again from, the empty pose last. @param {Desk} desk @returns {Start[]} */
export function startsOf(desk) {
  const empty = { xyv: desk.skeleton.keypoints.map(() => [0, 0, ABSENT]), from: "empty", prediction_id: null, model: null };
  return [...(personOf(desk)?.starts ?? []), empty];
}

/** An image loaded anew, with what was edited in it here before among what its persons can begin from.
 * @param {Desk} fresh @param {Desk} before @returns {Desk} */
export function withEarlierEdits(fresh, before) {
  const persons = fresh.persons.map((person) => {
    const mine = before.persons.find((one) => one.id === person.id);
    if (!mine || !isEdited(mine)) return person;
    const start = { xyv: mine.pose.xyv, from: "label", prediction_id: null, model: null, text: "Your own edits from before" };
    return { ...person, starts: [start, ...person.starts] };
  });
  return { ...fresh, persons };
}

/** Begin the selected open person again, from another prediction, the previous label, or nothing; one step of undo.
 * @param {Desk} desk @param {Start} start @returns {Desk} */
export function beginFrom(desk, start) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  const after = begunFrom(start);
  const isOffered = ["from", "startedFrom", "model"].every((name) => after[name] === person.offered[name]) &&
    person.start?.xyv.every((point, i) => samePoint(point, start.xyv[i]));
  const pose = isOffered ? person.start : poseFrom(start.xyv, after.from);
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

function withoutEdits(desk) {
  const { start, pose, savedBox, offered } = personOf(desk);
  const boxed = changeBox(desk, savedBox);
  return start && start !== pose ? changePose(boxed, start, null, offered) : boxed;
}

// ---------------------------------------------------------------------------------------------- deciding

/**
 * Decide about a person (or open them again). Undo takes it back.
 * @param {Desk} desk @param {number} index @param {Verdict} verdict @param {string} [group] decided together with others
 * @returns {Desk}
 */
export function decide(desk, index, verdict, group = undefined) {
  const { state, reason } = desk.persons[index];
  if (state === verdict.state) return desk;
  const change = { kind: "verdict", person: index, before: { state, reason }, after: verdict, ...(group && { group }) };
  return {
    ...withPerson(desk, index, { ...verdict, problem: null }),
    placing: false,
    past: [...desk.past, change],
    future: [],
  };
}

/** Say that nobody (else) is in the image. Undo takes it back. @param {Desk} desk @returns {Desk} */
export function finish(desk) {
  return { ...desk, past: [...desk.past, { kind: "finished", person: desk.person }], future: [] };
}

/** Why this person cannot be accepted as they are, or null. @param {Person} person */
export function whyNotAccept(person) {
  if (person.state !== "open") return "This person is already decided. Open them again to change anything.";
  if (!person.pose.xyv.some((point) => point[2] !== ABSENT)) {
    return "No keypoint is placed yet. Click a keypoint in the list, or press {keypoint-next}, to go on placing; or press {skip} to " +
      "skip, or {not-a-person} if nobody is there.";
  }
  return null;
}

/** The server refused a decision: the person is as before it, every edit kept, with the reason to show.
 * @param {Desk} desk @param {number} index @param {Verdict} verdict the one that holds @param {string} problem */
export function takeBack(desk, index, verdict, problem) {
  const stays = (change) => change.kind !== "verdict" || change.person !== index;
  return {
    ...withPerson(desk, index, { ...verdict, problem }),
    past: desk.past.filter(stays),
    future: desk.future.filter(stays),
  };
}

/** A person as the server now knows them. @param {Desk} desk @param {number} index @param {Partial<Person>} known */
export function withPerson(desk, index, known) {
  return { ...desk, persons: desk.persons.with(index, { ...desk.persons[index], ...known }) };
}

/** What the server says of somebody, listed or taken back meanwhile.
 * @param {Desk} desk @param {Person["key"]} key @param {Partial<Person>} known */
export function withKnown(desk, key, known) {
  const told = (person) => (person.key === key ? { ...person, ...known } : person);
  return { ...desk, persons: desk.persons.map(told), removed: desk.removed.map(told) };
}

/** Somebody of this desk, listed or taken back. @param {Desk} desk @param {Person["key"]} key @returns {Person} */
export function byKey(desk, key) {
  return [...desk.persons, ...desk.removed].find((person) => person.key === key);
}

/** One more person, selected. Undo takes them off the list. @param {Desk} desk @param {Person} person @returns {Desk} */
export function addPerson(desk, person) {
  const change = { kind: "added", person: desk.persons.length, before: desk.person };
  const more = { ...desk, persons: [...desk.persons, person], past: [...desk.past, change], future: [] };
  return selectPerson(more, change.person);
}

/** The server would not let somebody go: they are listed again, with the reason.
 * @param {Desk} desk @param {Person["key"]} key @param {string} problem */
export function listAgain(desk, key, problem) {
  const removed = desk.removed.filter((person) => person.key !== key);
  return { ...desk, removed, persons: [...desk.persons, { ...byKey(desk, key), problem }] };
}

/** The server has heard that somebody was taken back. @param {Desk} desk @param {Person["key"]} key @returns {Desk} */
export function forget(desk, key) {
  return { ...desk, removed: desk.removed.filter((person) => person.key !== key) };
}

// ---------------------------------------------------------------------------------------------- going back

/** Take the last change back. The desk itself where there is none. @param {Desk} desk @returns {Desk} */
export function undo(desk) {
  const change = desk.past.at(-1);
  if (!change) return desk;
  if (change.kind === "added") return takeOff(desk, change);
  return { ...put(desk, change, "before"), past: desk.past.slice(0, -1), future: [...desk.future, change] };
}

/** Off the list. To the server they are nobody then, so made again they are somebody new with the same box. */
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
export function redo(desk, key = undefined) {
  const change = desk.future.at(-1);
  if (!change) return desk;
  const future = desk.future.slice(0, -1);
  if (change.kind === "added") return { ...addPerson(desk, newPerson(key, change.box, desk.skeleton.keypoints.length)), future };
  return { ...put(desk, change, "after"), past: [...desk.past, change], future };
}

/**
 * A drag given up: its change is taken back as if it had never been made.
 * @param {Desk} desk @param {string} gesture @param {Change[]} future what could be made again before it @returns {Desk}
 */
export function abandon(desk, gesture, future) {
  return desk.past.at(-1)?.gesture === gesture ? { ...undo(desk), future } : desk;
}

/** @param {Desk} desk @param {Change} change @param {"before" | "after"} side */
function put(desk, change, side) {
  const value = change[side];
  const there = { ...desk, person: change.person, placing: false, placeAs: VISIBLE };
  if (change.kind === "finished") return there;
  if (change.kind === "verdict") return withPerson(there, change.person, { ...value, problem: null });
  if (change.kind === "box") return withPerson(there, change.person, { box: value });
  const { keypoint, begun } = change;
  const placing = desk.persons[change.person].state === "open" && !value.placed[keypoint] && !value.touched[keypoint];
  return { ...withPerson(there, change.person, { pose: value, ...begun?.[side] }), keypoint, placing };
}
