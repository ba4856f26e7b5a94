import assert from "node:assert/strict";
import { test } from "node:test";

import { middleOf } from "../../../../static/editor/geometry.js";
import { hasDrafts, personOf } from "../../../../static/editor/desk/desk.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import * as wholeBox from "../../../../static/editor/desk/whole_box.js";
import { numbersFrom } from "../../chance.js";
import { person, task } from "../../tasks.js";

const poseOf = (desk) => personOf(desk).pose;
const near = (one, two, tolerance = 0.02) => assert.ok(one.every((value, i) => Math.abs(value - two[i]) <= tolerance), JSON.stringify([one, two]));

const gripOn = (whole, desk, start, handle) => ({
  handle, start, frame: whole.frame(desk, 0), pose: poseOf(desk), gesture: "pull",
});

test("a pull at the box is one step of undo and moves no keypoint", () => {
  const desk = openDesk(task(person(1)));
  const grip = gripOn(wholeBox, desk, { x: 70, y: 70 }, "se");
  const pulled = wholeBox.pull(wholeBox.pull(desk, grip, { x: 75, y: 75 }, { snap: false }), grip, { x: 80, y: 90 }, { snap: false });
  assert.deepEqual(pulled.persons[0].box, { x: 10, y: 10, width: 70, height: 80, angle: 0 });
  assert.equal(pulled.persons[0].pose, desk.persons[0].pose);
  assert.equal(pulled.past.length, 1);
});

test("keys move, turn and size the box about its middle, there and back", () => {
  const chance = numbersFrom(4);
  const desk = openDesk(task(person(1)));
  for (let i = 0; i < 40; i += 1) {
    const [degrees, x, y] = [1 + Math.round(chance() * 88), Math.round(chance() * 20), Math.round(chance() * 20)];
    const there = wholeBox.resize(wholeBox.turn(desk, degrees), { x, y });
    const { box } = personOf(there);
    near(Object.values(middleOf(box)), Object.values(middleOf(desk.persons[0].box)));
    const back = wholeBox.turn(wholeBox.resize(there, { x: -x, y: -y }), -degrees);
    assert.equal(hasDrafts(back), false, "the box the server has needs no saving");
  }
});

test("a box left without dragging is as large as the others are, about where it was asked for", () => {
  const desk = openDesk(task(person(1), person(2, { box: { x: 0, y: 0, width: 20, height: 10, angle: 0 } })));
  const box = wholeBox.boxAbout(desk, { x: 100, y: 50 }, 0);
  near(Object.values(middleOf(box)), [100, 50]);
  assert.equal(box.width, 60);
  assert.ok(wholeBox.boxAbout(openDesk(task()), { x: 50, y: 50 }, 0).width >= wholeBox.LEAST_BOX_PX);
  assert.deepEqual([wholeBox.boxAbout(desk, { x: -9, y: 999 }, 0).x, wholeBox.boxAbout(desk, { x: -9, y: 999 }, 0).y], [-0.5, 39.5]);
  const wide = Array.from({ length: 40 }).reduce((now) => wholeBox.resize(now, { x: 10, y: 0 }), desk);
  assert.deepEqual([wide.persons[0].box.x, wide.persons[0].box.width], [-0.5, 81]);
});
