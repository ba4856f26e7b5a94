import assert from "node:assert/strict";
import { test } from "node:test";

import { middleOf } from "../../../../static/editor/geometry.js";
import { countUndecided, hasDrafts, isUndecided, personOf } from "../../../../static/editor/desk/desk.js";
import { selectKeypoint } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { clearKeypoint } from "../../../../static/editor/desk/editing.js";
import { setVisibility } from "../../../../static/editor/desk/placing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import * as tools from "../../../../static/editor/desk/tools.js";
import { numbersFrom } from "../../chance.js";
import { barePerson, person, task } from "../../tasks.js";

const poseOf = (desk) => personOf(desk).pose;
const near = (one, two, tolerance = 0.02) => assert.ok(one.every((value, i) => Math.abs(value - two[i]) <= tolerance), JSON.stringify([one, two]));

test("no tool changes a person who is decided, or an image without anybody", () => {
  const decided = deciding.decide(openDesk(task(person(1))), 0, { state: "accepted", reason: null });
  const nobody = openDesk(task());
  const wholes = ["pose", "edit-box"].flatMap((tool) => [(d) => tools.step(tool, d, { x: 1, y: 1 }),
    (d) => tools.turnBy(tool, d, 5), (d) => tools.resize(tool, d, { x: 1, y: 1 })]);
  const acts = [tools.swapPerson, tools.swapLimb, (d) => tools.mirror(d, 0), ...wholes,
    (d) => tools.copyFrom(d, { box: person(1).box, xyv: person(1).start.xyv })];
  for (const act of acts) for (const desk of [decided, nobody]) assert.equal(act(desk), desk);
});

test("a pose moved against the border keeps its shape, and comes back", () => {
  const desk = openDesk(task(person(1)));
  const push = (from, x) => tools.step("pose", from, { x, y: 0 });
  const there = push(push(push(desk, -10), -10), -10);
  const was = poseOf(desk).xyv;
  poseOf(there).xyv.forEach(([x, y], k) => near([x, y], [was[k][0] - 20.5, was[k][1]]));
  poseOf(push(there, 20.5)).xyv.forEach((point, k) => near(point, was[k]));
});

test("a turn or a size that would push a keypoint out of the picture is not made", () => {
  const desk = openDesk(task(person(1, { start: { xyv: person(1).start.xyv.map(([x, , v]) => [x, 2, v]), from: "student" } })));
  assert.equal(tools.turnBy("pose", desk, 30), desk);
  assert.notEqual(tools.turnBy("pose", openDesk(task(person(1))), 30).past.length, 0);
});

test("sides swapped with one that is not placed leave it not placed, to be said absent", () => {
  const desk = clearKeypoint(selectKeypoint(openDesk(task(person(1))), 1));
  const swapped = tools.swapPerson(desk);
  assert.equal(isUndecided(personOf(swapped), 2), true);
  const absent = setVisibility({ ...swapped, keypoint: 2 }, 0);
  assert.equal(countUndecided(personOf(absent)), 0);
});

test("the limb of the selected keypoint is swapped, and nothing else", () => {
  const desk = selectKeypoint(openDesk(task(person(1))), 3);
  const { xyv } = poseOf(tools.swapLimb(desk));
  const was = poseOf(desk).xyv;
  assert.deepEqual(xyv, [was[0], was[1], was[2], was[4], was[3]]);
  assert.equal(tools.swapLimb(selectKeypoint(desk, 0)).past.length, 0, "the nose has no side");
});

test("a pull at the pose is one step of undo, moves no box, and keeps every keypoint in the picture", () => {
  const desk = openDesk(task(person(1)));
  const grip = tools.gripOn("pose", desk, { x: 30, y: 31 }, "inside", 0, "pull");
  let pulled = desk;
  for (const x of [50, 90, 400]) pulled = tools.pull(pulled, grip, { x, y: 40 }, { snap: false });
  assert.equal(pulled.past.length, 1);
  assert.equal(pulled.persons[0].box, desk.persons[0].box);
  assert.ok(poseOf(pulled).xyv.every(([x, y]) => x <= 199.5 && y <= 99.5));
  const home = tools.pull(pulled, grip, { x: 31, y: 31 }, { snap: false });
  near(poseOf(home).xyv[4], [61, 31, 2]);
  assert.equal(undoing.undo(home).persons[0].pose, desk.persons[0].pose);
});

