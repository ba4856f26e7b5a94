/** Painting on canvas. Reads a desk and a view, changes neither. Line widths and dots keep their size on the screen. */

import { clamp, cornersOf, frameOf, scaleOf, toScreen } from "./geometry.js";
import { ABSENT, HIDDEN, flagOf, sideOf, spoken } from "./state.js";

/** Told apart by people with any colour vision: blue and orange, and near-white in the middle. */
export const COLOURS = {
  left: "#4fb3ff",
  right: "#ff9d2e",
  middle: "#f3efe4",
  flag: "#ffe14a",
  teacherA: "#7ff0cf",
  teacherB: "#e3a6ff",
  halo: "rgba(8, 10, 14, 0.72)",
  shade: "rgba(8, 10, 14, 0.45)",
  quiet: "rgba(233, 238, 246, 0.62)",
  done: "#8fe3a4",
};

/** Zoomed in this far, pixels are shown as squares: a keypoint is placed by what is really there. */
const SHARP_FROM = 6;
const FONT = "600 12px system-ui, sans-serif";

/**
 * @typedef {import("./geometry.js").View} View
 * @typedef {import("./state.js").Desk} Desk
 * @typedef {{ghosts: boolean, hovered: number | null, spot: import("./geometry.js").Spot | null,
 *   draftBox: import("./geometry.js").Box | null}} Look what the annotator has switched on or points at
 */

/** An empty canvas in CSS pixels. @param {CanvasRenderingContext2D} context @param {number} ratio device pixels per CSS pixel */
export function clear(context, ratio) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** The picture, its top-left pixel centred on (0, 0). */
export function paintPicture(context, ratio, { picture, desk, view }) {
  clear(context, ratio);
  const { a, b, x, y } = view;
  context.setTransform(ratio * a, ratio * b, -ratio * b, ratio * a, ratio * x, ratio * y);
  context.imageSmoothingEnabled = scaleOf(view) < SHARP_FROM;
  // Shown at half its size or larger, "low" looks the same; measured, "medium" made each painting 12 ms longer.
  context.imageSmoothingQuality = ratio * scaleOf(view) < 0.5 ? "medium" : "low";
  if (picture) context.drawImage(picture, -0.5, -0.5, desk.size.width, desk.size.height);
  const frame = frameOf(desk.size);
  context.lineWidth = 1 / scaleOf(view);
  context.strokeStyle = "rgba(255, 255, 255, 0.16)";
  context.strokeRect(frame.left, frame.top, desk.size.width, desk.size.height);
}

/** Everybody but the selected person, quietly. */
export function paintOthers(context, ratio, { desk, view }) {
  clear(context, ratio);
  for (const [index, person] of desk.persons.entries()) {
    if (index === desk.person) continue;
    context.globalAlpha = person.state === "open" ? 0.75 : 0.4;
    paintBox(context, view, person, { colour: COLOURS.quiet, width: 1 });
    if (person.state !== "not_a_person") {
      paintLimbs(context, view, desk.skeleton, person.pose.xyv, { width: 1.5, halo: false });
      for (const [keypoint, point] of person.pose.xyv.entries()) {
        paintDot(context, view, desk.skeleton, keypoint, point, { radius: 2.5 });
      }
    }
    context.globalAlpha = 1;
    paintTag(context, view, person, index, false);
  }
}

/** The selected person, what is flagged about them, and what the annotator is about to do. @param {Look} look */
export function paintSelected(context, ratio, { desk, view, look, stage }) {
  clear(context, ratio);
  const person = desk.persons[desk.person];
  if (person) {
    paintBox(context, view, person, { colour: "rgba(255, 255, 255, 0.85)", width: 1.5 });
    if (look.ghosts && person.state === "open") paintGhosts(context, view, desk, person);
    if (person.state !== "not_a_person") paintPose(context, view, desk, person, look);
    paintTag(context, view, person, desk.person, true);
  }
  if (look.draftBox) paintBox(context, view, { box: look.draftBox }, { colour: COLOURS.flag, width: 2 });
  if (look.spot) paintCross(context, look.spot, stage, desk, look);
}

