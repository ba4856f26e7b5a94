/** Painting ghosts: what the networks and the last label say of the selected person, under the pose. */

import { toScreen } from "../geometry.js";
import { ABSENT } from "../desk/desk.js";
import { GHOST_KINDS } from "../panel/looks.js";
import { COLOURS, circle, stroke } from "./strokes.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {import("../panel/looks.js").Looks} Looks
 * @typedef {import("../desk/desk.js").Person} Person
 * @typedef {import("../geometry.js").Spot} Spot
 * @typedef {import("../geometry.js").View} View
 * @typedef {import("../panel/looks.js").GhostKind} GhostKind @typedef {import("../geometry.js").Point} Point
 * @typedef {{xyv: Point[], letter: string}} Beside a pose to compare with
 * @typedef {{letter: string, name: string, colour: string, dash: number[], side: [number, number]}} Ghost side: where its letter stands
 */

/**
 * Each told apart three times: by colour, by dash and by a letter, which stands on a side of its own.
 * @type {Record<GhostKind, Ghost>}
 */
export const GHOSTS = {
  A: { letter: "A", name: "Teacher A", colour: "#7ff0cf", dash: [6, 4], side: [-1, -1] },
  B: { letter: "B", name: "Teacher B", colour: "#e3a6ff", dash: [2, 4], side: [1, -1] },
  C: { letter: "S", name: "Student", colour: "#ff9fb2", dash: [12, 4], side: [1, 1] },
  label: { letter: "L", name: "Previous label", colour: "#f4f7fb", dash: [10, 3, 2, 3], side: [-1, 1] },
};

/** A pose to compare with: as no ghost is drawn. */
const BESIDE = { colour: "#ffd34d", dash: [9, 3], side: /** @type {[number, number]} */ ([1, -1]) };

const LETTER_PX = 7.5;
const LETTER_OUT_PX = 14;

/** Where a ghost has the keypoints, or null where the person has no such ghost. A network places them all; a label says
 * which are absent. @param {import("../desk/desk.js").Person} person @param {GhostKind} kind @returns {Point[] | null} */
export function ghostOf(person, kind) {
  if (kind !== "label") return person.ghosts[kind] ?? null;
  return person.starts.find((start) => start.from === "label")?.xyv ?? null;
}

/** The ghosts that are switched on, as far as the person has them.
 * @param {CanvasRenderingContext2D} context @param {import("../geometry.js").View} view @param {import("../desk/desk.js").Desk} desk
 * @param {import("../desk/desk.js").Person} person @param {import("../panel/looks.js").Looks} looks */
export function paintGhosts(context, view, desk, person, looks) {
  for (const kind of GHOST_KINDS.filter((one) => looks.ghosts[one])) {
    const xyv = ghostOf(person, kind);
    if (xyv) paintGhost(context, view, desk, xyv, GHOSTS[kind], (keypoint) => kind !== "label" || xyv[keypoint][2] !== ABSENT);
  }
}

/** A pose to compare with, whatever ghosts are on. @param {CanvasRenderingContext2D} context @param {View} view @param {Desk} desk
 * @param {Beside} beside */
export function paintBeside(context, view, desk, { xyv, letter }) {
  paintGhost(context, view, desk, xyv, { ...BESIDE, letter, name: "" }, (keypoint) => xyv[keypoint][2] !== ABSENT);
}

/** Where ghosts mark the selected keypoint, so that no name is put over it. @param {View} view @param {Desk} desk @param {Person} person
 * @param {Looks} looks @returns {import("../geometry.js").Spot[]} */
export function ghostMarks(view, desk, person, looks) {
  if (person.state !== "open") return [];
  return GHOST_KINDS.filter((kind) => looks.ghosts[kind]).flatMap((kind) => {
    const point = ghostOf(person, kind)?.[desk.keypoint];
    if (!point) return [];
    const at = toScreen(view, { x: point[0], y: point[1] });
    const [dx, dy] = GHOSTS[kind].side;
    return [at, { x: at.x + dx * LETTER_OUT_PX, y: at.y + dy * LETTER_OUT_PX }];
  });
}

/** @param {CanvasRenderingContext2D} context @param {View} view @param {Desk} desk @param {Point[]} xyv
 * @param {Ghost} ghost @param {(keypoint: number) => boolean} isThere */
function paintGhost(context, view, { skeleton, keypoint }, xyv, { letter, colour, dash, side }, isThere) {
  const spots = xyv.map(([x, y]) => toScreen(view, { x, y }));
  const lines = skeleton.edges.filter((edge) => edge.every(isThere)).map(([a, b]) => ({ from: spots[a], to: spots[b] }));
  context.lineCap = "butt";
  for (const line of lines) stroke(context, line, COLOURS.shade, 2.5);
  context.setLineDash(dash);
  for (const line of lines) stroke(context, line, colour, 1.5);
  context.setLineDash([]);
  if (isThere(keypoint)) paintLetter(context, spots[keypoint], { letter, colour, side });
}

/** Beside the place it means, which a small ring marks and leaves free to see.
 * @param {CanvasRenderingContext2D} context @param {Spot} at @param {Omit<Ghost, "name" | "dash">} ghost */
function paintLetter(context, at, { letter, colour, side: [dx, dy] }) {
  const x = at.x + dx * LETTER_OUT_PX;
  const y = at.y + dy * LETTER_OUT_PX;
  for (const { shade, width } of [{ shade: COLOURS.halo, width: 3.5 }, { shade: colour, width: 1.5 }]) {
    circle(context, at.x, at.y, 3);
    context.strokeStyle = shade;
    context.lineWidth = width;
    context.stroke();
    stroke(context, { from: { x: at.x + 3 * dx, y: at.y + 3 * dy }, to: { x, y } }, shade, width);
  }
  circle(context, x, y, LETTER_PX);
  context.fillStyle = "rgba(8, 10, 14, 0.88)";
  context.fill();
  context.lineWidth = 1.25;
  context.strokeStyle = context.fillStyle = colour;
  context.stroke();
  context.font = "700 10px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(letter, x, y + 0.5);
}
