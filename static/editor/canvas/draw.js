/** Painting on canvas. Reads a desk and a view, changes neither. Line widths and dots keep their size on the screen. */

import { ghostMarks, paintBeside, paintGhosts } from "./draw_ghosts.js";
import { paintFrame } from "./draw_tool.js";
import { clamp, cornersOf, frameOf, scaleOf, toScreen } from "../geometry.js";
import { placeLabel, wrapped } from "./name_places.js";
import { drawnAt } from "./overview.js";
import { ABSENT, HIDDEN, flagOf } from "../desk/desk.js";
import { flagInWords } from "../desk/flag_words.js";
import { shortReason, sideOf, spoken } from "../desk/keypoint_names.js";
import { COLOURS, circle, clear, dot, faded, pill, pillSize, stroke, strokeAll } from "./strokes.js";

/**
 * @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../desk/desk.js").Person} Person
 * @typedef {import("../geometry.js").Point} Point
 * @typedef {import("../geometry.js").Size} Size
 * @typedef {import("../desk/desk.js").Skeleton} Skeleton
 * @typedef {import("../geometry.js").Spot} Spot
 */

/** Zoomed in this far, pixels are shown as squares: a keypoint is placed by what is really there. */
const SHARP_FROM = 6;

/** A flag's reason beside its keypoint: short lines, and two at most, for the image is what is looked at. */
const REASON_WIDE = 38;
const REASON_LINES = 2;

/**
 * @typedef {import("../geometry.js").View} View
 * @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {import("../panel/looks.js").Looks} Looks how the annotator wants it drawn
 * @typedef {{hovered: number | null, spot: Spot | null, loupeAt: import("./loupe.js").Aim | null, draftBox: Box | null,
 *   tool: import("../tools/tool.js").ToolName | null, frame: Box | null, frameReach: number}} Look what the annotator points at, and
 *   the frame of the tool that is switched on. spot: of a cross; draftBox: being drawn
 * @typedef {{desk: Desk, view: View, stage: Size, picture: ImageBitmap | null, overview?: ImageBitmap | null, look: Look, looks: Looks,
 *   hidden?: boolean, beside?: import("./draw_ghosts.js").Beside | null}} Scene what is painted; hidden: the picture alone; beside: a pose
 *   to compare with
 * @typedef {{score: number, flag: number, size: number}} Rings their radii, and the size of marks
 */

/** The picture, its top-left pixel centred on (0, 0). @param {CanvasRenderingContext2D} context @param {number} ratio @param {Scene} scene */
export function paintPicture(context, ratio, { picture, overview, desk, view }) {
  clear(context, ratio);
  const { a, b, x, y } = view;
  context.setTransform(ratio * a, ratio * b, -ratio * b, ratio * a, ratio * x, ratio * y);
  context.imageSmoothingEnabled = scaleOf(view) < SHARP_FROM;
  // Shown at half its size or larger, "low" looks the same; measured, "medium" made each painting 12 ms longer.
  context.imageSmoothingQuality = ratio * scaleOf(view) < 0.5 ? "medium" : "low";
  const drawn = drawnAt({ picture, overview }, ratio * scaleOf(view) * desk.size.width);
  if (drawn) context.drawImage(drawn, -0.5, -0.5, desk.size.width, desk.size.height);
  const frame = frameOf(desk.size);
  context.lineWidth = 1 / scaleOf(view);
  context.strokeStyle = "rgba(255, 255, 255, 0.16)";
  context.strokeRect(frame.left, frame.top, desk.size.width, desk.size.height);
}

/** Everybody but the selected person, quietly. @param {CanvasRenderingContext2D} context @param {number} ratio @param {Scene} scene */
export function paintOthers(context, ratio, { desk, view, looks }) {
  clear(context, ratio);
  if (!looks.others) return;
  for (const [index, person] of desk.persons.entries()) {
    if (index === desk.person) continue;
    context.globalAlpha = person.state === "open" ? 0.75 : 0.4;
    paintBox(context, view, person, { colour: COLOURS.quiet, width: 1 });
    if (person.state !== "not_a_person") faded(context, looks.opacity, () => paintQuietly(context, view, desk, person, looks));
    context.globalAlpha = 1;
    paintTag(context, view, person, index, false);
  }
}