/** Marks shrink with a person shown small, so that they never cover them. */
function markSize(view, box) {
  return clamp((scaleOf(view) * Math.hypot(box.width, box.height)) / 320, 0.45, 1);
}

function paintPose(context, view, desk, person, look) {
  const { skeleton } = desk;
  const { xyv } = person.pose;
  const size = markSize(view, person.box);
  paintLimbs(context, view, skeleton, xyv, { width: 2.5 * size, halo: true });
  for (const [keypoint, point] of xyv.entries()) {
    const near = keypoint === desk.keypoint || keypoint === look.hovered;
    paintDot(context, view, skeleton, keypoint, point, { radius: (near ? 6 : 4.5) * size, halo: true });
  }
  const open = person.state === "open"; // once decided, no flag asks for a look any more
  for (const flag of open ? person.flags : []) {
    paintFlag(context, view, xyv[flag.keypoint], { touched: person.pose.touched[flag.keypoint], size });
  }
  if (!desk.placing) paintSelection(context, view, xyv[desk.keypoint], size);
  if (look.hovered !== null && look.hovered !== desk.keypoint) paintName(context, view, desk, person, look.hovered);
  if (!desk.placing) paintName(context, view, desk, person, desk.keypoint);
}

function paintLimbs(context, view, skeleton, xyv, { width, halo }) {
  context.lineCap = "round";
  const limbs = skeleton.edges.filter(([a, b]) => xyv[a][2] !== ABSENT && xyv[b][2] !== ABSENT);
  const lines = limbs.map(([a, b]) => ({
    from: toScreen(view, spotOf(xyv[a])),
    to: toScreen(view, spotOf(xyv[b])),
    colour: COLOURS[sideOf(skeleton, a) === sideOf(skeleton, b) ? sideOf(skeleton, a) : "middle"],
  }));
  if (halo) for (const line of lines) stroke(context, line, COLOURS.halo, width + 2);
  for (const line of lines) stroke(context, line, line.colour, width);
}

