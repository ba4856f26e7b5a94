/**
 * The loupe: a round inset that shows what lies around a keypoint, magnified. The picture in it has a canvas of its own,
 * so that it is toned as the image is; cross and limbs are painted over it on the selected person's canvas.
 */

import { clamp, scaleOf, toScreen } from "../geometry.js";
import { ABSENT, personOf } from "../desk/desk.js";
import { sideOf } from "../desk/keypoint_names.js";
import { COLOURS, circle, clear, faded, stroke, strokeAll } from "./strokes.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {import("./draw.js").Scene} Scene
 * @typedef {import("../geometry.js").Spot} Spot @typedef {import("../geometry.js").Size} Size
 * @typedef {import("../geometry.js").View} View @typedef {{at: Spot, finger: Spot | null}} Aim in screen pixels
 * @typedef {{aim: Aim, corner: Spot, view: View}} Loupe corner: its top-left one; view: how the image lies in it
 */

export const LOUPE_PX = 132;

const MAGNIFIED = { least: 1.5, usual: 3.5 };
/** Beyond this, an image pixel is a mere tile. */
const MOST_SCALE = 24;
/** Magnified this far, pixels are shown as squares. */
const SHARP_FROM = 6;
const MARGIN_PX = 10;
/** A fingertip with the hand behind it, from where it touches. */
const FINGER_PX = 34;

/**
 * What the loupe shows: where a finger aims, else, as long as the annotator wants it, the waiting keypoint under the
 * pointer or the selected one. @returns {Aim | null} null: nothing
 * @param {Pick<Scene, "desk" | "view" | "look" | "looks">} scene
 */
export function aimOf({ desk, view, look, looks }) {
  if (look.loupeAt) return look.loupeAt;
  const person = personOf(desk);
  if (!looks.loupe || person?.state !== "open") return null;
  if (desk.placing) return look.spot && { at: look.spot, finger: null };
  const [x, y, visibility] = person.pose.xyv[desk.keypoint];
  return visibility === ABSENT ? null : { at: toScreen(view, { x, y }), finger: null };
}

/**
 * The loupe's top-left corner: over the finger and never under it, below it near the top, beside it where neither fits;
 * without a finger in the upper corner away from the keypoint.
 * @param {Aim} aim @param {Size} stage @param {number} [size] @returns {Spot}
 */
export function loupePlace({ at, finger }, stage, size = LOUPE_PX) {
  const most = { x: stage.width - size - MARGIN_PX, y: stage.height - size - MARGIN_PX };
  if (!finger) return { x: at.x < stage.width / 2 ? Math.max(most.x, 0) : MARGIN_PX, y: MARGIN_PX };
  /** @param {number} value @param {"x" | "y"} axis */
  const within = (value, axis) => clamp(value, MARGIN_PX, Math.max(most[axis], MARGIN_PX));
  const above = Math.min(at.y, finger.y) - FINGER_PX - size;
  const below = Math.max(at.y, finger.y) + FINGER_PX;
  const x = within(finger.x - size / 2, "x");
  if (above >= 0) return { x, y: above };
  if (below <= most.y) return { x, y: below };
  // On a low stage neither fits: beside the finger, rather on the left, where a right hand does not lie.
  const left = Math.min(at.x, finger.x) - FINGER_PX - size;
  return { x: left >= 0 ? left : Math.max(at.x, finger.x) + FINGER_PX, y: within(finger.y - size / 2, "y") };
}

/** How the loupe stands and what it shows, or null. @param {Scene} scene @returns {Loupe | null} */
export function loupeOf(scene) {
  const aim = aimOf(scene);
  if (!aim) return null;
  const corner = loupePlace(aim, scene.stage);
  const scale = scaleOf(scene.view);
  const more = clamp(MOST_SCALE / scale, MAGNIFIED.least, MAGNIFIED.usual);
  const middle = { x: corner.x + LOUPE_PX / 2, y: corner.y + LOUPE_PX / 2 };
  const { a, b, x, y } = scene.view;
  const view = { a: a * more, b: b * more, x: middle.x + (x - aim.at.x) * more, y: middle.y + (y - aim.at.y) * more };
  return { aim, corner, view };
}

/** The picture in the loupe, on its own canvas of LOUPE_PX.
 * @param {CanvasRenderingContext2D} context @param {number} ratio @param {Scene} scene @param {Loupe} loupe */
export function paintLoupePicture(context, ratio, { picture, desk }, { corner, view }) {
  clear(context, ratio);
  context.save();
  circle(context, LOUPE_PX / 2, LOUPE_PX / 2, LOUPE_PX / 2 - 1);
  context.clip();
  context.fillStyle = "#12151b";
  context.fill();
  const { a, b } = view;
  context.setTransform(ratio * a, ratio * b, -ratio * b, ratio * a, ratio * (view.x - corner.x), ratio * (view.y - corner.y));
  context.imageSmoothingEnabled = scaleOf(view) < SHARP_FROM;
  if (picture) context.drawImage(picture, -0.5, -0.5, desk.size.width, desk.size.height);
  context.restore();
}

/** Cross, rim and the limbs nearby, over whatever was painted there before. @param {CanvasRenderingContext2D} context
 * @param {Scene} scene @param {Loupe} loupe */
export function paintLoupeMarks(context, { desk }, { corner, view }) {
  const middle = { x: corner.x + LOUPE_PX / 2, y: corner.y + LOUPE_PX / 2 };
  context.save();
  circle(context, middle.x, middle.y, LOUPE_PX / 2 - 1);
  context.clip();
  context.clearRect(corner.x, corner.y, LOUPE_PX, LOUPE_PX);
  faded(context, 0.5, () => paintLimbs(context, desk, view));
  paintCross(context, middle);
  context.restore();
  circle(context, middle.x, middle.y, LOUPE_PX / 2 - 1);
  strokeAll(context, [COLOURS.halo, 5], ["#ffffff", 2]);
}

/** @param {CanvasRenderingContext2D} context @param {Desk} desk @param {View} view */
function paintLimbs(context, desk, view) {
  const xyv = personOf(desk)?.pose.xyv ?? [];
  context.lineCap = "round";
  for (const [a, b] of desk.skeleton.edges.filter((edge) => edge.every((keypoint) => xyv[keypoint][2] !== ABSENT))) {
    const sides = [sideOf(desk.skeleton, a), sideOf(desk.skeleton, b)];
    const [from, to] = [a, b].map((keypoint) => toScreen(view, { x: xyv[keypoint][0], y: xyv[keypoint][1] }));
    stroke(context, { from, to }, COLOURS[sides[0] === sides[1] ? sides[0] : "middle"], 2);
  }
}

/** Its middle stays free: what is looked at is there. @param {CanvasRenderingContext2D} context @param {Spot} at */
function paintCross(context, { x, y }) {
  const far = LOUPE_PX / 2;
  for (const { colour, width } of [{ colour: "rgba(8, 10, 14, 0.6)", width: 3 }, { colour: "#ffffff", width: 1 }]) {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      /** @param {number} out */
      const at = (out) => ({ x: x + out * dx, y: y + out * dy });
      stroke(context, { from: at(6), to: at(far) }, colour, width);
    }
  }
  circle(context, x, y, 1);
  context.fillStyle = "#ffffff";
  context.fill();
}
