/**
 * What the tools do to the selected open person: exchanging sides, copying, and the two that are switched on before
 * anything moves as a whole, one for the pose and one for the box. Pure: each gives a desk, one step of undo on.
 *
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Pose} Pose @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../geometry.js").Spot} Spot
 * @typedef {"add-box" | "edit-box" | "pose"} Tool   add-box draws another person's
 * @typedef {{tool: Tool, handle: string, frame: Box, from: Spot, pose: Pose, gesture: string}} Grip what was taken hold of
 * @typedef {{radius: number, reach: number, turn: number}} Hand
 *   radius, reach: how near counts as on a handle, how far the turning handle stands out, in image pixels; turn: the view's, in radians
 */

import { around, clamp, cornersOf, frameOf, intoFrame, isInFrame, middleOf, round, uprightAngle } from "../geometry.js";
import {
  dragBox, frameOfPose, handleAt, middleOfPose, poseDrag, scaling, similarity, transformPose, turning, wrapped,
} from "./handles.js";
import { limbOf, mirrorPose, swapSides } from "./limbs.js";
import { ABSENT, personOf } from "./desk.js";
import { changeBox, changePose } from "./editing.js";

export const LEAST_BOX_PX = 6;
const SCALE_STEP = 1.02;
/** Where a copied pose began: with a label, and with no prediction of this person. */
const COPIED = { from: "label", startedFrom: null, model: null };
const COPY_SCALE = { least: 0.5, most: 2 };

// ---------------------------------------------------------------------------------------------- sides

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

// ---------------------------------------------------------------------------------------------- copying

/**
 * The pose of the same person in an earlier frame, moved, turned and scaled as their box was since: under a fisheye
 * people turn with where they stand. With an unchanged box it is copied as it is. Nobody has looked at it yet: what was
 * flagged stays flagged.
 * @param {Desk} desk @param {{box: Box, xyv: import("../geometry.js").Point[]}} earlier @returns {Desk}
 */
export function copyFrom(desk, { box, xyv }) {
  const nowhere = xyv.map(() => false);
  const pose = { xyv, touched: nowhere, placed: xyv.map((point) => point[2] !== ABSENT), undecided: nowhere };
  const here = personOf(desk)?.box;
  return reposed(desk, () => transformPose({ ...pose }, boxToBox(box, here, desk.lens)), null, COPIED);
}

/** What carries one box's middle, upright direction and size to another's. */
function boxToBox(from, to, lens) {
  const [a, b] = [middleOf(from), middleOf(to)];
  const angle = lens ? uprightAngle(b, lens) - uprightAngle(a, lens) : 0;
  const diagonal = (box) => Math.hypot(box.width, box.height);
  const scale = clamp(diagonal(to) / diagonal(from), COPY_SCALE.least, COPY_SCALE.most);
  return similarity(scale * Math.cos(angle), scale * Math.sin(angle), a, b);
}

// ---------------------------------------------------------------------------------------------- as a whole

/** What a tool frames: the box, or the pose as it lies on the screen; null where there is nothing to frame.
 * @param {Tool | null} tool @param {Desk} desk @param {number} turn radians clockwise @returns {Box | null} */
export function frameFor(tool, desk, turn) {
  const person = personOf(desk);
  if (person?.state !== "open") return null;
  if (tool === "edit-box") return person.box;
  return tool === "pose" ? frameOfPose(person.pose, turn) : null;
}

/** Which handle of the tool's frame is under a spot: a handle's name, "inside", or null.
 * @param {Tool | null} tool @param {Desk} desk @param {Spot} spot in image pixels @param {Hand} hand */
export function handleUnder(tool, desk, spot, { radius, reach, turn }) {
  const frame = frameFor(tool, desk, turn);
  return frame && handleAt(frame, spot, radius, reach);
}

/** Take hold of a handle; undone as one step. @param {Tool} tool @param {Desk} desk @param {Spot} from in image pixels @param {string} handle
 * @param {number} turn @param {string} gesture its moves are one step of undo @returns {Grip} */
export function gripOn(tool, desk, from, handle, turn, gesture) {
  return { tool, handle, from, gesture, frame: frameFor(tool, desk, turn), pose: personOf(desk).pose };
}

/** Pull what was taken hold of to a spot. @param {Desk} desk @param {Grip} grip @param {Spot} to in image pixels
 * @param {{snap: boolean}} how snap: turns go by 15 degrees @returns {Desk} */
export function pull(desk, { tool, handle, frame, pose, from, gesture }, to, { snap }) {
  if (tool === "edit-box") {
    return changeBox(desk, dragBox(frame, handle, from, to, { least: LEAST_BOX_PX, size: desk.size, snap }), gesture);
  }
  const matrix = poseDrag(frame, handle, from, to, { snap });
  return carried(desk, pose, handle === "inside" ? stepInside(pose, { x: matrix[0][2], y: matrix[1][2] }, desk.size) : matrix, gesture);
}

/** The frame of what is held, as it is shown while it is pulled: it turns and grows with the pose. @param {Grip} grip
 * @param {Spot} to in image pixels @param {{snap: boolean}} how @returns {Box | null} null: a box is its own frame */
export function framePulled({ tool, handle, frame, from }, to, { snap }) {
  if (tool === "edit-box") return null;
  const [[a, c, e], [b, d, f]] = poseDrag(frame, handle, from, to, { snap });
  const middle = middleOf(frame);
  const [x, y] = [a * middle.x + c * middle.y + e, b * middle.x + d * middle.y + f];
  const scale = Math.hypot(a, b);
  const [width, height] = [frame.width * scale, frame.height * scale];
  return { x: x - width / 2, y: y - height / 2, width, height, angle: frame.angle + (Math.atan2(b, a) * 180) / Math.PI };
}