/** @param {CanvasRenderingContext2D} context @param {View} view @param {Desk} desk @param {Person} person @param {Looks} looks */
function paintQuietly(context, view, desk, person, looks) {
  paintLimbs(context, view, desk.skeleton, person.pose.xyv, { width: 1.5 * looks.limbs, halo: false });
  for (const [keypoint, point] of person.pose.xyv.entries()) {
    paintDot(context, view, desk.skeleton, keypoint, point, { radius: 2.5 * looks.dots });
  }
}

/** The selected person, what is flagged about them, and what the annotator is about to do.
 * @param {CanvasRenderingContext2D} context @param {number} ratio @param {Scene} scene */
export function paintSelected(context, ratio, scene) {
  const { desk, view, look, looks, stage } = scene;
  clear(context, ratio);
  const person = desk.persons[desk.person];
  if (person) {
    paintBox(context, view, person, { colour: "rgba(255, 255, 255, 0.85)", width: 1.5 });
    if (person.state === "open") paintGhosts(context, view, desk, person, looks);
    if (scene.beside) paintBeside(context, view, desk, scene.beside);
    paintTag(context, view, person, desk.person, true);
    if (person.state !== "not_a_person") paintPose(context, { ...scene, person });
  }
  if (look.frame) paintFrame(context, view, look.frame, look.frameReach);
  if (look.draftBox) paintBox(context, view, { box: look.draftBox }, { colour: COLOURS.flag, width: 2 });
  if (look.spot) paintCross(context, look.spot, stage, desk, look);
}

/** Marks shrink with a person shown small, so that they never cover them. @param {View} view @param {Box} box */
function markSize(view, box) {
  return clamp((scaleOf(view) * Math.hypot(box.width, box.height)) / 320, 0.45, 1);
}

/** @param {CanvasRenderingContext2D} context @param {Scene & {person: Person}} scene */
function paintPose(context, scene) {
  const { view, desk, person, look, looks } = scene;
  const { xyv } = person.pose;
  const size = markSize(view, person.box);
  faded(context, looks.opacity, () => {
    paintLimbs(context, view, desk.skeleton, xyv, { width: 2.5 * size * looks.limbs, halo: true });
    for (const [keypoint, point] of xyv.entries()) {
      const near = keypoint === desk.keypoint || keypoint === look.hovered;
      paintDot(context, view, desk.skeleton, keypoint, point, { radius: (near ? 6 : 4.5) * size * looks.dots, halo: true });
    }
  });
  const rings = ringSizes(size, looks.dots);
  if (person.state === "open") paintRings(context, view, person, looks.rings, rings); // once decided, none asks for a look
  if (!desk.placing) paintSelection(context, view, xyv[desk.keypoint], rings.flag + 3, size);
  paintNames(context, scene);
}

/** Rings stand clear of dots of any size. @param {number} size @param {number} dots */
function ringSizes(size, dots) {
  const more = Math.max(dots, 1) - 1;
  return { score: size * (9 + 6 * more), flag: size * (12 + 7 * more), size };
}

/** @param {CanvasRenderingContext2D} context @param {View} view @param {Skeleton} skeleton @param {Point[]} xyv
 * @param {{width: number, halo: boolean}} how */
function paintLimbs(context, view, skeleton, xyv, { width, halo }) {
  context.lineCap = "round";
  const limbs = skeleton.edges.filter(([a, b]) => xyv[a][2] !== ABSENT && xyv[b][2] !== ABSENT);
  if (!width) return;
  const lines = limbs.map(([a, b]) => ({
    from: toScreen(view, spotOf(xyv[a])),
    to: toScreen(view, spotOf(xyv[b])),
    colour: COLOURS[sideOf(skeleton, a) === sideOf(skeleton, b) ? sideOf(skeleton, a) : "middle"],
  }));
  // All halos first: the dark of one limb must not cut through the colour of another.
  if (halo) for (const line of lines) stroke(context, line, COLOURS.halo, width + 2);
  for (const line of lines) stroke(context, line, line.colour, width);
}

