/**
 * A frame with handles, to move, turn and size what is in it: a box, or a whole pose. Pure; all in image pixels.
 *
 * @typedef {import("../geometry.js").Box} Box @typedef {import("../geometry.js").Spot} Spot @typedef {import("./desk.js").Pose} Pose
 * @typedef {[[number, number, number], [number, number, number]]} Matrix  2x3: x' = m[0][0] x + m[0][1] y + m[0][2]
 * @typedef {{handle: string, frame: Box, start: Spot, pose: Pose, gesture: string}} Grip what was taken hold of, and where:
 *   moves of one gesture are one step of undo
 */

import { around, clamp, cornersOf, frameOf, intoFrame, isInside, levelAngle, middleOf, round } from "../geometry.js";
import { ABSENT } from "./desk.js";

/**
 * @typedef {import("../geometry.js").Rect} Rect
 * @typedef {import("../geometry.js").Size} Size
 */

/** Where the handles are, in halves of the box's own width and height. @type {Record<string, [number, number]>} */
const HANDLES = { nw: [-1, -1], n: [0, -1], ne: [1, -1], e: [1, 0], se: [1, 1], s: [0, 1], sw: [-1, 1], w: [-1, 0] };
const SNAP_DEGREES = 15;
const LEAST_SCALE = 0.05;
/** A frame narrower than this is pulled as if it were so wide: a hand's tremor must not blow the pose up. */
const LEAST_ARM = 12;
const ORIGIN = { x: 0, y: 0 };

// ---------------------------------------------------------------------------------------------- the frame

/** The rectangle around the present keypoints, level on the screen, one pixel wide at least; null where none is present.
 * @param {Pose} pose @param {number} turn the view's, in radians clockwise @returns {Box | null} */
export function frameOfPose(pose, turn) {
  const spots = presentIn(pose);
  if (!spots.length) return null;
  const angle = levelAngle(turn);
  const axes = axesOf(angle);
  const { left, top, right, bottom } = around(spots.map((spot) => ({ x: dot(spot, axes[0]), y: dot(spot, axes[1]) })));
  const middle = from(ORIGIN, axes, (left + right) / 2, (top + bottom) / 2);
  // A single keypoint, or a row of them, has no width to take hold of.
  return boxAround(middle, Math.max(right - left, 1), Math.max(bottom - top, 1), angle);
}

/** Every handle's place: the eight around, "turn" outside the upper edge by `reach`, "middle".
 * @param {Box} box @param {number} [reach] @returns {Record<string, Spot>} */
export function handlesOf(box, reach = 0) {
  const [middle, axes] = [middleOf(box), axesOf(box.angle)];
  /** @param {number[]} halves */
  const place = ([i, j]) => from(middle, axes, (i * box.width) / 2, (j * box.height) / 2);
  const eight = Object.fromEntries(Object.entries(HANDLES).map(([name, halves]) => [name, place(halves)]));
  return { ...eight, turn: from(middle, axes, 0, -box.height / 2 - reach), middle };
}

/** The nearest handle's name, else "inside", else null. @param {Box} box @param {Spot} spot @param {number} radius how near
 * counts @param {number} reach how far the turning handle stands out */
export function handleAt(box, spot, radius, reach) {
  const { middle, ...handles } = handlesOf(box, reach);
  const far = Object.entries(handles).map(([name, at]) => ({ name, distance: Math.hypot(at.x - spot.x, at.y - spot.y) }));
  const nearest = far.reduce((one, two) => (two.distance < one.distance ? two : one));
  // Handles go before the inside: on a small box they lie over all of it.
  if (nearest.distance <= radius) return nearest.name;
  return isInside(box, spot) ? "inside" : null;
}

/** Where the middle of a frame's upper edge is, and its corners, for painting. @param {Box} frame */
export function outlineOf(frame) {
  const corners = cornersOf(frame);
  return { corners, top: { x: (corners[0].x + corners[1].x) / 2, y: (corners[0].y + corners[1].y) / 2 } };
}

// ---------------------------------------------------------------------------------------------- boxes

/**
 * A box after one of its handles went from one spot to another. The opposite corner or edge stays where it is in the
 * image, turned boxes too; nothing becomes smaller than `least`. A level box stays in the picture; so does a turned one's
 * middle: a pull that would carry it out changes nothing.
 * @param {Box} box @param {string} handle @param {Spot} start @param {Spot} end
 * @param {{least: number, size: import("../geometry.js").Size, snap?: boolean}} how size: of the image; snap: turns end at
 *   multiples of 15 degrees @returns {Box}
 */
