/** A pose as SVG paths. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { marksOf } from "../../../static/sheet/marks.js";

const SKELETON = { keypoints: ["nose", "left_hip", "right_hip"], edges: [[0, 1], [0, 2], [1, 2]], mirror: [0, 2, 1], sigmas: [1, 1, 1] };
const HOW = { flagged: [], radius: 3 };
const told = (marks) => marks.map(({ kind, side }) => `${kind} ${side ?? ""}`.trim());

test("each side has its own shape, as in the editor: left a disc, right a square, the middle a diamond", () => {
  const marks = marksOf([[10, 10, 2], [20, 20, 2], [30, 20, 2]], SKELETON, HOW);
  const [left, middle, right] = ["left", "middle", "right"].map((side) => marks.find((mark) => mark.kind === "visible" && mark.side === side).path);
  assert.equal(left, "M17 20a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z");
  assert.equal(right, "M27 17h6v6h-6z");
  assert.equal(middle, "M10 6.1L13.9 10L10 13.9L6.1 10z");
});

test("an absent keypoint has no mark, no limb and no ring", () => {
  assert.deepEqual(told(marksOf([[10, 10, 2], [0, 0, 0], [30, 20, 1]], SKELETON, { ...HOW, flagged: [1] })), ["limb middle", "hidden right", "visible middle"]);
  assert.deepEqual(marksOf([[0, 0, 0], [0, 0, 0], [0, 0, 0]], SKELETON, { ...HOW, flagged: [0, 1, 2] }), []);
});

test("a limb between two sides is of the middle", () => {
  const [limbs] = marksOf([[10, 10, 2], [20, 20, 2], [30, 20, 2]], SKELETON, HOW);
  assert.deepEqual([limbs.side, limbs.path], ["middle", "M10 10L20 20M10 10L30 20M20 20L30 20"]);
});

test("a flagged keypoint has a ring, drawn last", () => {
  const marks = marksOf([[10, 10, 2], [20, 20, 2], [30, 20, 2]], SKELETON, { ...HOW, flagged: [2] });
  assert.equal(marks.at(-1).kind, "flag");
  assert.match(marks.at(-1).path, /^M22.2 20a7.8 7.8 /);
});