/** A visible keypoint is filled, a hidden one hollow; an absent one is not drawn.
 * @param {CanvasRenderingContext2D} context @param {View} view @param {Skeleton} skeleton @param {number} keypoint @param {Point} point
 * @param {{radius: number, halo?: boolean}} how */
function paintDot(context, view, skeleton, keypoint, point, { radius, halo = false }) {
  if (point[2] === ABSENT) return;
  const hollow = point[2] === HIDDEN;
  dot(context, toScreen(view, spotOf(point)), { side: sideOf(skeleton, keypoint), radius, hollow, halo });
}

/** What the networks' disagreement asks to be looked at: the flags alone, or every keypoint's score besides.
 * @param {CanvasRenderingContext2D} context @param {View} view @param {Person} person @param {Looks["rings"]} wanted @param {Rings} rings */
function paintRings(context, view, person, wanted, rings) {
  const { xyv, touched } = person.pose;
  if (wanted === "all") {
    for (const [keypoint, score] of (person.keypointScores ?? []).entries()) {
      if (score !== null) paintScore(context, view, xyv[keypoint], score, rings.score);
    }
  }
  for (const flag of wanted === "none" ? [] : person.flags) {
    paintFlag(context, view, xyv[flag.keypoint], { touched: touched[flag.keypoint], radius: rings.flag });
  }
}

/** A thin arc from the top, clockwise: as much of a circle as the score is of 1.
 * @param {CanvasRenderingContext2D} context @param {View} view @param {Point} point @param {number} score @param {number} radius */
function paintScore(context, view, point, score, radius) {
  if (point[2] === ABSENT || score <= 0) return;
  const { x, y } = toScreen(view, spotOf(point));
  context.lineCap = "butt";
  context.beginPath();
  context.arc(x, y, radius, -Math.PI / 2, (2 * clamp(score, 0, 1) - 0.5) * Math.PI);
  strokeAll(context, [COLOURS.halo, 3.5], [COLOURS.flag, 1.75]);
}

/** A broken ring around a flagged keypoint; a thin whole one once it was looked after.
 * @param {CanvasRenderingContext2D} context @param {View} view @param {Point} point @param {{touched: boolean, radius: number}} how */
function paintFlag(context, view, point, { touched, radius }) {
  if (point[2] === ABSENT) return;
  const { x, y } = toScreen(view, spotOf(point));
  context.setLineDash(touched ? [] : [7, 3.5]);
  circle(context, x, y, radius);
  strokeAll(context, [COLOURS.halo, touched ? 3 : 5], [COLOURS.flag, touched ? 1.25 : 2.5]);
  context.setLineDash([]);
}

/** Four short strokes that point at the selected keypoint and leave it free to see.
 * @param {CanvasRenderingContext2D} context @param {View} view @param {Point} point @param {number} from @param {number} size */
function paintSelection(context, view, point, from, size) {
  if (point[2] === ABSENT) return;
  const { x, y } = toScreen(view, spotOf(point));
  for (const { colour, width } of [{ colour: COLOURS.halo, width: 4 }, { colour: "#ffffff", width: 2 }]) {
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      /** @param {number} far */
      const at = (far) => ({ x: x + far * dx, y: y + far * dy });
      stroke(context, { from: at(from), to: at(from + 7 * size) }, colour, width);
    }
  }
}

/** Names stand away from the body and clear of every keypoint: first the ones pointed at, then those there is room for.
 * @param {CanvasRenderingContext2D} context @param {Scene & {person: Person}} scene */
