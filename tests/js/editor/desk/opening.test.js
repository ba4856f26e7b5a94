import assert from "node:assert/strict";
import { test } from "node:test";

import { countUndecided, isUndecided, personOf } from "../../../../static/editor/desk/desk.js";
import { selectKeypoint } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { movePoint } from "../../../../static/editor/desk/editing.js";
import { labelOf } from "../../../../static/editor/desk/deciding.js";
import { setVisibility } from "../../../../static/editor/desk/placing.js";
import { SKELETON, person, task } from "../../tasks.js";

test("an image opens at the worst flag of the worst open person", () => {
  const desk = openDesk(task(person(1, { state: "accepted", flagged: [0] }), person(2, { flagged: [3, 1] })));
  assert.equal(personOf(desk).id, 2);
  assert.equal(desk.keypoint, 3);
  assert.equal(desk.placing, false);
});

test("whoever began from a prediction has nothing undecided, absent keypoints neither", () => {
  const start = { xyv: [[0, 0, 0], [5, 6, 2], [7, 8, 2], [1, 1, 2], [2, 2, 2]], from: "student", prediction_id: 3 };
  assert.equal(countUndecided(openDesk(task(person(1, { start }))).persons[0]), 0);
});

test("what a network's start shows as absent is decided, remembers its place, and is saved without one", () => {
  for (const from of ["student", "model"]) {
    const xyv = [[30, 40, 0], [5, 6, 2], [7, 8, 2], [1, 1, 2], [2, 2, 2]];
    const desk = selectKeypoint(openDesk(task(person(1, { start: { xyv, from, prediction_id: 3 } }))), 0);
    const [found] = desk.persons;
    assert.equal(countUndecided(found), 0, "Accept asks nothing");
    assert.deepEqual(labelOf(found).xyv[0], [0, 0, 0]);
    assert.deepEqual(personOf(setVisibility(desk, 2)).pose.xyv[0], [30, 40, 2], "as the network put it");
  }
  const label = openDesk(task(person(1, { start: { xyv: [[30, 40, 0], ...Array(4).fill([5, 6, 2])], from: "label", prediction_id: null } })));
  assert.deepEqual(labelOf(label.persons[0]).xyv[0], [30, 40, 0], "a label is saved as it was read");
  assert.equal(label.persons[0].pose.placed[0], false);
});

test("a keypoint that a model does not know is not placed, the rest of its pose is", () => {
  const xyv = SKELETON.keypoints.map((_, i) => (i === 4 ? [0, 0, 0] : [20 + 10 * i, 30, 2]));
  const desk = openDesk(task(person(1, { start: { xyv, from: "model", prediction_id: 9, model: "movenet", undecided: [4] } })));
  const found = personOf(desk);
  assert.equal(found.model, "movenet");
  assert.deepEqual(SKELETON.keypoints.map((_, i) => isUndecided(found, i)), [false, false, false, false, true]);
  const placed = movePoint(selectKeypoint(desk, 4), { x: 50, y: 50 });
  assert.equal(countUndecided(personOf(placed)), 0);
});
