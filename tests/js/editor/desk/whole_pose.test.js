import assert from "node:assert/strict";
import { test } from "node:test";

import { personOf } from "../../../../static/editor/desk/desk.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import * as wholePose from "../../../../static/editor/desk/whole_pose.js";
import { person, task } from "../../tasks.js";

const poseOf = (desk) => personOf(desk).pose;
const near = (one, two, tolerance = 0.02) => assert.ok(one.every((value, i) => Math.abs(value - two[i]) <= tolerance), JSON.stringify([one, two]));

const gripOn = (whole, desk, start, handle) => ({
  handle, start, frame: whole.frame(desk, 0), pose: poseOf(desk), gesture: "pull",
});

test("a pose moved against the border keeps its shape, and comes back", () => {
  const desk = openDesk(task(person(1)));
  const push = (from, x) => wholePose.step(from, { x, y: 0 });
  const there = push(push(push(desk, -10), -10), -10);
  const was = poseOf(desk).xyv;
  poseOf(there).xyv.forEach(([x, y], k) => near([x, y], [was[k][0] - 20.5, was[k][1]]));
  poseOf(push(there, 20.5)).xyv.forEach((point, k) => near(point, was[k]));
});

test("a turn or a size that would push a keypoint out of the picture is not made", () => {
  const desk = openDesk(task(person(1, { start: { xyv: person(1).start.xyv.map(([x, , v]) => [x, 2, v]), from: "student" } })));
  assert.equal(wholePose.turn(desk, 30), desk);
  assert.notEqual(wholePose.turn(openDesk(task(person(1))), 30).past.length, 0);
});

test("a pull at the pose is one step of undo, moves no box, and keeps every keypoint in the picture", () => {
  const desk = openDesk(task(person(1)));
  const grip = gripOn(wholePose, desk, { x: 30, y: 31 }, "inside");
  let pulled = desk;
  for (const x of [50, 90, 400]) pulled = wholePose.pull(pulled, grip, { x, y: 40 }, { snap: false });
  assert.equal(pulled.past.length, 1);
  assert.equal(pulled.persons[0].box, desk.persons[0].box);
  assert.ok(poseOf(pulled).xyv.every(([x, y]) => x <= 199.5 && y <= 99.5));
  const home = wholePose.pull(pulled, grip, { x: 31, y: 31 }, { snap: false });
  near(poseOf(home).xyv[4], [61, 31, 2]);
  assert.equal(undoing.undo(home).persons[0].pose, desk.persons[0].pose);
});
