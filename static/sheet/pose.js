/** A pose drawn over a person's thumb, and how it looks. */

import { COLOURS } from "../editor/canvas/strokes.js";
import { svg } from "../shared/dom.js";
import { marksOf } from "./marks.js";

/** A keypoint's radius, as a part of the crop's side. */
const DOT = 0.018;

/** @param {import("../editor/geometry.js").Point[]} xyv in px of the thumb @param {import("../editor/desk/desk.js").Skeleton} skeleton
 * @param {{size: number, flagged?: number[]}} how size: the thumb's width and height */
export function poseOf(xyv, skeleton, { size, flagged = [] }) {
  const marks = marksOf(xyv, skeleton, { flagged, radius: DOT * size });
  const paths = marks.map(({ kind, side, path }) => svg("path", { class: `${kind} ${side ?? ""}`, d: path }));
  const halos = marks.filter(({ kind }) => kind !== "flag").map(({ kind, path }) => svg("path", { class: `halo ${kind}`, d: path }));
  return svg("svg", { viewBox: `0 0 ${size} ${size}`, "aria-hidden": true }, ...halos, ...paths);
}

export const POSE_STYLE = `
path { fill: none; stroke-linecap: round; stroke-linejoin: round; }
.limb { stroke-width: 2.4; stroke: var(--mark); }
.visible { fill: var(--mark); }
.hidden { stroke: var(--mark); stroke-width: 1.6; fill: rgba(8, 10, 14, .55); }
.left { --mark: ${COLOURS.left}; } .right { --mark: ${COLOURS.right}; } .middle { --mark: ${COLOURS.middle}; }
.halo { stroke: ${COLOURS.halo}; stroke-width: 2.6; fill: none; } .halo.limb { stroke-width: 4.6; } .halo.hidden { stroke-width: 4; }
.flag { stroke: ${COLOURS.flag}; stroke-width: 1.6; stroke-dasharray: 4 2.6; stroke-linecap: butt; paint-order: stroke; }
`;
