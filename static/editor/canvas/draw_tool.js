/** Painting the frame of the tool that is switched on, with what it can be taken hold of by. */

import { scaleOf, toScreen } from "../geometry.js";
import { handlesOf, outlineOf } from "../desk/handles.js";

const COLOUR = "#ffe14a";
const SHADE = "rgba(8, 10, 14, 0.72)";
const SIDE = 9;

/** @typedef {import("../geometry.js").View} View @typedef {import("../geometry.js").Box} Box */

/** A broken outline, square handles, and a round one that turns. @param {CanvasRenderingContext2D} context @param {View} view
 * @param {Box} frame @param {number} reach how far the turning handle stands out, in screen pixels */
export function paintFrame(context, view, frame, reach) {
  const handles = handlesOf(frame, reach / scaleOf(view));
  const at = Object.fromEntries(Object.entries(handles).map(([name, spot]) => [name, toScreen(view, spot)]));
  const { corners, top } = outlineOf(frame);
  const lines = new Path2D();
  for (const corner of corners.map((spot) => toScreen(view, spot))) lines.lineTo(corner.x, corner.y);
  lines.closePath();
  const foot = toScreen(view, top);
  lines.moveTo(foot.x, foot.y);
  lines.lineTo(at.turn.x, at.turn.y);
  context.setLineDash([6, 4]);
  for (const { colour, width } of [{ colour: SHADE, width: 4 }, { colour: COLOUR, width: 1.5 }]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke(lines);
  }
  context.setLineDash([]);
  const turned = Math.atan2(at.e.y - at.w.y, at.e.x - at.w.x);
  for (const [name, spot] of Object.entries(at)) if (name !== "middle") paintHandle(context, name, spot, turned);
}

/** @param {CanvasRenderingContext2D} context @param {string} name @param {import("../geometry.js").Spot} at @param {number} turned */
function paintHandle(context, name, { x, y }, turned) {
  context.save();
  context.translate(x, y);
  context.rotate(turned);
  context.beginPath();
  if (name === "turn") context.arc(0, 0, SIDE / 1.6, 0, 2 * Math.PI);
  else context.rect(-SIDE / 2, -SIDE / 2, SIDE, SIDE);
  context.fillStyle = COLOUR;
  context.strokeStyle = SHADE;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
  context.restore();
}
