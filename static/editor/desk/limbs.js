/** Left and right of a skeleton: which keypoints make a limb, and poses with their sides exchanged or mirrored. Pure. */

import { ABSENT } from "./desk.js";
import { sideOf } from "./keypoint_names.js";

/** @typedef {import("./desk.js").Skeleton} Skeleton @typedef {import("./desk.js").Pose} Pose
 *  @typedef {import("./desk.js").Point} Point */

/** A gap between left and right smaller than this part of the box's diagonal says nothing about which is which. */
const LEAST_GAP = 0.06;
/** Exchanged, the keypoints must lie at most this part as far from what every network says. */
const SUSPECT_BELOW = 0.5;

/**
 * The limb a keypoint belongs to, none for a keypoint without a side. A limb hangs on a root: a keypoint with an edge to
 * its own partner or to the middle, such as a shoulder, a hip, an eye. Every other one belongs to the root of its side
 * that is the fewest edges away, the first of the skeleton's where two are.
 * @param {Skeleton} skeleton @param {number} keypoint @returns {number[]} indices in the skeleton's order
 */
export function limbOf(skeleton, keypoint) {
  if (skeleton.mirror[keypoint] === keypoint) return [];
  const roots = rootsOf(skeleton);
  const mine = roots[keypoint];
  return [...skeleton.keypoints.keys()].filter((k) => roots[k] === mine && sideOf(skeleton, k) === sideOf(skeleton, keypoint));
}

/** The root each keypoint hangs on; one that reaches none has its own part's first keypoint; null without a side.
 * @param {Skeleton} skeleton @returns {(number | null)[]} */
function rootsOf(skeleton) {
  const { keypoints, mirror, edges } = skeleton;
  const near = keypoints.map((_, k) => edges.filter((edge) => edge.includes(k)).map(([a, b]) => (a === k ? b : a)));
  /** @param {number} k */
  const hasSide = (k) => mirror[k] !== k;
  /** @param {number} k */
  const isRoot = (k) => hasSide(k) && near[k].some((other) => other === mirror[k] || !hasSide(other));
  const roots = keypoints.map((_, k) => (isRoot(k) ? k : null));
  /** @param {number[]} from */
  const spread = (from) => {
    for (let front = from; front.length; ) {
      const reached = front.flatMap((k) => near[k].filter((other) => hasSide(other) && roots[other] === null &&
        sideOf(skeleton, other) === sideOf(skeleton, k)).map((other) => [other, k]));
      front = reached.filter(([other, k]) => roots[other] === null && (roots[other] = roots[k]) !== null).map(([other]) => other);
    }
  };
  spread([...keypoints.keys()].filter(isRoot));
  for (const k of keypoints.keys()) {
    if (!hasSide(k) || roots[k] !== null) continue;
    roots[k] = k;
    spread([k]);
  }
  return roots;
}

/** Left and right of these keypoints exchanged with their partners: places, visibility, and what is decided about them.
 * The pose itself where none of them has a place.
 * @param {Skeleton} skeleton @param {Pose} pose @param {number[]} keypoints @returns {Pose} */
export function swapSides(skeleton, pose, keypoints) {
  const { mirror } = skeleton;
  const chosen = new Set(keypoints.flatMap((k) => [k, mirror[k]]));
  /** @param {number} k */
  const isMoved = (k) => chosen.has(k) && mirror[k] !== k && (pose.placed[k] || pose.placed[mirror[k]]);
  /** @template T @param {T[]} values @returns {T[]} */
  const exchanged = (values) => values.map((value, k) => (isMoved(k) ? values[mirror[k]] : value));
  if (![...chosen].some(isMoved)) return pose;
  return {
    xyv: exchanged(pose.xyv),
    placed: exchanged(pose.placed),
    undecided: exchanged(pose.undecided),
    // Exchanging sides is a decision about both, unless what came over was never decided.
    touched: pose.touched.map((touched, k) => (isMoved(k) ? !pose.undecided[mirror[k]] : touched)),
  };
}

/**
 * The pose as a mirror shows it: every placed keypoint reflected across the line through `at` that is upright on the
 * screen, and its name exchanged with its partner's, as training mirrors persons (the skeleton's mirror permutation).
 * @param {Skeleton} skeleton @param {Pose} pose
 * @param {{at: import("../geometry.js").Spot, turn: number}} axis turn: the view's, in radians clockwise @returns {Pose}
 */
export function mirrorPose(skeleton, pose, { at, turn }) {
  if (!pose.placed.some(Boolean)) return pose;
  const across = { x: Math.cos(turn), y: -Math.sin(turn) };
  /** @param {Point} point @returns {Point} */
  const reflected = ([x, y, visibility]) => {
    const far = 2 * ((x - at.x) * across.x + (y - at.y) * across.y);
    return [x - far * across.x, y - far * across.y, visibility];
  };
  const flipped = {
    ...pose,
    xyv: pose.xyv.map((point, k) => (pose.placed[k] ? reflected(point) : point)),
    touched: pose.touched.map((touched, k) => touched || pose.placed[k]),
  };
  return swapSides(skeleton, flipped, [...skeleton.keypoints.keys()]);
}

/**
 * The limbs that look exchanged with their partners: with left and right swapped they would lie less than half as far
 * from what teacher A says, and from what B says. A hint, not more; nothing where there are no teachers.
 * @param {import("./desk.js").Person} person @param {Skeleton} skeleton @returns {number[][]} limbs of the left side
 */
export function swappedSuspects({ pose, ghosts, box }, skeleton) {
  const teachers = [ghosts.A, ghosts.B].filter(Boolean);
  if (!teachers.length) return [];
  // In parts of the person: a gap of 10 px is much of a child far away and little of somebody near.
  const leastGap = LEAST_GAP * Math.hypot(box.width, box.height);
  return leftLimbs(skeleton).filter((limb) => {
    const telling = limb.filter((k) => isTelling(pose.xyv[k], pose.xyv[skeleton.mirror[k]], leastGap));
    // Both teachers must say so: either may be the one that has them exchanged.
    return telling.length > 0 && teachers.every((said) => isNearerSwapped(skeleton, pose.xyv, said, telling));
  });
}

/** @param {Skeleton} skeleton */
function leftLimbs(skeleton) {
  const limbs = [...skeleton.keypoints.keys()].filter((k) => sideOf(skeleton, k) === "left").map((k) => limbOf(skeleton, k));
  // Each keypoint of a limb names the same limb; once is enough.
  return limbs.filter((limb, i) => limbs.findIndex((other) => other[0] === limb[0]) === i);
}

/** @param {Point} one @param {Point} two @param {number} leastGap */
function isTelling(one, two, leastGap) {
  return one[2] !== ABSENT && two[2] !== ABSENT && distance(one, two) >= leastGap;
}

/** @param {Skeleton} skeleton @param {Point[]} xyv @param {Point[]} said @param {number[]} keypoints */
function isNearerSwapped({ mirror }, xyv, said, keypoints) {
  /** @param {(k: number) => number} named */
  const off = (named) => keypoints.reduce(
    (sum, k) => sum + distance(xyv[named(k)], said[k]) + distance(xyv[named(mirror[k])], said[mirror[k]]), 0);
  return off((k) => mirror[k]) < SUSPECT_BELOW * off((k) => k);
}

/** @param {Point} one @param {Point} two */
function distance(one, two) {
  return Math.hypot(one[0] - two[0], one[1] - two[1]);
}
