import assert from "node:assert/strict";
import { test } from "node:test";

import { countUndecided, personOf } from "../../../../static/editor/desk/desk.js";
import { selectKeypoint, stopPlacing } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { nudge } from "../../../../static/editor/desk/editing.js";
import { cycleVisibility, goOn, isAsked, placeByKeys, placePoint, setVisibility } from "../../../../static/editor/desk/placing.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { SKELETON, barePerson, person, task } from "../../tasks.js";

const pointOf = (desk) => personOf(desk).pose.xyv[desk.keypoint];

test("visibility cycles visible, hidden, absent, visible, and keeps the place", () => {
  let desk = openDesk(task(person(1)));
  const seen = [];
  for (let i = 0; i < 3; i += 1) {
    desk = cycleVisibility(desk);
    seen.push(pointOf(desk)[2]);
  }
  assert.deepEqual(seen, [1, 0, 2]);
  assert.deepEqual(pointOf(desk), [20, 31, 2]);
});

test("setting what is set already confirms it: touched, and nothing else", () => {
  const desk = setVisibility(openDesk(task(person(1))), 2);
  assert.deepEqual(personOf(desk).pose.touched, [true, false, false, false, false]);
  assert.equal(setVisibility(desk, 2), desk);
});

test("a person without keypoints is placed in the skeleton's order", () => {
  let desk = openDesk(task(barePerson(1)));
  assert.ok(desk.placing);
  for (let i = 0; i < 5; i += 1) {
    assert.equal(desk.keypoint, i);
    desk = placePoint(desk, { x: 10 * i, y: 20 }, i === 3 ? 1 : 2);
  }
  assert.equal(desk.placing, false);
  assert.deepEqual(personOf(desk).pose.xyv.map((point) => point[2]), [2, 2, 2, 1, 2]);
  assert.deepEqual(personOf(desk).pose.xyv.map((point) => point[0]), [0, 10, 20, 30, 40]);
});

test("a misplaced keypoint taken back waits for its click again", () => {
  let desk = openDesk(task(barePerson(1)));
  for (const x of [10, 20]) desk = placePoint(desk, { x, y: 20 });
  desk = undoing.undo(desk);
  assert.deepEqual([desk.keypoint, desk.placing], [1, true]);
  const placed = selectKeypoint(placePoint(desk, { x: 5, y: 5 }), 1);
  const cleared = undoing.undo(setVisibility(placed, 0));
  assert.equal(cleared.placing, false, "what has its place again waits for nothing");
});

test("a keypoint without a place goes where teacher A put it, else B, and the next one waits", () => {
  const at = (x, y) => SKELETON.keypoints.map(() => [x, y, 0.9]);
  const placed = (ghosts) => setVisibility(openDesk(task(barePerson(1, { ghosts }))), 1, { pointer: { x: 90, y: 90 } });
  assert.deepEqual(placed({ B: at(20, 30), A: at(10, 10), A_prev: at(90, 90) }).persons[0].pose.xyv[0], [10, 10, 1]);
  const desk = placed({ B: at(20, 30) });
  assert.deepEqual(desk.persons[0].pose.xyv[0], [20, 30, 1]);
  assert.deepEqual([desk.keypoint, desk.placing], [1, true]);
});

test("without teachers it goes where the pointer is, and the next one waits", () => {
  const desk = setVisibility(openDesk(task(barePerson(1))), 1, { pointer: { x: 33, y: 44 } });
  assert.deepEqual(desk.persons[0].pose.xyv[0], [33, 44, 1]);
  assert.deepEqual([desk.keypoint, desk.placing], [1, true]);
});

test("a visibility chosen with a button is that of the next click, and of no other", () => {
  const chosen = setVisibility(openDesk(task(barePerson(1))), 1, { byMouse: true });
  assert.deepEqual(chosen.persons[0].pose.xyv[0], [0, 0, 0], "nothing is placed yet");
  let desk = placePoint(placePoint(chosen, { x: 5, y: 6 }), { x: 7, y: 8 });
  assert.deepEqual(desk.persons[0].pose.xyv.slice(0, 2), [[5, 6, 1], [7, 8, 2]]);
  assert.equal(selectKeypoint(chosen, 3).placeAs, 2);
});

test("the keyboard alone places a keypoint in the middle of the box, where arrows move it; N goes on", () => {
  let desk = setVisibility(openDesk(task(barePerson(1))), 2);
  assert.deepEqual(pointOf(desk), [40, 40, 2]);
  desk = goOn(nudge(desk, { x: 1, y: 0 }));
  assert.deepEqual([desk.keypoint, desk.placing, desk.persons[0].pose.xyv[0]], [1, true, [41, 40, 2]]);
});