function paintNames(context, { view, desk, person, look, looks, stage }) {
  const { xyv } = person.pose;
  const spots = xyv.map((point) => toScreen(view, spotOf(point)));
  const dots = [...spots.filter((_, i) => xyv[i][2] !== ABSENT), ...ghostMarks(view, desk, person, looks)];
  const { box } = person;
  const middle = toScreen(view, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  /** @type {import("./name_places.js").Pill[]} */
  const taken = [];
  for (const { keypoint, must } of namesWanted(desk, look, looks)) {
    if (xyv[keypoint][2] === ABSENT) continue;
    const flag = person.state === "open" ? flagOf(person, keypoint) : null;
    const tells = must && flag && (!person.pose.touched[keypoint] || keypoint === look.hovered);
    const lines = [spoken(desk.skeleton, keypoint), ...(tells ? wrapped(shortReason(flagInWords(flag.reason).short, spoken(desk.skeleton, keypoint)), REASON_WIDE, REASON_LINES) : [])];
    const room = { middle, stage, dots, taken, must, gap: must ? 26 : 11 };
    const place = placeLabel(pillSize(context, lines), spots[keypoint], room);
    if (!place) continue;
    taken.push(place);
    pill(context, lines, place, flag ? COLOURS.flag : "#ffffff", must ? 1 : 0.85);
  }
}

/** @param {Desk} desk @param {Look} look @param {Looks} looks @returns {{keypoint: number, must: boolean}[]} */
function namesWanted(desk, look, looks) {
  const pointedAt = new Set(look.hovered === null ? [] : [look.hovered]);
  if (!desk.placing && looks.names !== "none") pointedAt.add(desk.keypoint);
  const rest = looks.names === "all" ? [...desk.skeleton.keypoints.keys()].filter((keypoint) => !pointedAt.has(keypoint)) : [];
  return [...[...pointedAt].map((keypoint) => ({ keypoint, must: true })), ...rest.map((keypoint) => ({ keypoint, must: false }))];
}

/** @param {CanvasRenderingContext2D} context @param {View} view @param {{box: Box, state?: Person["state"]}} person
 * @param {{colour: string, width: number}} how */
function paintBox(context, view, person, { colour, width }) {
  const corners = cornersOf(person.box).map((corner) => toScreen(view, corner));
  context.beginPath();
  for (const { x, y } of corners) context.lineTo(x, y);
  context.closePath();
  context.setLineDash(person.state === "not_a_person" ? [5, 5] : []);
  strokeAll(context, [COLOURS.shade, width + 2], [colour, width]);
  context.setLineDash([]);
}

const MARKS = { open: "", accepted: " ✓", skipped: " ↷", not_a_person: " ✕" };

/** The person's number at the box's uppermost corner.
 * @param {CanvasRenderingContext2D} context @param {View} view @param {Person} person @param {number} index @param {boolean} selected */
function paintTag(context, view, person, index, selected) {
  const corners = cornersOf(person.box).map((corner) => toScreen(view, corner));
  // Half a pixel of slack: of a level box the upper corners are equally high but for rounding, and the left one has the tag.
  const top = corners.reduce((one, two) => (two.y < one.y - 0.5 ? two : one));
  const text = `${index + 1}${MARKS[person.state]}`;
  pill(context, [text], { x: top.x, y: top.y - 20 }, person.state === "accepted" ? COLOURS.done : "#ffffff", selected ? 1 : 0.7);
}

/** @param {CanvasRenderingContext2D} context @param {Spot} spot @param {Size} stage @param {Desk} desk @param {Look} look */
function paintCross(context, spot, stage, desk, look) {
  const places = desk.placing && look.tool !== "add-box";
  const colour = places ? COLOURS[sideOf(desk.skeleton, desk.keypoint)] : COLOURS.flag;
  const gap = places ? 8 : 0;
  for (const { shade, width } of [{ shade: "rgba(8, 10, 14, 0.5)", width: 3 }, { shade: colour, width: 1 }]) {
    stroke(context, { from: { x: 0, y: spot.y }, to: { x: spot.x - gap, y: spot.y } }, shade, width);
    stroke(context, { from: { x: spot.x + gap, y: spot.y }, to: { x: stage.width, y: spot.y } }, shade, width);
    stroke(context, { from: { x: spot.x, y: 0 }, to: { x: spot.x, y: spot.y - gap } }, shade, width);
    stroke(context, { from: { x: spot.x, y: spot.y + gap }, to: { x: spot.x, y: stage.height } }, shade, width);
  }
  if (places) pill(context, [spoken(desk.skeleton, desk.keypoint)], { x: spot.x + 14, y: spot.y + 12 }, colour);
}

/** @param {Point} point */
function spotOf(point) {
  return { x: point[0], y: point[1] };
}
