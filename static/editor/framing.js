/** Which part of an image to show. Pure; knows no DOM. */

import { around, cornersOf, fit, frameOf, pan, resized, toScreen } from "./geometry.js";
import { ABSENT, personOf } from "./state.js";

/** @typedef {import("./state.js").Desk} Desk @typedef {import("./geometry.js").Size} Size @typedef {import("./geometry.js").View} View */

const EDGE_PX = 30;

/** The whole image. @param {Desk} desk @param {Size} stage @returns {View} */
export function viewOfImage(desk, stage) {
  return fit(frameOf(desk.size), stage, { margin: 0.02 });
}

/** The selected person, box and keypoints; the whole image where there is none. @param {Desk} desk @param {Size} stage */
export function viewOfPerson(desk, stage) {
  const person = personOf(desk);
  if (!person) return viewOfImage(desk, stage);
  const points = person.pose.xyv.filter((point) => point[2] !== ABSENT).map(([x, y]) => ({ x, y }));
  return fit(around([...cornersOf(person.box), ...points]), stage, { margin: 0.14, most: 14 });
}

/** The same view, moved if the selected keypoint would lie outside the stage. @param {View} view @returns {View} */
export function withKeypointInside(view, desk, stage) {
  const point = personOf(desk)?.pose.xyv[desk.keypoint];
  if (!point || point[2] === ABSENT) return view;
  const at = toScreen(view, { x: point[0], y: point[1] });
  const isInside = at.x >= EDGE_PX && at.y >= EDGE_PX && at.x <= stage.width - EDGE_PX && at.y <= stage.height - EDGE_PX;
  return isInside ? view : pan(view, { x: stage.width / 2 - at.x, y: stage.height / 2 - at.y });
}

/** The view after the stage changed its size: fitted again if it was fitted, else with the same middle.
 * @param {View} view @param {Desk} desk @param {Size} before @param {Size} after @returns {View} */
export function refitted(view, desk, before, after) {
  const fitted = [viewOfPerson, viewOfImage].find((fits) => isSame(view, fits(desk, before)));
  return fitted ? fitted(desk, after) : resized(view, before, after);
}

function isSame(one, two) {
  return Object.keys(one).every((name) => Math.abs(one[name] - two[name]) < 1e-6);
}