test("a pull at the box is one step of undo and moves no keypoint", () => {
  const desk = openDesk(task(person(1)));
  const grip = tools.gripOn("edit-box", desk, { x: 70, y: 70 }, "se", 0, "pull");
  const pulled = tools.pull(tools.pull(desk, grip, { x: 75, y: 75 }, { snap: false }), grip, { x: 80, y: 90 }, { snap: false });
  assert.deepEqual(pulled.persons[0].box, { x: 10, y: 10, width: 70, height: 80, angle: 0 });
  assert.equal(pulled.persons[0].pose, desk.persons[0].pose);
  assert.equal(pulled.past.length, 1);
});

test("keys move, turn and size the box about its middle, there and back", () => {
  const chance = numbersFrom(4);
  const desk = openDesk(task(person(1)));
  for (let i = 0; i < 40; i += 1) {
    const [degrees, x, y] = [1 + Math.round(chance() * 88), Math.round(chance() * 20), Math.round(chance() * 20)];
    const there = tools.resize("edit-box", tools.turnBy("edit-box", desk, degrees), { x, y });
    const { box } = personOf(there);
    near(Object.values(middleOf(box)), Object.values(middleOf(desk.persons[0].box)));
    const back = tools.turnBy("edit-box", tools.resize("edit-box", there, { x: -x, y: -y }), -degrees);
    assert.equal(hasDrafts(back), false, "the box the server has needs no saving");
  }
});

test("a copied pose lies as the box does: moved with it, turned with where it stands, as large as it is", () => {
  const desk = { ...openDesk(task(person(1))), lens: { x: 100, y: 50, radius: 90 } };
  const { box, start } = person(1);
  const same = tools.copyFrom(desk, { box, xyv: start.xyv });
  poseOf(same).xyv.forEach((point, k) => near(point, start.xyv[k], 1e-6));
  assert.equal(poseOf(same).undecided.some(Boolean), false);
  assert.equal(poseOf(same).touched.some(Boolean), false, "nobody has looked at it: what was flagged stays flagged");
  assert.deepEqual([personOf(same).from, personOf(same).startedFrom], ["label", null]);
  const across = { x: 200 - box.x - box.width, y: 100 - box.y - box.height, width: box.width, height: box.height, angle: 0 };
  const turned = start.xyv.map(([x, y]) => [200 - x, 100 - y, 1]);
  poseOf(tools.copyFrom(desk, { box: across, xyv: turned })).xyv.forEach(([x, y], k) => near([x, y], start.xyv[k].slice(0, 2), 0.01));
  const half = { x: 25, y: 25, width: 30, height: 30, angle: 0 };
  const shrunk = start.xyv.map(([x, y]) => [40 + (x - 40) / 2, 40 + (y - 40) / 2, 2]);
  poseOf(tools.copyFrom({ ...desk, lens: null }, { box: half, xyv: shrunk })).xyv.forEach(([x, y], k) => near([x, y], start.xyv[k].slice(0, 2), 0.01));
});

test("what is absent in the earlier frame stays absent, and is decided", () => {
  const xyv = person(1).start.xyv.with(2, [0, 0, 0]);
  const copied = tools.copyFrom(openDesk(task(barePerson(1))), { box: person(1).box, xyv });
  assert.equal(poseOf(copied).xyv[2][2], 0);
  assert.equal(countUndecided(personOf(copied)), 0);
});

test("a box left without dragging is as large as the others are, about where it was asked for", () => {
  const desk = openDesk(task(person(1), person(2, { box: { x: 0, y: 0, width: 20, height: 10, angle: 0 } })));
  const box = tools.boxAbout(desk, { x: 100, y: 50 }, 0);
  near(Object.values(middleOf(box)), [100, 50]);
  assert.equal(box.width, 60);
  assert.ok(tools.boxAbout(openDesk(task()), { x: 50, y: 50 }, 0).width >= tools.LEAST_BOX_PX);
  assert.deepEqual([tools.boxAbout(desk, { x: -9, y: 999 }, 0).x, tools.boxAbout(desk, { x: -9, y: 999 }, 0).y], [-0.5, 39.5]);
  const wide = Array.from({ length: 40 }).reduce((now) => tools.resize("edit-box", now, { x: 10, y: 0 }), desk);
  assert.deepEqual([wide.persons[0].box.x, wide.persons[0].box.width], [-0.5, 81]);
});
