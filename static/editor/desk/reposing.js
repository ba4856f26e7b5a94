/** The selected open person's pose exchanged, mirrored, or copied from an earlier frame. Pure: each is one step of undo. */

import { clamp, frameOf, intoFrame, middleOf, round, uprightAngle } from "../geometry.js";
import { ABSENT, personOf } from "./desk.js";
import { changePose } from "./editing.js";
import { middleOfPose, similarity, transformPose } from "./handles.js";
import { limbOf, mirrorPose, swapSides } from "./limbs.js";

/**
 * @typedef {import("./desk.js").Begun} Begun
 * @typedef {import("../geometry.js").Lens} Lens
 * @typedef {import("../geometry.js").Point} Point
 * @typedef {import("../geometry.js").Rect} Rect
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Pose} Pose @typedef {import("../geometry.js").Box} Box
 */

/** Where a copied pose began: with a label, and with no prediction of this person. @type {Begun} */
const COPIED = { from: "label", startedFrom: null, model: null, labelRevision: null };
const COPY_SCALE = { least: 0.5, most: 2 };

/** Left and right of the whole person exchanged. @param {Desk} desk @returns {Desk} */
export function swapPerson(desk) {
  return swapped(desk, [...desk.skeleton.keypoints.keys()]);
}

/** Left and right exchanged of the limb that the selected keypoint belongs to; the same desk where it has no side.
 * @param {Desk} desk @returns {Desk} */
export function swapLimb(desk) {
  return swapped(desk, limbOf(desk.skeleton, desk.keypoint));
}

/** Left and right of these keypoints exchanged with their partners. @param {Desk} desk @param {number[]} keypoints @returns {Desk} */
export function swapped(desk, keypoints) {
  return reposed(desk, (pose) => (keypoints.length ? swapSides(desk.skeleton, pose, keypoints) : pose));
}

/** The pose as a mirror shows it, about the line upright on the screen through its middle. @param {Desk} desk
 * @param {number} turn the view's, in radians clockwise @returns {Desk} */
export function mirror(desk, turn) {
  return reposed(desk, (pose) => {
    const at = middleOfPose(pose);
    return at ? mirrorPose(desk.skeleton, pose, { at, turn }) : pose;
  });
}

/**
 * The pose of the same person in an earlier frame, moved, turned and scaled as their box was since: under a fisheye
 * people turn with where they stand. With an unchanged box it is copied as it is. Nobody has looked at it yet: what was
 * flagged stays flagged.
 * @param {Desk} desk @param {{box: Box, xyv: import("../geometry.js").Point[]}} earlier @returns {Desk}
 */
export function copyFrom(desk, { box, xyv }) {
  const nowhere = xyv.map(() => false);
  const pose = { xyv, touched: nowhere, placed: xyv.map((point) => point[2] !== ABSENT), undecided: nowhere };
  const here = personOf(desk)?.box ?? box;
  return reposed(desk, () => transformPose({ ...pose }, boxToBox(box, here, desk.lens)), null, COPIED);
}

/** What carries one box's middle, upright direction and size to another's. @param {Box} from @param {Box} to @param {Lens | null} lens */
function boxToBox(from, to, lens) {
  const [a, b] = [middleOf(from), middleOf(to)];
  // Under an overhead fisheye whoever walks around the middle turns as well.
  const angle = lens ? uprightAngle(b, lens) - uprightAngle(a, lens) : 0;
  /** @param {Box} box */
  const diagonal = (box) => Math.hypot(box.width, box.height);
  // A box drawn badly in one of the frames must not blow the pose up.
  const scale = clamp(diagonal(to) / diagonal(from), COPY_SCALE.least, COPY_SCALE.most);
  return similarity(scale * Math.cos(angle), scale * Math.sin(angle), a, b);
}

/** The selected open person in another pose, each keypoint kept inside the picture; the same desk where nothing changed.
 * @param {Desk} desk @param {(pose: Pose) => Pose} change @param {string | null} [gesture] @param {Begun} [begun] @returns {Desk} */
function reposed(desk, change, gesture = null, begun = undefined) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  const pose = change(person.pose);
  if (pose === person.pose) return desk;
  const frame = frameOf(desk.size);
  const xyv = pose.xyv.map((point, i) => (pose.placed[i] ? inside(point, frame) : point));
  return { ...changePose(desk, { ...pose, xyv }, gesture, begun), placing: false };
}

/** @param {Point} point @param {Rect} frame @returns {Point} */
function inside([x, y, visibility], frame) {
  const kept = intoFrame({ x, y }, frame);
  return [round(kept.x, 1e6), round(kept.y, 1e6), visibility];
}
