/** Giving a keypoint its place and its visibility, then waiting for the next one without. Pure. */

import { frameOf, intoFrame, middleOf, round } from "../geometry.js";
import { ABSENT, HIDDEN, VISIBLE, countUndecided, isUndecided, personOf } from "./desk.js";
import { selectKeypoint, stepKeypoint } from "./selecting.js";
import { changePoint } from "./editing.js";

/**
 * @typedef {import("./desk.js").Person} Person
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Pose} Pose
 * @typedef {import("../geometry.js").Spot} Spot
 * @typedef {{pointer?: Spot | null, byMouse?: boolean}} Hand pointer: where it is over the image; byMouse: a click can follow
 */

/** How far beside its neighbour a keypoint begins, in diagonals of the box; and where else, if another one is there. */
const BESIDE = 0.08;

const RINGS = [1, 2, 3];
const SIDEWAYS = [0, 1, -1, 2, -2, 3].map((sixth) => (sixth * Math.PI) / 3);

/** What comes after absent, hidden and visible. @type {(0 | 1 | 2)[]} */
const CYCLE = [VISIBLE, ABSENT, HIDDEN];

/** A pointer that did not move is on the keypoint it placed last; coordinates are kept to a hundredth. */
const SAME_SPOT_PX = 0.02;

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

/**
 * Place the waiting keypoint, then wait for the next one nobody has decided about, going round, until none is left.
 * @param {Desk} desk @param {Spot} spot @param {1 | 2} visibility @returns {Desk}
 */
export function placePoint(desk, spot, visibility = desk.placeAs) {
  const { x, y } = intoFrame(spot, frameOf(desk.size));
  const placed = changePoint(desk, () => [round(x), round(y), visibility]);
  return placed === desk ? desk : guideOn(placed, desk.keypoint);
}

/** @param {Desk} desk @param {number} from */
function guideOn(desk, from) {
  const person = desk.persons[desk.person];
  const order = person.pose.xyv.map((_, i) => (from + 1 + i) % person.pose.xyv.length);
  const next = order.find((i) => isUndecided(person, i));
  return next === undefined ? { ...desk, placing: false } : selectKeypoint(desk, next);
}

/**
 * Set the selected keypoint's visibility. One that never had a place gets one: where a teacher put it, else where the
 * pointer is, unless another one was put there; else the next click says where; else it begins beside its neighbour and
 * stays selected, for the arrows to move.
 * @param {Desk} desk @param {0 | 1 | 2} visibility
 * @param {Hand} [hand]
 * @returns {Desk}
 */
export function setVisibility(desk, visibility, { pointer = null, byMouse = false } = {}) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  // Absent is a decision about it, as leaving it out is: on to the next one.
  if (visibility === ABSENT && isUndecided(person, desk.keypoint)) return goOn({ ...desk, placing: true });
  if (visibility === ABSENT || person.pose.placed[desk.keypoint]) {
    return changePoint(desk, (point) => [point[0], point[1], visibility]);
  }
  // The pointer may rest where the last keypoint was put: two must not land on one spot.
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
  const person = desk.persons[desk.person];
  const [x, y] = person.pose.xyv[desk.keypoint];
  const spot = (person.pose.placed[desk.keypoint] ? { x, y } : teachersPlace(person, desk.keypoint)) ?? placeBeside(desk, person);
  return { ...placePoint(desk, spot), keypoint: desk.keypoint, placing: false };
}

/** Where a keypoint begins that nobody pointed at: a little further out than the neighbour that is placed, as limbs go;
 * without one, in the middle of the box. Where another one lies already, to its side: no two begin on one spot.
 * @param {Desk} desk @param {Person} person */
function placeBeside({ skeleton: { edges }, size, keypoint }, { box, pose }) {
  const middle = middleOf(box);
  const near = edges.filter((edge) => edge.includes(keypoint)).map(([a, b]) => (a === keypoint ? b : a));
  const neighbour = near.find((other) => pose.xyv[other][2] !== ABSENT);
  const [x, y] = neighbour === undefined ? [middle.x, middle.y] : pose.xyv[neighbour];
  const step = BESIDE * Math.hypot(box.width, box.height);
  // In the very middle no way leads outwards: downwards, then.
  const outwards = Math.hypot(x - middle.x, y - middle.y) < 1 ? Math.PI / 2 : Math.atan2(y - middle.y, x - middle.x);
  const around = RINGS.flatMap((ring) => SIDEWAYS.map((turn) => {
    return { x: x + ring * step * Math.cos(outwards + turn), y: y + ring * step * Math.sin(outwards + turn) };
  }));
  const inside = (neighbour === undefined ? [middle, ...around] : around).map((spot) => intoFrame(spot, frameOf(size)));
  // Every spot around may be taken in a crowd of keypoints: then the first will do, and an arrow moves it.
  return inside.find((spot) => isFreeOf(pose, spot, step / 2)) ?? inside[0];
}

/** Whether none of a pose's keypoints lies at a spot. @param {Pose} pose @param {Spot} spot @param {number} radius px */
function isFreeOf({ xyv }, { x, y }, radius) {
  return xyv.every((point) => point[2] === ABSENT || Math.hypot(point[0] - x, point[1] - y) >= radius);
}

/** Visible, hidden, absent, and round again. @param {Desk} desk @param {Hand} [hand] @returns {Desk} */
export function cycleVisibility(desk, hand = {}) {
  const point = personOf(desk)?.pose.xyv[desk.keypoint];
  return point ? setVisibility(desk, CYCLE[point[2]], hand) : desk;
}

/** Where teacher A put a keypoint, else B. The mean of both would be a place that neither means. @param {Person} person
 * @param {number} keypoint @returns {Spot | null} */
function teachersPlace({ ghosts }, keypoint) {
  const [x, y] = ghosts.A?.[keypoint] ?? ghosts.B?.[keypoint] ?? [];
  return x === undefined ? null : { x, y };
}