test("a pointer that has not moved places one keypoint, and no other on the same spot", () => {
  const pointer = { x: 33.004, y: 44 };
  const first = setVisibility(openDesk(task(barePerson(1))), 2, { pointer });
  const second = setVisibility(first, 2, { pointer });
  const [a, b] = second.persons[0].pose.xyv;
  assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) > 1, "it begins beside the other");
  assert.deepEqual([second.keypoint, second.placing], [1, false], "and stays selected");
  const moved = setVisibility(first, 2, { pointer: { x: 33.1, y: 44 } });
  assert.deepEqual(moved.persons[0].pose.xyv[1], [33.1, 44, 2]);
});

test("by keys alone every keypoint of a skeleton gets a spot of its own, inside the frame", () => {
  const edges = Array.from({ length: 16 }, (_, i) => [Math.floor(i / 3), i + 1]);
  const skeleton = { name: "tree", keypoints: Array.from({ length: 17 }, (_, i) => `k${i}`), edges, mirror: [...Array(17).keys()], sigmas: Array(17).fill(0.05) };
  for (const box of [{ x: 20, y: 10, width: 40, height: 60, angle: 0 }, { x: 0, y: 0, width: 12, height: 12, angle: 0 }, { x: 190, y: 90, width: 10, height: 10, angle: 0.5 }]) {
    const xyv = Array.from({ length: 17 }, () => [0, 0, 0]);
    const bare = { ...barePerson(1), box, start: { xyv, from: "empty", prediction_id: null } };
    let desk = openDesk({ ...task(bare), skeleton });
    for (let i = 0; i < 17; i += 1) {
      assert.deepEqual([desk.keypoint, isAsked(desk)], [i, true]);
      desk = placeByKeys(desk);
      assert.deepEqual([desk.keypoint, isAsked(desk)], [i, false], "it stays selected, to be moved");
      desk = goOn(desk);
    }
    const spots = desk.persons[0].pose.xyv;
    assert.equal(new Set(spots.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size, 17);
    assert.ok(spots.every(([x, y, v]) => v === 2 && x >= -0.5 && y >= -0.5 && x <= desk.size.width - 0.5 && y <= desk.size.height - 0.5));
  }
});

test("by keys a keypoint goes where a teacher saw it, or where it was before it was absent, as it was asked for", () => {
  const at = (x, y) => SKELETON.keypoints.map(() => [x, y, 0.9]);
  const seen = placeByKeys(openDesk(task(barePerson(1, { ghosts: { A: at(10, 12) } }))));
  assert.deepEqual([pointOf(seen), seen.keypoint], [[10, 12, 2], 0]);
  const absent = selectKeypoint(setVisibility(seen, 0), 0);
  assert.equal(isAsked(absent), true);
  assert.deepEqual(pointOf(placeByKeys(absent)), [10, 12, 2]);
  const hidden = setVisibility(openDesk(task(barePerson(1))), 1, { byMouse: true });
  assert.equal(pointOf(placeByKeys(hidden))[2], 1);
});

test("N leaves a waiting keypoint out: decided absent, and undo brings the question back", () => {
  let desk = openDesk(task(barePerson(1)));
  assert.equal(countUndecided(desk.persons[0]), 5);
  desk = goOn(goOn(desk));
  assert.deepEqual([desk.keypoint, countUndecided(desk.persons[0])], [2, 3]);
  desk = undoing.undo(desk);
  assert.deepEqual([desk.keypoint, desk.placing, countUndecided(desk.persons[0])], [1, true, 4]);
  assert.equal(countUndecided(setVisibility(desk, 0).persons[0]), 3, "0 leaves it out as well");
});

test("placing goes on with the keypoints passed by, and N takes it up again after a stop", () => {
  let desk = selectKeypoint(openDesk(task(barePerson(1))), 3);
  for (const x of [10, 20]) desk = placePoint(desk, { x, y: 20 });
  assert.deepEqual([desk.keypoint, desk.placing], [0, true]);
  desk = goOn(stopPlacing(desk));
  assert.deepEqual([desk.keypoint, desk.placing, countUndecided(desk.persons[0])], [0, true, 3]);
  assert.equal(goOn(selectKeypoint(desk, 4)).keypoint, 0);
});