/** Everything of the tool's moves by a step. @param {Tool} tool @param {Desk} desk @param {Spot} step in image pixels @returns {Desk} */
export function step(tool, desk, { x, y }) {
  const person = personOf(desk);
  if (!person) return desk;
  if (tool === "pose") return carried(desk, person.pose, stepInside(person.pose, { x, y }, desk.size));
  const { box } = person;
  const middle = middleOf(box);
  return changeBox(desk, dragBox(box, "inside", middle, { x: middle.x + x, y: middle.y + y }, { least: LEAST_BOX_PX, size: desk.size }));
}

/** Everything of the tool's turns. @param {Tool} tool @param {Desk} desk @param {number} degrees clockwise @returns {Desk} */
export function turnBy(tool, desk, degrees) {
  const person = personOf(desk);
  if (!person) return desk;
  if (tool === "pose") return carried(desk, person.pose, turning(degrees, middleOfPose(person.pose)));
  const { box } = person;
  return changeBox(desk, { ...box, angle: wrapped(box.angle + degrees) });
}

/** The pose larger or smaller, or the box wider and taller, about its middle. @param {Tool} tool @param {Desk} desk
 * @param {Spot} more steps: right and down make it larger @returns {Desk} */
export function resize(tool, desk, more) {
  const person = personOf(desk);
  if (!person) return desk;
  if (tool === "pose") return carried(desk, person.pose, scaling(SCALE_STEP ** (more.x + more.y), middleOfPose(person.pose)));
  const { box } = person;
  const middle = middleOf(box);
  const room = box.angle ? { x: Infinity, y: Infinity } : roomAbout(middle, desk.size);
  const width = clamp(box.width + more.x, LEAST_BOX_PX, Math.max(room.x, box.width));
  const height = clamp(box.height + more.y, LEAST_BOX_PX, Math.max(room.y, box.height));
  return changeBox(desk, { ...box, x: round(middle.x - width / 2), y: round(middle.y - height / 2), width, height });
}

/** A box to begin with where nobody can drag one: as large as the others in the image, about a spot.
 * @param {Desk} desk @param {Spot} at in image pixels @param {number} angle degrees @returns {Box} */
export function boxAbout(desk, at, angle) {
  const { size } = desk;
  const sides = desk.persons.map(({ box }) => Math.max(box.width, box.height)).sort((a, b) => a - b);
  const side = round(Math.min(sides[Math.floor(sides.length / 2)] ?? Math.min(size.width, size.height) / 6, size.width, size.height));
  const frame = angle ? { left: 0, top: 0, right: size.width, bottom: size.height } : frameOf(size);
  const half = angle ? 0 : side / 2;
  const middle = {
    x: clamp(at.x, frame.left + half, frame.right - half), y: clamp(at.y, frame.top + half, frame.bottom - half),
  };
  return { x: round(middle.x - side / 2), y: round(middle.y - side / 2), width: side, height: side, angle };
}

/** How wide and tall a level box about a spot can be within the picture. */
function roomAbout({ x, y }, size) {
  const frame = frameOf(size);
  return { x: 2 * Math.min(x - frame.left, frame.right - x), y: 2 * Math.min(y - frame.top, frame.bottom - y) };
}

/** The selected open person's pose carried over; the same desk where that would push a keypoint out of the picture, for
 * one that is held at the border is not where it belongs. */
function carried(desk, pose, matrix, gesture = null) {
  const person = personOf(desk);
  const after = matrix ? transformPose(pose, matrix) : pose;
  if (person?.state !== "open" || after.xyv.some((point, i) => leaves(pose.xyv[i], point, desk.size))) return desk;
  const xyv = after.xyv.map(([x, y, v]) => [round(x, 1e6), round(y, 1e6), v]);
  return after === person.pose ? desk : { ...changePose(desk, { ...after, xyv }, gesture), placing: false };
}

function leaves([x, y, visibility], [nextX, nextY], size) {
  return visibility !== ABSENT && isInFrame({ x, y }, size) && !isInFrame({ x: nextX, y: nextY }, size);
}

/** As much of a step as the pose has room for. @returns {import("./handles.js").Matrix} */
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

/** The selected open person in another pose, each keypoint kept inside the picture; the same desk where nothing changed. */
function reposed(desk, change, gesture = null, begun = undefined) {
  const person = personOf(desk);
  if (person?.state !== "open") return desk;
  const pose = change(person.pose);
  if (pose === person.pose) return desk;
  const frame = frameOf(desk.size);
  const xyv = pose.xyv.map((point, i) => (pose.placed[i] ? inside(point, frame) : point));
  return { ...changePose(desk, { ...pose, xyv }, gesture, begun), placing: false };
}

function inside([x, y, visibility], frame) {
  const kept = intoFrame({ x, y }, frame);
  return [round(kept.x, 1e6), round(kept.y, 1e6), visibility];
}

/** Where the middle of a frame's upper edge is, and its corners, for painting. @param {Box} frame */
export function outlineOf(frame) {
  const corners = cornersOf(frame);
  return { corners, top: { x: (corners[0].x + corners[1].x) / 2, y: (corners[0].y + corners[1].y) / 2 } };
}