function stroke(context, { from, to }, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/** A visible keypoint is a disc, a hidden one a ring; an absent one is not drawn. */
function paintDot(context, view, skeleton, keypoint, point, { radius, halo = false }) {
  if (point[2] === ABSENT) return;
  const { x, y } = toScreen(view, spotOf(point));
  const colour = COLOURS[sideOf(skeleton, keypoint)];
  const hollow = point[2] === HIDDEN;
  circle(context, x, y, radius);
  if (halo) {
    context.lineWidth = hollow ? 5 : 3;
    context.strokeStyle = COLOURS.halo;
    context.stroke();
  }
  context.fillStyle = hollow ? "rgba(8, 10, 14, 0.55)" : colour;
  context.fill();
  if (!hollow) return;
  context.lineWidth = radius > 3 ? 2 : 1.25;
  context.strokeStyle = colour;
  context.stroke();
}

/** A broken ring around a flagged keypoint; a thin whole one once it was looked after. */
function paintFlag(context, view, point, { touched, size }) {
  if (point[2] === ABSENT) return;
  const { x, y } = toScreen(view, spotOf(point));
  context.setLineDash(touched ? [] : [7, 3.5]);
  for (const [colour, width] of [[COLOURS.halo, touched ? 3 : 5], [COLOURS.flag, touched ? 1.25 : 2.5]]) {
    circle(context, x, y, 12 * size);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
  context.setLineDash([]);
}

/** Four short strokes that point at the selected keypoint and leave it free to see. */
function paintSelection(context, view, point, size) {
  if (point[2] === ABSENT) return;
  const { x, y } = toScreen(view, spotOf(point));
  for (const [colour, width] of [[COLOURS.halo, 4], ["#ffffff", 2]]) {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const at = (far) => ({ x: x + far * size * dx, y: y + far * size * dy });
      stroke(context, { from: at(15), to: at(22) }, colour, width);
    }
  }
}

/** The name stands on the side away from the body, clear of the keypoint. */
function paintName(context, view, desk, person, keypoint) {
  const point = person.pose.xyv[keypoint];
  if (point[2] === ABSENT) return;
  const { x, y } = toScreen(view, spotOf(point));
  const flagged = person.state === "open" && flagOf(person, keypoint) !== null;
  const { box } = person;
  const middle = toScreen(view, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const text = spoken(desk.skeleton, keypoint);
  const left = x < middle.x ? x - 24 - pillWidth(context, text) : x + 24;
  pill(context, text, left, y < middle.y ? y - 28 : y + 10, flagged ? COLOURS.flag : "#ffffff");
}

const GHOSTS = [["A", "teacherA", [6, 4]], ["B", "teacherB", [2, 4]]];

function paintGhosts(context, view, desk, person) {
  for (const [name, colour, dash] of GHOSTS) {
    const ghost = person.ghosts[name];
    if (!ghost) continue;
    const lines = desk.skeleton.edges.map(([a, b]) => ({ from: toScreen(view, spotOf(ghost[a])), to: toScreen(view, spotOf(ghost[b])) }));
    context.lineCap = "butt";
    for (const line of lines) stroke(context, line, COLOURS.shade, 2.5);
    context.setLineDash(dash);
    for (const line of lines) stroke(context, line, COLOURS[colour], 1.5);
    context.setLineDash([]);
    const { x, y } = toScreen(view, spotOf(ghost[desk.keypoint]));
    circle(context, x, y, 7.5);
    context.fillStyle = COLOURS.halo;
    context.fill();
    context.lineWidth = 1.25;
    context.strokeStyle = context.fillStyle = COLOURS[colour];
    context.stroke();
    context.font = "700 10px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(name, x, y + 0.5);
  }
}

function paintBox(context, view, person, { colour, width }) {
  const corners = cornersOf(person.box).map((corner) => toScreen(view, corner));
  context.beginPath();
  for (const { x, y } of corners) context.lineTo(x, y);
  context.closePath();
  context.setLineDash(person.state === "not_a_person" ? [5, 5] : []);
  for (const [shade, wide] of [[COLOURS.shade, width + 2], [colour, width]]) {
    context.lineWidth = wide;
    context.strokeStyle = shade;
    context.stroke();
  }
  context.setLineDash([]);
}

const MARKS = { open: "", accepted: " ✓", skipped: " ↷", not_a_person: " ✕" };

/** The person's number at the box's uppermost corner. */
function paintTag(context, view, person, index, selected) {
  const corners = cornersOf(person.box).map((corner) => toScreen(view, corner));
  const top = corners.reduce((one, two) => (two.y < one.y - 0.5 ? two : one));
  const text = `${index + 1}${MARKS[person.state]}`;
  pill(context, text, top.x, top.y - 20, person.state === "accepted" ? COLOURS.done : "#ffffff", selected ? 1 : 0.7);
}

function paintCross(context, spot, stage, desk, look) {
  const colour = desk.placing ? COLOURS[sideOf(desk.skeleton, desk.keypoint)] : COLOURS.flag;
  const gap = look.draftBox || !desk.placing ? 0 : 8;
  for (const [shade, width] of [["rgba(8, 10, 14, 0.5)", 3], [colour, 1]]) {
    stroke(context, { from: { x: 0, y: spot.y }, to: { x: spot.x - gap, y: spot.y } }, shade, width);
    stroke(context, { from: { x: spot.x + gap, y: spot.y }, to: { x: stage.width, y: spot.y } }, shade, width);
    stroke(context, { from: { x: spot.x, y: 0 }, to: { x: spot.x, y: spot.y - gap } }, shade, width);
    stroke(context, { from: { x: spot.x, y: spot.y + gap }, to: { x: spot.x, y: stage.height } }, shade, width);
  }
  if (desk.placing) pill(context, spoken(desk.skeleton, desk.keypoint), spot.x + 14, spot.y + 12, colour);
}

function pillWidth(context, text) {
  context.font = FONT;
  return context.measureText(text).width + 12;
}

function pill(context, text, x, y, colour, alpha = 1) {
  const width = pillWidth(context, text);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.globalAlpha = alpha;
  context.fillStyle = "rgba(12, 15, 20, 0.82)";
  context.beginPath();
  context.roundRect(x, y, width, 18, 5);
  context.fill();
  context.fillStyle = colour;
  context.fillText(text, x + 6, y + 9.5);
  context.globalAlpha = 1;
}

function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

function spotOf(point) {
  return { x: point[0], y: point[1] };
}
