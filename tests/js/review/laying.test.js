import assert from "node:assert/strict";
import { test } from "node:test";

import { movePoint } from "../../../static/editor/desk/editing.js";
import { setVisibility } from "../../../static/editor/desk/placing.js";
import { undo } from "../../../static/editor/desk/undoing.js";
import { correctionOf, sheetOf } from "../../../static/review/laying.js";
import { SKELETON, suspicion, toReview } from "./people.js";

const FLAGS = [{ keypoint: 3, score: 0.9, reason: "they disagree" }];

test("a person lies on a desk alone, ready to be moved, at their worst flag", () => {
  const { desk } = sheetOf(toReview(7, { flags: FLAGS }), SKELETON, null);
  assert.deepEqual([desk.persons.length, desk.person, desk.keypoint, desk.persons[0].state], [1, 0, 3, "open"]);
  assert.deepEqual(desk.persons[0].pose.xyv[0], [110, 120, 2]);
  assert.equal(desk.placing, false);
});

test("what a check suspects is looked at first, and told once where networks flag it as well", () => {
  const { desk } = sheetOf(toReview(7, { flags: [...FLAGS, { keypoint: 1, score: 0.8, reason: "" }], findings: [suspicion()] }), SKELETON, null);
  assert.deepEqual(desk.persons[0].flags.map(({ keypoint }) => keypoint), [3, 4, 1]);
  assert.equal(desk.persons[0].flags[0].reason, "left and right knee seem exchanged");
  assert.deepEqual(sheetOf(toReview(7, { findings: [suspicion({ keypoints: [] })] }), SKELETON, null).desk.persons[0].flags, []);
});

test("nothing was corrected until something is moved, nor after it was taken back", () => {
  const sheet = sheetOf(toReview(7), SKELETON, null);
  assert.equal(correctionOf(sheet), null);
  const moved = { ...sheet, desk: movePoint(sheet.desk, { x: 50, y: 60 }) };
  const found = correctionOf(moved);
  assert.deepEqual([found.xyv[0], found.touched.filter(Boolean).length, found.touched[0]], [[50, 60, 2], 1, true]);
  assert.deepEqual(found.xyv[1], [111, 122, 2]);
  assert.equal(correctionOf({ ...sheet, desk: undo(moved.desk) }), null);
});

test("an absent keypoint is sent without a place", () => {
  const sheet = sheetOf(toReview(7), SKELETON, null);
  assert.deepEqual(correctionOf({ ...sheet, desk: setVisibility(sheet.desk, 0) }).xyv[0], [0, 0, 0]);
});
