/** The selected open person's whole pose, moved, turned and sized. Pure: each is one step of undo; the box stays. */

import { around, clamp, frameOf, intoFrame, isInFrame, middleOf, round } from "../geometry.js";
import { ABSENT, personOf } from "./desk.js";
import { changePose } from "./editing.js";
import { frameOfPose, middleOfPose, poseDrag, scaling, transformPose, turning } from "./handles.js";

/**
 * @typedef {import("../geometry.js").Point} Point
 * @typedef {import("../geometry.js").Size} Size
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Pose} Pose @typedef {import("./handles.js").Grip} Grip
 * @typedef {import("./handles.js").Matrix} Matrix @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../geometry.js").Spot} Spot
 */

const SCALE_STEP = 1.02;

/** The frame about the pose, as it lies on the screen; null where nothing is placed.
 * @param {Desk} desk @param {number} turn the view's, in radians clockwise @returns {Box | null} */
export function frame(desk, turn) {
  const person = personOf(desk);
  return person?.state === "open" ? frameOfPose(person.pose, turn) : null;
}

/** Pull what was taken hold of to a spot. @param {Desk} desk @param {Grip} grip @param {Spot} to in image pixels
 * @param {{snap: boolean}} how snap: turns go by 15 degrees @returns {Desk} */
export function pull(desk, { handle, frame: box, pose, start, gesture }, to, { snap }) {
  const matrix = poseDrag(box, handle, start, to, { snap });
  const inside = { x: matrix[0][2], y: matrix[1][2] };
  return carried(desk, pose, handle === "inside" ? stepInside(pose, inside, desk.size) : matrix, gesture);
}

/** The frame as it is shown while it is pulled: it turns and grows with the pose. @param {Grip} grip
 * @param {Spot} to in image pixels @param {{snap: boolean}} how @returns {Box} */
export function framePulled({ handle, frame: box, start }, to, { snap }) {
  const [[a, c, e], [b, d, f]] = poseDrag(box, handle, start, to, { snap });
  const middle = middleOf(box);
  const [x, y] = [a * middle.x + c * middle.y + e, b * middle.x + d * middle.y + f];
  const scale = Math.hypot(a, b);
  const [width, height] = [box.width * scale, box.height * scale];
  return { x: x - width / 2, y: y - height / 2, width, height, angle: box.angle + (Math.atan2(b, a) * 180) / Math.PI };
}

/** As far as the picture has room. @param {Desk} desk @param {Spot} by in image pixels @returns {Desk} */
export function step(desk, { x, y }) {
  const person = personOf(desk);
  return person ? carried(desk, person.pose, stepInside(person.pose, { x, y }, desk.size)) : desk;
}

/** @param {Desk} desk @param {number} degrees clockwise @returns {Desk} */
export function turn(desk, degrees) {
  const person = personOf(desk);
  return person ? carried(desk, person.pose, turning(degrees, middleOfPose(person.pose))) : desk;
}

/** Larger or smaller about its middle. @param {Desk} desk @param {Spot} more steps: right and down make it larger @returns {Desk} */
export function resize(desk, more) {
  const person = personOf(desk);
  return person ? carried(desk, person.pose, scaling(SCALE_STEP ** (more.x + more.y), middleOfPose(person.pose))) : desk;
}

/** The selected open person's pose carried over; the same desk where that would push a keypoint out of the picture, for
 * one that is held at the border is not where it belongs.
 * @param {Desk} desk @param {Pose} pose @param {Matrix | null} matrix @param {string | null} [gesture] @returns {Desk} */
function carried(desk, pose, matrix, gesture = null) {
  const person = personOf(desk);
  const after = matrix ? transformPose(pose, matrix) : pose;
  // Clamping each keypoint at the border would bend the pose; the step is not made instead.
  if (person?.state !== "open" || after.xyv.some((point, i) => leaves(pose.xyv[i], point, desk.size))) return desk;
  const xyv = after.xyv.map(([x, y, v]) => /** @type {import("../geometry.js").Point} */ ([round(x, 1e6), round(y, 1e6), v]));
  return after === person.pose ? desk : { ...changePose(desk, { ...after, xyv }, gesture), placing: false };
}

/** @param {Point} before @param {Point} after @param {Size} size */
function leaves([x, y, visibility], [nextX, nextY], size) {
  return visibility !== ABSENT && isInFrame({ x, y }, size) && !isInFrame({ x: nextX, y: nextY }, size);
}

/** As much of a step as the pose has room for. @param {Pose} pose @param {Spot} step @param {Size} size @returns {Matrix} */
function stepInside(pose, step, size) {
  const frame = frameOf(size);
  const spots = pose.xyv.filter((point) => point[2] !== ABSENT).map(([x, y]) => intoFrame({ x, y }, frame));
  if (!spots.length) return [[1, 0, 0], [0, 1, 0]];
  const { left, top, right, bottom } = around(spots);
  return [
    [1, 0, clamp(step.x, frame.left - left, frame.right - right)],
    [0, 1, clamp(step.y, frame.top - top, frame.bottom - bottom)],
  ];
}
