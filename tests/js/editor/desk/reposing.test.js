import assert from "node:assert/strict";
import { test } from "node:test";

import { countUndecided, isUndecided, personOf } from "../../../../static/editor/desk/desk.js";
import { selectKeypoint } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { clearKeypoint } from "../../../../static/editor/desk/editing.js";
import { setVisibility } from "../../../../static/editor/desk/placing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import { copyFrom, mirror, swapLimb, swapPerson } from "../../../../static/editor/desk/reposing.js";
import * as wholeBox from "../../../../static/editor/desk/whole_box.js";
import * as wholePose from "../../../../static/editor/desk/whole_pose.js";
import { barePerson, person, task } from "../../tasks.js";

const poseOf = (desk) => personOf(desk).pose;
const near = (one, two, tolerance = 0.02) => assert.ok(one.every((value, i) => Math.abs(value - two[i]) <= tolerance), JSON.stringify([one, two]));

test("no tool changes a person who is decided, or an image without anybody", () => {
  const decided = deciding.decide(openDesk(task(person(1))), 0, { state: "accepted", reason: null });
  const nobody = openDesk(task());
  const wholes = [wholePose, wholeBox].flatMap((whole) => [(d) => whole.step(d, { x: 1, y: 1 }), (d) => whole.turn(d, 5),
    (d) => whole.resize(d, { x: 1, y: 1 })]);
  const acts = [swapPerson, swapLimb, (d) => mirror(d, 0), ...wholes,
    (d) => copyFrom(d, { box: person(1).box, xyv: person(1).start.xyv })];
  for (const act of acts) for (const desk of [decided, nobody]) assert.equal(act(desk), desk);
});

test("sides swapped with one that is not placed leave it not placed, to be said absent", () => {
  const desk = clearKeypoint(selectKeypoint(openDesk(task(person(1))), 1));
  const swapped = swapPerson(desk);
  assert.equal(isUndecided(personOf(swapped), 2), true);
  const absent = setVisibility({ ...swapped, keypoint: 2 }, 0);
  assert.equal(countUndecided(personOf(absent)), 0);
});

test("the limb of the selected keypoint is swapped, and nothing else", () => {
  const desk = selectKeypoint(openDesk(task(person(1))), 3);
  const { xyv } = poseOf(swapLimb(desk));
  const was = poseOf(desk).xyv;
  assert.deepEqual(xyv, [was[0], was[1], was[2], was[4], was[3]]);
  assert.equal(swapLimb(selectKeypoint(desk, 0)).past.length, 0, "the nose has no side");
});

test("a copied pose lies as the box does: moved with it, turned with where it stands, as large as it is", () => {
  const desk = { ...openDesk(task(person(1))), lens: { x: 100, y: 50, radius: 90 } };
  const { box, start } = person(1);
  const same = copyFrom(desk, { box, xyv: start.xyv });
  poseOf(same).xyv.forEach((point, k) => near(point, start.xyv[k], 1e-6));
  assert.equal(poseOf(same).undecided.some(Boolean), false);
  assert.equal(poseOf(same).touched.some(Boolean), false, "nobody has looked at it: what was flagged stays flagged");
  assert.deepEqual([personOf(same).from, personOf(same).startedFrom], ["label", null]);
  const across = { x: 200 - box.x - box.width, y: 100 - box.y - box.height, width: box.width, height: box.height, angle: 0 };
  const turned = start.xyv.map(([x, y]) => [200 - x, 100 - y, 1]);
  poseOf(copyFrom(desk, { box: across, xyv: turned })).xyv.forEach(([x, y], k) => near([x, y], start.xyv[k].slice(0, 2), 0.01));
  const half = { x: 25, y: 25, width: 30, height: 30, angle: 0 };
  const shrunk = start.xyv.map(([x, y]) => [40 + (x - 40) / 2, 40 + (y - 40) / 2, 2]);
  poseOf(copyFrom({ ...desk, lens: null }, { box: half, xyv: shrunk })).xyv.forEach(([x, y], k) => near([x, y], start.xyv[k].slice(0, 2), 0.01));
});

test("what is absent in the earlier frame stays absent, and is decided", () => {
  const xyv = person(1).start.xyv.with(2, [0, 0, 0]);
  const copied = copyFrom(openDesk(task(barePerson(1))), { box: person(1).box, xyv });
  assert.equal(poseOf(copied).xyv[2][2], 0);
  assert.equal(countUndecided(personOf(copied)), 0);
});