export function dragBox(box, handle, start, end, { least, size, snap = false }) {
  // The same object, so that a press without a drag makes no change.
  if (start.x === end.x && start.y === end.y) return box;
  if (handle === "turn") return turnedBox(box, box.angle + degreesBetween(middleOf(box), start, end), snap);
  const step = { x: end.x - start.x, y: end.y - start.y };
  return handle in HANDLES ? sizedBox(box, HANDLES[handle], step, { least, size }) : movedBox(box, step, size);
}

/** @param {Box} box @param {number} angle @param {boolean} snap */
function turnedBox(box, angle, snap) {
  return { ...box, angle: wrapped(snap ? Math.round(angle / SNAP_DEGREES) * SNAP_DEGREES : angle) };
}

/** The same direction in (-180, 180] degrees. @param {number} angle */
export function wrapped(angle) {
  // JavaScript's remainder has the sign of what is divided, hence twice.
  const turned = round((((angle + 180) % 360) + 360) % 360) - 180;
  return round(turned === -180 ? 180 : turned);
}

/** @param {Box} box @param {Spot} step @param {Size} size */
function movedBox(box, step, size) {
  const frame = frameOf(size);
  const middle = middleOf(box);
  if (box.angle) {
    const { x, y } = intoFrame({ x: middle.x + step.x, y: middle.y + step.y }, middlesOf(size));
    return { ...box, x: round(x - box.width / 2), y: round(y - box.height / 2) };
  }
  // A box wider than the picture lies at its left or upper edge, and does not turn the limits around.
  const most = { x: Math.max(frame.right - box.width, frame.left), y: Math.max(frame.bottom - box.height, frame.top) };
  return { ...box, x: round(clamp(box.x + step.x, frame.left, most.x)), y: round(clamp(box.y + step.y, frame.top, most.y)) };
}

/** @param {Box} box @param {number[]} halves @param {Spot} step @param {{least: number, size: Size}} how */
function sizedBox(box, [i, j], step, { least, size }) {
  const axes = axesOf(box.angle);
  const room = box.angle ? { width: Infinity, height: Infinity } : roomFor(box, [i, j], frameOf(size));
  const width = i ? clamp(box.width + i * dot(step, axes[0]), least, Math.max(room.width, least)) : box.width;
  const height = j ? clamp(box.height + j * dot(step, axes[1]), least, Math.max(room.height, least)) : box.height;
  const middle = from(middleOf(box), axes, (i * (width - box.width)) / 2, (j * (height - box.height)) / 2);
  // Clamped, the opposite corner would move with it; a pull that changes nothing is easier to understand.
  if (box.angle && !isIn(middle, middlesOf(size))) return box;
  const { x, y } = boxAround(middle, width, height, box.angle);
  return { x: round(x), y: round(y), width: round(width), height: round(height), angle: box.angle };
}

/** Where the middle of a turned box may lie. @param {Size} size @returns {Rect} */
function middlesOf({ width, height }) {
  return { left: 0, top: 0, right: width, bottom: height };
}

/** @param {Spot} spot @param {Rect} rect */
function isIn({ x, y }, { left, top, right, bottom }) {
  return x >= left && x <= right && y >= top && y <= bottom;
}

/** How large a level box can be drawn without leaving the picture. @param {Box} box @param {number[]} halves @param {Rect} frame */
function roomFor(box, [i, j], frame) {
  return {
    width: i > 0 ? frame.right - box.x : box.x + box.width - frame.left,
    height: j > 0 ? frame.bottom - box.y : box.y + box.height - frame.top,
  };
}

// ---------------------------------------------------------------------------------------------- poses

/**
 * What a pull at a handle of a pose's frame does to the pose: inside moves it, a corner or an edge scales it alike both
 * ways about the one opposite, "turn" turns it about the frame's middle. It never mirrors, nor shrinks below a twentieth.
 * @param {Box} frame @param {string} handle @param {Spot} start @param {Spot} end @param {{snap?: boolean}} [how] @returns {Matrix}
 */
