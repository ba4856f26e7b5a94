/** Which part of an image to show, and which way up. Pure; knows no DOM. */

import { cornersOf, fit, frameOf, middleOf, pan, resized, toScreen, turnOf, turnTo, uprightAngle } from "../geometry.js";
import { ABSENT, personOf } from "../desk/desk.js";

/** @typedef {import("../desk/desk.js").Desk} Desk @typedef {import("../geometry.js").Size} Size @typedef {import("../geometry.js").View} View
 *  @typedef {import("../geometry.js").Spot} Spot */

const EDGE_PX = 30;

/** Radians that turn the image so that somebody standing where the selected person is would be upright: 0 where nothing says which way that is.
 * @param {Desk} desk */
export function uprightTurn(desk) {
  const person = personOf(desk);
  return person && desk.lens ? 0 - uprightAngle(middleOf(person.box), desk.lens) : 0;
}

/** Whether a view turns the image by `turn`. @param {View} view @param {number} turn */
export function isTurnedBy(view, turn) {
  // By the cosine: turns of -180 and 180 degrees are the same one.
  return Math.cos(turnOf(view) - turn) > 1 - 1e-9;
}

/** The whole image, as it was taken. @param {Desk} desk @param {Size} stage @returns {View} */
export function viewOfImage(desk, stage) {
  const { left, top, right, bottom } = frameOf(desk.size);
  return fit([{ x: left, y: top }, { x: right, y: bottom }], stage, { margin: 0.02 });
}

/** The selected person, box and keypoints, turned by `turn`; the whole image where there is none.
 * @param {Desk} desk @param {Size} stage @param {number} [turn] radians clockwise @returns {View} */
export function viewOfPerson(desk, stage, turn = 0) {
  const person = personOf(desk);
  if (!person) return viewOfImage(desk, stage);
  const points = person.pose.xyv.filter((point) => point[2] !== ABSENT).map(([x, y]) => ({ x, y }));
  return fit([...cornersOf(person.box), ...points], stage, { margin: 0.14, most: 14, turn });
}

/** The same view, moved if the selected keypoint would lie outside the stage. @param {View} view @param {Desk} desk @param {Size} stage
 * @returns {View} */
export function withKeypointInside(view, desk, stage) {
  const point = personOf(desk)?.pose.xyv[desk.keypoint];
  if (!point || point[2] === ABSENT) return view;
  const at = toScreen(view, { x: point[0], y: point[1] });
  const isInside = at.x >= EDGE_PX && at.y >= EDGE_PX && at.x <= stage.width - EDGE_PX && at.y <= stage.height - EDGE_PX;
  return isInside ? view : pan(view, { x: stage.width / 2 - at.x, y: stage.height / 2 - at.y });
}

/** The view after the stage changed its size: fitted again if it was fitted, else with the same middle.
 * @param {View} view @param {Desk} desk @param {number} turn persons are shown with @param {Size} before @param {Size} after
 * @returns {View} */
export function refitted(view, desk, turn, before, after) {
  // Whoever zoomed or moved by hand keeps what they look at; a fitted view follows the window.
  const fitted = [viewOfPerson, viewOfImage].find((fits) => isSame(view, fits(desk, before, turn)));
  return fitted ? fitted(desk, after, turn) : resized(view, before, after);
}

/**
 * The view after another person was clicked: where it showed the one before by their own turn, it shows this one by
 * theirs, and what is `under` the pointer stays there.
 * @param {View} view @param {number} before @param {number} after both in radians @param {Spot} under in screen pixels
 */
export function turnedOn(view, before, after, under) {
  return before !== after && isTurnedBy(view, before) ? turnTo(view, under, after) : view;
}

/** The view after persons are to be shown with another turn: the whole image stays, a fitted person is fitted again,
 * and anything else turns about the stage's middle.
 * @param {View} view @param {Desk} desk @param {number} before @param {number} after both in radians @param {Size} stage */
export function turnedAnew(view, desk, before, after, stage) {
  if (isSame(view, viewOfImage(desk, stage))) return view;
  if (isSame(view, viewOfPerson(desk, stage, before))) return viewOfPerson(desk, stage, after);
  return turnTo(view, { x: stage.width / 2, y: stage.height / 2 }, after);
}

/** @param {View} one @param {View} two */
function isSame(one, two) {
  return [one.a - two.a, one.b - two.b, one.x - two.x, one.y - two.y].every((apart) => Math.abs(apart) < 1e-6);
}