export function poseDrag(frame, handle, start, end, { snap = false } = {}) {
  if (handle === "turn") {
    const degrees = degreesBetween(middleOf(frame), start, end);
    return turned(snap ? Math.round(degrees / SNAP_DEGREES) * SNAP_DEGREES : degrees, middleOf(frame));
  }
  if (!(handle in HANDLES)) return [[1, 0, end.x - start.x], [0, 1, end.y - start.y]];
  const [i, j] = HANDLES[handle];
  /** @param {1 | -1} side */
  const place = (side) => from(middleOf(frame), axesOf(frame.angle), (side * i * frame.width) / 2, (side * j * frame.height) / 2);
  const [held, fixed] = [place(1), place(-1)];
  const arm = { x: held.x - fixed.x, y: held.y - fixed.y };
  // Along the arm alone: to the side of it a pull would change the size at a whim.
  const pull = dot({ x: end.x - start.x, y: end.y - start.y }, arm) / Math.max(dot(arm, arm), LEAST_ARM ** 2);
  // Below 0 it would mirror the pose, and nothing brings a pose of size 0 back.
  return similarity(Math.max(1 + pull, LEAST_SCALE), 0, fixed, fixed);
}

/** Every placed keypoint carried over; that looks at none of them, so what was flagged stays flagged. The pose itself where nothing moves.
 * @param {Pose} pose @param {Matrix} matrix @returns {Pose} */
export function transformPose(pose, [[a, c, e], [b, d, f]]) {
  if (a === 1 && d === 1 && b === 0 && c === 0 && e === 0 && f === 0) return pose;
  return {
    ...pose,
    xyv: pose.xyv.map(([x, y, v], k) => (pose.placed[k] ? [a * x + c * y + e, b * x + d * y + f, v] : [x, y, v])),
  };
}

/** The mean of the present keypoints: turned or scaled about it, a pose keeps it. Null where none is present.
 * @param {Pose} pose @returns {Spot | null} */
export function middleOfPose(pose) {
  const spots = presentIn(pose);
  /** @param {"x" | "y"} axis */
  const mean = (axis) => spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length;
  return spots.length ? { x: mean("x"), y: mean("y") } : null;
}

// ---------------------------------------------------------------------------------------------- shared

/** @param {number} degrees clockwise @param {Spot | null} about @returns {Matrix | null} null about nothing */
export function turning(degrees, about) {
  return about && turned(degrees, about);
}

/** @param {number} degrees clockwise @param {Spot} about @returns {Matrix} */
function turned(degrees, about) {
  const angle = (degrees * Math.PI) / 180;
  return similarity(Math.cos(angle), Math.sin(angle), about, about);
}

/** @param {number} factor @param {Spot | null} about @returns {Matrix | null} null about nothing */
export function scaling(factor, about) {
  return about && similarity(factor, 0, about, about);
}

/** The matrix [a -b; b a] that carries one spot to another. @param {number} a @param {number} b @param {Spot} start @param {Spot} end
 * @returns {Matrix} */
export function similarity(a, b, start, end) {
  return [[a, -b, end.x - a * start.x + b * start.y], [b, a, end.y - b * start.x - a * start.y]];
}

/** @param {Pose} pose */
function presentIn(pose) {
  return pose.xyv.filter((point) => point[2] !== ABSENT).map(([x, y]) => ({ x, y }));
}

/** @param {Spot} middle @param {Spot} start @param {Spot} end */
function degreesBetween(middle, start, end) {
  /** @param {Spot} spot */
  const direction = (spot) => Math.atan2(spot.y - middle.y, spot.x - middle.x);
  return ((direction(end) - direction(start)) * 180) / Math.PI;
}

/** A box's own right and down. @param {number} angle */
function axesOf(angle) {
  const turn = (angle * Math.PI) / 180;
  return [{ x: Math.cos(turn), y: Math.sin(turn) }, { x: -Math.sin(turn), y: Math.cos(turn) }];
}

/** @param {Spot} middle @param {Spot[]} axes @param {number} a @param {number} b */
function from(middle, [right, down], a, b) {
  return { x: middle.x + a * right.x + b * down.x, y: middle.y + a * right.y + b * down.y };
}

/** @param {Spot} one @param {Spot} two */
function dot(one, two) {
  return one.x * two.x + one.y * two.y;
}

/** @param {Spot} middle @param {number} width @param {number} height @param {number} angle */
function boxAround(middle, width, height, angle) {
  return { x: middle.x - width / 2, y: middle.y - height / 2, width, height, angle };
}
